"""Reasons on the screen: one true sentence per recommended item, and the way to all of them and to the graph."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.because import because, drop
from gnnrec.explain.sentence import Part, sentence
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH, PROPAGATES
from gnnrec.ui import loaders, view
from gnnrec.ui.cases.noting import note_button
from gnnrec.ui.context import Context
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.person import Listing, query_of
from gnnrec.ui.pickers import pick
from gnnrec.ui.recommend.focus import in_focus
from gnnrec.ui.text import escape

# Above this many edges, passing messages again for every place of the list would keep the visitor waiting.
_MOST_EDGES_FOR_ALL = 400_000


@dataclass(frozen=True)
class Told:
    """A sentence about one item with the items it names."""

    item: int
    parts: tuple[Part, ...]
    reasons: tuple[int, ...]
    sum_error: float


@dataclass(frozen=True)
class Asked:
    """What the reasons are about: a model that can split its scores, its list, and the item in focus."""

    name: str
    checkpoint: Checkpoint
    listing: Listing
    item: int
    able: tuple[str, ...]

    @property
    def drops(self) -> bool:
        """Whether the model can be asked what would be without the reasons."""
        return EDITS_GRAPH in self.checkpoint.capabilities


@st.cache_data(max_entries=2000, show_spinner=False)
def told(
    address: str,
    user: int,
    edits: tuple,
    items: tuple[int, ...],
    part: str,
    with_drop: bool,
    _context: Context,
) -> list[Told]:
    """Sentences for some items of a list; `edits` is part of the key because the context is not hashed."""
    model = loaders.model(address)
    hidden = _context.split.matrix(*_context.split.hidden_parts(part))
    out = []
    for reason in because(model, query_of(_context), items, exclude=hidden):
        dropped = drop(model, reason) if with_drop else None
        words = sentence(reason, dropped, _context.dataset)
        out.append(Told(reason.item, words.parts, tuple(item for item, _ in reason.top), reason.sum_error))
    return out


def asked(context: Context, shown: dict[str, Checkpoint], listings: dict[str, Listing]) -> Asked | None:
    """The list whose reasons are told: the one asked for in the address, else the first whose model can."""
    able = [
        name
        for name, checkpoint in shown.items()
        if DECOMPOSES in checkpoint.capabilities and listings[name].places
    ]
    if not able:
        return None
    name, item = in_focus(context, able, listings)
    return Asked(name, shown[name], listings[name], item, tuple(able))


def first_reason(context: Context, why: Asked | None, otherwise: bool = False) -> None:
    """The sentence of the item in focus, above the lists: a click on a card changes it.

    Args:
        context: What the visitor looks at.
        why: What reasons are about, where a model has any.
        otherwise: Whether a reason of another kind stands on the page already.
    """
    if why is None and otherwise:
        return
    if why is None:
        st.info(
            "Neither model can split a score into shares of the history. The Why page has the other ways to explain it."
        )
        st.page_link(
            places.pages_folder() / "why.py",
            label="Why the first one?",
            icon=":material/psychology_alt:",
            query_params=view.link(),
        )
        return
    one = _told(context, why)[why.item]
    rank = why.listing.items.index(why.item) + 1
    with st.container(border=True):
        title = escape(context.dataset.item_title(one.item))
        words, links = side_by_side("r_reason", (300, 100), (330, 1))
        with words:
            _sentence(f"Why **{title}**? It is on place {rank} of model {why.name}.", one)
        with links, st.container(horizontal=True, vertical_alignment="center"):
            _links(context, why, one)
            note_button(context, one.item, why.checkpoint, "r_note")


def all_reasons(context: Context, why: Asked | None) -> None:
    """One sentence per place of the list, with the switch between the models that have reasons."""
    if why is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Why these?", anchor=False)
        if len(why.able) > 1:
            _switch(why)
    sentences = _told(context, why)
    for place in why.listing.places:
        title = escape(context.dataset.item_title(place.item))
        _row(context, why, f"{place.rank} · **{title}**", sentences[place.item])
    worst = max(one.sum_error for one in sentences.values())
    messages = " through each message" if PROPAGATES in why.checkpoint.capabilities else ""
    st.caption(
        f"Shares are the exact split of model {why.name}'s score{messages}{_missed(worst)}. What happens without an "
        "item is computed apart, by taking it out and ranking again."
    )


def _missed(worst: float) -> str:
    return f" (they miss the score by at most {worst:.0e} of its parts)" if worst >= 1e-12 else ""


def _told(context: Context, why: Asked) -> dict[int, Told]:
    """The sentence of every place; what would be without the reasons is asked for the item in focus at least."""

    def asked_for(items: list[int], with_drop: bool) -> dict[int, Told]:
        edits, part = (context.drop, context.add), why.listing.part
        found = told(why.checkpoint.address, context.user, edits, tuple(items), part, with_drop, context)
        return {one.item: one for one in found}

    every = why.drops and len(context.split.rows("train")) <= _MOST_EDGES_FOR_ALL
    sentences = asked_for(why.listing.items, every)
    return sentences if every or not why.drops else sentences | asked_for([why.item], True)


def _switch(why: Asked) -> None:
    pick(
        "Reasons of model",
        "r_why",
        why.able,
        why.name,
        lambda name: f"Model {name}",
        control=st.segmented_control,
        required=True,
        label_visibility="collapsed",
        width="content",
    )


def _row(context: Context, why: Asked, heading: str, one: Told) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        # Text in a container of its own leaves the room that the links beside it need.
        with st.container():
            _sentence(heading, one)
        _links(context, why, one)


def _sentence(heading: str, one: Told) -> None:
    words = "".join(f"**{escape(text)}**" if item is not None else escape(text) for text, item in one.parts)
    st.markdown(f"{heading}  \n{words}")


def _links(context: Context, why: Asked, one: Told) -> None:
    item = context.dataset.items.id(one.item)
    st.page_link(
        places.pages_folder() / "why.py",
        label="Why?",
        icon=":material/psychology_alt:",
        help="All reasons, what deletion says of them, and whether they are true",
        query_params=view.link(i=item, w_model=why.name),
        width="content",
    )
    st.page_link(
        places.pages_folder() / "graph.py",
        label="In the graph",
        icon=":material/hub:",
        query_params=view.link(i=item, g_model=why.checkpoint.address),
        width="content",
    )
