"""What is measured of each held-out item that a model left out of its first K."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data import Split
from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.evaluation.beyond import genre_table
from gnnrec.evaluation.history_fit import HistoryFit
from gnnrec.evaluation.lists import popularity_percentiles
from gnnrec.evaluation.near_duplicates import near_duplicates
from gnnrec.evaluation.ranking import blocks, require_held_out
from gnnrec.recommenders.capabilities import COVERS, LAYERS
from gnnrec.recommenders.parts.top_k import top_k

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

# Items this many times as popular, or more, are "much more popular"; what lies between is about as popular.
MUCH_MORE = 2
# The neighbourhood of a list: near misses stand within this many times K.
NEAR = 5
# Fewer equally popular items than this say nothing about how well one of them fits.
FEWEST_PEERS = 20


@dataclass(frozen=True, eq=False)
class Measured:
    """The misses of one model on one part.

    Attributes:
        table: One row per miss, by person and item number; columns as `measure_misses` says.
        people: How many people have something held out.
        held_out: How many pairs are held out.
        unavoidable: How many of them no list of K could have held, since the person has more than K of them.
        steps: Within how many steps of the graph the model could see an item; None where that does not apply.
    """

    table: pd.DataFrame
    people: int
    held_out: int
    unavoidable: int
    steps: int | None


@dataclass(frozen=True, eq=False)
class _World:
    """What does not depend on the person.

    **Shapes**: I items: `order` [I] are their numbers by popularity, least first, and `place` [I] is where each
    stands in it. Places in that order, by item number: `like` [I] is the first that is half as popular, `more` [I]
    the first that is more popular, `much` [I] the first at least twice as popular, `unlike` [I] the first more than
    twice as popular.
    """

    model: Recommender
    k: int
    masked: sparse.csr_matrix
    held_out: sparse.csr_matrix
    fit: HistoryFit
    by_item: sparse.csr_matrix
    twins: np.ndarray
    order: np.ndarray
    place: np.ndarray
    like: np.ndarray
    more: np.ndarray
    much: np.ndarray
    unlike: np.ndarray
    steps: int | None


def measure_misses(
    recommender: Recommender,
    split: Split,
    part: str = "valid",
    k: int = 10,
    tell: Callable[[int, int], None] | None = None,
) -> Measured:
    """Measure every held-out item that is not among a person's first k, masked and ranked as `evaluate` does.

    Columns of the table: `user` and `item` (numbers); `rank` from 1, 0 where the model has no score for it;
    `people` who have the item in train and `percentile` of that number; `history`, the length of the person's;
    `held_out`, how many items of the person are held out, and `held_out_above`, how many of those rank above;
    `reached`, whether the model could see the item from the person; `popular_above`, how many of the items above
    are at least twice as popular; `rank_of_rest`, the rank among items no more popular than it; `rank_one_each`, the rank if
    near-duplicates above it shared one place (beyond 5 k the rank itself); `twin`, the first near-duplicate of
    the item in the list (-1 for none), and `twin_rank`; `peers`, items not had that are about as popular (half to
    twice), and `fits` and `genre_fits`, the share of them that fit the history worse by who has both and by
    genres, equal ones counted half (NaN with fewer than 20 peers or without genres).

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        part: `valid` or `test`.
        k: Length of the lists.
        tell: Told how many people are done, of how many; may raise to end the work.

    Raises:
        ConfigError: k is below 1 or the part unknown.
        IncompatibleError: The recommender learned from that part, or predicts ratings.
    """
    if k < 1:
        raise ConfigError(where="list length k", found=str(k), expected="1 or more", todo="For example 10.")
    require_held_out(recommender, split, part)
    if recommender.task != "ranking":
        raise IncompatibleError(
            where=f"misses of {recommender.title}",
            found="a model that predicts ratings"
            if recommender.task == "rating"
            else "a model of the next click",
            expected="a model that ranks: only its lists can miss something",
            todo="Choose a ranking model.",
        )
    world = _world(recommender, split, part, k)
    counts = np.diff(world.held_out.indptr)
    users, rows, done = np.flatnonzero(counts), [], 0
    for block in blocks(users, split.dataset.n_items):
        if tell is not None:
            tell(done, len(users))
        rows += _measure(world, block)
        done += len(block)
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    percentile = popularity_percentiles(world.fit.people)
    table.insert(4, "percentile", percentile[table["item"].to_numpy()])
    unavoidable = int(np.maximum(counts - k, 0).sum())
    return Measured(table, len(users), int(counts.sum()), unavoidable, world.steps)


_COLUMNS = {
    "user": np.int64,
    "item": np.int64,
    "rank": np.int64,
    "people": np.int64,
    "history": np.int64,
    "held_out": np.int64,
    "held_out_above": np.int64,
    "reached": bool,
    "popular_above": np.int64,
    "rank_of_rest": np.int64,
    "rank_one_each": np.int64,
    "twin": np.int64,
    "twin_rank": np.int64,
    "peers": np.int64,
    "fits": np.float64,
    "genre_fits": np.float64,
}


def _world(recommender: Recommender, split: Split, part: str, k: int) -> _World:
    train = recommender.data.matrix
    fit = HistoryFit(train, genre_table(split.dataset.item_features))
    steps = None
    if LAYERS in recommender.capabilities:
        rounds = len(recommender.layers()) - 1
        # A model without a round of messages is no different from one without a graph.
        steps = 2 * rounds + 1 if rounds else None
    order = np.argsort(fit.people, kind="stable")
    popularity = fit.people[order]
    return _World(
        recommender,
        k,
        split.matrix(*split.masked_parts(part)),
        split.matrix(part),
        fit,
        train.T.tocsr(),
        near_duplicates(train, fit.genres),
        order,
        np.argsort(order),
        like=np.searchsorted(popularity, fit.people / MUCH_MORE),
        more=np.searchsorted(popularity, fit.people, side="right"),
        # Twice nobody is nobody: one person is much more than none.
        much=np.searchsorted(popularity, MUCH_MORE * np.maximum(fit.people, 0.5)),
        unlike=np.searchsorted(popularity, MUCH_MORE * fit.people, side="right"),
        steps=steps,
    )


def _measure(world: _World, users: np.ndarray) -> list[tuple]:
    """The rows of some people."""
    scores = np.array(world.model.scores(users))
    scores[~np.isfinite(scores)] = -np.inf
    hidden = (world.fit.train[users] + world.masked[users]).toarray() > 0
    scores[hidden] = -np.inf
    listed, duplicates = _lists(world, scores)
    fits = world.fit.by_people(users)
    reached = fits.copy() if world.steps else None
    tables = [fits] + [one for one in [world.fit.by_genres(users)] if one is not None]
    # What is hidden is no peer: nothing it is compared with is worse or equal.
    for one in tables:
        one[hidden] = np.inf
    order = world.order
    # Taken so that a person's row stays in one piece of memory.
    by_popularity = np.take(scores, order, axis=1)
    tables_ordered = [np.take(one, order, axis=1) for one in tables]
    rows = []
    for row, user in enumerate(users):
        mine = world.held_out.indices[world.held_out.indptr[user] : world.held_out.indptr[user + 1]].tolist()
        above = [_above(scores[row, item], item, by_popularity[row], order) for item in mine]
        ranks = [0 if one is None else 1 + int(np.count_nonzero(one)) for one in above]
        history = int(world.fit.history[user])
        known = np.sort(world.place[np.flatnonzero(hidden[row])])
        for item, over, rank in zip(mine, above, ranks, strict=True):
            if 1 <= rank <= world.k:
                continue
            near = slice(world.like[item], world.unlike[item])
            first, last = np.searchsorted(known, [near.start, near.stop])
            peers = int(near.stop - near.start - (last - first)) - 1
            before = int(duplicates[row, rank - 2]) if 2 <= rank <= duplicates.shape[1] else 0
            fit, genre_fit = [
                _share(ordered[row, near], table[row, item], peers)
                for table, ordered in zip(tables, tables_ordered, strict=True)
            ] + [np.nan] * (2 - len(tables))
            rows.append(
                (
                    user,
                    item,
                    rank,
                    world.fit.people[item],
                    history,
                    len(mine),
                    sum(0 < other < rank for other in ranks),
                    rank > 0
                    and _reached(world, None if reached is None else reached[row], item, scores[row, item]),
                    0 if over is None else int(np.count_nonzero(over[world.much[item] :])),
                    0 if over is None else 1 + int(np.count_nonzero(over[: world.more[item]])),
                    rank - before,
                    *_twin(world, listed[row], item),
                    peers,
                    fit,
                    genre_fit,
                )
            )
    return rows


def _above(score: float, item: int, scores: np.ndarray, numbers: np.ndarray) -> np.ndarray | None:
    """Which items rank above one, in the order of `numbers`; None for an item without a score.

    Ties go to the lower number, as in every list.
    """
    if score == -np.inf:
        return None
    above, equal = scores > score, scores == score
    return above | (equal & (numbers < item)) if np.count_nonzero(equal) > 1 else above


def _share(values: np.ndarray, own: float, peers: int) -> float:
    """The share of peers with a smaller value, equal ones counted half; the item itself is among the values."""
    if peers < FEWEST_PEERS:
        return float("nan")
    return (np.count_nonzero(values < own) + (np.count_nonzero(values == own) - 1) / 2) / peers


def _lists(world: _World, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first 5 k of each person, -1 beyond their end, and how many near-duplicates of an earlier one stand up to each.

    **Shapes**: [B, I] → [B, 5 k], [B, 5 k].
    """
    items = top_k(scores, NEAR * world.k)
    items = np.where(np.isfinite(np.take_along_axis(scores, items, axis=1)), items, -1)
    depth, n_items = items.shape[1], scores.shape[1]
    # One column more, which -1 means: nowhere.
    places = np.full((len(items), n_items + 1), depth, dtype=np.int64)
    np.put_along_axis(places, items, np.broadcast_to(np.arange(depth), items.shape), axis=1)
    places[:, -1] = depth
    twins = world.twins[items]
    twins[items < 0] = -1
    of_twins = np.take_along_axis(places, twins.reshape(len(items), -1), axis=1).reshape(twins.shape)
    again = (of_twins < np.arange(depth)[None, :, None]).any(2) & (items >= 0)
    return items, np.cumsum(again, axis=1)


def _twin(world: _World, listed: np.ndarray, item: int) -> tuple[int, int]:
    """The first near-duplicate of an item within the first k, and its rank; -1 and 0 for none."""
    twins = world.twins[item]
    if twins[0] < 0:
        return -1, 0
    places = np.flatnonzero(np.isin(listed[: world.k], twins[twins >= 0]))
    return (int(listed[places[0]]), int(places[0]) + 1) if len(places) else (-1, 0)


def _reached(world: _World, fits: np.ndarray | None, item: int, score: float) -> bool:
    """Whether what the model knows of a person can have anything to do with an item.

    With messages of L rounds, whether a way of at most 2 L + 1 steps leads there: then what the person hears
    of and what the item hears of overlap or are joined by an edge. Where a score is exactly the sum of what the
    items of the history add, whether any of them adds anything. Other models have no such border.
    """
    if fits is None:
        return not (COVERS in world.model.capabilities and score == 0)
    if fits[item] > 0:
        return True
    return any((fits[items] > 0).any() for items in _around(world, item, (world.steps - 3) // 2))


def _around(world: _World, item: int, rounds: int) -> Iterator[np.ndarray]:
    """Items within 2, 4, … steps of one."""
    items = np.array([item])
    for _ in range(rounds):
        people = np.unique(world.by_item[items].indices)
        items = np.unique(world.fit.train[people].indices)
        yield items
