"""The surprise view: pairs that the space and the graph tell different things about."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.evaluation.map_surprises import FEWEST, Surprises, surprises
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.long_work import worked
from gnnrec.ui.map.asked import Asked
from gnnrec.ui.map.focus import label
from gnnrec.ui.map.picture import select
from gnnrec.ui.pickers import pick

_NEAR, _FAR = "near", "far"
_PICKED = "map_pair"


def surprise_panel(context: Context, asked: Asked) -> None:
    """Near each other with nothing in common, or much in common and far apart."""
    words, values = context.words, view.read()
    st.subheader("Where the space and the graph disagree", anchor=False)
    kinds = {"items": words.items.capitalize(), "people": words.people.capitalize()}
    ways = {_NEAR: "Near, nothing in common", _FAR: "Much in common, far apart"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = values.get("m_pairs")
        kind = pick(
            "Pairs of",
            "m_pairs",
            tuple(kinds),
            kind if kind in kinds else "items",
            kinds.get,
            control=st.segmented_control,
            required=True,
        )
        way = values.get("m_way")
        way = pick(
            "Surprise",
            "m_way",
            tuple(ways),
            way if way in ways else _NEAR,
            ways.get,
            control=st.segmented_control,
            required=True,
        )
    people = kind == "people"
    found = worked(
        (asked.checkpoint.address, "map-surprises", kind),
        0.2 + 4e-5 * len(asked.space),
        lambda tell: surprises(asked.space, context.split.fitted.matrix, people),
        "Comparing the space with the graph",
        widget="m_surprises",
        button="Compare",
    )
    if found is None:
        return
    if not found.asked:
        st.caption(
            f"Too few {kinds[kind].lower()} have {FEWEST} connections or more, so there is nothing to compare."
        )
        return
    _told(context, found, people)
    _table(context, asked, found, people, way == _NEAR)


def _told(context: Context, found: Surprises, people: bool) -> None:
    words = context.words
    share = found.nothing_shared
    ends = "" if share.too_few else f" ({100 * share.low:.1f} to {100 * share.high:.1f} %, n = {share.n:,})"
    mine = words.people if people else words.items
    nothing = (
        f"{words.past} no {words.item} in common"
        if people
        else f"share no {words.person} who {words.past} both"
    )
    st.markdown(f"**Of the {found.nearest} nearest, {100 * share.mean:.1f} % {nothing}.**{ends}")
    asked = (
        f"all {found.of:,}"
        if found.asked == found.of
        else f"{found.asked:,} of {found.of:,}, drawn at random"
    )
    st.caption(
        f"Looked at: {asked} {mine} with at least {FEWEST} connections in train. Near with nothing in common is what the "
        "model concluded over others, or made up; much in common and far apart is what it did not learn. Similarity is "
        "the cosine in the space, not in the picture."
    )


def _table(context: Context, asked: Asked, found: Surprises, people: bool, near: bool) -> None:
    words = context.words
    kind = words.person if people else words.item
    pairs = found.near if near else found.far
    if not len(pairs):
        told = (
            "Every pair of nearest ones has something in common."
            if near
            else "Those that share most are all among the nearest twentieth in the space."
        )
        st.caption(told)
        return
    frame = pd.DataFrame(
        {
            kind: [label(context, asked, int(one)) for one in pairs[:, 0]],
            f"other {kind}": [label(context, asked, int(one)) for one in pairs[:, 1]],
            "cosine": found.near_cosine if near else found.far_cosine,
        }
    )
    if not near:
        frame["in common"] = found.far_shared
        frame["place among nearest"] = found.far_rank
    event = st.dataframe(
        frame,
        hide_index=True,
        height=min(380, 35 * (len(frame) + 1) + 3),
        alt="Surprising pairs, most surprising first; pick a row to see the first of the two on the map",
        column_config={"cosine": st.column_config.NumberColumn(format="%.2f")},
        key=f"map_pairs_{asked.checkpoint.id}_{people}_{near}",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = event["selection"]["rows"]
    st.caption("Pick a row to see the first of the two on the map.")
    download_table(
        lambda: _with_ids(context, asked, frame, pairs),
        (context.dataset.name, asked.checkpoint.slug, "map-surprises", "near" if near else "far"),
        key="map_pairs_csv",
    )
    if rows and rows[0] < len(pairs):
        # A pick moves the focus once; afterwards the focus may move on while the row stays picked.
        picked = (asked.checkpoint.id, *map(int, pairs[rows[0]]))
        if st.session_state.get(_PICKED) != picked:
            st.session_state[_PICKED] = picked
            view.go(**select(context, asked, picked[1]))
            st.rerun()


def _with_ids(context: Context, asked: Asked, frame: pd.DataFrame, pairs: np.ndarray) -> pd.DataFrame:
    """The table for a file, where a name alone would not say who is meant."""
    data, nodes = context.dataset, asked.space.nodes[pairs]
    ids = np.concatenate([data.users.ids, data.items.ids])[nodes]
    return frame.assign(id=ids[:, 0], other_id=ids[:, 1])
