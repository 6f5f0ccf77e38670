"""Does a model keep up with new data? Measured month by month: left alone, updated, or trained again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.recommenders import names, recommender_class
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.pickers import fold_out, pick
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

_WORDS = {
    "stale": "left alone",
    "fold-in": "new rows folded in",
    "warm start": "learning on each month",
    "retrained": "trained again each month",
    "most popular": "most popular",
    "last month's most popular": "most popular last month",
}
_BESIDE = ("most popular", "last month's most popular")
_BANDS = ("stale", "retrained")


def keeping_up_panel(context: Context) -> None:
    """The fold-out with the curve of this data set; nothing where it was not lived through."""
    stored = _stored(context.dataset.name)
    replays = {one["recommender"]: one for one in stored if one["recommender"] in names()}
    if not replays:
        return
    values = view.read()
    with fold_out("Does it keep up with new data?", "t_keep", ":material/update:") as panel:
        if not panel.open:
            return
        wanted = values.get("t_kept") if values.get("t_kept") in replays else next(iter(replays))
        if len(replays) > 1:
            pick(
                "Model",
                "t_kept",
                list(replays),
                wanted,
                lambda one: recommender_class(one).title,
                control=st.segmented_control,
                required=True,
                width="content",
            )
        _curve(context, replays[wanted])


def _curve(context: Context, one: dict[str, Any]) -> None:
    from gnnrec.figures.keeping_up import Way, keeping_up

    months = one["months"]
    ways = [
        Way(
            name=_WORDS[way],
            values=[month["ways"][way]["mean"] for month in months],
            low=[month["ways"][way]["low"] for month in months],
            high=[month["ways"][way]["high"] for month in months],
            # Training before the first month is the same for all.
            seconds=[0.0, *(month["ways"][way]["seconds_cpu"] for month in months[1:])],
            series=list(_WORDS).index(way),
            beside=way in _BESIDE,
            band=way in _BANDS,
        )
        for way in months[0]["ways"]
        if way in _WORDS
    ]
    st.markdown(_story(context, one))
    words = context.words
    show_figure(
        keeping_up([_month(month["month"]) for month in months], ways, "NDCG@10", mode()),
        key=f"keeping_up_{context.dataset.name}_{one['recommender']}",
        caption=f"Each month is judged on what {words.people} {words.past} in it, by models that saw nothing of it "
        f"({sum(month['people'] for month in months) // len(months):,} {words.people} a month; bands are 95 % "
        "intervals for the two ends). Below: computing time since the first month. Whoever a model does not know gets "
        "the most popular.",
    )
    if places.writes_allowed() and places.developer_controls():
        st.caption("To update a model of your own, on the command line:")
        st.code("python -m gnnrec update CHECKPOINT --interactions new-rows.csv", language=None)


def _story(context: Context, one: dict[str, Any]) -> str:
    """What came of it, in plain words."""
    months = one["months"]
    first, last = months[0], months[-1]
    stale = [month["ways"]["stale"]["mean"] for month in months]
    title = escape(recommender_class(one["recommender"]).title)
    said = [
        f"**{title}** trained until {_month(one['trained_until'])} and left alone falls from {stale[0]:.3f} in "
        f"{_month(first['month'])} to {stale[-1]:.3f} in {_month(last['month'])} (NDCG@10)."
    ]
    gains = {tuple(pair["pair"]): pair["all"] for pair in one["pairs"]}
    whole = gains.get(("retrained", "stale"))
    if whole is None or whole["low"] is None or whole["low"] <= 0:
        said.append("Training again each month shows no clear gain over that.")
        return " ".join(said)
    said.append(f"Training again each month is better by {_gain(whole)} on average.")
    cost = {way: sum(month["ways"][way]["seconds_cpu"] for month in months[1:]) for way in first["ways"]}
    for way, words in (("fold-in", "Folding the new rows in"), ("warm start", "Learning on each month")):
        found = gains.get((way, "stale"))
        if found is None:
            continue
        share = f"{max(found['mean'], 0) / whole['mean']:.0%} of that"
        spent = f"{cost[way] / cost['retrained']:.0%} of the time" if cost["retrained"] else "no time"
        said.append(f"{words} brings {share} for {spent}.")
    return " ".join(said)


def _gain(found: dict[str, Any]) -> str:
    return f"{found['mean']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def _month(name: str) -> str:
    return pd.Period(name).strftime("%b %Y")


def _stored(dataset: str) -> list[dict[str, Any]]:
    folder = places.shipped_results()
    path = folder / ("replay.json" if dataset == "demo" else f"replay-{dataset}.json")
    # A data set's name is text of the user: only a file of ours beside the others is read.
    if path.parent != folder or not path.is_file():
        return []
    return _read(str(path), path.stat().st_mtime_ns)


@st.cache_data(max_entries=4, show_spinner=False)
def _read(path: str, _changed: int) -> list[dict[str, Any]]:
    return json.loads(Path(path).read_text(encoding="utf-8"))["replays"]
