"""The panels of the Home page."""
