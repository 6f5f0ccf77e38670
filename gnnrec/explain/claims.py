"""Claims: the sentence of any method of explanation, saying no more than its audit supports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gnnrec.explain.audit import CHANCE, FAITHFUL, UNKNOWN, WEAK
from gnnrec.explain.because import Drop, Reason
from gnnrec.explain.sentence import (
    Part,
    Sentence,
    joined,
    named,
    nothing_speaks,
    own_words,
    percent,
    sentence,
    without_words,
)
from gnnrec.recommenders.query import Query

if TYPE_CHECKING:
    from gnnrec.data import Dataset

# How a method names what it found, and what its share is a share of.
_LEADS = {
    "because": ("Of what they {past}, the most for it comes from ", " of this score"),
    "attention": ("The model listens most to ", " of what reaches the {person}"),
    "paths": ("The strongest paths to it lead over ", " of the strength of all paths"),
    "deletion": ("It would lose most without ", ""),
}
_OTHERWISE = ("{method} points most to ", "")
_SLIGHT = 0.005


@dataclass(frozen=True)
class Grounds:
    """What a sentence about one item rests on.

    Attributes:
        query: The person.
        method: Name of the method of explanation.
        title: Its title on the screen.
        top: Item numbers that it names, the most important first.
        share: What they hold of everything the method gives out; None where that means nothing.
        rank: Place of the item explained; None where it is hidden from lists.
        dropped: What becomes of it without them, or None where that was not worked out.
        verdict: What the audit found, or None where there was none.
        reason: The exact split of the score, where the method is that.
    """

    query: Query
    method: str
    title: str
    top: tuple[int, ...]
    share: float | None
    rank: int | None
    dropped: Drop | None
    verdict: str | None
    reason: Reason | None = None


def claim(grounds: Grounds, dataset: Dataset) -> Sentence:
    """Why an item is suggested, as strongly as the audit allows.

    Only what proved faithful is called a cause (`Because they watched …`). Everything else says what was
    measured, and then what the audit found about it.

    Args:
        grounds: What was measured.
        dataset: Where titles, words and ratings come from.
    """
    reason = grounds.reason
    if reason is not None and (not grounds.top or grounds.verdict == FAITHFUL):
        return sentence(reason, grounds.dropped, dataset)
    if not grounds.top:
        return Sentence(joined(_nothing(grounds, dataset)))
    parts = [*_measured(grounds, dataset), *_judged(grounds, dataset)]
    if grounds.dropped is not None:
        parts += without_words(grounds.rank, grounds.dropped)
    return Sentence(joined([*parts, (".", None)]))


def uncovered(reason: Reason, dataset: Dataset) -> str:
    """What part of a score no item of the history explains, in a sentence; empty where they cover all of it."""
    share = reason.own_share
    if reason.own == 0 or (share is not None and abs(share) < _SLIGHT):
        return ""
    own = own_words(reason, dataset)
    if share is None:
        return f"A part of the score is {own}."
    if share < 0:
        return f"Against it speaks {own} ({percent(-share)} of the score)."
    return f"{percent(share)} of the score is {own}."


def _measured(grounds: Grounds, dataset: Dataset) -> list[Part]:
    """What the method says, without a word on causes."""
    words = dataset.words
    before, of_what = (
        text.format(past=words.past, person=words.person, method=grounds.title)
        for text in _LEADS.get(grounds.method, _OTHERWISE)
    )
    parts = [(before, None), *named(grounds.top, grounds.query.user, dataset)]
    if grounds.share is not None:
        together = "together " if len(grounds.top) > 1 else ""
        parts.append((f", {together}{percent(grounds.share)}{of_what}", None))
    return parts


def _judged(grounds: Grounds, dataset: Dataset) -> list[Part]:
    """What the audit found, as a clause."""
    items = dataset.words.items
    said = {
        FAITHFUL: ", and taking out what it names first changes the score most",
        WEAK: f", which foretells only in part what taking {items} out does",
        CHANCE: f", but taking those out changes the score no more than any other {items} would, "
        "so these are no reasons to give",
        UNKNOWN: f", and there are too few {items} to test whether these are the reasons",
    }
    return [(said[grounds.verdict], None)] if grounds.verdict in said else []


def _nothing(grounds: Grounds, dataset: Dataset) -> list[Part]:
    words = dataset.words
    if grounds.reason is not None:
        return nothing_speaks(grounds.reason, dataset)
    return [(f"{grounds.title} names nothing they {words.past} that speaks for this {words.item}.", None)]
