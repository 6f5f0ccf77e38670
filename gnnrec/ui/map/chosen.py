"""Those inside a line on the map: how they are served, what they have in common, a worklist and a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.evaluation.bootstrap import mean_interval
from gnnrec.evaluation.slices import FEWEST, Measured, Slice, measure
from gnnrec.ui import tasks, view
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.map.asked import Asked, area_text
from gnnrec.ui.map.colours import degrees, item_genres, judged, people_genres
from gnnrec.ui.text import escape
from gnnrec.ui.worklist import worklist_buttons

_ROWS = 200
_MOST_MEASURED = 5000


def inside(asked: Asked) -> np.ndarray:
    """The points inside the line that are shown, ascending."""
    if asked.area is None:
        return np.empty(0, dtype=np.int64)
    found = np.flatnonzero(within(asked.picture.xy, np.array(asked.area)))
    if asked.show == "both":
        return found
    return found[(found < asked.space.n_people) == (asked.show == "people")]


def within(xy: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Whether points lie inside a line that closes itself; where it crosses itself, every second part is outside.

    **Shapes**: [n, 2], [c, 2] → [n] bool.
    """
    x, y = xy[:, 0].astype(np.float64), xy[:, 1].astype(np.float64)
    odd = np.zeros(len(xy), dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        odd ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return odd


def chosen_panel(context: Context, asked: Asked) -> None:
    """People as a worklist, items as a table; how to choose some where nobody is chosen."""
    words = context.words
    if asked.area is None:
        st.caption(
            "Choose many at once: hold Shift and draw a line around them, or press the button with the line first. "
            "By keyboard: zoom in, then press Choose everything in view."
        )
        return
    found = inside(asked)
    people = asked.space.nodes[found[found < asked.space.n_people]]
    items = asked.space.nodes[found[found >= asked.space.n_people]] - asked.space.n_users
    with st.container(border=True, key="map_chosen"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(
                f"{words.count_people(len(people))} and {words.count_items(len(items))} inside the line",
                anchor=False,
                width="content",
            )
            st.button(
                "Take the line away",
                key="map_clear",
                icon=":material/close:",
                on_click=lambda: view.go(m_area=None),
            )
        if not len(found):
            st.caption("Nobody and nothing lies there.")
            return
        left, right = side_by_side("map-chosen", (380, 1), (380, 1))
        with left:
            _people(context, asked, people)
        with right:
            _items(context, asked, items)


def _people(context: Context, asked: Asked, people: np.ndarray) -> None:
    words, data = context.words, context.dataset
    st.markdown(f"**{words.people.capitalize()}**")
    if not len(people):
        st.caption(f"No {words.person} lies inside the line.")
        return
    _typical(people_genres(data.name, str(context.split)), people)
    metric = tasks.metric_words(tasks.deciding(asked.checkpoint).metric)
    st.caption(_served(context, asked, people, metric))
    order, values = worst_first(asked, people)
    frame = pd.DataFrame(
        {
            "id": data.users.ids[order],
            words.person: data.user_names[order],
            metric: values,
            f"{words.items} in train": degrees(data.name, str(context.split))[order],
        }
    )
    st.dataframe(
        frame.iloc[:_ROWS].drop(columns="id"),
        hide_index=True,
        height=250,
        placeholder="–",
        alt=f"{words.people.capitalize()} inside the line, worst served first",
        column_config={metric: st.column_config.NumberColumn(format="%.3f")},
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        worklist_buttons(context, _name(asked), order, key="map_worklist", why="the worst served come first")
    download_table(
        lambda: frame, (data.name, asked.checkpoint.slug, "map", words.people), key="map_people_csv"
    )


def worst_first(asked: Asked, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """People in the order of their metric, worst first, those without one last; and the metric."""
    users, values = judged(asked.checkpoint, asked.part)
    whole = np.full(asked.space.n_users, np.nan)
    whole[users] = values
    mine = whole[people]
    order = np.argsort(tasks.deciding(asked.checkpoint).gain(mine), kind="stable")
    return people[order], mine[order]


def _served(context: Context, asked: Asked, people: np.ndarray, metric: str) -> str:
    words = context.words
    held = "final test" if asked.part == "test" else "validation"
    learned = (
        " The model learned from validation after this was measured."
        if asked.part in context.split.fitted_parts
        else ""
    )
    found = _measured(
        *asked.place,
        asked.part,
        area_text(asked.area),
        asked.show,
        _asked=asked,
        _people=people,
        _words=words,
    )
    if found.inside.n < FEWEST:
        return (
            f"{found.inside.n} of them can be judged on {held}: too few for a mean with an interval "
            f"({FEWEST} are needed)."
        )
    if found.difference.too_few:
        values = worst_first(asked, people)[1]
        drawn = np.random.default_rng(0).permutation(values[np.isfinite(values)])[:_MOST_MEASURED]
        whole = mean_interval(drawn)
        return (
            f"{metric} on {held}: {whole.mean:.3f} ({whole.low:.3f} to {whole.high:.3f}, n = {whole.n:,}). Too few are left "
            "outside the line to compare with."
        )
    one, rest, gap = found.inside, found.rest, found.difference
    verdict = (
        "no clear difference"
        if not gap.excludes_zero
        else "served better than the others"
        if tasks.deciding(asked.checkpoint).gain(gap.mean) > 0
        else "served worse than the others"
    )
    return (
        f"{metric} on {held}: {one.mean:.3f} ({one.low:.3f} to {one.high:.3f}, n = {one.n:,}), all others "
        f"{rest.mean:.3f} ({rest.low:.3f} to {rest.high:.3f}, n = {rest.n:,}): {verdict}. 95 % bootstrap intervals; the "
        f"line was drawn after looking, so treat it as a question, not as a finding.{learned}"
    )


@st.cache_data(max_entries=200, show_spinner=False)
def _measured(
    address: str, method: str, part: str, area: str, show: str, _asked: Asked, _people: np.ndarray, _words
) -> Measured:
    users, values = judged(_asked.checkpoint, part)
    # More draws than a click may take; so many people more would not move the interval where it matters.
    rng = np.random.default_rng(0)
    among = np.isin(users, _people)
    kept = [
        rows if len(rows) <= _MOST_MEASURED else np.sort(rng.choice(rows, _MOST_MEASURED, replace=False))
        for rows in (np.flatnonzero(among), np.flatnonzero(~among))
    ]
    rows = np.sort(np.concatenate(kept))
    return measure([Slice("inside", _people)], users[rows], values[rows], _words, draws=1000)[0]


def _items(context: Context, asked: Asked, items: np.ndarray) -> None:
    words, data = context.words, context.dataset
    st.markdown(f"**{words.items.capitalize()}**")
    if not len(items):
        st.caption(f"No {words.item} lies inside the line.")
        return
    _typical(item_genres(data.name), items)
    frame = item_frame(context, items)
    st.dataframe(
        frame.iloc[:_ROWS].drop(columns="id"),
        hide_index=True,
        height=250,
        alt=f"{words.items.capitalize()} inside the line, most connected first",
    )
    if len(frame) > _ROWS:
        st.caption(f"The {_ROWS} most connected of {len(frame):,}.")
    download_table(lambda: frame, (data.name, asked.checkpoint.slug, "map", words.items), key="map_items_csv")


def item_frame(context: Context, items: np.ndarray) -> pd.DataFrame:
    """Items with what is known of them, most connected first."""
    data, words = context.dataset, context.words
    counts = degrees(data.name, str(context.split))[data.n_users + items]
    order = np.argsort(-counts, kind="stable")
    genres = item_genres(data.name)[items][order]
    frame = pd.DataFrame(
        {
            "id": data.items.ids[items][order],
            words.item: data.item_titles[items][order],
            f"{words.people} in train": counts[order],
        }
    )
    if (genres != "").any():
        frame.insert(2, "genre", genres)
    return frame


def _typical(genres: np.ndarray, chosen: np.ndarray) -> None:
    """The genre that is most over-represented among the chosen, in words; nothing where there are no genres."""
    names, counts = np.unique(genres[chosen].astype(str), return_counts=True)
    known = names != ""
    names, counts = names[known], counts[known]
    if not counts.sum():
        return
    everywhere = dict(zip(*np.unique(genres.astype(str), return_counts=True), strict=True))
    total = sum(count for name, count in everywhere.items() if name)
    lift = (counts / counts.sum()) / np.array([everywhere[name] / total for name in names])
    # A genre of a handful is over-represented by accident.
    worth = np.where(counts >= max(3, 0.1 * counts.sum()), lift, 0)
    best = int(worth.argmax())
    if worth[best] < 1.2:
        st.markdown("Mixed genres, about as everywhere.")
        return
    share = 100 * counts[best] / counts.sum()
    st.markdown(
        f"Stands out: **{escape(names[best])}**, {share:.0f} % of them, {lift[best]:.1f} times as many as everywhere."
    )


def _name(asked: Asked) -> str:
    return f"On the map of {asked.checkpoint.title}"
