"""Panels of the Cases page, and what notes a case from any other page."""
