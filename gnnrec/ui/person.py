"""What the pages know of one person: history, lists with hits and moves, and how well they are served."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.lists import Move, rank_moves
from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import EDITS_GRAPH
from gnnrec.recommenders.query import GRAPH_EDIT
from gnnrec.ui import loaders, tasks
from gnnrec.ui.context import Context


@dataclass(frozen=True)
class Place:
    """One place of a recommended list.

    Attributes:
        rank: From 1.
        item: Item number.
        score: The model's own score.
        bar: For a thin bar: the score between the list's lowest (0.15) and highest (1), predicted stars between
            the ends of the scale.
        hit: The part it was held out in, or None.
        move: Places won since the list before the what-if; `new` if it was not in it; None without one.
        percentile: Popularity percentile.
    """

    rank: int
    item: int
    score: float
    bar: float
    hit: str | None
    move: int | str | None
    percentile: float


@dataclass(frozen=True)
class Listing:
    """A recommended list of one model for one person.

    Attributes:
        places: Best first; fewer than K where less is left.
        part: Which held-out part hits are counted in.
        what_if: The kind of what-if the list shows, or None.
        cannot_edit: True where a what-if was asked for and the model cannot show one.
        judged: False where the model learned from that part, so that no hit can be counted.
        milliseconds: How long ranking took.
    """

    places: list[Place]
    part: str
    what_if: str | None
    cannot_edit: bool
    judged: bool
    milliseconds: float

    @property
    def items(self) -> list[int]:
        """Item numbers, best first."""
        return [place.item for place in self.places]


@dataclass(frozen=True)
class Standing:
    """How well a person is served.

    Attributes:
        metric: `ndcg@10`, or `mae` for models that predict ratings.
        value: The person's own; NaN where nothing of theirs is held out.
        better_than: Share of people served worse, in percent; NaN likewise.
    """

    metric: str
    value: float
    better_than: float


def history(context: Context, part: str) -> pd.DataFrame:
    """A person's interactions, newest first: `item`, `part`, `rating`, `timestamp`.

    Train always; what was held out for validation too; test only when the final test is looked at. What the
    finished model learned from counts as train.
    """
    parts = ("train", "valid", "test") if part == "test" else ("train", "valid")
    rows = context.split.of_person(context.user, *parts)
    rows["part"] = rows["part"].where(~rows["part"].isin(context.split.fitted_parts), "train")
    return rows.sort_values("timestamp", ascending=False, kind="stable", ignore_index=True)


def query_of(context: Context) -> Query:
    """The person with the what-if of the address."""
    if not context.edited:
        return Query(user=context.user)
    mine = context.split.fitted.history(context.user)
    after = np.union1d(np.setdiff1d(mine, context.drop), context.add)
    return Query(user=context.user, history=tuple(int(one) for one in after))


def answer_key(address: str, query: Query, part: str) -> tuple[Hashable, ...]:
    """What every answer of a model about a person depends on: one key, so that pages share what is worked out."""
    return (address, query.user, (query.history, query.without), part)


def listing(context: Context, checkpoint: Checkpoint, part: str, off: tuple[str, ...] = ()) -> Listing:
    """The first K items of a model for the person of the context, what-if included.

    Args:
        context: What the visitor looks at.
        checkpoint: The model.
        part: Which held-out part hits are counted in.
        off: Side relations of the model to switch off.
    """
    model = loaders.switched(checkpoint.address, off)
    cannot = context.edited and EDITS_GRAPH not in checkpoint.capabilities
    query = Query(user=context.user) if cannot else query_of(context)
    hidden = hidden_from(context, part)
    started = time.perf_counter()
    best = model.recommend([query], k=context.k, exclude=hidden)
    spent = 1000 * (time.perf_counter() - started)
    moves: dict[int, Move] = {}
    if (context.edited and not cannot) or off:
        usual = (
            loaders.model(checkpoint.address).recommend([context.user], k=context.k, exclude=hidden).items[0]
        )
        moves = {move.item: move for move in rank_moves(usual, best.items[0])}
    places = places_of(context, checkpoint, best.items[0], best.scores[0], part, moves)
    judged = part not in context.split.fitted_parts
    return Listing(places, part, GRAPH_EDIT if context.edited and not cannot else None, cannot, judged, spent)


def hidden_from(context: Context, part: str) -> sparse.csr_matrix:
    """What lists leave out when a part is looked at. **Shapes**: CSR [U, I]."""
    return context.split.matrix(*context.split.hidden_parts(part))


def places_of(
    context: Context,
    checkpoint: Checkpoint,
    items: np.ndarray,
    scores: np.ndarray,
    part: str,
    moves: Mapping[int, Move] | None = None,
) -> list[Place]:
    """The places of a list scored by a model, with hits, moves and how popular each item is; empty ones are left out."""
    moves = moves or {}
    held_out = context.split.matrix(part)[context.user].indices
    percentiles = loaders.popularity_percentiles(context.dataset.name, str(context.split))
    kept = items >= 0
    items, scores = items[kept], scores[kept]
    scale = context.dataset.interactions.rating_scale if tasks.predicts_ratings(checkpoint) else None
    lowest, highest = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 1.0)
    shortest = 0.15
    if scale is not None:
        lowest, highest, shortest = *scale, 0.0
    return [
        Place(
            rank=rank,
            item=int(item),
            score=float(score),
            bar=1.0
            if highest == lowest
            else shortest + (1 - shortest) * ((float(score) - lowest) / (highest - lowest)),
            hit=part if item in held_out else None,
            move=_moved(moves.get(int(item))),
            percentile=float(percentiles[item]),
        )
        for rank, (item, score) in enumerate(zip(items, scores, strict=True), start=1)
    ]


def _moved(move: Move | None) -> int | str | None:
    return None if move is None else "new" if move.kind == "new" else move.places


def standing(context: Context, checkpoint: Checkpoint, part: str) -> Standing:
    """The person's stored metric and how many people are served worse, in percent."""
    rates = tasks.predicts_ratings(checkpoint)
    metric = "mae" if rates else "ndcg@10"
    result = loaders.evaluation(checkpoint.address, part)
    values = result.per_user[metric].to_numpy()
    mine = values[result.users == context.user]
    if not len(mine):
        return Standing(metric, float("nan"), float("nan"))
    worse = values > mine[0] if rates else values < mine[0]
    return Standing(metric, float(mine[0]), 100 * float(worse.mean()))


@dataclass(frozen=True)
class Judged:
    """A held-out rating beside the one predicted for it."""

    item: int
    given: float
    predicted: float


def judged_ratings(context: Context, checkpoint: Checkpoint, part: str) -> list[Judged]:
    """What the person gave to what was held out, and what a rating model says of it, as they are, latest first."""
    rows = context.split.of_person(context.user, part).dropna(subset="rating").iloc[::-1]
    scores = loaders.model(checkpoint.address).scores([context.user])[0]
    return [
        Judged(int(row.item), float(row.rating), float(scores[row.item]))
        for row in rows.itertuples(index=False)
    ]


def taste(context: Context, top: int = 2) -> list[str]:
    """The genres a person has most of in train, most frequent first."""
    features = context.dataset.item_features
    if features is None or "genres" not in features.columns:
        return []
    mine = context.split.fitted.history(context.user)
    genres = features["genres"].iloc[mine].dropna().str.split("|").explode()
    return [str(one) for one in genres[genres != ""].value_counts().index[:top]]
