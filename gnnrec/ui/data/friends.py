"""Friends on the Data page: how many each person has, and whether friends are more alike than strangers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec import datasets
from gnnrec.data import Dataset
from gnnrec.data.friends import friends_of
from gnnrec.datasets.report import QualityReport
from gnnrec.datasets.social_report import SocialReport
from gnnrec.figures.counts import count_bars
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure


@st.cache_resource(max_entries=8, show_spinner=False)
def _counts(name: str, _stamp: str, _dataset: Dataset) -> np.ndarray:
    return friends_of(_dataset).counts


def who_knows_whom(dataset: Dataset, report: QualityReport) -> None:
    """The number of friends in bars, and how alike they are; nothing for a data set without friends."""
    found = report.social
    if found is None or not found.pairs:
        return
    words = dataset.words
    counts = _counts(dataset.name, datasets.stamp(dataset.name), dataset)
    st.subheader("Who knows whom", anchor=False)
    left, right = side_by_side("data-friends", (360, 3), (280, 2), gap="large")
    with left:
        show_figure(
            count_bars(_bars(counts), mode(), what=words.people),
            key="data_friends",
            caption=f"{words.people.capitalize()} by how many friends they have; whoever has most has "
            f"{found.most_friends:,}. {found.pairs:,} friendships in all.",
        )
    with right:
        _alike(found, words)


def _bars(counts: np.ndarray) -> list[tuple[str, int]]:
    """None, one, then ranges that double: most have few, a few have very many."""
    rows, first = [("no friends", int((counts == 0).sum()))], 1
    while first <= counts.max():
        last = 2 * first - 1
        name = "1 friend" if first == 1 else f"{first:,} to {last:,} friends"
        rows.append((name, int(((counts >= first) & (counts <= last)).sum())))
        first = last + 1
    return [row for row in rows if row[1]]


def _alike(found: SocialReport, words) -> None:
    times = found.alike / found.alike_by_chance if found.alike_by_chance else None
    st.metric(
        "How alike two friends are",
        "no telling" if times is None else f"{times:.1f} × two strangers",
        help="Mean cosine of the histories of two friends, and of the same people with their friends dealt out anew",
        border=True,
    )
    st.caption(
        escape(
            f"The histories of two friends have a cosine of {found.alike:.3f}, of two {words.people} dealt to each "
            f"other at random {found.alike_by_chance:.3f}. Where friends are no more alike than strangers, knowing "
            "them can hardly help; where they are, a part of that is in their histories already."
        )
    )
