"""Which facts about an item brought it up, how much of its score is theirs, and its place without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.errors import IncompatibleError
from gnnrec.explain.deletion import rank_among
from gnnrec.explain.sentence import of_score
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import NAMES_FACTS

if TYPE_CHECKING:
    from gnnrec.data import Dataset

# So many are named; the sentence counts them and the list below it has them.
NAMED = 4


@dataclass(frozen=True)
class Fact:
    """Something known about an item.

    Attributes:
        relation: What sort of fact it is, such as `director`.
        entity: Whom or what it names.
        share: What it adds to the score; negative where it speaks against the item.
        in_history: How many items of the person's train history share it.
    """

    relation: str
    entity: str
    share: float
    in_history: int


@dataclass(frozen=True)
class FactsBehind:
    """A score in two parts, the facts' one by one: `own` and all shares add up to `score`.

    Attributes:
        score: The score of the item.
        own: Part of the item itself, as if nothing were known about it.
        facts: The largest share first.
    """

    score: float
    own: float
    facts: tuple[Fact, ...]

    @property
    def together(self) -> float:
        """What all facts add to the score."""
        return sum(one.share for one in self.facts)

    @property
    def top(self) -> tuple[Fact, ...]:
        """Those that speak for the item most."""
        return tuple(one for one in self.facts[:NAMED] if one.share > 0)

    @property
    def relations(self) -> tuple[str, ...]:
        """The sorts of facts there are about the item, the one with the largest fact first."""
        return tuple(dict.fromkeys(one.relation for one in self.facts))

    def of_score(self, value: float) -> str | None:
        """A part of the score as a percentage; None where the score is not above zero."""
        return of_score(value, self.score)


def facts_behind(recommender: Recommender, user: int, item: int) -> FactsBehind:
    """What is known about an item that brought it up for a person.

    Args:
        recommender: A fitted recommender with the capability `names_facts`.
        user: User number.
        item: Item number.

    Raises:
        IncompatibleError: The recommender does not know what part of a score is which fact's.
        DataError: A user or item number does not exist.
    """
    if NAMES_FACTS not in recommender.capabilities:
        raise IncompatibleError(
            where=recommender.title,
            found="it cannot say what part of a score is which fact's",
            expected="a recommender with the capability names_facts",
            todo="Choose a model that hears facts.",
        )
    split = recommender.fact_shares(Query(user=user), [item])
    told = recommender.data.dataset.knowledge
    told = told[np.isin(told["item"].to_numpy(), recommender.history(user))]
    met = told.drop_duplicates(["item", "relation", "entity"]).groupby(["relation", "entity"]).size()
    found = [
        Fact(str(relation), str(entity), float(value), int(met.get((relation, entity), 0)))
        for relation, entity, value in zip(split.relation, split.entity, split.values, strict=True)
    ]
    return FactsBehind(
        score=float(split.score[0]),
        own=float(split.own[0]),
        facts=tuple(sorted(found, key=lambda one: (-one.share, one.relation, one.entity))),
    )


def places_without(
    recommender: Recommender, user: int, item: int, relations: Sequence[str], hidden: np.ndarray
) -> tuple[int | None, dict[str, int | None]]:
    """The place of an item, and its place once each sort of fact is switched off; nothing is learned again.

    Args:
        recommender: A fitted recommender that hears them.
        user: User number.
        item: Item number.
        relations: Sorts of facts.
        hidden: Item numbers that no list shows.
    """
    asked = [Query(user=user)]

    def place(model: Recommender) -> int | None:
        return rank_among(model.scores(asked)[0], item, hidden)

    return place(recommender), {one: place(recommender.without({one})) for one in relations}


def facts_sentence(found: FactsBehind, item: int, dataset: Dataset) -> str:
    """How much of a score comes from facts, in one sentence; names are other people's words and need escaping."""
    title, words = dataset.item_title(item), dataset.words
    if not found.facts:
        return f"The model knows no fact about {title}, so it counts for itself alone."
    n = len(found.facts)
    share = found.of_score(found.together)
    known = f"{n:,} {'fact' if n == 1 else 'facts'} about {title} that the model hears"
    if share is None:
        return f"There {'is' if n == 1 else 'are'} {known}, but the score of this {words.item} is not above zero."
    verb = "accounts" if n == 1 else "together account"
    return f"The {known} {verb} for {share} of this score."
