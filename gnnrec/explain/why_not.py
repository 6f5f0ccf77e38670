"""Why not: how far an item is from a person's list, what holds it back, and what would bring it in or out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csgraph

from gnnrec.data.words import listed
from gnnrec.errors import ConfigError
from gnnrec.evaluation.lists import popularity_percentiles
from gnnrec.explain import deletion
from gnnrec.explain.deletion import Tell, hidden_for, nothing_to_rank_by, rank_among
from gnnrec.explain.smallest_change import (
    Change,
    Search,
    most_tries,
    smallest_addition,
    smallest_removal,
)
from gnnrec.graph import ITEM, USER, Graph
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.query import in_range

if TYPE_CHECKING:
    from gnnrec.data import Dataset

__all__ = ["Change", "WhyNot", "estimate", "why_not", "why_not_words"]


_MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class WhyNot:
    """Where an item stands for a person, and the smallest changes of the history that move it.

    Attributes:
        query: For whom.
        item: Item number.
        k: Length of the list.
        rank: Place among all items that are not hidden, from 1; None where it has none: it is hidden itself,
            or nothing is there to rank by and all items score the same.
        candidates: How many items are ranked.
        score: Its score.
        score_kind: What the score is: `raw`, `cosine`, …
        kth: Item number at rank k (the last one of a shorter list); None where nothing is ranked.
        gap: Score of rank k minus its own; negative where it stands before rank k.
        hops: Steps from the person to the item in the train graph; None where no way leads there.
        watchers: How many people have it in train.
        popularity: Popularity percentile, 0 to 100.
        seen: Whether the history holds it.
        hidden: Whether it is kept out of the list for another reason.
        history: How many items the history has.
        against: What pulls its score down, the strongest first: items of the history with their negative share
            of the score. Empty for models that do not decompose.
        own: The share of the score that no item of the history sends; None likewise.
        behind: What the gap to rank k is made of, the largest first: items of the history with what they add to
            the score of rank k beyond what they add to this one's. With `own_behind` they add up to the gap.
        own_behind: The same for the part that no item of the history sends.
        can_edit: Whether the model answers changed histories without being trained again.
        bring_in: The smallest set of further items found that brings it in, where it stands beyond rank k.
        push_out: The smallest set of removals found that pushes it out, where it stands within rank k.
        tried: How many sets were tried.
        largest: Items in the largest set that was tried.
    """

    query: Query
    item: int
    k: int
    rank: int | None
    candidates: int
    score: float
    score_kind: str
    kth: int | None
    gap: float | None
    hops: int | None
    watchers: int
    popularity: float
    seen: bool
    hidden: bool
    history: int
    against: list[tuple[int, float]]
    own: float | None
    behind: list[tuple[int, float]]
    own_behind: float | None
    can_edit: bool
    bring_in: Change | None
    push_out: Change | None
    tried: int
    largest: int


def why_not(
    recommender: Recommender,
    graph: Graph,
    query: Query | int,
    item: int,
    k: int = 10,
    exclude: Any = None,
    tell: Tell | None = None,
) -> WhyNot:
    """Why an item is not among the first k of a person, and the smallest change of the history that moves it.

    Beyond rank k, items are sought that bring it in; within rank k, removals that push it out. Nothing is
    retrained.

    Args:
        recommender: A fitted recommender.
        graph: The graph it was fitted on.
        query: User number or query.
        item: Item number.
        k: Length of the list.
        exclude: CSR matrix [U, I] of further pairs hidden from the list, as given to `recommend`.
        tell: Told of the progress; may raise to end the work.

    Raises:
        ConfigError: k is below 1.
        DataError: A user or item number does not exist.
    """
    if k < 1:
        raise ConfigError(where="list length k", found=str(k), expected="1 or more", todo="For example 10.")
    query = query if isinstance(query, Query) else Query(user=int(query))
    row = recommender.scores([query])[0]
    in_range("item", [item], len(row))
    score = float(row[item])
    history, hidden = recommender.history(query), hidden_for(recommender, query, exclude)
    unranked = nothing_to_rank_by(row, hidden) or not np.isfinite(score)
    rank = None if unranked else rank_among(row, item, hidden)
    visible = np.setdiff1d(np.arange(len(row)), hidden)
    listed = visible[np.lexsort((visible, -row[visible]))][:k]
    kth = int(listed[-1]) if len(listed) and rank is not None else None
    search, can_edit = Search(None, 0, 0), _can_edit(recommender, query)
    # A list with room for everything has no end to cross.
    if rank is not None and can_edit and len(visible) > k:
        seek = smallest_removal if rank <= k else smallest_addition
        search = seek(recommender, query, item, k, hidden, tell)
    within = rank is not None and rank <= k
    people = graph.degrees[graph.node(ITEM, np.arange(len(row)))]
    return WhyNot(
        query=query,
        item=item,
        k=k,
        rank=rank,
        candidates=len(visible),
        score=score,
        score_kind=recommender.score_kind,
        kth=kth,
        gap=None if kth is None else float(row[kth]) - score,
        hops=_hops(graph, query, item, history),
        watchers=int(people[item]),
        popularity=float(popularity_percentiles(people)[item]),
        seen=bool(np.isin(item, history)),
        hidden=bool(np.isin(item, np.setdiff1d(hidden, history))),
        history=len(history),
        **_shares(recommender, query, item, kth),
        can_edit=can_edit,
        bring_in=None if within else search.change,
        push_out=search.change if within else None,
        tried=search.tried,
        largest=search.largest,
    )


def estimate(recommender: Recommender, query: Query | int) -> float:
    """About how many seconds the search of `why_not` takes at most; 0 where the model cannot edit."""
    query = query if isinstance(query, Query) else Query(user=int(query))
    if not _can_edit(recommender, query):
        return 0.0
    return deletion.estimate(recommender, query, most_tries(recommender, query))


def why_not_words(found: WhyNot, dataset: Dataset) -> str:
    """One or two plain sentences that claim no more than was computed; titles are other people's words."""
    words, title = dataset.words, dataset.item_title(found.item)
    if found.seen:
        return f"They have {words.past} {title} already, so it is left out of the list."
    if found.hidden:
        return f"{title} is kept out of this list, so it has no rank."
    if not np.isfinite(found.score):
        return (
            f"This model has no score of {title} for them, so it has no rank and no list of theirs holds it."
        )
    if found.rank is None:
        return f"There are no {words.items} they {words.past} for the model to go by: every {words.item} scores the same."
    return f"{_stands(found, dataset)} {_moves(found, dataset)}"


def _stands(found: WhyNot, dataset: Dataset) -> str:
    words, title = dataset.words, dataset.item_title(found.item)
    place = f"{title} is at rank {found.rank:,} of {found.candidates:,}"
    if found.watchers == 0:
        return f"{place}: nobody {words.past} it in the train data, so nothing is known of it."
    if found.rank <= found.k:
        return f"{place}, within the first {found.k}."
    if found.hops is None:
        return f"{place}: no way leads to it in the graph of who {words.past} what."
    return f"{place}, {found.gap:.3g} below the score of rank {found.k}."


def _moves(found: WhyNot, dataset: Dataset) -> str:
    if not found.can_edit:
        return "What another history would change, this model cannot say without being trained again."
    words, change = dataset.words, found.push_out or found.bring_in
    if found.candidates <= found.k:
        return f"The list has room for every {words.item}."
    within = found.rank <= found.k
    if change is None:
        of = f"Not one of the {found.tried:,} sets of up to {found.largest} {words.items} that were tried"
        if not found.tried:
            return f"There is no {words.item} to {'take out' if within else 'add'}."
        return f"{of} {'pushes it out' if within else 'brings it in'}."
    named = _some([dataset.item_title(one) for one in change.items], words.items)
    after = "nothing would be left to rank by" if change.rank_after is None else None
    if within:
        moved = f"Without {named} {after or f'it would be at rank {change.rank_after:,}'}"
    else:
        moved = f"Had they also {words.past} {named}, it would be at rank {change.rank_after:,}"
    if len(change.items) == 1:
        return f"{moved}."
    return f"{moved}; {'no smaller set does it' if change.exact else 'a smaller set may do it too'}."


def _some(titles: list[str], items: str) -> str:
    """Titles as a list in words, the rest of a long one as a number."""
    if len(titles) > _MOST_NAMED:
        left = len(titles) - _MOST_NAMED + 1
        titles = [*titles[: _MOST_NAMED - 1], f"{left} more {items}"]
    return listed(titles)


def _can_edit(recommender: Recommender, query: Query) -> bool:
    return (FOLDS_IN if query.user is None else EDITS_GRAPH) in recommender.capabilities


def _shares(recommender: Recommender, query: Query, item: int, kth: int | None) -> dict[str, Any]:
    """What pulls the score down, and what the gap to rank k is made of."""
    if DECOMPOSES not in recommender.capabilities:
        return {"against": [], "own": None, "behind": [], "own_behind": None}
    split = recommender.contributions(query, [item] if kth is None else [item, kth])
    order = np.lexsort((split.items, split.values[0]))
    against = [place for place in order if split.values[0, place] < 0]
    more = np.zeros(len(split.items)) if kth is None else split.values[1] - split.values[0]
    behind = [] if kth is None else np.lexsort((split.items, -more))
    return {
        "against": [(int(split.items[place]), float(split.values[0, place])) for place in against],
        "own": float(split.own[0]),
        "behind": [(int(split.items[place]), float(more[place])) for place in behind],
        "own_behind": None if kth is None else float(split.own[1] - split.own[0]),
    }


def _hops(graph: Graph, query: Query, item: int, history: np.ndarray) -> int | None:
    """Steps from a person to an item in the train graph; newcomers are one step from their history."""
    node = graph.node(ITEM, item)
    order, before = csgraph.breadth_first_order(graph.adjacency, node)
    reached = np.zeros(graph.n_nodes, dtype=bool)
    reached[order] = True
    starts = [graph.node(USER, query.user)] if query.user is not None else graph.node(ITEM, history).tolist()
    ways = []
    for start in starts:
        steps, at = int(query.user is None), start
        while reached[start] and at != node:
            steps, at = steps + 1, int(before[at])
        if reached[start]:
            ways.append(steps)
    return min(ways, default=None)
