"""The panels of the Why page."""
