"""After these clicks, next: a session of the person, click by click, and what models say comes next."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.lists import rank_moves
from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import FOLLOWS_CLICKS
from gnnrec.ui import loaders, person, view
from gnnrec.ui.components.cards import CardEvent, card_grid
from gnnrec.ui.context import Context
from gnnrec.ui.item_cards import card, list_cards
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.person import Place
from gnnrec.ui.pickers import pick
from gnnrec.ui.recommend.panels import PARTS
from gnnrec.ui.session_names import session_name
from gnnrec.ui.text import escape

_SESSION, _CLICKS = "r_sess", "r_clicks"
_MOST_SESSIONS = 30
_MOST_CLICKS = 30


@dataclass(frozen=True, eq=False)
class Asked:
    """Which clicks stand, and what truly came after them.

    Attributes:
        number: Session of the data set, or None where the person has none.
        given: Clicks of that session before anything was changed, without the one to be foreseen.
        clicks: Clicks that models are asked about, oldest first.
        truth: What was clicked on next, in a session held out and unchanged; None otherwise.
    """

    number: int | None
    given: tuple[int, ...]
    clicks: tuple[int, ...]
    truth: int | None

    @property
    def edited(self) -> bool:
        """Whether clicks were added or taken out."""
        return self.clicks != self.given


def after_clicks_panel(context: Context, part: str) -> None:
    """The clicks of a session, to be taken out and added to, and the lists of what comes next.

    Absent where neither model follows clicks.
    """
    able = {
        name: one
        for name, one in (("A", context.a), ("B", context.b))
        if one is not None and FOLLOWS_CLICKS in one.capabilities
    }
    if not able:
        return
    with st.container(border=True, key="after_clicks"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.subheader("After these clicks, next", anchor=False)
            asked = _asked(context, part)
        clicks, lists = side_by_side("clicks", (320, 1), (480, 100))
        with clicks:
            _clicks_panel(context, asked)
        with lists:
            for name, place in zip(able, side_by_side("next-list", *[(230, 1)] * len(able)), strict=True):
                with place:
                    _next_list(context, name, able[name], asked, part)
        st.caption(_reading(context, asked, part))


def _asked(context: Context, part: str) -> Asked:
    sessions, split = context.dataset.clicks, context.split
    mine = sessions.of_person(context.user)[::-1]
    learned = set(mine[np.isin(mine, split.session_numbers(*split.fitted_parts))].tolist())
    held_out = set(mine[np.isin(mine, split.session_numbers(part))].tolist()) - learned
    mine = [one for one in mine.tolist() if one in learned or (one in held_out and sessions.lengths[one] > 1)]
    mine = mine[:_MOST_SESSIONS]
    number = None
    if mine:
        wanted = view.read().get(_SESSION, "")
        usual = next((one for one in mine if one in learned), mine[0])
        number = int(wanted) if wanted.isdigit() and int(wanted) in mine else usual
        names = {str(one): session_name(sessions, one, "held out" if one in held_out else "") for one in mine}
        pick(
            "Session",
            _SESSION,
            list(names),
            str(number),
            lambda one: names[one],
            forget=(_CLICKS,),
            width=260,
        )
    given = tuple(int(one) for one in sessions.clicks(number)) if number is not None else ()
    truth = given[-1] if number in held_out else None
    given = given[:-1] if truth is not None else given
    known = context.dataset.items
    text = view.read().get(_CLICKS)
    named = [known.number(one) for one in view.ids(text or "", _MOST_CLICKS) if one in known]
    clicks = given[-_MOST_CLICKS:] if text is None else tuple(named)
    return Asked(number, given[-_MOST_CLICKS:], clicks, truth if clicks == given[-_MOST_CLICKS:] else None)


def _clicks_panel(context: Context, asked: Asked) -> None:
    words = context.words
    if not asked.clicks:
        st.info(
            f"No clicks stand. The list is what comes next most often; click on one of its {words.items} to begin a session."
        )
    else:
        last = {item: place for place, item in enumerate(asked.clicks, 1)}
        times = {item: asked.clicks.count(item) for item in last}
        cards = [
            card(
                context.dataset,
                item,
                rank=place,
                note=f"Clicked on {times[item]} times" if times[item] > 1 else "",
                toggle=True,
            )
            for item, place in sorted(last.items(), key=lambda one: one[1])
        ]
        event = card_grid(
            cards,
            key=f"clicks_{context.dataset.name}_{context.user}_{asked.number}",
            label="Clicks of the session, oldest first",
            past=words.past,
        )
        if event is not None and event.kind == "toggle":
            gone = context.dataset.items.number(event.item_id)
            _set(context, tuple(one for one in asked.clicks if one != gone))
        st.caption(
            f"Oldest first; the number is the place in the session. Untick {words.an_item} to take its click away."
        )
    if asked.edited and asked.given:
        st.button(
            "The session as it was",
            key="clicks_back",
            icon=":material/undo:",
            on_click=lambda: view.go(**{_CLICKS: None}),
        )


def _set(context: Context, clicks: tuple[int, ...]) -> None:
    named = view.joined([context.dataset.items.id(one) for one in clicks[-_MOST_CLICKS:]], _MOST_CLICKS)
    # An address has no empty values, so that "none left" is written as a separator alone.
    view.go(**{_CLICKS: named or "|"})
    st.rerun()


def _next_list(context: Context, name: str, checkpoint: Checkpoint, asked: Asked, part: str) -> None:
    model = loaders.model(checkpoint.address)
    query = Query(session=asked.clicks) if asked.clicks else Query(user=context.user)
    started = time.perf_counter()
    best = model.recommend([query], k=context.k, exclude_seen=bool(asked.clicks))
    spent = 1000 * (time.perf_counter() - started)
    moves = {}
    if asked.edited and asked.given and asked.clicks:
        before = model.recommend([Query(session=asked.given)], k=context.k).items[0]
        moves = {move.item: move for move in rank_moves(before, best.items[0])}
    places = person.places_of(context, checkpoint, best.items[0], best.scores[0], part, moves)
    places = [replace(one, hit=part if one.item == asked.truth else None) for one in places]
    st.markdown(f"**{name} · {escape(checkpoint.title)}**")
    if asked.truth is not None:
        st.caption(escape(_came(context, model.scores([query])[0], asked)))
    event = card_grid(
        list_cards(context.dataset, checkpoint, places, context.item),
        key=f"next_{name}_{checkpoint.id}_{context.user}_{asked.number}_{context.k}",
        label=f"Next after these clicks, list {name}: {checkpoint.title}",
        past=context.words.past,
        series=name.lower(),
    )
    _clicked(context, asked, event, places)
    st.caption(f"Ranked in {spent:.0f} ms.")


def _clicked(context: Context, asked: Asked, event: CardEvent | None, places: list[Place]) -> None:
    if event is not None and event.kind == "open" and places:
        _set(context, (*asked.clicks, context.dataset.items.number(event.item_id)))


def _came(context: Context, scores: np.ndarray, asked: Asked) -> str:
    """Where the model has what truly came next."""
    title = context.dataset.item_title(asked.truth)
    if asked.truth in asked.clicks:
        return f"In truth they went back to {title}, which was clicked on before and is left out of the list."
    scores = scores.copy()
    scores[list(set(asked.clicks))] = -np.inf
    rank = 1 + int((scores > scores[asked.truth]).sum())
    return f"In truth {title} came next: place {rank:,} of {len(scores) - len(set(asked.clicks)):,}."


def _reading(context: Context, asked: Asked, part: str) -> str:
    words = context.words
    told = [
        f"Click on {words.an_item} of a list to make it the next click: the list is ranked again. What was clicked on in "
        "this session is left out of it, though people do go back; the figures on other pages count going back too."
    ]
    if asked.edited:
        told.append("▲ and ▼: places won and lost against the session as it was.")
    if asked.truth is not None:
        told.append(
            f"This session is held out for {PARTS[part]}: no model learned from it, and its last click is kept back."
        )
    return " ".join(told)
