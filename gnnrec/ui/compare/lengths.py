"""At which length of the list is A better: a metric for 1, 2, … 20 places with a band of uncertainty."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.data.words import listed
from gnnrec.evaluation import METRICS
from gnnrec.evaluation.beyond import Shown
from gnnrec.evaluation.bootstrap import Interval, mean_intervals
from gnnrec.evaluation.everybody import by_length
from gnnrec.figures.by_length import Curve, metric_by_length
from gnnrec.ui.compare.asked import PARTS, Asked
from gnnrec.ui.compare.lists import lists_of, part_of
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.theme import mode, show_figure

LONGEST = 20


def panel(context: Context, asked: Asked) -> None:
    """The curves of A and B, and at which lengths they differ."""
    words = context.words
    if part_of(context.split, asked.part).learned:
        st.info(
            "On this split the finished models learned from validation too, so their lists cannot be judged by it. "
            "Switch on “Test (final)” above.",
            icon=":material/straighten:",
        )
        return
    found = lists_of(context, [asked.a, asked.b], asked.part, "compare_lengths")
    if found is None:
        return
    name = asked.metric.partition("@")[0]
    name = name if name in METRICS else "ndcg"
    a, b = asked.a.address, asked.b.address
    bands = _bands(found[a], found[b], a, b, asked.part, name)
    ks = list(range(1, len(bands) // 3 + 1))
    mine, other, apart = (bands[start * len(ks) : (start + 1) * len(ks)] for start in range(3))
    n = words.count_people(mine[0].n)
    st.markdown(f"**{_told(apart, METRICS[name].title)}**")
    show_figure(
        metric_by_length(
            [_curve(asked.a.title, "a", ks, mine), _curve(asked.b.title, "b", ks, other)],
            METRICS[name].title,
            mode(),
            apart=_curve("A less B", "baseline", ks, apart),
            chosen=context.k,
        ),
        key="compare_by_length",
        caption=f"{METRICS[name].description}. {n}, {PARTS[asked.part]}; bands are 95 % bootstrap intervals, of each "
        "alone above and of the difference person by person below. The dotted line is the length chosen in the side bar.",
    )
    frame = pd.DataFrame(
        {"K": ks}
        | {
            f"{letter} {end}": [getattr(one, end) for one in part]
            for letter, part in (("A", mine), ("B", other), ("A less B", apart))
            for end in ("mean", "low", "high")
        }
    )
    download_table(
        lambda: frame,
        (context.dataset.name, asked.a.slug, asked.b.slug, name, "by-length"),
        key="compare_k_csv",
    )


@st.cache_data(max_entries=32, show_spinner="Drawing people again …")
def _bands(_a: Shown, _b: Shown, a: str, b: str, part: str, metric: str) -> list[Interval]:
    """For A, for B and for A less B, one interval for each length, people drawn once for all."""
    longest = min(LONGEST, _a.items.shape[1])
    mine, other = (by_length(one, metric, longest) for one in (_a, _b))
    return mean_intervals(np.hstack([mine, other, mine - other]))


def _curve(name: str, role: str, ks: list[int], bands: list[Interval]) -> Curve:
    return Curve(
        name,
        role,
        ks,
        [one.mean for one in bands],
        [one.low for one in bands],
        [one.high for one in bands],
    )


def _told(apart: list[Interval], title: str) -> str:
    """At how many lengths one of them is ahead."""
    a = [k for k, one in enumerate(apart, start=1) if one.excludes_zero and one.mean > 0]
    b = [k for k, one in enumerate(apart, start=1) if one.excludes_zero and one.mean < 0]
    if apart[0].too_few:
        return "Too few people for an interval at any length."
    told = [f"{letter} is ahead in {title} for {_ranges(ks)}" for letter, ks in (("A", a), ("B", b)) if ks]
    if not told:
        return f"At no length from 1 to {len(apart)} is a difference in {title} shown."
    return "; ".join(told) + (
        " places; elsewhere no difference is shown." if len(a) + len(b) < len(apart) else " places."
    )


def _ranges(ks: list[int]) -> str:
    """`1 to 4 and 9`."""
    runs: list[list[int]] = []
    for k in ks:
        if runs and k == runs[-1][-1] + 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return listed([str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs])
