"""Do A and B say the same? What their lists have in common, person by person, beside two seeds of one model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.agreement import overlaps, rbos
from gnnrec.evaluation.beyond import Shown
from gnnrec.evaluation.bootstrap import Interval, mean_interval
from gnnrec.figures.agreement import agreement_histogram
from gnnrec.ui.compare.asked import Asked
from gnnrec.ui.compare.lists import lists_of
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.worklist import worklist_buttons

_MEASURES: dict[str, tuple[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]] = {
    "overlap": ("In common, order aside", overlaps),
    "rbo": ("Rank-biased overlap, the top counts most", rbos),
}
_BARS = 10


def panel(context: Context, asked: Asked) -> None:
    """Both measures with their distribution, in words first, and those whose lists differ most."""
    words, pair = context.words, asked.pair
    beside = [] if pair is None or asked.only_seed else list(pair)
    shown = lists_of(context, [asked.a, asked.b, *beside], asked.part, "compare_lists")
    if shown is None:
        return
    k, both = context.k, (asked.a, asked.b)
    found = {name: _agreement(shown, *both, asked.part, k, name) for name in _MEASURES}
    seeds = {name: _agreement(shown, *beside, asked.part, k, name) for name in _MEASURES} if beside else {}
    means = {name: _mean(found[name], *_addresses(both), asked.part, k, name) for name in found}
    again = {name: _mean(seeds[name], *_addresses(beside), asked.part, k, name) for name in seeds}
    n = words.count_people(len(found["overlap"]))
    st.markdown(f"**{_told(context, asked, means['overlap'], again.get('overlap'), k)}**")
    for place, name in zip(side_by_side("compare-agreement", (380, 1), (380, 1)), _MEASURES, strict=True):
        with place:
            title = _MEASURES[name][0]
            show_figure(
                agreement_histogram(found[name], seeds.get(name), title, words.people, mode(), bins=_BARS),
                key=f"compare_{name}",
                caption=f"{_interval(means[name])} on average between A and B"
                + (f"; {_interval(again[name])} between two seeds" if seeds else "")
                + f". First {k} {words.items} of {n}.",
            )
    _furthest(context, asked, shown, found)


def _addresses(models: Sequence[Checkpoint]) -> list[str]:
    return [one.address for one in models]


def _agreement(
    shown: dict[str, Shown], one: Checkpoint, other: Checkpoint, part: str, k: int, name: str
) -> np.ndarray:
    return _measured(shown[one.address], shown[other.address], one.address, other.address, part, k, name)


@st.cache_resource(max_entries=64, show_spinner=False)
def _measured(_one: Shown, _other: Shown, one: str, other: str, part: str, k: int, name: str) -> np.ndarray:
    return _MEASURES[name][1](_one.items[:, :k], _other.items[:, :k])


@st.cache_data(max_entries=64, show_spinner=False)
def _mean(_values: np.ndarray, one: str, other: str, part: str, k: int, name: str) -> Interval:
    return mean_interval(_values)


@st.cache_data(max_entries=32, show_spinner=False)
def _furthest_first(
    _users: np.ndarray, _found: dict[str, np.ndarray], one: str, other: str, part: str, k: int
) -> np.ndarray:
    """Places of people, those whose lists have least in common first."""
    return np.lexsort((_users, _found["rbo"], _found["overlap"]))


def _told(context: Context, asked: Asked, mean: Interval, seeds: Interval | None, k: int) -> str:
    words = context.words
    told = f"A and B share {mean.mean * k:.1f} of {k} {words.items} on average"
    if asked.only_seed:
        return f"{told}, although they differ in nothing but their seed."
    if seeds is None:
        return f"{told}. No second seed is here to say how much of that is chance."
    chance = f"two seeds of {escape(asked.pair_title)}"
    if mean.low is None or seeds.low is None:
        return f"{told}; {chance} share {seeds.mean * k:.1f}."
    if mean.high < seeds.low:
        return f"{told}; {chance} share {seeds.mean * k:.1f}, so A and B say other things than chance alone explains."
    if mean.low > seeds.high:
        return f"{told}, more than {chance} do ({seeds.mean * k:.1f})."
    return f"{told}, as {chance} do ({seeds.mean * k:.1f})."


def _interval(value: Interval) -> str:
    mean = f"{100 * value.mean:.0f} %"
    if value.low is None:
        return f"{mean} (too few for an interval)"
    return f"{mean} ({100 * value.low:.1f} to {100 * value.high:.1f})"


def _furthest(context: Context, asked: Asked, shown: dict[str, Shown], found: dict[str, np.ndarray]) -> None:
    """The people whose two lists have least in common."""
    data, words = context.dataset, context.words
    users = shown[asked.a.address].users
    order = _furthest_first(users, found, asked.a.address, asked.b.address, asked.part, context.k)
    title = f"Lists that differ most: {asked.a.title} and {asked.b.title}"
    nothing = int((found["overlap"] == 0).sum())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{words.count_people(nothing)} of {len(users):,} get nothing in common.")
        worklist_buttons(
            context,
            title,
            users[order],
            key="compare_furthest",
            label="Worklist of those whose lists differ most",
            first=f"Both lists of {escape(data.user_name(int(users[order[0]])))}",
        )
        download_table(
            lambda: pd.DataFrame({words.person: data.users.ids[users], **found}).iloc[order],
            (data.name, asked.a.slug, asked.b.slug, "agreement"),
            key="compare_agreement_csv",
        )
