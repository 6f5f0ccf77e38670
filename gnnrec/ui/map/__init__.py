"""The panels of the Map page."""
