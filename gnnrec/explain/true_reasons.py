"""True reasons: on made-up data it is known what each viewing came from, so a named reason is true or false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Split
from gnnrec.datasets.film_club import truth
from gnnrec.evaluation.bootstrap import pooled_interval
from gnnrec.explain.deletion import Tell
from gnnrec.explain.methods import Asked, importance, methods_of
from gnnrec.graph import Graph
from gnnrec.recommenders import Query

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

PART_WORDS = {
    "genre": "a taste for its genre",
    "mood": "a taste for its mood",
    "craft": "how good the film is, which is the same for everybody",
    "director": "loyalty to its director",
    "studio": "loyalty to its studio",
    "friends": "friends who liked it",
    "series": "following its series",
    "context": "the moment: time of day, place and city",
    "drift": "a taste that had moved over the years",
    "script": "no taste at all: a script runs this account",
    "exposure": "being on offer; nothing else spoke for it",
}
# What is equal but for rounding shares the first place.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Parent:
    """One thing that a viewing truly came from.

    Attributes:
        part: Of utility, such as `director`.
        kind: `item` for an earlier film, `user` for a friend, `entity` for a fact such as a director.
        number: Of the item or the friend; -1 for an entity.
        name: Title, name or text, for the screen.
    """

    part: str
    kind: str
    number: int
    name: str


@dataclass(frozen=True)
class TrueReason:
    """Why somebody truly watched something.

    Attributes:
        part: The part of utility that decided it.
        words: That part in words.
        parents: What it came from, the strongest first; empty where nothing in the data caused it.
    """

    part: str
    words: str
    parents: tuple[Parent, ...]

    @property
    def items(self) -> frozenset[int]:
        """Numbers of the earlier items it came from: a reason that names one of them is true."""
        return frozenset(one.number for one in self.parents if one.kind == "item")


def true_reason(dataset: Dataset, user: int, item: int) -> TrueReason | None:
    """Why a person truly watched an item; None where nobody knows, or where they did not watch it."""
    if not truth.available_for(dataset):
        return None
    viewing = int(user), int(item)
    parts = truth.deciding_parts(dataset, viewing)
    if not len(parts):
        return None
    part = str(parts["part"].iloc[0])
    found = []
    for one in truth.parents(dataset, viewing).drop_duplicates(["kind", "parent", "entity"]).itertuples():
        name = {"item": dataset.item_title, "user": dataset.user_name}.get(one.kind)
        found.append(
            Parent(one.part, one.kind, int(one.parent), str(one.entity) if name is None else name(one.parent))
        )
    return TrueReason(part, PART_WORDS[part], tuple(found))


def viewings_with_reason(
    split: Split, n: int | None = None, part: str = "valid", seed: int = 0
) -> pd.DataFrame:
    """Held-out viewings that truly came from at least one item of the person's train history.

    Args:
        split: A split of the made-up film club.
        n: How many at most, drawn at random; a smaller n gives the first of the same ones. All where None.
        part: Held-out part they are taken from.
        seed: Of the draw.

    Returns:
        Columns `user`, `item` and `parents` (their numbers, ascending); by user and item, or as drawn.

    Raises:
        IncompatibleError: Nobody knows why these people watched what they did.
    """
    parents = truth.parents(split.dataset)
    parents = parents[parents["kind"] == "item"]
    held_out, train = split.matrix(part), split.matrix("train")
    users, items = parents["user"].to_numpy(), parents["item"].to_numpy()
    counts = _has(held_out, users, items) & _has(train, users, parents["parent"].to_numpy())
    grouped = parents[counts].groupby(["user", "item"])["parent"]
    found = grouped.agg(lambda one: tuple(sorted(set(one)))).rename("parents").reset_index()
    return found if n is None else found.iloc[np.random.default_rng(seed).permutation(len(found))[:n]]


def true_reasons(
    recommender: Recommender,
    graph: Graph,
    viewings: pd.DataFrame,
    methods: Sequence[str] | None = None,
    seeds: Sequence[int] = (0,),
    tell: Tell | None = None,
) -> pd.DataFrame:
    """Whether the top reason of each method is true, viewing by viewing.

    The methods are asked why the model gives the person an item that they went on to watch, and the item of the
    history that counts most is looked up among those the viewing truly came from. Where several count most they
    share the answer. Chance is the same test on a random item of the history.

    Args:
        recommender: A recommender fitted on the train part.
        graph: The graph it was fitted on.
        viewings: From `viewings_with_reason`.
        methods: Names of methods; all that can explain the recommender where None.
        seeds: For methods that draw.
        tell: Told how many viewings of how many are done; may raise to end the work.

    Returns:
        One row per viewing and method: `user`, `item`, `method`, `history` (how many items), `true` (0 to 1) and
        `chance`.

    Raises:
        IncompatibleError: The recommender cannot be explained that way.
        ConfigError: There is no such method.
    """
    names = [one.name for one in methods_of(recommender)] if methods is None else list(methods)
    rows = []
    for done, viewing in enumerate(viewings.itertuples()):
        if tell is not None:
            tell(done, len(viewings))
        asked = Asked(recommender, graph, Query(user=int(viewing.user)), int(viewing.item))
        is_true = np.isin(asked.history, viewing.parents)
        for name in names:
            values = importance(asked, name, seeds).values
            top = values >= values.max() - _ROUNDING * np.abs(values).max()
            rows.append(
                (asked.query.user, asked.item, name, len(is_true), is_true[top].mean(), is_true.mean())
            )
    if tell is not None:
        tell(len(viewings), len(viewings))
    return pd.DataFrame(rows, columns=["user", "item", "method", "history", "true", "chance"])


def share_true(found: pd.DataFrame) -> pd.DataFrame:
    """How often the top reason of each method is true, against chance, with bootstrap intervals over people.

    Args:
        found: From `true_reasons`.

    Returns:
        One row per method in their order: `method`, `viewings`, `people`, `true`, `true_low`, `true_high`,
        `chance`, `gain` (how much more often than chance), `gain_low`, `gain_high`, and `verdict`: `better than
        chance`, `worse than chance` or `no better than chance`, by whether the interval of the gain holds zero.
    """
    rows = []
    for method, rest in found.groupby("method", sort=False):
        people = rest.groupby("user")
        counts = people.size()
        true = pooled_interval(people["true"].mean(), counts)
        gain = pooled_interval(people["true"].mean() - people["chance"].mean(), counts)
        rows.append(
            {
                "method": method,
                "viewings": len(rest),
                "people": len(counts),
                "true": true.mean,
                "true_low": true.low,
                "true_high": true.high,
                "chance": rest["chance"].mean(),
                "gain": gain.mean,
                "gain_low": gain.low,
                "gain_high": gain.high,
                "verdict": "no better than chance"
                if not gain.excludes_zero
                else f"{'better' if gain.mean > 0 else 'worse'} than chance",
            }
        )
    return pd.DataFrame(rows)


def _has(matrix: object, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Whether a CSR matrix has an entry at each of some places. **Shapes**: [n], [n] → [n]."""
    return np.asarray(matrix[rows, columns] != 0).ravel()
