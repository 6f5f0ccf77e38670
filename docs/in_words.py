"""How pages of docs/ write what was measured: scores, differences with their intervals, seeds."""

from __future__ import annotations

from typing import Any


def seeds(result: dict[str, Any]) -> str:
    """How many seeds a result has."""
    return f"{result['seeds']} seed" + ("" if result["seeds"] == 1 else "s")


def score(value: float | None) -> str:
    """A metric to four decimals; nothing where there is none."""
    return "" if value is None else f"{value:.4f}"


def interval(value: dict[str, Any] | None, nothing: str = "too few people") -> str:
    """A difference with its interval.

    Args:
        value: `mean`, `low` and `high`, or None.
        nothing: What is said where there is none.
    """
    if value is None:
        return nothing
    return f"{value['mean']:+.4f} ({value['low']:+.4f} to {value['high']:+.4f})"
