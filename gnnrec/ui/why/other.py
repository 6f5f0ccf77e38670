"""Why not another item: how far it is from the list, what holds it back, and the smallest change that moves it."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from gnnrec import places
from gnnrec.explain.why_not import Change, WhyNot, estimate, why_not, why_not_words
from gnnrec.figures.reason_bars import ReasonRow, number
from gnnrec.figures.waterfall import waterfall
from gnnrec.ui import loaders, view
from gnnrec.ui.components.cards import card_grid
from gnnrec.ui.context import Context
from gnnrec.ui.item_cards import card
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.long_work import worked
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.why.asked import Why
from gnnrec.ui.why.head import poster_of, search_item
from gnnrec.ui.why.reasons import what_if_link

_DRAWN = 6
_CARDS = 8


def why_not_panel(context: Context, why: Why) -> None:
    """The item of the page, or another one that is searched for."""
    words, data = context.words, context.dataset
    item = _wanted(context, why)
    title = escape(data.item_title(item))
    listed = item in why.listed
    nothing_asked = item == why.item and item in why.history
    if nothing_asked:
        st.subheader(f"Why not another {words.item}?", anchor=False)
    else:
        st.subheader(
            f"What would push {title} off the list?" if listed else f"Why not {title}?", anchor=False
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search_item(context, "w_other", f"Why not another {words.item}?", "w_not")
        if item != why.item:
            st.button(
                f"Back to {escape(data.item_title(why.item))}",
                key="w_not_back",
                icon=":material/undo:",
                type="tertiary",
                on_click=lambda: view.go(w_not=None),
            )
    found = None if nothing_asked else _found(context, why, item)
    if found is None:
        return
    picture, told = side_by_side("why-not", (110, 1), (300, 100))
    with picture:
        st.image(poster_of(data, item), width=110)
    with told:
        st.markdown(escape(why_not_words(found, data)))
        _figures(context, found)
    if found.seen or found.rank is None:
        return
    if found.rank <= found.k:
        _change(context, why, found)
        return
    behind, change = side_by_side("why-not-more", (420, 1), (420, 1))
    with behind:
        _behind(context, why, found)
    with change:
        _change(context, why, found)


def _wanted(context: Context, why: Why) -> int:
    text = view.read().get("w_not", "")
    if not text:
        return why.item
    if text in context.dataset.items:
        return context.dataset.items.number(text)
    st.info(
        escape(f"There is no {context.words.item} '{text[:60]}' in {context.dataset.title}; it is left out."),
        icon=":material/info:",
    )
    return why.item


def _found(context: Context, why: Why, item: int) -> WhyNot | None:
    model, query, k, hidden = why.model, why.query, context.k, why.hidden
    graph = loaders.graph(context.dataset.name, str(context.split))
    title = context.dataset.item_title(item)
    return worked(
        (*why.person_key, item, "why not", k),
        _seconds(why.person_key, why),
        lambda tell: why_not(model, graph, query, item, k, hidden, tell),
        f"Looking for what would move {escape(title)}",
        widget="why_not",
        button="Look for it",
    )


@st.cache_data(max_entries=1000, show_spinner=False)
def _seconds(key: tuple[Hashable, ...], _why: Why) -> float:
    return estimate(_why.model, _why.query)


def _figures(context: Context, found: WhyNot) -> None:
    words = context.words
    told = []
    if found.rank is not None:
        told.append(f"rank **{found.rank:,}** of {found.candidates:,}")
    if found.gap is not None and found.rank is not None and found.rank > found.k:
        told.append(f"**{number(found.gap)}** below rank {found.k}")
    told.append(
        f"**{found.hops}** steps away in the graph"
        if found.hops is not None
        else "no way in the graph leads to it"
    )
    told.append(
        f"{words.past} by **{words.count_people(found.watchers)}** in train, more than {min(found.popularity, 99):.0f} % of "
        f"{words.items}"
    )
    st.caption(" · ".join(told))


def _behind(context: Context, why: Why, found: WhyNot) -> None:
    """What the gap to the end of the list is made of."""
    data, words = context.dataset, context.words
    if not found.behind:
        st.caption(
            f"{escape(why.checkpoint.title)} cannot split its scores, so what holds this {words.item} back cannot be "
            "told apart."
        )
        return
    largest = sorted(found.behind, key=lambda one: -abs(one[1]))[:_DRAWN]
    shown = [one for one in found.behind if one in largest]
    rest = [value for one, value in found.behind if (one, value) not in largest]
    rows = [ReasonRow(data.item_title(item), value) for item, value in shown]
    if rest:
        rows.append(ReasonRow(f"{len(rest):,} others", sum(rest), "others"))
    if found.own_behind:
        rows.append(ReasonRow(f"The {words.person}'s own vector", found.own_behind, "own"))
    kth = data.item_title(found.kth)
    show_figure(
        waterfall(
            rows, mode(), total_name=f"Gap to rank {found.k}", axis="Score, added up", series=why.series
        ),
        key=f"why_gap_{why.checkpoint.id}",
        caption=escape(
            f"What holds it back: how much more each {words.item} they {words.past} speaks for {kth}, which has rank "
            f"{found.k}, than for this one. Hatched: it speaks more for this one. The parts add up to the gap."
        ),
    )


def _change(context: Context, why: Why, found: WhyNot) -> None:
    """The smallest change, with the way to try it."""
    change, words = found.push_out or found.bring_in, context.words
    within = found.rank <= found.k
    what = f"The smallest change that {'pushes it out' if within else 'brings it in'}"
    with st.container(border=True, key="why_change"):
        if change is None:
            st.markdown(f"**{what}**")
            st.caption(_none(context, why, found))
            return
        st.markdown(f"**{what}** · {_proven(change)}")
        st.caption(
            f"{'Without' if within else f'Had they also {words.past}'} {'this' if len(change.items) == 1 else 'these'} "
            f"{words.count_items(len(change.items))}: {_moved(change)}."
        )
        card_grid(
            [
                card(context.dataset, item, note="" if within else "Added", dropped=within)
                for item in change.items[:_CARDS]
            ],
            key=f"why_change_{context.dataset.name}",
            label=what,
            columns=_CARDS if within else 4,
            past=words.past,
            series=why.name.lower(),
        )
        if len(change.items) > _CARDS:
            st.caption(f"… and {words.count_items(len(change.items) - _CARDS)} more.")
        _try_it(context, why, found, change, "drop" if within else "add")


def _try_it(context: Context, why: Why, found: WhyNot, change: Change, key: str) -> None:
    """The way to the lists with the change, where an address can hold it."""
    edits = {"drop": context.drop, "add": context.add}[key]
    if len(edits) + len(change.items) > view.MOST_EDITS:
        st.caption(
            f"That is more than the {view.MOST_EDITS} changes a what-if can hold, so it cannot be tried out."
        )
        return
    st.page_link(
        places.pages_folder() / "recommend.py",
        label=f"Try it: the list {'without' if key == 'drop' else 'with'} {'it' if len(change.items) == 1 else 'them'}",
        icon=":material/edit:",
        query_params=what_if_link(context, why, **{key: change.items})
        | {"i": context.dataset.items.id(found.item)},
    )


def _none(context: Context, why: Why, found: WhyNot) -> str:
    words = context.words
    if not found.can_edit:
        return f"{escape(why.checkpoint.title)} cannot say what another history would change without being trained again."
    if not found.tried:
        return f"There is no {words.item} to try."
    return f"Not one of {found.tried:,} sets of up to {words.count_items(found.largest)} that were tried does it."


def _proven(change: Change) -> str:
    return ":green-badge[proven smallest]" if change.exact else ":gray-badge[found greedily]"


def _moved(change: Change) -> str:
    tried = f"{change.tried:,} {'set' if change.tried == 1 else 'sets'} tried"
    if change.rank_after is None:
        return f"nothing would be left to rank by; {tried}"
    sure = "no smaller set does it" if change.exact else "a smaller set may do it too"
    return f"rank {change.rank_before:,} → {change.rank_after:,}; {tried}, {sure}"
