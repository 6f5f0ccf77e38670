"""An earlier day on the Recommend page: what a person would have got then, beside what they had done by then."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.data.moments import moments_of
from gnnrec.evaluation.lists import rank_moves
from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import TRAVELS
from gnnrec.training import is_trained
from gnnrec.ui import loaders, person, view
from gnnrec.ui.components.cards import Card, card_grid
from gnnrec.ui.context import Context
from gnnrec.ui.item_cards import card, list_cards
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.person import Place
from gnnrec.ui.pickers import fold_out
from gnnrec.ui.recommend.panels import PARTS
from gnnrec.ui.text import escape

_KEY = "r_asof"
_OPEN = "r_then"
_MOST_CARDS = 30


@dataclass(frozen=True, eq=False)
class Then:
    """A person on an earlier day.

    Attributes:
        day: The day; what happened before its end is known.
        history: What they had done by then, newest first: `item`, `rating`, `timestamp`.
        places: Their list of that day, best first, with moves against today's.
        gone: Items of today's list that are not on it.
        since: Items of the list that they have chosen since, in what the model learned from.
        rows: Rows that the graph of that day holds, and how many there are in all.
        milliseconds: How long ranking took.
    """

    day: date
    history: pd.DataFrame
    places: list[Place]
    gone: list[int]
    since: list[int]
    rows: tuple[int, int]
    milliseconds: float


def as_of_panel(context: Context, part: str) -> None:
    """The fold-out with the day, the history until then and the list of then; absent where no model knows time."""
    able = {
        name: one
        for name, one in (("A", context.a), ("B", context.b))
        if one is not None and TRAVELS in one.capabilities
    }
    if not able:
        return
    with fold_out("An earlier day: what would they have got then?", _OPEN, ":material/history:") as panel:
        if not panel.open:
            return
        first, last = _days(context.dataset.name, str(context.split))
        if first >= last:
            st.info("Everything learned from happened on one day, so there is no earlier one.")
            return
        day = _day(first, last)
        history, lists = side_by_side("then", (320, 1), (480, 100))
        found = {name: _then(context, one, part, day) for name, one in able.items()}
        with history:
            _history(context, day, next(iter(found.values())))
        with lists:
            for name, place in zip(able, side_by_side("then-list", *[(230, 1)] * len(able)), strict=True):
                with place:
                    _list(context, name, able[name], found[name], last)
        st.caption(_reading(context, able, found, part))


@st.cache_data(max_entries=64, show_spinner=False)
def _days(dataset: str, protocol: str) -> tuple[date, date]:
    """The first and the last day of what models learned from."""
    found = moments_of(loaders.split(dataset, protocol).fitted.timestamp)
    return _date(found.seconds.min()), _date(found.seconds.max())


def _date(seconds: int) -> date:
    return datetime.fromtimestamp(int(seconds), tz=UTC).date()


def _end_of(day: date) -> int:
    """Unix seconds of the midnight after a day."""
    return int(datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC).timestamp())


def _day(first: date, last: date) -> date:
    """The slider, kept in the address."""
    try:
        wanted = date.fromisoformat(view.read().get(_KEY, "")[:10])
    except ValueError:
        wanted = last
    st.session_state[_KEY] = min(max(wanted, first), last)
    return st.slider(
        "As of",
        first,
        last,
        key=_KEY,
        format="D MMM YYYY",
        on_change=lambda: view.go(**{_KEY: st.session_state[_KEY].isoformat()}),
        help="The last day that is known. Arrow keys move it by a day.",
    )


def _then(context: Context, checkpoint: Checkpoint, part: str, day: date) -> Then:
    model, moment = loaders.model(checkpoint.address), _end_of(day)
    query = Query(user=context.user, as_of=moment)
    before = model.history(query)
    fitted = context.split.fitted_parts
    # Validation stays hidden where the final test is looked at; what came later in train may be on the list of then.
    kept_back = [one for one in context.split.hidden_parts(part) if one not in fitted]
    started = time.perf_counter()
    best = model.recommend(
        [query], k=context.k, exclude=context.split.matrix(*kept_back) if kept_back else None
    )
    spent = 1000 * (time.perf_counter() - started)
    items = best.items[0]
    today = model.recommend([context.user], k=context.k, exclude=person.hidden_from(context, part)).items[0]
    moves = {move.item: move for move in rank_moves(today, items)}
    places = person.places_of(context, checkpoint, items, best.scores[0], part, moves)
    mine = context.split.of_person(context.user, *fitted)
    mine = mine[mine["item"].isin(before)].iloc[::-1]
    later = set(context.split.fitted.history(context.user).tolist()) - set(before.tolist())
    times = moments_of(context.split.fitted.timestamp).seconds
    return Then(
        day=day,
        history=mine,
        places=places,
        gone=[int(one) for one in today if one >= 0 and one not in items],
        since=[place.item for place in places if place.item in later],
        rows=(int(np.count_nonzero(times < moment)), len(times)),
        milliseconds=spent,
    )


def _history(context: Context, day: date, then: Then) -> None:
    words = context.words
    st.subheader(f"What they had {words.past} by then", anchor=False)
    n = len(then.history)
    if not n:
        st.info(f"By {_said(day)} this {words.person} had {words.past} nothing that models learned from.")
        return
    cards = [
        card(context.dataset, int(row.item), stars=None if pd.isna(row.rating) else float(row.rating))
        for row in then.history.head(_MOST_CARDS).itertuples()
    ]
    with st.container(height=620, border=False):
        _grid(context, cards, "then_history", f"What they had {words.past} by {_said(day)}", "a")
    older = n - _MOST_CARDS
    st.caption(
        f"{words.count_items(n).capitalize()} until {_said(day)}, newest first"
        + (f", {older} older ones not drawn." if older > 0 else ".")
    )


def _list(context: Context, name: str, checkpoint: Checkpoint, then: Then, last: date) -> None:
    words = context.words
    st.subheader(f"{name} · {escape(checkpoint.title)} as of {_said(then.day)}", anchor=False)
    if not len(then.history) and checkpoint.config.get("personalised", True):
        st.info(
            f"With nothing {words.past} by then, the list of that day is made of what the model learned later, or of "
            "nothing at all. It tells nothing about that day."
        )
    cards = [
        _noted(one, place.item in then.since, words.past)
        for one, place in zip(
            list_cards(context.dataset, checkpoint, then.places, context.item), then.places, strict=True
        )
    ]
    _grid(
        context,
        cards,
        f"then_{name}_{checkpoint.id}",
        f"List {name} as of {then.day.isoformat()}: {checkpoint.title}",
        name.lower(),
    )
    st.caption(_changed(context, then, last))


def _noted(one: Card, since: bool, past: str) -> Card:
    return replace(one, note=f"{past.capitalize()} since") if since else one


def _changed(context: Context, then: Then, last: date) -> str:
    """What the day changes, against today's list."""
    words = context.words
    if then.day == last:
        return "The last day that models learned from: this is today's list. Move the slider to go back."
    new = sum(place.move == "new" for place in then.places)
    told = [f"{new} of {len(then.places)} are not on today's list"]
    if then.since:
        told.append(
            f"{len(then.since)} of them {'was' if len(then.since) == 1 else 'were'} {words.past} since"
        )
    if then.gone:
        titles = [context.dataset.item_title(one) for one in then.gone[:3]]
        more = f" and {len(then.gone) - 3} more" if len(then.gone) > 3 else ""
        told.append(f"not yet on it: {', '.join(titles)}{more}")
    return escape(f"{'; '.join(told)}. Ranked in {then.milliseconds:.0f} ms.")


def _reading(context: Context, able: dict[str, Checkpoint], found: dict[str, Then], part: str) -> str:
    """How to read it: what was known that day, and what was not undone."""
    words = context.words
    known, rows = next(iter(found.values())).rows
    told = [
        f"{known:,} of the {rows:,} choices that models learned from had happened by then, and age is counted from "
        f"that day. Arrows: places above (▲) or below (▼) where {words.an_item} stands on today's list; today is "
        "the last day of train."
    ]
    learned = [name for name, one in able.items() if is_trained(one.config["recommender"])]
    if learned:
        told.append(
            f"Nothing was learned again: the vectors of {' and '.join(learned)} know all of train, later choices "
            "included. The list shows what the graph of that day says, not what a model trained that day would have "
            f"said, so that {words.an_item} {words.past} since is no proof of foresight. Check marks are for {PARTS[part]}, "
            "which no model learned from."
        )
    if context.edited:
        told.append("The what-if above is not part of it.")
    return " ".join(told)


def _grid(context: Context, cards: list[Card], key: str, label: str, series: str) -> None:
    event = card_grid(
        cards,
        key=f"{key}_{context.dataset.name}_{context.user}_{context.k}",
        label=label,
        past=context.words.past,
        series=series,
    )
    if event is not None and event.kind == "open":
        view.go(i=event.item_id)
        st.rerun()


def _said(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
