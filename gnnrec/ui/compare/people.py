"""Where A and B differ: every person by what both do for them, and the groups that can be stepped through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.evaluation.versus import A_AHEAD, B_AHEAD, BOTH, NONE, ONLY_A, ONLY_B
from gnnrec.figures.person_scatter import Dots, gathered, person_scatter
from gnnrec.figures.tokens import Mode
from gnnrec.ui import view
from gnnrec.ui.compare.asked import PARTS, Asked
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.worklist import worklist_buttons

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CHART, _SHOWN = "compare_people", 100
NAMES = {
    BOTH: "Both serve them",
    ONLY_A: "Only A serves them",
    ONLY_B: "Only B serves them",
    NONE: "Neither serves them",
    A_AHEAD: "A is better",
    B_AHEAD: "B is better",
}


def where(context: Context, asked: Asked) -> None:
    """The scatter, the quadrants, and the people of the chosen one with their worklist."""
    words = context.words
    st.subheader("For whom?", anchor=False)
    dots = dots_of(asked)
    left, right = side_by_side("compare-people", (430, 3), (300, 2))
    with right:
        chosen, who, dot = _group(context, asked, dots)
    with left:
        show_figure(
            scatter_figure(context, asked, mode(), dot),
            key=_CHART,
            on_select=lambda: _clicked(dots),
            select="points",
            caption=f"{escape(scatter_caption(context, asked))} Click a dot to list its {words.people}.",
        )
    with right:
        _people(context, asked, chosen, who)


@st.cache_resource(max_entries=32, show_spinner=False)
def _dots(_a: np.ndarray, _b: np.ndarray, a: str, b: str, part: str, metric: str) -> Dots:
    return gathered(_a, _b)


def dots_of(asked: Asked) -> Dots:
    """People gathered in dots."""
    found = asked.versus
    return _dots(found.a, found.b, asked.a.address, asked.b.address, asked.part, asked.metric)


def scatter_figure(context: Context, asked: Asked, mode: Mode, dot: int | None = None) -> go.Figure:
    """Every person by what both models do for them, one dot with a ring."""
    return person_scatter(
        dots_of(asked),
        asked.title,
        asked.a.title,
        asked.b.title,
        context.words.people,
        mode,
        lower_is_better=asked.versus.lower_is_better,
        marked=None if dot is None else np.array([dot]),
    )


def scatter_caption(context: Context, asked: Asked) -> str:
    """How to read it; plain text."""
    words = context.words
    if dots_of(asked).cells:
        gather = f"{words.people.capitalize()} are gathered in cells, because there are too many dots"
    else:
        gather = f"{words.people.capitalize()} with the same two values share a dot"
    return (
        f"{gather}; the larger, the more of them. {words.count_people(asked.versus.n)}, {PARTS[asked.part]}."
    )


def served_words(context: Context, asked: Asked) -> str:
    """What it takes to count as served; plain text."""
    words = context.words
    if asked.versus.limit is not None:
        return (
            f"Served: the predicted stars of this {words.person} are off by {asked.versus.limit:.2f} or less "
            f"({asked.title}), the middle of all errors of both models."
        )
    k = asked.metric.partition("@")[2]
    return f"Served: at least one of the first {k} {words.items} is one they later {words.past} (held out)."


def _group(context: Context, asked: Asked, dots: Dots) -> tuple[str, np.ndarray, int | None]:
    """Which people are chosen: a quadrant of the picker, or the dot that was clicked."""
    groups, values = asked.versus.groups, view.read()
    wanted = values.get("c_who") or ONLY_B
    wanted = wanted if wanted in groups else ONLY_B
    n = max(asked.versus.n, 1)
    picked = pick(
        f"Which {context.words.people}",
        "c_who",
        list(groups),
        wanted,
        lambda name: f"{NAMES[name]}: **{len(groups[name]):,}** ({100 * len(groups[name]) / n:.0f} %)",
        control=st.radio,
        forget=("c_dot",),
        help=escape(served_words(context, asked)),
    )
    dot = _dot_of(values.get("c_dot", ""), dots)
    if dot is None:
        return NAMES[picked], groups[picked], None
    places = np.flatnonzero(dots.of == dot)
    at = f"A {dots.x[dot]:.2f}, B {dots.y[dot]:.2f}"
    return (
        f"At {asked.title} {at}",
        places[np.argsort(-np.abs(asked.versus.gain[places]), kind="stable")],
        dot,
    )


def _clicked(dots: Dots) -> None:
    points = st.session_state[_CHART]["selection"]["points"]
    if not points:
        view.go(c_dot=None)
        return
    dot = int(points[0]["customdata"][0])
    view.go(c_dot=_name(dots, dot))


def _name(dots: Dots, dot: int) -> str:
    return f"{dots.x[dot]:.4f}|{dots.y[dot]:.4f}"


def _dot_of(text: str, dots: Dots) -> int | None:
    """The dot of an address; None where these models have none there."""
    x, bar, y = text.partition("|")
    try:
        wanted = float(x), float(y)
    except ValueError:
        return None
    there = np.flatnonzero((np.abs(dots.x - wanted[0]) < 6e-5) & (np.abs(dots.y - wanted[1]) < 6e-5))
    return int(there[0]) if bar and len(there) else None


def _people(context: Context, asked: Asked, name: str, who: np.ndarray) -> None:
    data, words, found = context.dataset, context.words, asked.versus
    with st.container(border=True, key="compare_group"):
        st.markdown(f"**{escape(name)}**: {words.count_people(len(who))}")
        if not len(who):
            st.caption(f"There is no such {words.person}.")
            return
        title = f"{name}: {asked.a.title} and {asked.b.title}"
        users = found.users[who]
        why = "those with the largest difference come first" if found.gain[who].any() else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            worklist_buttons(context, title, users, key="compare_worklist", why=why)
        frame = _table(context, asked, who[:_SHOWN])
        st.dataframe(
            frame.drop(columns="id"),
            hide_index=True,
            height=230,
            alt=f"{name}, the largest difference first",
            column_config={
                column: st.column_config.NumberColumn(column, format="%.3f")
                for column in ("A", "B", "A less B")
            },
        )
        download_table(
            lambda: _table(context, asked, who),
            (data.name, asked.a.slug, asked.b.slug, name),
            key="compare_people_csv",
        )


def _table(context: Context, asked: Asked, who: np.ndarray) -> pd.DataFrame:
    """People with both values, in the order given."""
    data, found = context.dataset, asked.versus
    users = found.users[who]
    held_out = np.diff(context.split.matrix(asked.part).indptr)[users]
    return pd.DataFrame(
        {
            "id": data.users.ids[users],
            context.words.person: [data.user_name(int(one)) for one in users],
            "A": found.a[who],
            "B": found.b[who],
            "A less B": found.a[who] - found.b[who],
            "held out": held_out,
        }
    )
