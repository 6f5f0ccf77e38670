"""On made-up data: what somebody truly watched something for, next to the model's reason."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec.data.words import listed
from gnnrec.evaluation.true_taste import known_for
from gnnrec.explain.true_reasons import Parent, TrueReason, true_reason
from gnnrec.ui import loaders
from gnnrec.ui.context import Context
from gnnrec.ui.text import escape
from gnnrec.ui.why.asked import Why
from gnnrec.ui.why.findings import Findings

_MOST = 4


def truth_card(context: Context, why: Why, found: Findings) -> None:
    """What decided the viewing, where somebody knows it, and whether the model's first reason is among it."""
    if not known_for(context.dataset):
        return
    words = context.words
    # What was held out for the final test is not given away while that is not looked at.
    parts = (*context.split.fitted_parts, "valid", *(["test"] if why.part == "test" else []))
    watched = why.item in context.split.matrix(*dict.fromkeys(parts))[why.query.user].indices
    true = _true_reason(context.dataset.name, why.query.user, why.item) if watched else None
    with st.container(border=True, key="why_truth"):
        st.markdown("**What was it truly?**")
        if true is None:
            st.caption(
                f"This data is made up, so it is known why somebody {words.past} something. This {words.item} is not among "
                f"what they {words.past} in the parts that are looked at here, so there is no true reason to compare with."
            )
            return
        st.markdown(
            f"In this made-up world they {words.past} it for {escape(true.words)}{_came_from(context, true)}."
        )
        st.markdown(_compared(context, why, found, true))
        st.caption(
            f"A named {words.item} is true if it is among what the viewing came from. Whoever made the data wrote this "
            "down before any model was trained; no model sees it."
        )


@st.cache_data(max_entries=1000, show_spinner="Looking up what it truly came from …")
def _true_reason(dataset: str, user: int, item: int) -> TrueReason | None:
    return true_reason(loaders.dataset(dataset), user, item)


def _came_from(context: Context, true: TrueReason) -> str:
    """` – from A and B`, or nothing where nothing in the data caused it."""
    if not true.parents:
        return ""
    named = [f"**{escape(one.name)}**{_what(context, one)}" for one in true.parents[:_MOST]]
    more = [f"{len(true.parents) - _MOST:,} more"] if len(true.parents) > _MOST else []
    return f": {listed(named + more)}"


def _what(context: Context, parent: Parent) -> str:
    words = context.words
    return {"item": f" (an earlier {words.item})", "user": " (a friend)"}.get(parent.kind, "")


def _compared(context: Context, why: Why, found: Findings, true: TrueReason) -> str:
    """Whether the first reason of the method is a true one, and where the true ones stand."""
    words = context.words
    mine = true.items & {int(one) for one in why.history}
    if not mine:
        return (
            f":material/remove: None of what the model knows they {words.past} caused it, so no {words.item} of the "
            "history could be a true reason."
        )
    if found.given is None:
        return f":material/pending: What {escape(found.method.title)} names is not worked out yet."
    if not found.top:
        return f":material/remove: {escape(found.method.title)} names no reason to compare with that."
    first = found.top[0]
    title = escape(context.dataset.item_title(first))
    places = sorted(1 + int(np.flatnonzero(found.given.items[found.given.order] == one)[0]) for one in mine)
    named = f"{title}, which {escape(found.method.title)} names first,"
    if first in mine:
        return f":material/check: **True**: {named} is among them."
    return (
        f":material/close: **Not true**: {named} is not among them. "
        f"The first true one has place {places[0]} of {len(why.history)}."
    )
