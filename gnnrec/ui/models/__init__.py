"""The panels of the Models page."""
