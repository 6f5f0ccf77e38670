"""The leaderboard of the split: every model with its interval, simple ones fainter, the oracle as a limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation import RATING_METRICS
from gnnrec.evaluation.bootstrap import Interval, mean_intervals
from gnnrec.figures.board import BoardRow, leaderboard_bars
from gnnrec.figures.tokens import Mode
from gnnrec.ui import loaders, tasks
from gnnrec.ui.compare.asked import PARTS
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go


def leaderboard(context: Context, part: str, metric: str | None = None) -> None:
    """Every model that has the metric, best first, and the same with all metrics as a table."""
    metric = metric or tasks.deciding(context.a).metric
    models = _having(context, part, metric)
    st.subheader("Among all models of this split", anchor=False)
    if not models:
        st.caption(f"Nobody has something held out on {PARTS[part]} to judge a model by.")
        return
    show_figure(
        board_figure(context, part, metric, mode()),
        key="compare_board",
        caption=escape(board_caption(context, part, metric)),
    )
    with st.expander(
        "All metrics as a table", icon=":material/table:", key="compare_table", on_change="rerun"
    ) as table:
        if table.open:
            frame = whole_table(models, part)
            st.dataframe(
                frame,
                hide_index=True,
                alt="Every model with every metric",
                column_config={
                    column: st.column_config.NumberColumn(column, format="%.4f")
                    for column in frame.columns
                    if frame[column].dtype == float
                },
            )
            st.caption(
                f"Means on {PARTS[part]}, best first by the metric they are chosen on. Intervals are in the file."
            )
            download_table(
                lambda: with_intervals(models, part),
                (context.dataset.name, "leaderboard", part),
                key="compare_board_csv",
            )


def board_figure(context: Context, part: str, metric: str, mode: Mode) -> go.Figure:
    """Every model that has the metric, best first."""
    models = _having(context, part, metric)
    found = intervals(tuple(one.address for one in models), part, metric)
    rows = [
        BoardRow(one.title, value.mean, value.low, value.high, tasks.role(one, context.a, context.b))
        for one, value in zip(models, found, strict=True)
    ]
    axis = f"{tasks.metric_words(metric)} on {PARTS[part]}"
    return leaderboard_bars(rows, axis, mode, lower_is_better=metric in RATING_METRICS)


def board_caption(context: Context, part: str, metric: str) -> str:
    """How to read it; plain text."""
    models, lower = _having(context, part, metric), metric in RATING_METRICS
    n = len(loaders.evaluation(models[0].address, part).users)
    over = f"{'all ratings of ' if lower else ''}{context.words.count_people(n)}"
    limit = " The dashed line is the limit that the made-up data sets."
    return (
        f"Mean over {over}; whiskers are 95 % bootstrap intervals of each alone, so two that overlap may still differ "
        f"person by person. {'Lower' if lower else 'Higher'} is better; simple models are fainter."
        f"{limit if any(tasks.knows_truth(one) for one in models) else ''}"
    )


def _having(context: Context, part: str, metric: str) -> list[Checkpoint]:
    return [
        one
        for one in context.models
        if _value(one, part, metric) is not None
        and (context.a is None or tasks.foresees_clicks(one) == tasks.foresees_clicks(context.a))
    ]


def whole_table(models: Sequence[Checkpoint], part: str) -> pd.DataFrame:
    """One row for each model, one column for each stored metric."""
    names = list(dict.fromkeys(name for one in models for name in one.metrics[part]))
    return pd.DataFrame(
        {"model": [one.title for one in models], "seed": [one.config["seed"] for one in models]}
        | {
            tasks.metric_words(name): np.array([_value(one, part, name) for one in models], dtype=float)
            for name in names
        }
    )


def with_intervals(models: Sequence[Checkpoint], part: str) -> pd.DataFrame:
    """One row for each model and metric, with its interval and the number of people."""
    names = list(dict.fromkeys(name for one in models for name in one.metrics[part]))
    rows = []
    for name in names:
        there = [one for one in models if _value(one, part, name) is not None]
        found = intervals(tuple(one.address for one in there), part, name)
        for one, value in zip(there, found, strict=True):
            rows.append(
                (
                    one.slug,
                    one.title,
                    one.config["seed"],
                    part,
                    name,
                    value.mean,
                    value.low,
                    value.high,
                    value.n,
                )
            )
    columns = ["checkpoint", "model", "seed", "part", "metric", "mean", "low", "high", "people"]
    return pd.DataFrame(rows, columns=columns)


@st.cache_data(max_entries=128, show_spinner="Drawing people again …")
def intervals(addresses: tuple[str, ...], part: str, metric: str) -> list[Interval]:
    """The mean of each model with its interval; people are drawn once for all where all were judged on the same."""
    results = [loaders.evaluation(one, part) for one in addresses]
    first = results[0].users
    if metric in RATING_METRICS or any(not np.array_equal(one.users, first) for one in results):
        return [loaders.interval(one, part, metric) for one in addresses]
    return mean_intervals(np.column_stack([one.per_user[metric].to_numpy() for one in results]))


def _value(one: Checkpoint, part: str, metric: str) -> float | None:
    value = one.metrics[part].get(metric)
    return value if value is not None and np.isfinite(value) else None
