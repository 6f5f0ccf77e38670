"""The card grid of every page: posters with rank, hit and score in, the clicked card out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import streamlit as st

from gnnrec.data.names import clean

Hit = Literal["valid", "test", "train", "held_out", "miss"]
_PARTS = {"valid": "validation", "test": "test"}
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Card:
    """One item of a grid.

    Args:
        item_id: The item's own id; it comes back when the card is clicked.
        title: Its title, for screen readers and the tooltip; the poster shows it as a drawing.
        subtitle: One small line, such as `Drama · 1995`.
        svg: The poster, from `gnnrec.figures.poster.poster_svg`.
        rank: Place in a recommended list.
        stars: Rating by the person, shown instead of a rank in a history.
        score: Length of the thin bar below the poster, from 0 to 1.
        score_text: What is written beside the bar, such as `0.83`.
        hit: `valid` or `test`: recommended, and among what was held out. `train`: the model was shown it.
            `held_out`: part of a history that was kept from the model. `miss`: recommended, and not held out.
        move: Places won (positive) or lost (negative) since the list before, 0 for none, `new` for an item
            that was not in it.
        note: A short text below, at most two lines are shown.
        selected: Whether it is the one that the page is about.
        dropped: Whether it is taken out for a what-if.
        toggle: Whether it has a small button to take it out or put it back.
    """

    item_id: str
    title: str
    subtitle: str
    svg: str
    rank: int | None = None
    stars: float | None = None
    score: float | None = None
    score_text: str = ""
    hit: Hit | None = None
    move: int | Literal["new"] | None = None
    note: str = ""
    selected: bool = False
    dropped: bool = False
    toggle: bool = False


@dataclass(frozen=True)
class CardEvent:
    """What was done with a card: `open` for a click on it, `toggle` for a click on its check."""

    kind: Literal["open", "toggle"]
    item_id: str


def card_grid(
    cards: Sequence[Card],
    key: str,
    *,
    label: str = "Items",
    columns: int | None = None,
    height: int | None = None,
    past: str = "used",
    series: Literal["a", "b"] = "a",
) -> CardEvent | None:
    """Show cards as a grid and say which one was just clicked.

    Args:
        cards: The cards, in reading order. Ids must differ.
        key: Key of the element; put model, person and K into it where a click must not outlive them.
        label: What the list is, for screen readers.
        columns: Largest number of columns; without it, as many as fit. Narrow pages get fewer.
        height: Pixels, if the grid is to scroll inside; without it, all cards are shown.
        past: The data set's word for what people did, such as `watched`.
        series: Whose list it is: score bars have the colour of model A or B.

    Returns:
        What was done in this run, once, or None.
    """
    data = {
        "cards": [_for_browser(card, past) for card in cards],
        "label": clean(label),
        "columns": columns,
        "series": series,
    }
    result = _component()(
        key=key, data=data, height="content" if height is None else height, on_event_change=_nothing
    )
    return read_event(result.event, {card.item_id for card in cards})


def read_event(sent: object, known: set[str]) -> CardEvent | None:
    """The event in what a browser sent, or None if it is not about one of the cards shown."""
    if not isinstance(sent, dict):
        return None
    kind, item_id = sent.get("kind"), sent.get("id")
    if kind not in ("open", "toggle") or not isinstance(item_id, str) or item_id not in known:
        return None
    return CardEvent(kind, item_id)


def describe(card: Card, past: str) -> str:
    """What a screen reader says for a card: everything that the sighted see on it."""
    parts = [
        f"Rank {card.rank}" if card.rank is not None else "",
        clean(card.title) or clean(card.item_id),
        clean(card.subtitle),
        f"{card.stars:g} stars" if card.stars is not None else "",
        _move_words(card.move),
        _hit_words(card.hit, past),
        f"Score {clean(card.score_text)}" if card.score_text else "",
        clean(card.note).rstrip("."),
        "Taken out" if card.dropped else "",
    ]
    return ". ".join(part for part in parts if part) + "."


def _hit_words(hit: Hit | None, past: str) -> str:
    if hit in ("valid", "test"):
        return f"Hit: they later {past} it (held out for {_PARTS[hit]})"
    if hit == "train":
        return f"They had {past} it, and the model was shown that"
    if hit == "held_out":
        return f"They {past} it, but the model was not shown that"
    return f"Miss: not among what they later {past}" if hit == "miss" else ""


def _move_words(move: int | str | None) -> str:
    if move is None:
        return ""
    if move == "new":
        return "New in the list"
    if move == 0:
        return "Same place as before"
    places = "place" if abs(move) == 1 else "places"
    return f"{'Up' if move > 0 else 'Down'} {abs(move)} {places}"


def _for_browser(card: Card, past: str) -> dict[str, object]:
    data = asdict(card)
    data["title"] = clean(card.title) or clean(card.item_id)
    for name in ("subtitle", "score_text", "note"):
        data[name] = clean(data[name])
    data["score"] = None if card.score is None else min(1.0, max(0.0, float(card.score)))
    data["spoken"] = describe(card, past)
    data["hit_words"] = _hit_words(card.hit, past)
    data["move_words"] = _move_words(card.move)
    return data


def _nothing() -> None:
    """Without a callback for it, the result would have no `event` before the first click."""


@lru_cache(maxsize=1)
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component(
        "gnnrec_card_grid",
        html='<ul class="grid" role="list"></ul>',
        css=(_HERE / "cards.css").read_text(encoding="utf-8"),
        js=(_HERE / "cards.js").read_text(encoding="utf-8"),
    )
