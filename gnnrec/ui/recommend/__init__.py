"""The panels of the Recommend page."""
