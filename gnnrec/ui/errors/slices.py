"""Slices: how well each group of a trait is served, with intervals, against everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from gnnrec.evaluation.slices import FEWEST, Measured, Slice, slices_of
from gnnrec.evaluation.trait_groups import Trait
from gnnrec.figures.slice_dots import SliceRow, slice_dots
from gnnrec.figures.tokens import Mode
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.errors.asked import Asked, Chosen, slice_text
from gnnrec.ui.errors.numbers import measured, overall
from gnnrec.ui.export import download_table
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

EVERYTHING = "all"
_MOST_ROWS = 14
_DOTS = "errors_dots"
_SEVERAL = (
    "The {} that differ most of all groups. Looking at many, some differ by chance alone: the search above is guarded "
    "against that, this is not."
)


@dataclass(frozen=True, eq=False)
class Row:
    """A slice with what was measured of it, and how the address names it."""

    slice: Slice
    measured: Measured
    text: str


def slices_panel(context: Context, asked: Asked, chosen: Chosen, traits: Sequence[Trait]) -> list[Row]:
    """Groups of one trait, or those of all traits that differ most, as dots and as a table; gives the groups shown."""
    words = context.words
    st.subheader("By what is known of them", anchor=False)
    if not traits:
        st.caption(f"Nothing is known that would tell {words.people} apart.")
        return []
    titles = {trait.key: trait.title for trait in traits} | {EVERYTHING: "Everything, most different first"}
    wanted = view.read().get("e_by", "")
    by = pick(
        "Grouped by",
        "e_by",
        list(titles),
        wanted if wanted in titles else traits[0].key,
        titles.get,
        width=380,
    )
    slices = slices_of(traits)
    told = measured((asked.key, "groups"), asked.numbers, slices, words, "errors_groups")
    if told is None:
        return []
    rows = [Row(one, found, slice_text(traits, one)) for one, found in zip(slices, told, strict=True)]
    shown = (
        _most_different(rows)
        if by == EVERYTHING
        else [one for one in rows if one.slice.conditions[0][0] == by]
    )
    if by == EVERYTHING and not shown:
        st.markdown("**No group differs** from all others by more than its interval.")
    else:
        now = view.read().get("e_slice", "") if chosen.slice else ""
        show_figure(
            dots_figure(context, asked, shown, mode(), now),
            key=_DOTS,
            on_select=partial(_clicked, [one.text for one in shown]),
            select="points",
        )
        how = next((trait.how for trait in traits if trait.key == by), _SEVERAL.format(len(shown)))
        st.caption(
            f"{escape(dots_caption(context, asked, shown))} {escape(how)} **Click a dot** to see who they are."
        )
    _as_table(context, asked, rows if by == EVERYTHING else shown, by)
    return shown


def _most_different(rows: Sequence[Row]) -> list[Row]:
    """Groups whose interval of the difference leaves out zero, the largest difference first."""
    apart = [one for one in rows if one.measured.difference.excludes_zero]
    return sorted(apart, key=lambda one: -abs(one.measured.difference.mean))[:_MOST_ROWS]


def dots_figure(context: Context, asked: Asked, shown: Sequence[Row], mode: Mode, now: str = "") -> go.Figure:
    """A dot with its interval for each group; the one of the address is larger."""
    dots = [
        SliceRow(
            one.measured.name,
            one.measured.inside.n,
            one.measured.inside.mean,
            one.measured.inside.low,
            one.measured.inside.high,
            one.measured.difference.excludes_zero,
            one.measured.said,
            one.text == now,
        )
        for one in shown
    ]
    mean = overall(*asked.key).mean
    people = context.words.people
    return slice_dots(dots, mean, mode, what=asked.what, people=people, series=asked.series)


def _clicked(texts: Sequence[str]) -> None:
    points = st.session_state[_DOTS]["selection"]["points"]
    data = points[0].get("customdata") if points else None
    place = data[0] if isinstance(data, list) and data else None
    if isinstance(place, int) and 0 <= place < len(texts):
        view.go(e_slice=texts[place], e_range=None)


def dots_caption(context: Context, asked: Asked, shown: Sequence[Row]) -> str:
    """How to read the dots."""
    few = any(one.measured.said for one in shown)
    return (
        f"Mean {asked.what} of each group with its 95 % bootstrap interval; behind the name how many {context.words.people} "
        "were judged. Filled: differs from all others by more than its interval; hollow: does not."
        f"{f' Groups of fewer than {FEWEST} judged get no interval.' if few else ''}"
    )


def _as_table(context: Context, asked: Asked, rows: Sequence[Row], by: str) -> None:
    """The same as a table, for keyboard, screen reader and export; a row is a slice."""
    with st.expander("The same as a table", icon=":material/table:"):
        frame = table_of(rows)
        key = f"errors_slices_{asked.part}_{asked.metric}_{asked.look}_{by}_{len(rows)}"
        digits = {
            one: st.column_config.NumberColumn(format="%.3f") for one in frame if frame[one].dtype.kind == "f"
        }
        st.dataframe(
            frame,
            hide_index=True,
            height=min(36 * (len(frame) + 1), 420),
            key=key,
            on_select=partial(_row_picked, key, [one.text for one in rows]),
            selection_mode="single-row",
            column_config=digits,
            placeholder="–",
            alt="Groups with their means, intervals and differences to all others; pick a row to see its people",
        )
        st.caption(
            f"low and high: ends of the 95 % bootstrap interval over {context.words.people}; difference: to the mean of all "
            "others. Pick a row to see who they are."
        )
        name = (context.dataset.name, asked.a.slug, asked.part, asked.metric, "slices")
        download_table(lambda: frame, name, key="errors_slices_csv")


def table_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Slices with all their numbers."""
    return pd.DataFrame(
        {
            "with": [one.measured.name for one in rows],
            "n": [one.measured.inside.n for one in rows],
            "mean": [one.measured.inside.mean for one in rows],
            "low": _floats(one.measured.inside.low for one in rows),
            "high": _floats(one.measured.inside.high for one in rows),
            "difference": [one.measured.difference.mean for one in rows],
            "difference low": _floats(one.measured.difference.low for one in rows),
            "difference high": _floats(one.measured.difference.high for one in rows),
            "not judged": [one.measured.not_judged for one in rows],
            "said": [one.measured.said or "" for one in rows],
        }
    )


def _floats(values) -> list[float]:
    return [float("nan") if one is None else one for one in values]


def _row_picked(key: str, texts: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and 0 <= rows[0] < len(texts):
        view.go(e_slice=texts[rows[0]], e_range=None)
