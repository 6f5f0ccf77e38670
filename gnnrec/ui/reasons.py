"""Reasons on the screen: one true sentence per recommended item, and the way to the graph behind it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.because import because, drop
from gnnrec.explain.sentence import Part, sentence
from gnnrec.recommenders.base import DECOMPOSES, EDITS_GRAPH
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.person import Listing, query_of
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


@st.cache_data(max_entries=2000, show_spinner=False)
def told(address: str, user: int, edits: tuple, items: tuple[int, ...], part: str, with_drop: bool, _context: Context) -> list[Told]:
    """Sentences for some items of a list; `edits` is part of the key because the context is not hashed."""
    model = loaders.model(address)
    hidden = _context.split.matrix(*_context.split.masked_parts(part))
    out = []
    for reason in because(model, query_of(_context), items, exclude=hidden):
        dropped = drop(model, reason) if with_drop else None
        words = sentence(reason, dropped, _context.dataset)
        out.append(Told(reason.item, words.parts, tuple(item for item, _ in reason.top), reason.sum_error))
    return out


def reasons_panel(context: Context, shown: dict[str, Checkpoint], listings: dict[str, Listing]) -> None:
    """One sentence per item of the first list whose model can split its scores."""
    able = [name for name, checkpoint in shown.items() if DECOMPOSES in checkpoint.capabilities]
    heading, switch = st.columns([3, 1], vertical_alignment="bottom")
    heading.subheader("Why these?", anchor=False)
    if not able:
        st.info("Neither model can split a score into shares of the history. The Graph page shows what they attend to.")
        return
    name = able[0]
    if len(able) > 1:
        name = switch.segmented_control(
            "Reasons of model", able, default=able[0], key="r_why", bind="query-params", required=True, label_visibility="collapsed"
        )
    checkpoint, listing = shown[name], listings[name]
    if "A" not in able:
        st.caption(f"{escape(shown['A'].title)} cannot split a score into shares; these are the reasons of model {name}.")
    if not listing.places:
        return
    edits = (context.drop, context.add)
    every = len(context.split.rows("train")) <= _MOST_EDGES_FOR_ALL and EDITS_GRAPH in checkpoint.capabilities
    chosen = context.item if context.item in listing.items else listing.items[0]
    sentences = told(checkpoint.address, context.user, edits, tuple(listing.items), listing.part, every, context)
    if not every and EDITS_GRAPH in checkpoint.capabilities:
        exact = told(checkpoint.address, context.user, edits, (chosen,), listing.part, True, context)[0]
        sentences = [exact if one.item == chosen else one for one in sentences]
    for place, one in zip(listing.places, sentences, strict=True):
        _row(context, checkpoint, place.rank, one, selected=one.item == chosen)
    worst = max(one.sum_error for one in sentences)
    st.caption(
        f"Shares are the exact split of model {name}'s score through each message (they miss the score by at most {worst:.0e} of its parts). "
        "What happens without an item is computed apart, by taking it out and ranking again."
    )


def _row(context: Context, checkpoint: Checkpoint, rank: int, one: Told, *, selected: bool) -> None:
    titles = context.dataset.item_title
    words = "".join(f"**{escape(text)}**" if item is not None else escape(text) for text, item in one.parts)
    with st.container(border=selected):
        said, way = st.columns([6, 1], vertical_alignment="center")
        said.markdown(f"{rank} · **{escape(titles(one.item))}**  \n{words}")
        way.page_link(
            places.pages_folder() / "graph.py",
            label="In the graph",
            icon=":material/hub:",
            query_params=view.link(i=context.dataset.items.id(one.item), g_model=checkpoint.address),
        )
