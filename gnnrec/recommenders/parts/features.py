"""Features as numbers: a table of texts and numbers becomes one row of weights per item or person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from gnnrec.data import TrainingData
from gnnrec.errors import DataError

SEPARATOR = "|"
FEWEST = 3
N_BANDS = 8
# Columns that say who somebody is or when they came, not what they are like.
_NAMES = {"item": frozenset({"title", "tagline"}), "user": frozenset({"name"})}


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table as it is read.

    Attributes:
        name: Its name in the table.
        labels: What is told apart: words of a text, or bands of a number.
        cuts: Where one band of a number ends and the next begins; None for texts.
    """

    name: str
    labels: tuple[str, ...]
    cuts: np.ndarray | None = None

    @cached_property
    def _place_of(self) -> dict[str, int]:
        return {label: place for place, label in enumerate(self.labels)}

    def places(self, value: Any) -> tuple[list[int], int]:
        """Which labels a value has, and how many of its words are none of them."""
        if _missing(value):
            return [], 0
        if self.cuts is not None:
            number = pd.to_numeric(value, errors="coerce")
            return ([], 1) if not np.isfinite(number) else ([int(np.searchsorted(self.cuts, number))], 0)
        words = words_of(value)
        found = [self._place_of[word] for word in words if word in self._place_of]
        return found, len(words) - len(found)


@dataclass(frozen=True, eq=False)
class Features:
    """How one table is read, learned from the rows a model was trained on.

    A text is a set of words between bars ("Drama|Comedy"); words that fewer than three trained rows have are
    left out, and so are columns in which no word is shared. A number becomes one of eight bands with about as
    many trained rows each; what lies outside belongs to the first or last band. A missing value has no label
    at all, so that a row without any is the average row. The labels of one column share a weight of 1.

    Attributes:
        kind: `item` or `user`.
        columns: What is read.
        left_out: Columns that are not read, with the reason.
        unseen: For each column, how many words or numbers of the table are none of the labels.
    """

    kind: str
    columns: tuple[Column, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_labels(self) -> int:
        """Length of a row."""
        return sum(len(one.labels) for one in self.columns)

    @property
    def labels(self) -> list[str]:
        """Every label with its column, such as `genres: Drama`."""
        return [f"{one.name}: {label}" for one in self.columns for label in one.labels]

    def rows(self, table: pd.DataFrame | None, n: int) -> np.ndarray:
        """**Shapes**: a table of n rows → [n, F] float32."""
        out = np.zeros((n, self.n_labels), dtype=np.float32)
        start = 0
        for one in self.columns:
            for row, value in enumerate(table[one.name]):
                found, _ = one.places(value)
                if found:
                    out[row, [start + place for place in found]] = 1 / np.sqrt(len(found))
            start += len(one.labels)
        return out

    def row(self, values: Mapping[str, Any]) -> np.ndarray:
        """What is known of one item or person, such as `{"age": 31, "occupation": "writer"}`.

        A missing value or a word that no trained row has counts for nothing.

        Raises:
            DataError: A name is none of the columns.

        **Shapes**: [F].
        """
        known = {one.name for one in self.columns}
        wrong = sorted(set(values) - known)
        if wrong:
            raise DataError(
                where=f"features of {'a person' if self.kind == 'user' else 'an item'}",
                found=f"unknown feature '{wrong[0][:40]}'",
                expected=f"some of {', '.join(sorted(known))}" if known else "none: the data set has none",
                todo="Correct the name, or leave it out.",
            )
        return self.rows(pd.DataFrame([{name: values.get(name) for name in known}], dtype=object), 1)[0]

    def not_known(self, values: Mapping[str, Any]) -> list[str]:
        """Which of these values no trained row has, as `occupation: astronaut`; they count for nothing."""
        columns = {one.name: one for one in self.columns}
        return [
            f"{name}: {str(value)[:40]}"
            for name, value in values.items()
            if name in columns and columns[name].places(value)[1]
        ]


def read_features(data: TrainingData, kind: str) -> Features:
    """How the table of items or people is read, from the rows of those that were trained on.

    No interaction but those of train decides anything here. A column that holds ids of the other side is left
    out: it would tell who has what, held out or not.

    Args:
        data: What a model may see.
        kind: `item` or `user`.
    """
    dataset = data.dataset
    table, others = (
        (dataset.item_features, dataset.users) if kind == "item" else (dataset.user_features, dataset.items)
    )
    if table is None:
        return Features(kind)
    seen = np.bincount(data.item if kind == "item" else data.user, minlength=len(table)) > 0
    columns, left_out, unseen = [], {}, {}
    for name in map(str, table.columns):
        if name in _NAMES[kind]:
            left_out[name] = "a name"
        elif _names_others(table[name], others):
            left_out[name] = (
                f"it holds ids of {dataset.words.people if kind == 'item' else dataset.words.items}"
            )
        else:
            column = _column(name, table[name], seen)
            if column is None:
                left_out[name] = "its trained rows share no value"
                continue
            columns.append(column)
            unseen[name] = sum(column.places(value)[1] for value in table[name])
    return Features(kind, tuple(columns), left_out, unseen)


def words_of(value: Any) -> list[str]:
    """The words of a text, each once, in order."""
    return list(dict.fromkeys(word for part in str(value).split(SEPARATOR) if (word := part.strip())))


def _column(name: str, values: pd.Series, seen: np.ndarray) -> Column | None:
    known = values[seen & values.notna().to_numpy()]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = known.to_numpy(dtype=float)
        numbers = numbers[np.isfinite(numbers)]
        if len(np.unique(numbers)) < 2:
            return None
        cuts = np.unique(np.quantile(numbers, np.arange(1, N_BANDS) / N_BANDS))
        ends = [f"{cut:g}" for cut in cuts]
        return Column(name, (f"to {ends[0]}", *(f"from {one}" for one in ends)), cuts)
    counts: dict[str, int] = {}
    for value in known:
        for word in words_of(value):
            counts[word] = counts.get(word, 0) + 1
    labels = tuple(sorted(word for word, count in counts.items() if FEWEST <= count < len(known)))
    return Column(name, labels) if labels else None


def _names_others(values: pd.Series, others: Any) -> bool:
    """Whether a text column mostly holds ids of the other side, and more than one in some row."""
    if pd.api.types.is_numeric_dtype(values):
        return False
    rows = [words_of(value) for value in values if not _missing(value)]
    words = {word for row in rows for word in row}
    return bool(words) and max(map(len, rows)) > 1 and sum(word in others for word in words) * 2 > len(words)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) or value == ""
