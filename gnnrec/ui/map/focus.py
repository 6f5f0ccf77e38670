"""Whoever is in focus, and who is nearest to them in the space itself, with a mark where the picture says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.evaluation.map_trust import picture_rank
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.map.asked import ITEM, Asked
from gnnrec.ui.map.colours import degrees
from gnnrec.ui.map.picture import select
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape

NEAREST = 10
# Who is not among so many nearest in the picture is somewhere else in it.
ELSEWHERE = 5 * NEAREST


@dataclass(frozen=True, eq=False)
class Near:
    """The nearest of one kind to the point in focus, in the space.

    Attributes:
        people: Whether they are people, else items.
        points: Which, nearest first.
        cosines: How alike they are.
        picture_ranks: Which nearest they are in the picture, from 1.
    """

    people: bool
    points: np.ndarray
    cosines: np.ndarray
    picture_ranks: np.ndarray

    @property
    def elsewhere(self) -> np.ndarray:
        """Those that the picture puts elsewhere. **Shapes**: [n] bool."""
        return self.picture_ranks > ELSEWHERE


def nearest(context: Context, asked: Asked) -> Near:
    """Neighbours of the point in focus, of the kind that the address asks for."""
    wanted = view.read().get("m_near", "")
    people = wanted == "people" or (wanted != "items" and not asked.on_item)
    if asked.focus is None:
        nobody = np.empty(0, dtype=np.int64)
        return Near(people, nobody, nobody.astype(float), nobody)
    found, cosines = asked.space.nearest(asked.focus, NEAREST, people)
    ranks = picture_rank(asked.picture.xy, asked.focus, found, asked.space.of_kind(people))
    return Near(people, found, cosines, ranks)


def focus_panel(context: Context, asked: Asked, near: Near) -> None:
    """Name, what is known, ways on, and the neighbours as a table."""
    words, data = context.words, context.dataset
    if context.item is not None:
        pick(
            "In focus",
            "m_focus",
            ("", ITEM),
            ITEM if asked.on_item else "",
            {"": words.person.capitalize(), ITEM: words.item.capitalize()}.get,
            control=st.segmented_control,
            required=True,
            label_visibility="collapsed",
        )
    name = data.item_title(context.item) if asked.on_item else data.user_name(context.user)
    st.subheader(escape(name), anchor=False)
    if asked.focus is None:
        st.caption("The model has no vector here, so there is no place on the map.")
        return
    node = int(asked.space.nodes[asked.focus])
    degree = int(degrees(data.name, str(context.split))[node])
    connected = words.count_people(degree) if asked.on_item else words.count_items(degree)
    st.caption(f"{connected} in train.")
    kinds = {"people": words.people.capitalize(), "items": words.items.capitalize()}
    pick(
        "Nearest in the space",
        "m_near",
        tuple(kinds),
        "people" if near.people else "items",
        kinds.get,
        control=st.segmented_control,
        required=True,
    )
    _table(context, asked, near)
    _ways_on(context, asked)


def _table(context: Context, asked: Asked, near: Near) -> None:
    words = context.words
    kind = words.people if near.people else words.items
    frame = pd.DataFrame(
        {
            kind: [label(context, asked, int(one)) for one in near.points],
            "cosine": near.cosines,
            "in the picture": [
                _ordinal(int(rank)) if far else "near"
                for rank, far in zip(near.picture_ranks, near.elsewhere, strict=True)
            ],
        }
    )
    # The places of rows mean others once the focus, the model or the kind is another one.
    key = f"map_near_{asked.checkpoint.id}_{asked.focus}_{near.people}"
    event = st.dataframe(
        frame,
        hide_index=True,
        height="content",
        alt=f"The {kind} nearest in the space, nearest first; pick a row to go there (by keyboard: Shift + Space)",
        column_config={
            kind: st.column_config.TextColumn(width=150),
            "cosine": st.column_config.NumberColumn(format="%.2f", width=62),
            "in the picture": st.column_config.TextColumn(width=100),
        },
        key=key,
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(near.points):
        view.go(**select(context, asked, int(near.points[rows[0]])))
        st.rerun()
    far = int(near.elsewhere.sum())
    told = (
        "They are all near in the picture too"
        if not far
        else f"The picture puts {far} of these {len(frame)} elsewhere; the number is their place among the nearest there"
    )
    st.caption(
        f"Nearest by cosine of the vectors themselves. {told} (near: among the {ELSEWHERE} nearest {kind})."
    )


def _ways_on(context: Context, asked: Asked) -> None:
    name = escape(context.dataset.user_name(context.user))
    ways = [("recommend.py", f"What {name} gets", "recommend")]
    if asked.on_item:
        ways.append(("why.py", f"Why this {context.words.item} for {name}", "psychology_alt"))
    for page, text, icon in ways:
        st.page_link(
            places.pages_folder() / page,
            label=text,
            icon=f":material/{icon}:",
            query_params=view.link(),
            width="content",
        )


def label(context: Context, asked: Asked, point: int) -> str:
    """The name of a point for a table."""
    node = int(asked.space.nodes[point])
    if node < asked.space.n_users:
        return context.dataset.user_name(node)
    return context.dataset.item_title(node - asked.space.n_users)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
