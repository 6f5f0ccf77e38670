"""A form made from a recommender's own description of its settings: a new setting appears here by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from gnnrec.recommenders import recommender_class
from gnnrec.recommenders.parts.pairwise_settings import SHARED

# Of the settings that trained models share, those that decide what the model is; the others say how it learns.
_FIRST = frozenset(
    {
        "embedding_size",
        "n_layers",
        "dropout",
        "loss",
        "popularity_exponent",
        "popularity_correction",
        "epochs",
    }
)
_LARGEST_SLIDER = 16


def config_form(recommender: str, values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Widgets for every setting of a recommender: what is its own and what matters most first, the rest folded away.

    Limits in the browser are a courtesy: the values are checked again by the Config itself.

    Args:
        recommender: Its name.
        values: What the widgets show at first, over the defaults.
        key: Prefix of the widgets' keys; put into it what the first values depend on.

    Returns:
        The chosen values by name.
    """
    fields = recommender_class(recommender).Config.describe()
    if not fields:
        st.caption("This model has nothing to set.")
        return {}
    plain = [one for one in fields if one["name"] in _FIRST or one["name"] not in SHARED]
    folded = [one for one in fields if one not in plain]
    if not plain:
        plain, folded = folded, []
    chosen = _grid(plain, values, key)
    if folded:
        with st.expander("How it learns", icon=":material/tune:"):
            chosen |= _grid(folded, values, key)
    return chosen


def shown_name(name: str) -> str:
    """A setting's name for the screen: `embedding_size` is `Embedding size`, `n_layers` is `Layers`."""
    return name.removeprefix("n_").replace("_", " ").capitalize()


def _grid(fields: list[dict[str, Any]], values: Mapping[str, Any], key: str) -> dict[str, Any]:
    chosen = {}
    columns = st.columns(3, gap="medium")
    for place, one in enumerate(fields):
        with columns[place % len(columns)]:
            chosen[one["name"]] = _widget(
                one, values.get(one["name"], one["default"]), f"{key}_{one['name']}"
            )
    return chosen


def _widget(one: Mapping[str, Any], value: Any, key: str) -> Any:
    label, unit = shown_name(one["name"]), one["unit"]
    if unit and unit not in label.lower():
        label += f" ({unit})"
    common = {"label": label, "help": _help(one), "key": key}
    if one["choices"]:
        choices = list(one["choices"])
        return st.selectbox(
            options=choices,
            index=choices.index(value),
            format_func=lambda text: text.replace("_", " "),
            **common,
        )
    if one["type"] == "bool":
        return st.toggle(value=value, **common)
    if one["type"] == "str":
        return st.text_input(value=value, max_chars=200, **common)
    low, high = one["low"], one["high"]
    if one["type"] == "int":
        widget = st.slider if high is not None and high - (low or 0) <= _LARGEST_SLIDER else st.number_input
        return widget(min_value=_as(int, low), max_value=_as(int, high), value=int(value), step=1, **common)
    if one["name"] != "learning_rate" and high is not None and low is not None and high - low <= 2:
        return st.slider(min_value=float(low), max_value=float(high), value=float(value), step=0.05, **common)
    return st.number_input(
        min_value=_as(float, low),
        max_value=_as(float, high),
        value=float(value),
        step=max(float(value) / 10, 0.001),
        format="%g",
        **common,
    )


def _help(one: Mapping[str, Any]) -> str:
    limits = (
        f" From {one['low']:g} to {one['high']:g}."
        if one["low"] is not None and one["high"] is not None
        else ""
    )
    return f"{one['help']}.{limits}".replace("..", ".")


def _as(kind: type, value: float | None) -> Any:
    return None if value is None else kind(value)
