"""Recommender: the contract of every model, from popularity to attention."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gnnrec.data import Dataset, TrainingData
from gnnrec.errors import ConfigError, DataError, IncompatibleError
from gnnrec.recommenders.answers import Contributions, TopK
from gnnrec.recommenders.capabilities import DECOMPOSES, READS_FEATURES, SWITCHES
from gnnrec.recommenders.config import Settings
from gnnrec.recommenders.query import (
    AFTER_CLICKS,
    AS_OF,
    FOLD_IN,
    KNOWN,
    Query,
    as_queries,
    check_query,
    edited_history,
    in_range,
)

_PEOPLE_AT_ONCE = 512


class Recommender(ABC):
    """Learns from interactions and scores every item for a person.

    A member file sets the class attributes, a `Config`, and the underscored methods, which see numbers only;
    the public methods check, translate and mask once for all.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str] = ""
    task: ClassVar[str] = "ranking"
    needs: ClassVar[frozenset[str]] = frozenset()
    personalised: ClassVar[bool] = True
    # Whether it is one of the simple models that are known to be hard to beat: leaderboards compare the others
    # with the best of these.
    simple: ClassVar[bool] = False
    # Whether it can learn here; what was made elsewhere and only opened here is in no form, search or leaderboard.
    trainable: ClassVar[bool] = True
    # Whether every node counts among its own neighbours, so that what it said itself arrives with the rest.
    hears_itself: bool = False
    # What was known before this round is no part of what it scores by: nothing made those vectors fit to be read.
    first_read_round: int = 0
    # Bytes that fitting holds for each pair of items at its peak; 0 where tables of items stay sparse.
    bytes_per_item_pair: ClassVar[int] = 0
    # What a search over settings may draw, by name of a Config field: (low, high) for an even range, whole
    # numbers where the field is one; (low, high, "log") for a range over magnitudes; a list for choices.
    # Empty where there is nothing to search. The search always tries the defaults too.
    search_space: ClassVar[dict[str, tuple | list]] = {}
    score_kind: str = "raw"

    @dataclass(frozen=True)
    class Config(Settings):
        """No settings."""

    @classmethod
    def space_under(cls, settings: Mapping[str, Any]) -> dict[str, tuple | list]:
        """What a search may draw where some settings are given: those that have an effect under them."""
        return dict(cls.search_space)

    def __init__(self, config: Any = None, **settings: Any) -> None:
        self.config = config if config is not None else self.Config.of(settings)
        self.data: TrainingData | None = None

    @property
    def capabilities(self) -> frozenset[str]:
        """What this instance can do; depends on its settings and is written into its checkpoint."""
        return frozenset()

    @classmethod
    def missing_needs(cls, dataset: Dataset) -> frozenset[str]:
        """What a data set lacks for this recommender; empty when it fits."""
        return cls.needs - dataset.provides

    # Learning and state

    def attach(self, data: TrainingData) -> None:
        """Take the train data as the graph to work on, without learning.

        Raises:
            IncompatibleError: The data set lacks what this recommender needs.
        """
        lacking = self.missing_needs(data.dataset)
        if lacking:
            raise IncompatibleError(
                where=f"{self.title} on {data.dataset.title}",
                found=f"no {', '.join(sorted(lacking))}",
                expected="a data set that provides it",
                todo="Choose another recommender or data set.",
            )
        self.data = data
        self._attached()

    def fit(self, data: TrainingData) -> Recommender:
        """Learn from train data in closed form; a second call starts afresh."""
        self.attach(data)
        self._fit(data)
        return self

    def state(self) -> dict[str, Any]:
        """What was learned, as named numpy arrays; scipy CSR matrices are allowed."""
        self._require_data()
        return self._state()

    def load_state(self, data: TrainingData, state: dict[str, Any]) -> None:
        """Take over what was learned before on the same data."""
        self.attach(data)
        self._load_state(state)

    # Answers

    def scores(
        self, queries: Iterable[Query | int], items: Sequence[int] | np.ndarray | None = None
    ) -> np.ndarray:
        """The score of each item for each query; higher is better.

        Args:
            queries: User numbers or queries.
            items: Item numbers to score; all where None.

        Raises:
            DataError: A user or item number does not exist.
            IncompatibleError: This recommender cannot answer that kind of query.

        **Shapes**: [B, I], or [B, C] for C items.
        """
        asked = as_queries(queries)
        self._check(asked, items)
        out = np.empty((len(asked), self.data.n_items), dtype=np.float32)
        for kind in {query.kind for query in asked}:
            places = [place for place, query in enumerate(asked) if query.kind == kind]
            out[places] = self._answers(kind, [asked[place] for place in places])
        return out if items is None else out[:, np.asarray(items, dtype=np.int64)]

    def _answers(self, kind: str, queries: list[Query]) -> np.ndarray:
        """**Shapes**: B queries of one kind → [B, I]."""
        if kind == KNOWN:
            return self._scores(np.array([query.user for query in queries], dtype=np.int64))
        if kind == FOLD_IN:
            return self._fold_in_many(
                [np.unique(np.asarray(query.history, dtype=np.int64)) for query in queries]
            )
        if kind == AFTER_CLICKS:
            return self._after_clicks([np.asarray(query.session, dtype=np.int64) for query in queries])
        return self._as_of(queries) if kind == AS_OF else self._edited_many(queries)

    def pair_scores(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        """The score of each pair of a user number and an item number. **Shapes**: [n], [n] → [n]."""
        users, items = np.asarray(users, dtype=np.int64), np.asarray(items, dtype=np.int64)
        self._require_data()
        in_range("user", users, self.data.n_users)
        in_range("item", items, self.data.n_items)
        return self._pair_scores(users, items)

    def recommend(
        self, queries: Iterable[Query | int], k: int = 10, exclude: Any = None, exclude_seen: bool = True
    ) -> TopK:
        """The k best items for each query.

        Args:
            queries: User numbers or queries.
            k: Length of the lists; more than there are items is fine.
            exclude: CSR matrix [U, I] of further pairs to hide (validation, for a test list).
            exclude_seen: Hide what the person's own history holds (as edited by the query).

        Raises:
            ConfigError: k is below 1.
        """
        if k < 1:
            raise ConfigError(
                where="list length k", found=str(k), expected="1 or more", todo="For example 10."
            )
        return TopK.of(self.open_scores(queries, exclude, exclude_seen), k)

    def open_scores(
        self, queries: Iterable[Query | int], exclude: Any = None, exclude_seen: bool = True
    ) -> np.ndarray:
        """Scores as in `scores`, -inf for what a list must not hold; arguments as in `recommend`.

        **Shapes**: [B, I].
        """
        asked = as_queries(queries)
        scores = self.scores(asked)
        for place, query in enumerate(asked):
            if exclude_seen:
                scores[place, self.history(query)] = -np.inf
            if exclude is not None and query.user is not None:
                scores[
                    place, exclude.indices[exclude.indptr[query.user] : exclude.indptr[query.user + 1]]
                ] = -np.inf
        return scores

    def history(self, query: Query | int) -> np.ndarray:
        """Item numbers that stand for the person of a query, its edits included. **Shapes**: [H]."""
        query = as_queries([query])[0]
        mine = self.data.history(query.user) if query.user is not None else np.empty(0, dtype=np.int64)
        return edited_history(query, mine)

    def contributions(self, query: Query | int, items: Sequence[int]) -> Contributions:
        """Scores split exactly over the person's history; for recommenders that decompose."""
        query = as_queries([query])[0]
        self._require(DECOMPOSES, "cannot split a score into shares")
        self._check([query], items)
        return self._contributions(query, np.asarray(items, dtype=np.int64))

    def sends(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """About what some items would add to the scores of others if they were in a history.

        Only the order of the sources means something, for one target or for a difference of two: it says what
        to try first. How often two items are chosen together, where a recommender knows nothing better.

        **Shapes**: item numbers [S], [T] → [S, T].
        """
        self._require_data()
        return self._sends(np.asarray(sources, dtype=np.int64), np.asarray(targets, dtype=np.int64))

    def attention(self) -> np.ndarray:
        """Attention of every directed edge of the train graph, in the order of `Graph.edge_index()`.

        **Shapes**: [L, heads, E]; for each target node, layer and head the weights of arriving edges sum to 1.
        """
        raise self._cannot("has no attention")

    def raw_attention(self, edges: np.ndarray) -> np.ndarray:
        """What attention is made of: the score of each of some edges before the softmax over its target's edges.

        **Shapes**: columns of `Graph.edge_index()` [n] → [L, heads, n].
        """
        raise self._cannot("has no attention")

    def kept(self) -> np.ndarray:
        """Share of its own vector that each node keeps inside a layer, beside what it listens to.

        Zeros for models in which a layer holds only what arrives. **Shapes**: [L, N].
        """
        n_layers = self.attention().shape[0]
        return np.zeros((n_layers, self.data.n_users + self.data.n_items), dtype=np.float32)

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        """Vectors of people and items as used for scoring. **Shapes**: [U, D], [I, D]."""
        raise self._cannot("has no vectors")

    def differentiable(self) -> Any:
        """This model as a function of the messages along edges, a `message_model.MessageModel`; a frozen copy."""
        raise self._cannot("is no smooth function of the edges")

    def layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The vectors it would score by had messages stopped after 0, 1, … L rounds; the last are `embeddings`.

        How layers become one vector is the model's own rule: their mean, side by side, or the last alone.

        **Shapes**: L + 1 times ([U, D], [I, D]); D may grow with the rounds.
        """
        raise self._cannot("does not keep its layers apart")

    @property
    def side_relations(self) -> tuple[str, ...]:
        """Names of the relations it hears beside who chose what, as `graph.surroundings` calls them.

        Empty where there are none, or where their weight is 0.
        """
        return ()

    def without(self, relations: Collection[str]) -> Self:
        """This model with some of its side relations switched off: nothing is learned again.

        Raises:
            IncompatibleError: It hears nothing beside who chose what.
            DataError: It does not hear one of them.
        """
        self._require(SWITCHES, "hears nothing that can be switched off")
        unknown = sorted(set(relations) - set(self.side_relations))
        if unknown:
            raise DataError(
                where=f"{self.title}, relations to switch off",
                found=", ".join(unknown),
                expected=f"some of {', '.join(self.side_relations)}",
                todo="Leave out those that it does not hear.",
            )
        return self._without(frozenset(relations))

    # What a member writes

    def _attached(self) -> None:
        """Prepare views of `self.data`; called before learning and before loading."""

    def _fit(self, data: TrainingData) -> None:
        raise NotImplementedError

    @abstractmethod
    def _state(self) -> dict[str, Any]: ...

    @abstractmethod
    def _load_state(self, state: dict[str, Any]) -> None: ...

    @abstractmethod
    def _scores(self, users: np.ndarray) -> np.ndarray:
        """**Shapes**: [B] → [B, I]."""

    def _pair_scores(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        out = np.empty(len(users), dtype=np.float32)
        order = np.argsort(users, kind="stable")
        asked, place = np.unique(users[order], return_inverse=True)
        for first in range(0, len(asked), _PEOPLE_AT_ONCE):
            mine = slice(*np.searchsorted(place, [first, first + _PEOPLE_AT_ONCE]))
            scores = self._scores(asked[first : first + _PEOPLE_AT_ONCE])
            out[order[mine]] = scores[place[mine] - first, items[order[mine]]]
        return out

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        """**Shapes**: [H] → [I]."""
        raise self._cannot("cannot answer for a person it never saw")

    def _edited(self, query: Query) -> np.ndarray:
        """Scores with the edges of the query. **Shapes**: [I]."""
        raise self._cannot("cannot show a change of edges without retraining")

    def _after_clicks(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        """Scores after the clicks of B sessions, oldest first, none empty. **Shapes**: B sessions → [B, I]."""
        raise self._cannot("does not say what comes next after some clicks")

    def _as_of(self, queries: Sequence[Query]) -> np.ndarray:
        """Scores of known people at the moments of their queries. **Shapes**: B queries → [B, I]."""
        raise self._cannot("does not know what it would have said on an earlier day")

    def _without(self, relations: frozenset[str]) -> Self:
        raise NotImplementedError

    # A member that answers many edits together faster than one by one overrides these

    @property
    def edit_work(self) -> float | None:
        """About how many multiplications one more edit costs among many asked together.

        None where each is answered on its own, as if nobody else had asked.
        """
        return None

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        """**Shapes**: B histories → [B, I]."""
        return np.stack([self._fold_in(history) for history in histories])

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        """**Shapes**: B graph edits → [B, I]."""
        return np.stack([self._edited(query) for query in queries])

    def _sends(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        people = np.maximum(np.bincount(self.data.item, minlength=self.data.n_items), 1)
        together = (self.data.matrix.T @ self.data.matrix[:, targets].toarray())[sources]
        return together / np.sqrt(people[sources, None] * people[targets])

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        raise NotImplementedError

    # Checks

    def _require_data(self) -> None:
        if self.data is None:
            raise IncompatibleError(
                where=self.title,
                found="a recommender that was not fitted",
                expected="a fitted one",
                todo="Call gnnrec.fit, or open a checkpoint.",
            )

    def _require(self, capability: str, otherwise: str) -> None:
        if capability not in self.capabilities:
            raise self._cannot(otherwise)

    def _cannot(self, what: str) -> IncompatibleError:
        return IncompatibleError(
            where=self.title,
            found=f"it {what}",
            expected="a recommender with that capability",
            todo="Choose another model; the Models page lists what each can do.",
        )

    def _check(self, queries: list[Query], items: Sequence[int] | np.ndarray | None) -> None:
        self._require_data()
        for query in queries:
            check_query(query, self.data.n_users, self.data.n_items)
            if query.features is not None:
                self._require(READS_FEATURES, "reads no features of people")
        if items is not None:
            in_range("item", items, self.data.n_items)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.config.as_dict()})"
