"""The panels of the Attention page."""
