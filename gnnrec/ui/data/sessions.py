"""Sessions on the Data page: how many clicks they have, and what of them can be asked about."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec import datasets
from gnnrec.data import Dataset
from gnnrec.datasets.session_report import SessionReport, session_report
from gnnrec.figures.counts import count_bars
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

# Longer sessions share bars of twice the range of the one before.
_SINGLE_BARS = 7


@st.cache_resource(max_entries=8, show_spinner=False)
def _report(name: str, _stamp: str, _dataset: Dataset) -> SessionReport | None:
    return session_report(_dataset)


def session_lengths(dataset: Dataset) -> None:
    """A bar for each length with what the figures mean; nothing for a data set without sessions."""
    found = _report(dataset.name, datasets.stamp(dataset.name), dataset)
    if found is None:
        return
    words = dataset.words
    st.subheader("Clicks of a session", anchor=False)
    show_figure(
        count_bars(_bars(found.lengths), mode(), what="sessions"),
        key="data_sessions",
        caption=escape(_told(found, words)),
    )


def _bars(lengths: np.ndarray) -> list[tuple[str, int]]:
    longest = int(lengths.max())
    ends = [*range(1, _SINGLE_BARS + 1)]
    while ends[-1] < longest:
        ends.append(2 * ends[-1] + 1)
    rows = []
    for first, last in zip([0, *ends], ends, strict=False):
        last = min(last, longest)
        n = int(((lengths > first) & (lengths <= last)).sum())
        if n:
            name = f"{last} click{'' if last == 1 else 's'}"
            rows.append((name if last == first + 1 else f"{first + 1} to {last} clicks", n))
    return rows


def _told(found: SessionReport, words) -> str:
    told = [
        f"{found.n:,} sessions with {found.clicks:,} clicks on {words.count_items(found.items)}; half have "
        f"{np.median(found.lengths):g} or fewer, the longest {int(found.lengths.max()):,}.",
        f"{found.questions:,} clicks follow another: each is a question of what came next, and in "
        f"{found.again / max(found.questions, 1):.0%} of them the answer had been clicked on before in the same session.",
    ]
    if found.single:
        told.append(f"{found.single:,} sessions of a single click ask nothing.")
    if found.untimed:
        told.append(f"{found.untimed:,} sessions without a time are in no part of a split by time.")
    told.append(
        f"They are of {words.count_people(found.people)}."
        if found.people_known
        else "The source knows no people: each session stands for a person of its own."
    )
    if found.untimed is None:
        told.append("No session has a time.")
    return " ".join(told)
