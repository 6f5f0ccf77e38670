"""Which friends brought an item up, and how much of its score is theirs, for models that name friends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.data.friends import friends_of
from gnnrec.errors import IncompatibleError
from gnnrec.explain.sentence import of_score
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import NAMES_FRIENDS

if TYPE_CHECKING:
    from gnnrec.data import Dataset

# So many are named; the sentence counts them and the list below it has them.
NAMED = 3
_NUMBERS = ("None", "One", "Two", "Three")


@dataclass(frozen=True)
class Friend:
    """Somebody whose taste reaches a person.

    Attributes:
        user: User number.
        share: What they add to the score; negative where they speak against the item.
        direct: Whether they are a friend, or only a friend of friends.
        has_item: Whether the item is in their own train history.
    """

    user: int
    share: float
    direct: bool
    has_item: bool


@dataclass(frozen=True)
class FriendsBehind:
    """A score in three parts, the friends' one by one: `own`, `history` and all shares add up to `score`.

    Attributes:
        score: The score of the item.
        own: Part of the person's own vector.
        history: Part of everything they chose.
        friends: Whose taste reaches them, the largest share first.
    """

    score: float
    own: float
    history: float
    friends: tuple[Friend, ...]

    @property
    def together(self) -> float:
        """What all friends add to the score."""
        return sum(one.share for one in self.friends)

    @property
    def top(self) -> tuple[Friend, ...]:
        """Those who speak for the item most."""
        return tuple(one for one in self.friends[:NAMED] if one.share > 0)

    def of_score(self, value: float) -> str | None:
        """A part of the score as a percentage; None where the score is not above zero."""
        return of_score(value, self.score)


def friends_behind(recommender: Recommender, query: Query | int, item: int) -> FriendsBehind:
    """Who of a person's friends brought an item up.

    Args:
        recommender: A fitted recommender with the capability `names_friends`.
        query: User number or query.
        item: Item number.

    Raises:
        IncompatibleError: The recommender does not know whose share is whose.
        DataError: A user or item number does not exist.
    """
    if NAMES_FRIENDS not in recommender.capabilities:
        raise IncompatibleError(
            where=recommender.title,
            found="it cannot say what part of a score is whose friend's",
            expected="a recommender with the capability names_friends",
            todo="Choose a model that hears friends.",
        )
    query = query if isinstance(query, Query) else Query(user=int(query))
    split = recommender.shares(query, [item])
    direct = np.empty(0, dtype=np.int64)
    if query.user is not None:
        direct = friends_of(recommender.data.dataset).of(query.user)
    values = split.friend_values[0]
    having = recommender.data.matrix[split.friends, item].toarray().ravel() > 0
    found = [
        Friend(int(user), float(value), bool(close), bool(has))
        for user, value, close, has in zip(
            split.friends, values, np.isin(split.friends, direct), having, strict=True
        )
    ]
    return FriendsBehind(
        score=float(split.score[0]),
        own=float(split.own[0]),
        history=float(split.values[0].sum()),
        friends=tuple(sorted(found, key=lambda one: (-one.share, one.user))),
    )


def friends_sentence(found: FriendsBehind, user: int, dataset: Dataset) -> str:
    """How much of a score is whose, in one sentence; names are other people's words and need escaping."""
    name, words = dataset.user_name(user), dataset.words
    if not found.friends:
        return f"{name} has no friends here, so nobody's taste but their own counts."
    n, only = len(found.top), len(found.friends) == 1
    whose = f"{name}'s only friend" if only else f"{_NUMBERS[n]} of {_whose(found, name, words)}"
    several = "s" if n <= 1 else ""
    if not n:
        return f"{whose} {'does not speak' if only else 'speaks'} for this {words.item}."
    share = found.of_score(sum(one.share for one in found.top))
    if share is None:
        most = "" if only else " most"
        return f"{whose} speak{several} for this {words.item}{most}, but its score is not above zero."
    return f"{whose} account{several} for {share} of this score."


def _whose(found: FriendsBehind, name: str, words) -> str:
    """`Mira's 12 friends`, or all whose tastes arrive where friends of friends are heard too."""
    direct = sum(one.direct for one in found.friends)
    if direct == len(found.friends):
        return f"{name}'s {direct:,} friends"
    return (
        f"the {words.count_people(len(found.friends))} whose tastes reach {name} ({direct:,} "
        f"{'friend' if direct == 1 else 'friends'}, and friends of theirs)"
    )
