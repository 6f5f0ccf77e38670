"""A choice that is kept in the address: the picker shows what the address says, and what is picked goes back there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.ui import view


def pick(
    label: str,
    key: str,
    options: Sequence[Any],
    value: Any,
    named: Callable[[Any], str] = str,
    *,
    control: Callable[..., Any] = st.selectbox,
    forget: tuple[str, ...] = (),
    widget: str = "",
    **look: Any,
) -> Any:
    """Draw a picker and give what is picked.

    Args:
        label: What stands above it.
        key: Key of the address.
        options: What there is to pick from.
        value: What the address says, checked against the options.
        named: How an option is called on the screen.
        control: The element: a select box, a segmented control or pills.
        forget: Keys of the address that another choice takes away.
        widget: Key of the element; made of that of the address unless given.
        look: Further arguments of the element, such as its width.
    """
    name = widget or f"pick_{key}"
    st.session_state[name] = value
    return control(
        label, options, key=name, format_func=named, on_change=took, args=(name, key, forget), **look
    )


def took(widget: str, key: str, forget: tuple[str, ...] = ()) -> None:
    """Put the value of an element into the address; for callbacks."""
    view.go(**{key: st.session_state[widget]}, **dict.fromkeys(forget))


def fold_out(label: str, key: str, icon: str) -> Any:
    """A fold-out that is open where the address says so; draw what stands in it only where it is `open`."""
    st.session_state[key] = view.read().get(key) == "1"
    return st.expander(
        label, icon=icon, key=key, on_change=lambda: view.go(**{key: "1" if st.session_state[key] else None})
    )


def told_apart(models: Sequence[Checkpoint]) -> dict[str, str]:
    """Labels of models by address, with the slug where two would be the same."""
    labels = [one.title for one in models]
    return {
        one.address: one.title if labels.count(one.title) == 1 else f"{one.title} ({one.slug})"
        for one in models
    }


def number_of(text: str | None, allowed: Sequence[int], default: int) -> int:
    """A number of the address where it is one of those allowed, else the default."""
    known = text is not None and text.isascii() and text.isdecimal() and int(text) in allowed
    return int(text) if known else default
