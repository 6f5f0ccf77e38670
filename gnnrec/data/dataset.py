"""Dataset: everything known about people, items and what passed between them; frozen and validated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from gnnrec.data import fingerprint
from gnnrec.data.interactions import Interactions
from gnnrec.data.names import MOST_LETTERS, clean
from gnnrec.data.sessions import Sessions
from gnnrec.data.vocabulary import Vocabulary
from gnnrec.data.words import Licence, Words
from gnnrec.errors import DataError

TRAIN, VALID, TEST = 0, 1, 2
PARTS = ("item_features", "user_features", "social", "knowledge", "sessions", "context")


@dataclass(frozen=True, eq=False)
class Dataset:
    """People, items and their interactions, with what else the source provides.

    Attributes:
        name: Short name, also its address in links (`demo`, `movielens-100k`).
        title: Name for the screen.
        users: Ids and numbers of people, those without interactions included.
        items: Ids and numbers of items, those without interactions included.
        interactions: Rows of (user, item, rating, timestamp).
        item_features: One row per item number: `title`, `year`, `genres` ("Drama|Comedy") and free columns.
        user_features: One row per user number: `name` and free columns.
        social: Pairs of user numbers, `user` and `friend`.
        knowledge: Facts about items: `item` (number), `relation`, `entity` (texts).
        sessions: `session`, `user`, `position`, `item`, `timestamp`.
        published: Ready-made splits: fold name → part of each row (0 train, 1 valid, 2 test, -1 none).
        licence: Terms of use.
        citation: How to cite the source.
        words: Names used in sentences.
    """

    name: str
    title: str
    users: Vocabulary
    items: Vocabulary
    interactions: Interactions
    item_features: pd.DataFrame | None = None
    user_features: pd.DataFrame | None = None
    social: pd.DataFrame | None = None
    knowledge: pd.DataFrame | None = None
    sessions: pd.DataFrame | None = None
    published: Mapping[str, np.ndarray] = field(default_factory=dict)
    licence: Licence = Licence()
    citation: str = ""
    words: Words = Words()

    def __post_init__(self) -> None:
        rows = self.interactions
        for array, vocabulary in ((rows.user, self.users), (rows.item, self.items)):
            if len(array) and (array.min() < 0 or array.max() >= len(vocabulary)):
                raise DataError(
                    where=f"{self.name}, interactions",
                    found=f"a {vocabulary.kind} number outside 0..{len(vocabulary) - 1}",
                    expected="numbers from the vocabulary",
                    todo="Build the data set with Dataset.from_frame, which numbers ids itself.",
                )
        if not len(rows):
            raise DataError(
                where=f"{self.name}, interactions",
                found="no rows",
                expected="at least one",
                todo="Check that the file is not empty.",
            )
        pairs = rows.user.astype(np.int64) * len(self.items) + rows.item
        if len(np.unique(pairs)) != len(pairs):
            raise DataError(
                where=f"{self.name}, interactions",
                found=f"{len(pairs) - len(np.unique(pairs)):,} repeated pairs of user and item",
                expected="each pair once",
                todo='Pass duplicates="last" to Dataset.from_frame to keep the latest of each.',
            )
        for table, vocabulary in ((self.item_features, self.items), (self.user_features, self.users)):
            if table is not None and len(table) != len(vocabulary):
                raise DataError(
                    where=f"{self.name}, {vocabulary.kind} features",
                    found=f"{len(table):,} rows",
                    expected=f"{len(vocabulary):,}, one per {vocabulary.kind}",
                    todo="Build the data set with Dataset.from_frame, which aligns them.",
                )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        name: str = "table",
        title: str | None = None,
        items: pd.DataFrame | None = None,
        users: pd.DataFrame | None = None,
        social: pd.DataFrame | None = None,
        knowledge: pd.DataFrame | None = None,
        sessions: pd.DataFrame | None = None,
        published: Mapping[str, np.ndarray] | None = None,
        duplicates: str = "error",
        licence: Licence = Licence(),
        citation: str = "",
        words: Words = Words(),
    ) -> Dataset:
        """A data set from plain tables.

        Args:
            frame: `user_id`, `item_id` and optionally `interaction` or `rating`, `timestamp` (unix seconds) and
                context columns. `interaction` becomes the rating where its values differ; all equal means
                that it happened.
            name: Short name.
            title: Name for the screen; the short name where absent.
            items: `item_id` and what is known of each item.
            users: `user_id` and what is known of each person.
            social: `user_id`, `friend_id`.
            knowledge: `item_id`, `relation`, `entity`.
            sessions: `session_id`, `user_id`, `position`, `item_id`, `timestamp`.
            published: Fold name → part of each row of `frame`.
            duplicates: "error", or "last" to keep the latest (by time, then file row) of each repeated pair.
            licence: Terms of use.
            citation: How to cite.
            words: Names used in sentences.

        Raises:
            DataError: A column is missing, ids are empty, numbers are not numbers, or pairs repeat.
        """
        where = f"{name}, interactions"
        missing = [column for column in ("user_id", "item_id") if column not in frame.columns]
        if missing:
            raise DataError(
                where=where,
                found=f"no column {' or '.join(repr(one) for one in missing)} (found: {', '.join(map(str, frame.columns))})",
                expected="columns user_id and item_id",
                todo="Rename the columns, or map them on import.",
            )
        frame = frame.reset_index(drop=True)
        for column in ("user_id", "item_id"):
            empty = frame[column].isna() | (frame[column].astype(str) == "")
            if empty.any():
                raise DataError(
                    where=where,
                    found=f"{int(empty.sum()):,} rows without {column}, first in row {int(empty.idxmax()) + 1}",
                    expected="an id in every row",
                    todo="Fill or drop those rows.",
                )
        user_ids, item_ids = (frame[column].astype(str).astype(object) for column in ("user_id", "item_id"))
        parts = {fold: np.asarray(part, dtype=np.int8) for fold, part in (published or {}).items()}
        kept = _latest_of_pairs(frame, user_ids, item_ids) if duplicates == "last" else np.arange(len(frame))
        all_users = set(user_ids.unique()) | (
            set(users["user_id"].astype(str)) if users is not None else set()
        )
        all_items = set(item_ids.unique()) | (
            set(items["item_id"].astype(str)) if items is not None else set()
        )
        if social is not None:
            all_users |= set(social["user_id"].astype(str)) | set(social["friend_id"].astype(str))
        user_vocabulary, item_vocabulary = Vocabulary(all_users, "user"), Vocabulary(all_items, "item")
        rating = _numbers(frame, "rating", where)
        if rating is None and "interaction" in frame.columns:
            value = _numbers(frame, "interaction", where)
            rating = value if len(np.unique(value)) > 1 else None
        known = {"user_id", "item_id", "rating", "interaction", "timestamp"}
        context = frame[[column for column in frame.columns if column not in known]]
        timestamp = _numbers(frame, "timestamp", where)
        return cls(
            name=name,
            title=title or name,
            users=user_vocabulary,
            items=item_vocabulary,
            interactions=Interactions(
                user=user_vocabulary.numbers(user_ids)[kept],
                item=item_vocabulary.numbers(item_ids)[kept],
                rating=None if rating is None else rating[kept],
                timestamp=None if timestamp is None else timestamp[kept],
                context=context.iloc[kept].reset_index(drop=True) if len(context.columns) else None,
            ),
            item_features=_aligned(items, "item_id", item_vocabulary, name),
            user_features=_aligned(users, "user_id", user_vocabulary, name),
            social=None
            if social is None
            else pd.DataFrame(
                {
                    "user": user_vocabulary.numbers(social["user_id"]),
                    "friend": user_vocabulary.numbers(social["friend_id"]),
                }
            ),
            knowledge=_numbered(knowledge, {"item_id": ("item", item_vocabulary)}),
            sessions=_numbered(
                None if sessions is None else sessions.rename(columns={"session_id": "session"}),
                {"item_id": ("item", item_vocabulary), "user_id": ("user", user_vocabulary)},
            ),
            published={fold: part[kept] for fold, part in parts.items()},
            licence=licence,
            citation=citation,
            words=words,
        )

    @property
    def n_users(self) -> int:
        """Number of people."""
        return len(self.users)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.items)

    @cached_property
    def clicks(self) -> Sessions:
        """The sessions as clicks in order; none where the source has no sessions."""
        empty = pd.DataFrame({"session": [], "user": [], "item": []})
        return Sessions.of(empty if self.sessions is None else self.sessions)

    @cached_property
    def people_are_sessions(self) -> bool:
        """Whether the source knows no people, so that each session stands for a person of its own."""
        return (
            0 < len(self.clicks) == len(np.unique(self.clicks.user)) == len(np.unique(self.interactions.user))
        )

    @cached_property
    def provides(self) -> frozenset[str]:
        """What recommenders can ask for: ratings, timestamps, item_features, social, …"""
        rows = self.interactions
        there = {
            "ratings": rows.rating is not None,
            "timestamps": rows.timestamp is not None,
            "context": rows.context is not None,
            "item_features": self.item_features is not None,
            "user_features": self.user_features is not None,
            "social": self.social is not None,
            "knowledge": self.knowledge is not None,
            "sessions": self.sessions is not None,
        }
        return frozenset(name for name, present in there.items() if present)

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """One sha256 per part, so that a corrected title does not orphan a checkpoint."""
        return {part: self.fingerprint(part) for part in ("interactions", *PARTS) if self._has(part)}

    def fingerprint(self, part: str) -> str | None:
        """sha256 of one part, or None where the data set has none; computed when first asked for."""
        if part not in self._prints:
            self._prints[part] = self._fingerprint(part) if self._has(part) else None
        return self._prints[part]

    @cached_property
    def _prints(self) -> dict[str, str | None]:
        return {}

    def _has(self, part: str) -> bool:
        return part == "interactions" or (part in PARTS and part in self.provides)

    def _fingerprint(self, part: str) -> str:
        if part == "interactions":
            return fingerprint.of_texts([self.users.hash, self.items.hash, self.interactions.fingerprint])
        return fingerprint.of_frame(self.interactions.context if part == "context" else getattr(self, part))

    def item_title(self, number: int) -> str:
        """Title of an item for the screen; its id where the source has no titles."""
        return str(self.item_titles[number])

    def user_name(self, number: int) -> str:
        """Name of a person for the screen, such as `Person 196`."""
        return str(self.user_names[number])

    @cached_property
    def item_titles(self) -> np.ndarray:
        """Titles by item number; `Item 42` where the source has none."""
        return self._names(self.item_features, "title", self.items, self.words.item)

    @cached_property
    def user_names(self) -> np.ndarray:
        """Names by user number; `Person 196` where the source has none."""
        return self._names(self.user_features, "name", self.users, self.words.person)

    @staticmethod
    def _names(table: pd.DataFrame | None, column: str, vocabulary: Vocabulary, word: str) -> np.ndarray:
        fallback = np.array([f"{word.capitalize()} {one}" for one in vocabulary.ids], dtype=object)
        if table is None or column not in table.columns:
            return fallback
        names = np.array(
            ["" if pd.isna(one) else clean(one)[:MOST_LETTERS] for one in table[column]], dtype=object
        )
        return np.where(names == "", fallback, names)


def _latest_of_pairs(frame: pd.DataFrame, user_ids: pd.Series, item_ids: pd.Series) -> np.ndarray:
    keys = pd.DataFrame({"user": user_ids, "item": item_ids, "row": np.arange(len(frame))})
    keys["time"] = pd.to_numeric(frame["timestamp"], errors="coerce") if "timestamp" in frame.columns else 0
    latest = keys.sort_values(["time", "row"], kind="stable").drop_duplicates(["user", "item"], keep="last")
    return np.sort(latest["row"].to_numpy())


def _numbers(frame: pd.DataFrame, column: str, where: str) -> np.ndarray | None:
    if column not in frame.columns:
        return None
    values = pd.to_numeric(frame[column], errors="coerce")
    bad = values.isna()
    if bad.any():
        row = int(bad.idxmax())
        raise DataError(
            where=f"{where}, column {column}",
            found=f"{str(frame[column].iloc[row])[:40]!r} in row {row + 1}"
            + (f" and {int(bad.sum()) - 1:,} more" if bad.sum() > 1 else ""),
            expected="a number in every row",
            todo=f"Correct or drop those rows, or leave the column {column} out.",
        )
    return values.to_numpy()


def _aligned(table: pd.DataFrame | None, key: str, vocabulary: Vocabulary, name: str) -> pd.DataFrame | None:
    """The table with one row per number, columns unchanged, missing rows empty."""
    if table is None:
        return None
    ids = table[key].astype(str)
    if ids.duplicated().any():
        raise DataError(
            where=f"{name}, {vocabulary.kind} features",
            found=f"id {ids[ids.duplicated()].iloc[0]!r} more than once",
            expected="one row per id",
            todo="Remove the repeated rows.",
        )
    indexed = table.assign(**{key: ids}).set_index(key)
    return indexed.reindex(vocabulary.ids).reset_index(drop=True)


def _numbered(table: pd.DataFrame | None, columns: dict[str, tuple[str, Vocabulary]]) -> pd.DataFrame | None:
    if table is None:
        return None
    table = table.reset_index(drop=True)
    for column, (renamed, vocabulary) in columns.items():
        table = table.assign(**{column: vocabulary.numbers(table[column])}).rename(columns={column: renamed})
    return table
