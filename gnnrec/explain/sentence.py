"""One true sentence: a reason in the words of the data set, with every item a part of its own to link to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gnnrec.explain.because import Drop, Reason
from gnnrec.recommenders.query import FOLD_IN

if TYPE_CHECKING:
    from gnnrec.data import Dataset

Part = tuple[str, int | None]
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Sentence:
    """A sentence in parts: text with None, or the title of an item with its number, for links."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text; titles are other people's words and need escaping in markup."""
        return "".join(text for text, _ in self.parts)

    def __str__(self) -> str:
        return self.text


def sentence(reason: Reason, dropped: Drop | None, dataset: Dataset) -> Sentence:
    """Why an item is suggested, in one sentence that claims no more than was computed.

    It names the reasons, what share of the score they are, and where the item stands without them. What a
    person rated low carries its rating; their own vector is named where it holds most of the score.

    Args:
        reason: From `because`.
        dropped: From `drop`, or None to leave the second half out.
        dataset: Where titles, words and ratings come from.
    """
    if not reason.top:
        return Sentence(joined(nothing_speaks(reason, dataset)))
    parts = _mostly_own(reason, dataset) if (reason.own_share or 0) > 0.5 else _because(reason, dataset)
    if dropped is not None:
        parts += without_words(reason.rank, dropped)
    return Sentence(joined([*parts, (".", None)]))


def percent(share: float) -> str:
    """A share in words: `46 %`, never rounded to nothing or to everything where it is neither."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1 - _ROUNDING:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def of_score(value: float, score: float) -> str | None:
    """A part of a score as a percentage, such as `−4 %`; None where the score is not above zero."""
    if score <= 0:
        return None
    share = value / score
    return percent(share) if share >= 0 else f"−{percent(-share)}"


def _because(reason: Reason, dataset: Dataset) -> list[Part]:
    past = dataset.words.past
    who = f"this newcomer {past}" if reason.query.kind == FOLD_IN else f"they {past}"
    names, share = _named(reason, dataset), reason.share_together
    if share is None:
        most = f"Of what {who}, the most for it comes from "
        return [(most, None), *names, (", but its score is not above zero", None)]
    together = "together " if len(reason.top) > 1 else ""
    if share > 1 + _ROUNDING:
        more = f", {together}more than this whole score ({percent(share)}), as other parts speak against it"
        return [(f"Because {who} ", None), *names, (more, None)]
    return [(f"Because {who} ", None), *names, (f", {together}{percent(share)} of this score", None)]


def _mostly_own(reason: Reason, dataset: Dataset) -> list[Part]:
    words, several = dataset.words, len(reason.top) > 1
    most = "More than this whole score" if reason.own_share > 1 + _ROUNDING else "Most of this score"
    own = f"{most} ({percent(reason.own_share)}) is {own_words(reason, dataset)}"
    largest = "the largest shares come" if several else "the largest share comes"
    return [
        (f"{own}; of what they {words.past}, {largest} from ", None),
        *_named(reason, dataset),
        (f", {'together ' if several else ''}{percent(reason.share_together)} of the score", None),
    ]


def nothing_speaks(reason: Reason, dataset: Dataset) -> list[Part]:
    """The whole sentence where no item of the history adds to the score."""
    words = dataset.words
    if not len(reason.items):
        return [(f"There are no {words.items} they {words.past} for the model to go by.", None)]
    nothing = f"Nothing they {words.past} speaks for this {words.item}"
    if reason.own > 0:
        return [(f"{nothing}: its score comes from {own_words(reason, dataset)}.", None)]
    return [(f"{nothing}.", None)]


def own_words(reason: Reason, dataset: Dataset) -> str:
    """What the part of a score is that no item of the history sends."""
    words = dataset.words
    if reason.score_kind == "stars":
        # A predicted rating starts from offsets, which are nobody's taste.
        return (
            f"how this {words.item} is usually rated and how this {words.person} usually rates, with their "
            "own taste vector"
        )
    return f"the {words.person}'s own taste vector, which no {words.item} explains"


def _named(reason: Reason, dataset: Dataset) -> list[Part]:
    return named([item for item, _ in reason.top], reason.query.user, dataset)


def named(items: Sequence[int], user: int | None, dataset: Dataset) -> list[Part]:
    """Items by title; one that the person rated low carries its rating. What follows begins with a comma."""
    parts: list[Part] = []
    low = None
    for place, item in enumerate(items):
        last = place == len(items) - 1
        if place:
            parts.append((f"{',' if low else ''} and " if last else ", ", None))
        parts.append((dataset.item_title(item), item))
        low = _low_rating(user, dataset, item)
        if low:
            parts.append((f", which they rated {low}", None))
    return parts


def without_words(rank: int | None, dropped: Drop) -> list[Part]:
    """Where an item stands once its reasons are taken out; nothing where it has no rank."""
    gone = {1: "it", 2: "both"}.get(len(dropped.removed), f"all {len(dropped.removed)}")
    if rank is None:
        return []
    if dropped.rank is None:
        return [(f"; without {gone} nothing is left to rank by", None)]
    this = "this" if gone == "it" else "it"
    if dropped.rank == rank:
        return [(f"; without {gone} {this} stays at rank {rank:,}", None)]
    verb = "drops" if dropped.rank > rank else "rises"
    return [(f"; without {gone} {this} {verb} from rank {rank:,} to {dropped.rank:,}", None)]


def _low_rating(user: int | None, dataset: Dataset, item: int) -> str | None:
    """`2 of 5` where the person rated the item below the middle of the scale."""
    scale = dataset.interactions.rating_scale
    if scale is None or user is None:
        return None
    rows = dataset.interactions
    rated = rows.rating[(rows.user == user) & (rows.item == item)]
    low = len(rated) > 0 and rated[0] < sum(scale) / 2
    return f"{rated[0]:g} of {scale[1]:g}" if low else None


def joined(parts: list[Part]) -> tuple[Part, ...]:
    """Neighbouring plain texts as one."""
    out: list[Part] = []
    for text, item in parts:
        if item is None and out and out[-1][1] is None:
            out[-1] = (out[-1][0] + text, None)
        else:
            out.append((text, item))
    return tuple(out)
