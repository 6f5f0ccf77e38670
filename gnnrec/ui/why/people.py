"""The audit over many people: whether the explanations of a model can be believed in general."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.explain.audit import DRAWS, STEPS
from gnnrec.explain.audit_people import CONTROLS, audit_many, choose_people, methods_to_judge, summary
from gnnrec.explain.methods import METHODS
from gnnrec.ui import loaders
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.long_work import worked
from gnnrec.ui.why.asked import Why, seconds_each
from gnnrec.ui.why.findings import can_check, slow

_PEOPLE = 20


def many_people(context: Context, why: Why) -> None:
    """A fold-out with the audit of each quick method over some people; worked out when it is opened."""
    if not can_check(why):
        return
    methods = [name for name in methods_to_judge(why.model) if not slow(METHODS[name])]
    if not methods:
        return
    words = context.words
    with st.expander(
        f"Is it true of other {words.people} too?",
        icon=":material/groups:",
        key="why_people",
        on_change="rerun",
    ) as panel:
        if not panel.open:
            return
        found = _found(context, why, methods)
        if found is None:
            return
        st.dataframe(
            as_table(found),
            hide_index=True,
            alt="What the audit found over many people, by method",
            placeholder="–",
        )
        people = words.count_people(int(found["people"].max()))
        st.caption(
            f"Each method explained the first {words.item} of {people}, drawn at random, and was judged as above; means "
            "with 95 % bootstrap intervals over them. The last two rows are explanations made to be wrong: what chance "
            "and worse than chance look like here. Masks take too long for this page; the command line audits them too."
        )
        download_table(
            lambda: found, (context.dataset.name, why.checkpoint.slug, "audit"), key="why_people_csv"
        )


def _found(context: Context, why: Why, methods: list[str]) -> pd.DataFrame | None:
    model, graph = why.model, loaders.graph(context.dataset.name, str(context.split))
    people, split = choose_people(model, _PEOPLE), context.split
    longest = np.diff(model.data.matrix.indptr)[people]
    removals = float(longest.sum()) + len(people) * (DRAWS + 2 + len(methods)) * (len(STEPS) - 1)
    return worked(
        (why.checkpoint.address, "audit", _PEOPLE),
        seconds_each(why.person_key, why) * removals,
        lambda tell: summary(audit_many(model, graph, split, people, methods, tell=tell)),
        f"Judging the explanations of {context.words.count_people(len(people))}",
        widget="why_people",
        button="Work it out",
    )


def as_table(found: pd.DataFrame) -> pd.DataFrame:
    """The summary in words and short numbers, for the screen."""
    return pd.DataFrame(
        {
            "method": [_title(name) for name in found["method"]],
            "verdict": found["verdict"],
            "deletion area": [_interval(one.area, one.area_low, one.area_high) for one in found.itertuples()],
            "rank correlation": [
                _interval(one.spearman, one.spearman_low, one.spearman_high) for one in found.itertuples()
            ],
            "half is held by": [f"{half:.0f}" if math.isfinite(half) else "" for half in found["half"]],
        }
    )


def _title(name: str) -> str:
    return METHODS[name].title if name in METHODS else f"{name} (a control)" if name in CONTROLS else name


def _interval(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return ""
    return f"{value:.2f} ({low:.2f} to {high:.2f})" if math.isfinite(low) else f"{value:.2f}"
