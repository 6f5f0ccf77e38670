"""Split: which interactions are learned from, chosen on, and read once at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data import fingerprint
from gnnrec.data.dataset import TEST, TRAIN, VALID, Dataset
from gnnrec.data.protocol import GlobalTime, Protocol, Published, Random, parse_protocol
from gnnrec.data.sessions import Sessions, parts_of_sessions
from gnnrec.errors import ConfigError, IncompatibleError

PARTS = {"train": TRAIN, "valid": VALID, "test": TEST}


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a model may see: the vocabulary, the features and the train interactions, nothing else.

    Attributes:
        dataset: Where ids, titles and features come from. Its interactions hold held-out rows too: models
            read `user`, `item`, `rating` and `timestamp` here instead.
        rows: Rows of `dataset.interactions` to learn from, in file order.
        session_numbers: Sessions of `dataset.clicks` to learn from; those that reveal nothing but `rows` where None.
    """

    dataset: Dataset
    rows: np.ndarray
    session_numbers: np.ndarray | None = None

    @property
    def n_users(self) -> int:
        """Number of people."""
        return self.dataset.n_users

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.dataset.n_items

    @cached_property
    def user(self) -> np.ndarray:
        """User number of each train row. **Shapes**: [n]."""
        return self.dataset.interactions.user[self.rows]

    @cached_property
    def item(self) -> np.ndarray:
        """Item number of each train row. **Shapes**: [n]."""
        return self.dataset.interactions.item[self.rows]

    @cached_property
    def rating(self) -> np.ndarray | None:
        """Rating of each train row. **Shapes**: [n]."""
        rating = self.dataset.interactions.rating
        return None if rating is None else rating[self.rows]

    @cached_property
    def timestamp(self) -> np.ndarray | None:
        """Unix seconds of each train row. **Shapes**: [n]."""
        timestamp = self.dataset.interactions.timestamp
        return None if timestamp is None else timestamp[self.rows]

    @cached_property
    def matrix(self) -> sparse.csr_matrix:
        """1 where the person has the item in train. **Shapes**: [U, I], float32 CSR with sorted columns."""
        ones = np.ones(len(self.rows), dtype=np.float32)
        matrix = sparse.csr_matrix((ones, (self.user, self.item)), shape=(self.n_users, self.n_items))
        matrix.sort_indices()
        return matrix

    @cached_property
    def sessions(self) -> Sessions:
        """The sessions to learn from, whole ones alone."""
        numbers = sessions_within(self) if self.session_numbers is None else self.session_numbers
        return self.dataset.clicks.take(numbers)

    def history(self, user: int) -> np.ndarray:
        """Item numbers of one person in train, ascending."""
        return self.matrix.indices[self.matrix.indptr[user] : self.matrix.indptr[user + 1]]


@dataclass(frozen=True, eq=False)
class Split:
    """A data set cut by a protocol.

    Masking is part of the contract: **validation masks train; test masks train and validation**.

    Attributes:
        dataset: The data set that was cut.
        protocol: How.
        part: Part of each interaction row: 0 train, 1 valid, 2 test, -1 none.
    """

    dataset: Dataset
    protocol: Protocol
    part: np.ndarray

    @cached_property
    def hash(self) -> str:
        """sha256 over protocol, interactions and every row's part; two results compare only if it is equal."""
        rows = self.dataset.interactions
        order = np.lexsort((rows.item, rows.user))
        return fingerprint.of_texts(
            [
                str(self.protocol),
                self.dataset.fingerprint("interactions"),
                fingerprint.of_arrays(self.part[order]),
            ]
        )

    @property
    def refits(self) -> bool:
        """Whether validation was carved from a published train part, so that the final fit uses both."""
        return isinstance(self.protocol, Published) and self.protocol.refits(self.dataset)

    def rows(self, *parts: str) -> np.ndarray:
        """Interaction rows in the named parts, in file order."""
        return np.flatnonzero(np.isin(self.part, [PARTS[part] for part in parts]))

    @cached_property
    def _trainings(self) -> dict[tuple[str, ...], TrainingData]:
        return {}

    def training(self, *parts: str) -> TrainingData:
        """What a model may see; train alone unless parts are named."""
        # Kept, because histories are asked for at every click and need the whole matrix.
        parts = parts or ("train",)
        if parts not in self._trainings:
            self._trainings[parts] = self._training(parts)
        return self._trainings[parts]

    def _training(self, parts: tuple[str, ...]) -> TrainingData:
        return TrainingData(self.dataset, self.rows(*parts), self.session_numbers(*parts))

    @cached_property
    def session_part(self) -> np.ndarray:
        """Part of each session: 0 train, 1 valid, 2 test, -1 none. **Shapes**: [S]."""
        if not len(self.dataset.clicks):
            return np.empty(0, dtype=np.int8)
        rows = _positive_rows(self.dataset, self.protocol)
        return self.protocol.session_parts(self.dataset, rows, self.part)

    def session_numbers(self, *parts: str) -> np.ndarray:
        """Sessions wholly in one of the named parts, as numbers of `dataset.clicks`."""
        return np.flatnonzero(np.isin(self.session_part, [PARTS[part] for part in parts]))

    @property
    def fitted_parts(self) -> tuple[str, ...]:
        """The parts that a finished model was fitted on."""
        return ("train", "valid") if self.refits else ("train",)

    @property
    def fitted(self) -> TrainingData:
        """What a finished model learned from: the graph it sees, and the history it knows of each person."""
        return self.training(*self.fitted_parts)

    def masked_parts(self, part: str) -> tuple[str, ...]:
        """The parts that are hidden from lists when `part` is judged."""
        return ("train",) if part == "valid" else ("train", "valid")

    def hidden_parts(self, part: str) -> tuple[str, ...]:
        """The parts that the lists of a finished model leave out: what is masked, and all it learned from."""
        return self.fitted_parts if part in self.fitted_parts else self.masked_parts(part)

    def matrix(self, *parts: str) -> sparse.csr_matrix:
        """1 where a person has the item in the named parts. **Shapes**: [U, I] float32 CSR."""
        return self.training(*parts).matrix

    def of_person(self, user: int, *parts: str) -> pd.DataFrame:
        """A person's interactions in the named parts, oldest first: `item`, `part`, `rating`, `timestamp`.

        Without times the order of the file stands for them.
        """
        rows = self.dataset.interactions
        mine = np.flatnonzero(rows.user == user)
        mine = mine[np.isin(self.part[mine], [PARTS[part] for part in parts])]
        names = {number: name for name, number in PARTS.items()}
        return pd.DataFrame(
            {
                "item": rows.item[mine],
                "part": [names[int(part)] for part in self.part[mine]],
                "rating": rows.rating[mine] if rows.rating is not None else np.full(len(mine), np.nan),
                "timestamp": rows.timestamp[mine] if rows.timestamp is not None else mine,
            }
        ).sort_values("timestamp", kind="stable", ignore_index=True)

    def __str__(self) -> str:
        return str(self.protocol)


def sessions_within(data: TrainingData) -> np.ndarray:
    """Sessions that reveal no interaction but those learned from, as numbers of `dataset.clicks`."""
    part = np.full(len(data.dataset.interactions), -1, dtype=np.int8)
    part[data.rows] = TRAIN
    return np.flatnonzero(parts_of_sessions(data.dataset, part) == TRAIN)


def default_protocol(dataset: Dataset) -> str:
    """The published or imported parts where there is exactly one such split, else `random:seed=1`.

    Sessions without people are cut by time where they have times: part of a session is nobody's history.
    """
    if len(dataset.published) == 1:
        return str(Published(fold=next(iter(dataset.published))))
    by_time = dataset.interactions.timestamp is not None and dataset.people_are_sessions
    return str(GlobalTime() if by_time else Random())


def split(dataset: Dataset, protocol: str | Protocol | None = None) -> Split:
    """Cut a data set.

    Args:
        dataset: What to cut.
        protocol: An address such as `random:seed=1`, or None for the data set's own default.

    Raises:
        ConfigError: The protocol or an option is unknown.
        IncompatibleError: The data set lacks what the protocol needs, or nothing is left to learn from.
    """
    chosen = (
        parse_protocol(protocol or default_protocol(dataset))
        if not isinstance(protocol, Protocol)
        else protocol
    )
    rows = _positive_rows(dataset, chosen)
    part = np.full(len(dataset.interactions), -1, dtype=np.int8)
    part[rows] = chosen.parts(dataset, rows)
    counts = np.bincount(dataset.interactions.user[rows], minlength=dataset.n_users)
    short = rows[counts[dataset.interactions.user[rows]] < chosen.min_history]
    part[short] = np.where(part[short] >= 0, TRAIN, part[short])
    if not (part == TRAIN).any():
        raise IncompatibleError(
            where=f"split {chosen} of {dataset.name}",
            found="no train interactions",
            expected="at least one",
            todo="Choose another protocol or a lower rating threshold.",
        )
    part.setflags(write=False)
    return Split(dataset, chosen, part)


def _positive_rows(dataset: Dataset, protocol: Protocol) -> np.ndarray:
    if protocol.positives == "all":
        return np.arange(len(dataset.interactions))
    match = re.fullmatch(r"rating>=(\d+(?:\.\d+)?)", protocol.positives)
    if not match:
        raise ConfigError(
            where=f"split {protocol}, option positives",
            found=f"'{protocol.positives[:40]}'",
            expected="all, or rating>=t",
            todo="For example positives=rating>=4.",
        )
    if dataset.interactions.rating is None:
        raise IncompatibleError(
            where=f"split {protocol}",
            found=f"{dataset.name} has no ratings",
            expected="ratings to compare",
            todo="Choose positives=all.",
        )
    return np.flatnonzero(dataset.interactions.rating >= float(match.group(1)))
