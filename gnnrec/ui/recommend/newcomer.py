"""A newcomer on the Recommend page: somebody the model has never met, from features alone or a first film or two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.lists import Move, rank_moves
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import FOLDS_IN, READS_FEATURES
from gnnrec.recommenders.parts.features import Column
from gnnrec.ui import loaders, view
from gnnrec.ui.components.cards import Card, CardEvent, card_grid
from gnnrec.ui.context import Context
from gnnrec.ui.item_cards import card
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.pickers import fold_out, pick
from gnnrec.ui.tasks import score_text
from gnnrec.ui.text import escape

_UNKNOWN = ""
_KEY = "r_f_"
_MOST_FILMS = 20
_MOST_COLUMNS = 6
_MOST_CHOICES = 500
# Numbers of seconds since 1970 that are dates between 1980 and 2100, and hardly anything else.
_DATES = (3.1e8, 4.1e9)


@dataclass(frozen=True, eq=False)
class Newcomer:
    """Who is asked for, and by whom they are answered.

    Attributes:
        checkpoint: The model that answers.
        model: The same, opened.
        columns: Features of people that it reads; none where it goes by first items alone.
        features: What is known of them.
        films: Item numbers they ticked.
    """

    checkpoint: Checkpoint
    model: Recommender
    columns: tuple[Column, ...]
    features: dict[str, Any]
    films: tuple[int, ...]

    def query(self, *, films: bool = True) -> Query:
        """The question to the model, with the films they ticked or without."""
        return Query(history=self.films if films else (), features=self.features if self.columns else None)


def newcomer_panel(context: Context) -> None:
    """The fold-out with what is known of a newcomer, their list, and what the average one gets beside it."""
    able = _able(context)
    with fold_out("A newcomer: somebody the model has never met", "r_new", ":material/person_add:") as panel:
        if not panel.open:
            return
        if not able:
            st.info(
                f"None of the models on this split answers for {context.words.people} it never met. Train one that "
                "reads features (Hybrid, Content) or folds people in (LightGCN) on the Train page."
            )
            return
        asked = _asked(context, able)
        st.markdown(_who(context, asked))
        _first_films(context, asked)
        mine, average = side_by_side("newcomer", (320, 1), (320, 1))
        ranked = _ranked(asked, context.k)
        usual = _most_popular(context, asked)
        with mine:
            _own_list(context, asked, ranked)
        with average:
            _average_list(context, asked, usual)
        st.caption(_reading(context, asked, ranked, usual))


def _able(context: Context) -> list[Checkpoint]:
    """Models that answer for somebody unknown: those that read features first, A and B before others."""
    able = [one for one in context.models if {READS_FEATURES, FOLDS_IN} & one.capabilities]
    chosen = [one.address for one in (context.a, context.b) if one is not None]
    return sorted(able, key=lambda one: (READS_FEATURES not in one.capabilities, one.address not in chosen))


def _asked(context: Context, able: list[Checkpoint]) -> Newcomer:
    """Who the address asks for, with the pickers that change it; what it cannot mean is left out."""
    values = view.read()
    titles = {one.address: one.title for one in able}
    wanted = values.get("r_nm") if values.get("r_nm") in titles else able[0].address
    with st.container(horizontal=True, vertical_alignment="bottom"):
        address = pick("Answered by", "r_nm", list(titles), wanted, lambda one: titles[one], width=230)
        model = loaders.model(address)
        reads = READS_FEATURES in model.capabilities
        columns = model.user_reading.columns[:_MOST_COLUMNS] if reads else ()
        features = _features(columns)
        for column in columns:
            _feature_picker(column, features)
    films, vocabulary = [], context.dataset.items
    for one in view.ids(values.get("r_nh", ""), _MOST_FILMS):
        if one in vocabulary and vocabulary.number(one) not in films:
            films.append(vocabulary.number(one))
    checkpoint = next(one for one in able if one.address == address)
    return Newcomer(checkpoint, model, columns, features, tuple(films))


# Features


def _features(columns: tuple[Column, ...]) -> dict[str, Any]:
    """Features of the address, `r_f_city=Lindmoor`, as far as the model knows column and value."""
    values = view.read()
    said = {column.name: (values.get(f"{_KEY}{column.name}"), choices(column)) for column in columns}
    return {name: value for name, (value, there) in said.items() if value in there}


def choices(column: Column) -> dict[str, str]:
    """What can be said of one feature: the value that goes into the address, and its words.

    A band of numbers is named by its ends, as months where they are dates, and stands for any number within.
    """
    if column.cuts is None:
        return {label: label for label in column.labels[:_MOST_CHOICES]}
    ends = [float(cut) for cut in column.cuts]
    dated = all(_DATES[0] < end < _DATES[1] for end in ends)
    named = [pd.Timestamp(end, unit="s").strftime("%b %Y") if dated else f"{end:g}" for end in ends]
    span = max((ends[-1] - ends[0]) / max(len(ends), 1), 1.0)
    inside = [ends[0] - span, *((a + b) / 2 for a, b in pairwise(ends)), ends[-1] + span]
    words = [
        f"before {named[0]}",
        *(a if a == b else f"{a} to {b}" for a, b in pairwise(named)),
        f"from {named[-1]}",
    ]
    return {f"{value:.10g}": word for value, word in zip(inside, words, strict=True)}


def _feature_picker(column: Column, features: dict[str, Any]) -> None:
    """One select box, kept in the address."""
    there = choices(column)
    pick(
        escape(column.name.replace("_", " ").capitalize()),
        f"{_KEY}{column.name}",
        [_UNKNOWN, *there],
        features.get(column.name, _UNKNOWN),
        lambda one: there.get(one, "not known"),
        width=190,
    )


def _who(context: Context, asked: Newcomer) -> str:
    """In plain words: who this is, and what the list was made from."""
    words = context.words
    labels = {column.name: choices(column) for column in asked.columns}
    known = [f"{name.replace('_', ' ')} {labels[name][value]}" for name, value in asked.features.items()]
    n = len(asked.films)
    films = words.count_items(n)
    told = f"**Somebody {escape(asked.checkpoint.title)} has never met**"
    if not asked.columns:
        why = "It reads no features of people" + (f", so these {films} are all it goes by." if n else ".")
        return f"{told}: nothing learned about them exists. {why}"
    if not known and not n:
        return f"{told}: nothing is known of them, not even a feature. This is its average newcomer."
    if not n:
        return f"{told}: only features are known ({escape(', '.join(known))}), no {words.item} they {words.past}."
    films = f"a first {words.item} is" if n == 1 else f"their first {films} are"
    return f"{told}: {films} known" + (f", and features ({escape(', '.join(known))})." if known else ".")


# First films


def _first_films(context: Context, asked: Newcomer) -> None:
    """What they ticked, with a cross each."""
    if not asked.films:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"They {context.words.past}:", width="content")
        for item in asked.films:
            st.button(
                escape(context.dataset.item_title(item)),
                key=f"newcomer_film_{item}",
                icon=":material/close:",
                help=f"Take it back: they have not {context.words.past} it",
                on_click=_go_films,
                args=(context, tuple(one for one in asked.films if one != item)),
            )


def _go_films(context: Context, films: tuple[int, ...]) -> None:
    view.go(r_nh=view.joined([context.dataset.items.id(one) for one in films], _MOST_FILMS))


def _ticked(context: Context, asked: Newcomer, event: CardEvent | None) -> None:
    if event is not None and len(asked.films) < _MOST_FILMS:
        _go_films(context, (*asked.films, context.dataset.items.number(event.item_id)))
        st.rerun()


# Lists


@dataclass(frozen=True)
class Ranked:
    """A newcomer's list: item numbers and scores best first, and how it moved since no first item was known."""

    items: list[int]
    scores: list[float]
    moves: dict[int, Move]


def _ranked(asked: Newcomer, k: int) -> Ranked | None:
    """Their list, and how the first items moved it; None where the model has nothing to go by."""
    if not asked.columns and not asked.films:
        return None
    # What features change is too much for arrows: nearly every place is another one.
    before = asked.query(films=False) if asked.films and asked.columns else None
    best = asked.model.recommend([asked.query(), *([before] if before else [])], k)
    kept = best.items[0] >= 0
    moves = {move.item: move for move in rank_moves(best.items[1], best.items[0])} if before else {}
    return Ranked(best.items[0][kept].tolist(), best.scores[0][kept].tolist(), moves)


def _counts(context: Context) -> np.ndarray:
    """How many people have each item in what models learned from. **Shapes**: [I]."""
    data = context.split.fitted
    return np.bincount(data.item, minlength=data.n_items)


def _most_popular(context: Context, asked: Newcomer) -> list[int]:
    """What the average newcomer gets: what most people have, without what was ticked."""
    order = np.argsort(-_counts(context), kind="stable")
    return [int(one) for one in order if one not in asked.films][: context.k]


def _own_list(context: Context, asked: Newcomer, ranked: Ranked | None) -> None:
    st.subheader(f"For this newcomer · {escape(asked.checkpoint.title)}", anchor=False)
    if ranked is None:
        st.info(
            f"{escape(asked.checkpoint.title)} reads no features of people, and without a first {context.words.item} it has "
            f"nothing to go by. Click one on the right that they {context.words.past}."
        )
        return
    counts, moves = _counts(context), ranked.moves
    highest, lowest = max(ranked.scores, default=0.0), min(ranked.scores, default=0.0)
    cards = [
        _card(
            context,
            item,
            rank,
            counts,
            score=0.15 + 0.85 * ((score - lowest) / (highest - lowest) if highest > lowest else 1.0),
            score_text=score_text(asked.checkpoint, score),
            move=_moved(moves.get(item)),
        )
        for rank, (item, score) in enumerate(zip(ranked.items, ranked.scores, strict=True), start=1)
    ]
    _ticked(
        context, asked, _grid(context, cards, f"newcomer_{asked.checkpoint.id}", "For this newcomer", "a")
    )


def _average_list(context: Context, asked: Newcomer, items: list[int]) -> None:
    st.subheader("For anybody new · most popular", anchor=False)
    counts = _counts(context)
    most = max((int(counts[item]) for item in items), default=0) or 1
    cards = [
        _card(
            context,
            item,
            rank,
            counts,
            score=float(counts[item] / most),
            score_text=context.words.count_people(int(counts[item])),
        )
        for rank, item in enumerate(items, start=1)
    ]
    _ticked(context, asked, _grid(context, cards, "newcomer_popular", "For anybody new", "b"))


def _card(context: Context, item: int, rank: int, counts: np.ndarray, **shown: Any) -> Card:
    new = f"Nobody {context.words.past} it yet" if not counts[item] else ""
    return card(context.dataset, item, rank=rank, note=new, **shown)


def _grid(context: Context, cards: list[Card], key: str, label: str, series: Any) -> CardEvent | None:
    return card_grid(
        cards,
        key=f"{key}_{context.dataset.name}_{context.k}",
        label=label,
        past=context.words.past,
        series=series,
    )


def _moved(move: Move | None) -> Any:
    return None if move is None else "new" if move.kind == "new" else move.places


def _reading(context: Context, asked: Newcomer, ranked: Ranked | None, usual: list[int]) -> str:
    """How to read the two lists, in one line."""
    words = context.words
    tick = f"Click {words.an_item} in either list to say that they {words.past} it; the list is ranked again."
    if ranked is None:
        return tick
    shared = len(set(ranked.items) & set(usual))
    unseen = int((_counts(context)[ranked.items] == 0).sum())
    said = f"{shared} of {len(ranked.items)} stand in both lists."
    if unseen:
        said += f" {words.count_items(unseen).capitalize()} on the left had nobody to learn from."
    if ranked.moves:
        said += f" Arrows: places won or lost since no {words.item} was known; “new” was not on it."
    elif not asked.films:
        said += (
            f" On real data, lists from features of people alone were hardly better than the most popular; a first "
            f"{words.item} says more."
        )
    return f"{said} {tick}"
