"""The panels of the Errors page."""
