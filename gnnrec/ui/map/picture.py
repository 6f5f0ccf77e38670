"""The map itself, its headline, and how far it can be trusted."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec.evaluation.embedding_map import PCA, TITLES
from gnnrec.evaluation.map_trust import Trust, trust
from gnnrec.ui import loaders, view
from gnnrec.ui.components.scatter_map import MapEvent, MapPoints, scatter_map
from gnnrec.ui.context import Context
from gnnrec.ui.map.asked import ITEM, Asked, area_text
from gnnrec.ui.map.colours import colours
from gnnrec.ui.text import escape

HEIGHT = 640


def headline(context: Context, asked: Asked) -> None:
    """Whose space it is, and how many are in it."""
    words, space = context.words, asked.space
    title = escape(asked.checkpoint.title)
    st.title(f"How does {title} see {words.people} and {words.items}?", anchor=False)
    missing = space.n_users + space.n_items - len(space)
    left_out = f" {missing:,} have no vector and are left out." if missing else ""
    st.caption(
        f"{words.count_people(space.n_people)} and {words.count_items(len(space) - space.n_people)} as the model places "
        f"them: {space.vectors.shape[1]} numbers each, laid out flat. Near each other means a similar direction "
        f"(cosine), whatever the length.{left_out}"
    )


def picture(context: Context, asked: Asked, near: np.ndarray) -> None:
    """The map; a click chooses a person or an item, a line around points chooses all of them."""
    words = context.words
    method = TITLES[asked.picture.method]
    done = scatter_map(
        points(*asked.place, _asked=asked, _dataset=context.dataset.name),
        colours(context, asked),
        key=f"map_{context.dataset.name}",
        title=f"{context.dataset.title} · {asked.checkpoint.title} · {method}",
        alt=f"Map of {words.count_people(asked.space.n_people)} and "
        f"{words.count_items(len(asked.space) - asked.space.n_people)} by {method}; move with the arrow keys, zoom with "
        "plus and minus, Enter chooses the point at the cross, and the tables below have the same in words",
        words=(words.person, words.item),
        focus=asked.focus if _is_shown(asked, asked.focus) else None,
        near=[int(one) for one in near if _is_shown(asked, int(one))],
        area=asked.area,
        show=asked.show,
        height=HEIGHT,
    )
    if done is not None:
        _take(context, asked, done)
    spread = (
        f"These two directions hold {100 * asked.picture.explained:.0f} % of all spread; axes have no unit."
        if asked.picture.method == PCA
        else "Neighbours were kept together; sizes of groups and gaps between them mean little."
    )
    st.caption(
        f"{spread} Lines lead from the chosen point to its nearest in the space itself: long lines are where the flat "
        f"picture is wrong about it. Vectors: {escape(asked.checkpoint.title)}, split {escape(context.split)}."
    )


@st.cache_resource(max_entries=6, show_spinner=False)
def points(address: str, method: str, _asked: Asked, _dataset: str) -> MapPoints:
    """The places of everybody, packed once."""
    data, space = loaders.dataset(_dataset), _asked.space
    labels = np.concatenate([data.user_names, data.item_titles])[space.nodes]
    return MapPoints.of(_asked.picture.xy, space.n_people, labels)


def select(context: Context, asked: Asked, point: int) -> dict[str, object]:
    """What an address needs for a point to be in focus."""
    node = int(asked.space.nodes[point])
    if node < asked.space.n_users:
        same = node == context.user
        edits = {} if same else {"drop": None, "add": None}
        return {"u": context.dataset.users.id(node), "m_focus": None, **edits}
    return {"i": context.dataset.items.id(node - asked.space.n_users), "m_focus": ITEM}


def _take(context: Context, asked: Asked, done: MapEvent) -> None:
    if done.point is not None and done.point != asked.focus:
        view.go(**select(context, asked, done.point))
        st.rerun()
    if done.area is not None and done.area != asked.area:
        view.go(m_area=area_text(done.area))
        st.rerun()


def _is_shown(asked: Asked, point: int | None) -> bool:
    if point is None:
        return False
    return asked.show == "both" or (asked.show == "people") == (point < asked.space.n_people)


def trust_panel(context: Context, asked: Asked) -> None:
    """How many of those that lie together are neighbours in the space as well."""
    with st.spinner("Comparing the picture with the space …"):
        found = _trust(*asked.place, _asked=asked)
    st.markdown(f"**{trust_words(found)}**")
    kept, whole = found.kept, found.trustworthiness
    asked_words = f"all {found.n:,} points" if kept.n == found.n else f"{kept.n:,} of {found.n:,} points"
    st.caption(
        f"Trustworthiness {whole.mean:.2f}{_ends(whole.low, whole.high, 3)} of 1; true neighbours kept "
        f"{kept.mean:.2f}{_ends(kept.low, kept.high, 2)} of {found.k}, by chance {found.by_chance():.2g}. Measured on "
        f"{asked_words}, 95 % bootstrap intervals over them.",
        help="Trustworthiness (Venna and Kaski 2001) takes off for every neighbour in the picture that is no neighbour "
        "in the space, the more the further away it really is. A picture by chance has about 0.5.",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _trust(address: str, method: str, _asked: Asked) -> Trust:
    return trust(_asked.space, _asked.picture.xy)


def trust_words(found: Trust) -> str:
    """The figure as a sentence, no stronger than it is."""
    kept = found.kept.mean
    told = f"{kept:.0f}" if kept >= 1.95 else f"{kept:.1f}" if kept >= 0.095 else "hardly any"
    share = kept / found.k
    advice = (
        "Most neighbours are real."
        if share >= 0.5
        else "Read groups, not single neighbours."
        if share >= 0.2 or found.trustworthiness.mean >= 0.9
        else "Read only the large lie of the land; who is next to whom is mostly an accident of flattening."
    )
    return f"Of each point's {found.k} nearest in the picture, {told} are truly near. {advice}"


def _ends(low: float | None, high: float | None, digits: int) -> str:
    return "" if low is None or high is None else f" ({low:.{digits}f} to {high:.{digits}f})"
