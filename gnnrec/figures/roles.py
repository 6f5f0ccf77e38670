"""What a model is in a chart, A, B or one beside them: its colour and how its name is written."""

from __future__ import annotations

from typing import Literal

from gnnrec.figures.tokens import Tokens

Role = Literal["a", "b", "model", "baseline", "oracle"]


def role_colour(role: Role, colours: Tokens) -> str:
    """The colour that a model has in every chart."""
    return {"a": colours.model_a, "b": colours.model_b, "model": colours.muted, "oracle": colours.text}.get(
        role, colours.baseline
    )


def lettered(name: str, role: Role) -> str:
    """`A · LightGCN` for the two compared; for all others the name alone."""
    return f"{role.upper()} · {name}" if role in ("a", "b") else name
