"""Fixtures of the tests of what pages share: a home with hostile data and models on it."""

from tests.hostile import bare, filled_home, hostile

__all__ = ["bare", "filled_home", "hostile"]
