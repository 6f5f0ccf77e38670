"""The panels of the Graph page."""
