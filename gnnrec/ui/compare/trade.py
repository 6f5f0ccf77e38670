"""At what price is a model better: any two measures of every model against each other, with the Pareto line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.data.words import listed
from gnnrec.evaluation import METRICS
from gnnrec.evaluation.beyond import BEYOND, Shown
from gnnrec.evaluation.bootstrap import Interval, mean_interval, mean_intervals
from gnnrec.evaluation.everybody import hits_of
from gnnrec.figures.pareto import Measured, pareto, unbeaten
from gnnrec.ui import tasks, view
from gnnrec.ui.compare.asked import PARTS, Asked
from gnnrec.ui.compare.catalogue import measures
from gnnrec.ui.compare.lists import lists_of, part_of
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure


def panel(context: Context, asked: Asked) -> None:
    """Two pickers, the picture, and in words which models nobody beats in both."""
    learned, k = part_of(context.split, asked.part).learned, context.k
    models = context.models
    shown = lists_of(context, models, asked.part, "compare_trade")
    if shown is None:
        return
    options = _options(learned, shown[models[0].address])
    names = list(options)
    x, y = _chosen("c_x", names, names[0]), _chosen("c_y", names, "coverage")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x = pick("Across", "c_x", names, x, options.get, width=230)
        y = pick("Upwards", "c_y", names, y, options.get, width=230)
    values = {name: _values(shown, models, asked.part, k, name) for name in {x, y}}
    points = [_point(context, one, values[x][place], values[y][place]) for place, one in enumerate(models)]
    lower = [_lower(name) for name in (x, y)]
    known = [one for one in points if np.isfinite(one.x) and np.isfinite(one.y)]
    st.markdown(_told(known, options[x], options[y], *lower))
    n = context.words.count_people(len(shown[models[0].address].users))
    show_figure(
        pareto(points, f"{options[x]}@{k}", f"{options[y]}@{k}", mode(), x_lower=lower[0], y_lower=lower[1]),
        key="compare_trade",
        caption=f"Every model of this split, lists of {k} for {n}, {PARTS[asked.part]}; axes are turned so that up and to "
        "the right is better. On the dotted line no other model is better in one and no worse in the other. Bars are 95 % "
        "intervals where a measure is a mean over people. Circles pass messages, squares do not.",
    )
    frame = _frame(shown, {one.address: one.title for one in models}, asked.part, k, list(options))
    with st.expander("All measures as a table", icon=":material/table:"):
        st.dataframe(
            frame,
            hide_index=True,
            alt="Every model with every measure of its lists",
            column_config={
                column: st.column_config.NumberColumn(column, format="%.3f") for column in frame.columns[1:]
            },
        )
    download_table(lambda: frame, (context.dataset.name, "trade-off", asked.part, k), key="compare_trade_csv")


def _options(learned: bool, shown: Shown) -> dict[str, str]:
    """What can be put on an axis."""
    right = {} if learned else {name: one.title for name, one in METRICS.items()}
    order = ("ndcg", *(name for name in right if name != "ndcg")) if right else ()
    return {name: right[name] for name in order} | {
        name: one.title for name, one in BEYOND.items() if one.needs <= shown.provides
    }


def _chosen(key: str, names: list[str], default: str) -> str:
    wanted = view.read().get(key, "")
    return wanted if wanted in names else default if default in names else names[-1]


def _lower(name: str) -> bool:
    known = METRICS.get(name) or BEYOND[name]
    return known.direction == "lower"


def _values(
    shown: dict[str, Shown], models: list[Checkpoint], part: str, k: int, name: str
) -> list[Interval]:
    return _intervals(shown, tuple(one.address for one in models), part, k, name)


@st.cache_data(max_entries=64, show_spinner="Measuring lists …")
def _intervals(
    _shown: dict[str, Shown], addresses: tuple[str, ...], part: str, k: int, name: str
) -> list[Interval]:
    """One measure of every model, people drawn once for all."""
    values = [_value(_shown[one], one, part, k, name) for one in addresses]
    if np.ndim(values[0]) == 0:
        return [Interval(float(one), None, None, 0) for one in values]
    table = np.column_stack(values)
    known = ~np.isnan(table).any(1)
    if known.sum() < 2:
        return [mean_interval(one) for one in values]
    return mean_intervals(table[known])


def _value(shown: Shown, address: str, part: str, k: int, name: str) -> float | np.ndarray:
    if name in BEYOND:
        return measures(shown, address, part, k)[name]
    hits, counts = hits_of(shown.first(k))
    return METRICS[name].per_user(hits, counts, k)


def _point(context: Context, one: Checkpoint, x: Interval, y: Interval) -> Measured:
    ends = [None if value.low is None else (value.low, value.high) for value in (x, y)]
    return Measured(one.title, x.mean, y.mean, tasks.role(one, context.a, context.b), *ends)


def _told(points: list[Measured], x: str, y: str, x_lower: bool, y_lower: bool) -> str:
    front = unbeaten(points, x_lower, y_lower)
    if not front:
        return "No model has both measures."
    names = [escape(one.name) for one in front]
    if len(names) == 1:
        return f"**{names[0]}** is the best in both {x} and {y}; nothing has to be given up."
    return f"Between {x} and {y} one has to choose: no other model beats **{listed(names)}** in both."


@st.cache_data(max_entries=32, show_spinner="Measuring lists …")
def _frame(
    _shown: dict[str, Shown], titles: dict[str, str], part: str, k: int, names: list[str]
) -> pd.DataFrame:
    """The mean of every measure, one row for each model."""
    columns = {}
    for name in names:
        title = (METRICS.get(name) or BEYOND[name]).title
        values = (np.asarray(_value(_shown[one], one, part, k, name), dtype=float) for one in titles)
        columns[f"{title}@{k}"] = [
            float(np.nanmean(one)) if np.isfinite(one).any() else np.nan for one in values
        ]
    return pd.DataFrame({"model": list(titles.values())} | columns)
