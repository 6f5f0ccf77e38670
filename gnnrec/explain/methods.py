"""Methods of explanation: what each item of a history counts for one item, in one table asked by capability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.explain.attention import rolled_out
from gnnrec.explain.deletion import Tell, deletion
from gnnrec.explain.masks import GNN_EXPLAINER, INTEGRATED_GRADIENTS, SALIENCY, mask, on_history
from gnnrec.explain.paths import strength_by_item
from gnnrec.graph import Graph
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import ATTENTION, DECOMPOSES, DIFFERENTIABLE, EDITS_GRAPH, PROPAGATES

if TYPE_CHECKING:
    from gnnrec.data import Dataset


@dataclass(frozen=True, eq=False)
class Asked:
    """What is explained: why a recommender gives a person an item.

    Attributes:
        recommender: A fitted recommender.
        graph: The graph it was fitted on.
        query: The person.
        item: Item number.
        tell: Told of the progress of methods that take long; may raise to end the work.
    """

    recommender: Recommender
    graph: Graph
    query: Query
    item: int
    tell: Tell | None = None

    @cached_property
    def history(self) -> np.ndarray:
        """Item numbers of the history, ascending. **Shapes**: [H]."""
        return self.recommender.history(self.query)


@dataclass(frozen=True, eq=False)
class Importance:
    """What each item of a history counts for one item, by one method; larger speaks more for it.

    Attributes:
        method: Name of the method.
        items: Item numbers of the history, ascending.
        values: In units of the method: shares of the score, attention, mask, loss of score.
        by_seed: The values of each seed, for methods that draw; `values` is their mean.

    **Shapes**: H items of the history, S seeds: `items` and `values` [H], `by_seed` [S, H].
    """

    method: str
    items: np.ndarray
    values: np.ndarray
    by_seed: np.ndarray

    @property
    def order(self) -> np.ndarray:
        """Places of the items, the most important first; equal ones by item number. **Shapes**: [H]."""
        return np.lexsort((self.items, -self.values))

    def table(self, dataset: Dataset) -> pd.DataFrame:
        """The same as a table: `item` (id), `title` and a column named after the method, most important first."""
        first = self.items[self.order]
        return pd.DataFrame(
            {
                "item": [dataset.items.id(int(one)) for one in first],
                "title": [dataset.item_title(int(one)) for one in first],
                self.method: self.values[self.order],
            }
        )


@dataclass(frozen=True)
class Method:
    """One way to explain.

    Attributes:
        name: In addresses and on the command line.
        title: For the screen.
        words: What it measures, in a sentence.
        needs: Capabilities a recommender must have.
        values: What each item of the history counts, for one seed. **Shapes**: [H].
        additive: Whether the values and the own part add up to the score.
        draws: Whether it depends on the seed.
    """

    name: str
    title: str
    words: str
    needs: frozenset[str]
    values: Callable[[Asked, int], np.ndarray]
    additive: bool = False
    draws: bool = False


def _because(asked: Asked, seed: int) -> np.ndarray:
    return asked.recommender.contributions(asked.query, [asked.item]).values[0]


def _known_person(asked: Asked, method: str) -> int:
    """The number of somebody who is in the graph, for methods that follow its edges."""
    if asked.query.user is None:
        raise IncompatibleError(
            where=f"{method} of a newcomer",
            found="somebody who is not in the graph",
            expected="a person the model was fitted on",
            todo="Choose a known person, or another method.",
        )
    return asked.query.user


def _attention(asked: Asked, seed: int) -> np.ndarray:
    rolled = rolled_out(asked.recommender, asked.graph, _known_person(asked, "attention"))
    by_item = dict(zip(rolled.items.tolist(), rolled.through.tolist(), strict=True))
    return np.array([by_item.get(int(item), 0.0) for item in asked.history])


def _paths(asked: Asked, seed: int) -> np.ndarray:
    return strength_by_item(asked.graph, _known_person(asked, "paths"), asked.item, asked.history)


def _deletion(asked: Asked, seed: int) -> np.ndarray:
    return deletion(asked.recommender, asked.query, asked.item, tell=asked.tell).effect


def _mask(method: str) -> Callable[[Asked, int], np.ndarray]:
    return lambda asked, seed: on_history(asked, mask(asked, method, seed))[0]


_ALL = (
    Method(
        "because",
        "Because",
        "The score split exactly over the messages that each item of the history sends.",
        frozenset({DECOMPOSES}),
        _because,
        additive=True,
    ),
    Method(
        "attention",
        "Attention",
        "How much of the person's vector comes in by each item of the history, whatever is recommended.",
        frozenset({ATTENTION}),
        _attention,
    ),
    Method(
        GNN_EXPLAINER,
        "GNNExplainer",
        "How much of each message it takes to keep the score: a mask learned from the model's answers.",
        frozenset({DIFFERENTIABLE}),
        _mask(GNN_EXPLAINER),
        draws=True,
    ),
    Method(
        INTEGRATED_GRADIENTS,
        "Integrated gradients",
        "What the messages of each item of the history add to the score while all messages are faded in.",
        frozenset({DIFFERENTIABLE}),
        _mask(INTEGRATED_GRADIENTS),
    ),
    Method(
        SALIENCY,
        "Saliency",
        "How the score answers when the messages of each item of the history become a little stronger.",
        frozenset({DIFFERENTIABLE}),
        _mask(SALIENCY),
    ),
    Method(
        "paths",
        "Paths",
        "How strongly people who share an item of the history lead to the recommended one.",
        frozenset({PROPAGATES}),
        _paths,
    ),
    Method(
        "deletion",
        "Deletion",
        "What the score loses when each item of the history is taken out and the model asked again.",
        frozenset({EDITS_GRAPH}),
        _deletion,
    ),
)
METHODS: dict[str, Method] = {one.name: one for one in _ALL}


def methods_of(recommender: Recommender) -> list[Method]:
    """The methods that can explain a recommender, in the order they are shown."""
    return [one for one in METHODS.values() if one.needs <= recommender.capabilities]


def importance(asked: Asked, method: str, seeds: Sequence[int] = (0,)) -> Importance:
    """What each item of a history counts for one item.

    Args:
        asked: Model, person and item.
        method: Name of a method.
        seeds: For methods that draw; others are computed once.

    Raises:
        ConfigError: There is no such method.
        IncompatibleError: The recommender cannot be explained that way.
        DataError: A user or item number does not exist.
    """
    if method not in METHODS:
        raise ConfigError(
            where="method of explanation",
            found=f"'{method[:40]}'",
            expected=f"one of {', '.join(METHODS)}",
            todo="Choose one of them.",
        )
    chosen = METHODS[method]
    lacking = sorted(chosen.needs - asked.recommender.capabilities)
    if lacking:
        able = ", ".join(one.name for one in methods_of(asked.recommender)) or "none"
        raise IncompatibleError(
            where=f"{chosen.title} for {asked.recommender.title}",
            found=f"a model without {', '.join(lacking)}",
            expected=f"a model with it; this one can be explained by: {able}",
            todo="Choose another method, or another model.",
        )
    drawn = seeds if chosen.draws else seeds[:1]
    by_seed = np.stack(
        [
            np.asarray(chosen.values(_telling(asked, place, len(drawn)), seed), dtype=np.float64)
            for place, seed in enumerate(drawn)
        ]
    )
    return Importance(method, asked.history, by_seed.mean(0), by_seed)


def _telling(asked: Asked, place: int, count: int) -> Asked:
    """The same question, whose progress is told as that of all seeds together."""
    if asked.tell is None or count == 1:
        return asked
    return replace(asked, tell=lambda done, total: asked.tell(place * total + done, count * total))
