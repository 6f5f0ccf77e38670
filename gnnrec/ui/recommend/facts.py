"""Facts on the Recommend page: which of them brought an item up, and its place without each sort of them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.data.relation_names import plural, spoken
from gnnrec.explain.facts import Fact, FactsBehind, facts_behind, facts_sentence, places_without
from gnnrec.recommenders.capabilities import NAMES_FACTS
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.person import Listing, hidden_from
from gnnrec.ui.recommend.focus import in_focus
from gnnrec.ui.text import escape

# So many sorts of facts are switched off, one after the other, to see whether they matter.
_TRIED = 3
_HOW = (
    "The exact split of the score: the model mixes an {item} with what is known about it, each sort of fact as much as "
    "this {person} listens to it. Whether a sort matters for the list is tried out apart, by switching it off: nothing "
    "is learned again."
)


def facts_panel(context: Context, shown: Mapping[str, Checkpoint], listings: Mapping[str, Listing]) -> bool:
    """The facts behind the item in focus; nothing where neither model names facts.

    Returns:
        Whether there is anything.
    """
    able = [name for name, one in shown.items() if NAMES_FACTS in one.capabilities and listings[name].places]
    if not able:
        return False
    name, item = in_focus(context, able, listings)
    checkpoint, part = shown[name], listings[name].part
    found = _found(checkpoint.address, context.user, item)
    with st.container(border=True, key="r_facts"):
        said = escape(facts_sentence(found, item, context.dataset))
        how = _HOW.format(item=context.words.item, person=context.words.person)
        st.markdown(f":material/fact_check: **What is known about it:** {said}", help=how)
        if found.facts:
            lines = [_row(context, found, one) for one in found.top]
            lines.append(_tried(context, checkpoint, item, part, found.relations[:_TRIED]))
            st.caption("  \n".join(filter(None, lines)))
            st.page_link(
                places.pages_folder() / "graph.py",
                label="Draw the facts, and switch sorts of them off",
                icon=":material/hub:",
                query_params=view.link(g_model=checkpoint.address, i=context.dataset.items.id(item)),
            )
    return True


@st.cache_data(max_entries=2000, show_spinner=False)
def _found(address: str, user: int, item: int) -> FactsBehind:
    return facts_behind(loaders.model(address), user, item)


@st.cache_data(max_entries=2000, show_spinner=False)
def _places(
    address: str, user: int, item: int, relations: tuple[str, ...], part: str, _context: Context
) -> tuple[int | None, dict[str, int | None]]:
    hidden = hidden_from(_context, part)[user].indices
    return places_without(loaders.model(address), user, item, relations, hidden)


def _row(context: Context, found: FactsBehind, one: Fact) -> str:
    words = context.words
    share = found.of_score(one.share) or f"{one.share:+.3f}"
    shared = (
        f"so {'has' if one.in_history == 1 else 'have'} {words.count_items(one.in_history)} they {words.past}"
    )
    if not one.in_history:
        shared = f"no {words.item} they {words.past} has it"
    return f"{escape(spoken(one.relation))}: **{escape(one.entity)}** · {share} · {escape(shared)}"


def _tried(context: Context, checkpoint: Checkpoint, item: int, part: str, relations: tuple[str, ...]) -> str:
    before, without = _places(checkpoint.address, context.user, item, relations, part, context)
    told = [
        f"without all {escape(plural(name))} {'the same' if place == before else f'place {place:,}'}"
        for name, place in without.items()
        if place is not None
    ]
    return (
        f"Switched off to try it out: place {before:,} now; {'; '.join(told)}."
        if before is not None and told
        else ""
    )
