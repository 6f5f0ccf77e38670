"""Split protocols: named ways of holding interactions out, each with all its choices written down."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from gnnrec.data.dataset import TEST, TRAIN, VALID, Dataset
from gnnrec.data.sessions import parts_of_sessions
from gnnrec.errors import ConfigError, IncompatibleError


@dataclass(frozen=True)
class Protocol:
    """What every protocol chooses.

    Attributes:
        positives: `all` interactions, or `rating>=4`: rows below are in no part.
        min_history: People with fewer positives stay in train whole.
    """

    positives: str = "all"
    min_history: int = 0

    def parts(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        """The part (0 train, 1 valid, 2 test, -1 none) of each of `rows`."""
        raise NotImplementedError

    def session_parts(self, dataset: Dataset, rows: np.ndarray, part: np.ndarray) -> np.ndarray:
        """The part of each session, wholly in one: the latest of the interactions that it reveals.

        **Shapes**: the rows that were cut [m], the part of every row [n] → [S].
        """
        return parts_of_sessions(dataset, part)

    def __str__(self) -> str:
        """The shortest address that gives this protocol back, such as `random:seed=1`."""
        changed = [
            f"{one.name}={getattr(self, one.name)}"
            for one in dataclasses.fields(self)
            if one.name in self._always() or getattr(self, one.name) != one.default
        ]
        return PROTOCOL_NAMES[type(self)] + (":" + ",".join(changed) if changed else "")

    def _always(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Random(Protocol):
    """A random share of each person's interactions is held out.

    Held-out parts are the whole-number share of a person's interactions, at least one each as long as train
    keeps more than one (test first), so that a person with three interactions has one in each part.

    Attributes:
        seed: Which random draw. The order of rows in the file does not matter.
        train: Share of each person's interactions to learn from, in percent.
        valid: Share that settings and epochs are chosen on, in percent.
        test: Share that is read once at the end, in percent.
    """

    seed: int = 1
    train: int = 80
    valid: int = 10
    test: int = 10

    def _always(self) -> tuple[str, ...]:
        return ("seed",)

    def __post_init__(self) -> None:
        if (
            min(self.train, self.valid, self.test) < 0
            or self.train + self.valid + self.test != 100
            or not self.train
        ):
            raise ConfigError(
                where=f"split {PROTOCOL_NAMES[type(self)]}",
                found=f"shares {self.train}, {self.valid}, {self.test}",
                expected="shares of train, valid and test in percent that add up to 100, train above 0",
                todo="For example random:train=70,valid=15,test=15,seed=1.",
            )

    def parts(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        user, item = dataset.interactions.user[rows], dataset.interactions.item[rows]
        canonical = np.lexsort((item, user))
        shuffled = np.empty(len(rows))
        shuffled[canonical] = np.random.default_rng(self.seed).random(len(rows))
        return _last_of_each(user, np.lexsort((shuffled, user)), self.valid / 100, self.test / 100)


@dataclass(frozen=True)
class LeaveLastOut(Protocol):
    """Each person's last interaction is test, the one before it validation. Ties: time, then file row."""

    def parts(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        user = dataset.interactions.user[rows]
        order = np.lexsort((rows, _timestamps(dataset, self)[rows], user))
        parts = np.full(len(rows), TRAIN, dtype=np.int8)
        from_end = _places_from_end(user[order])
        counts = np.bincount(user, minlength=dataset.n_users)[user[order]]
        parts[order[(from_end == 0) & (counts >= 2)]] = TEST
        parts[order[(from_end == 1) & (counts >= 3)]] = VALID
        return parts


@dataclass(frozen=True)
class GlobalTime(Protocol):
    """One moment for everybody: the earliest interactions train, the next validate, the latest test.

    The same two moments cut the sessions, each by its last click; those without a time are in no part.

    Attributes:
        train: Share of all interactions before the first cut, in percent.
        valid: Share between the cuts, in percent.
        test: Share after the second cut, in percent.
    """

    train: int = 80
    valid: int = 10
    test: int = 10
    __post_init__ = Random.__post_init__

    def parts(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        return self._by_time(_timestamps(dataset, self)[rows], self._moments(dataset, rows))

    def session_parts(self, dataset: Dataset, rows: np.ndarray, part: np.ndarray) -> np.ndarray:
        time = dataset.clicks.time
        if time is None:
            return super().session_parts(dataset, rows, part)
        return np.where(np.isnan(time), -1, self._by_time(time, self._moments(dataset, rows))).astype(np.int8)

    def _moments(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        shares = [self.train / 100, (self.train + self.valid) / 100]
        return np.quantile(_timestamps(dataset, self)[rows], shares, method="lower")

    @staticmethod
    def _by_time(time: np.ndarray, moments: np.ndarray) -> np.ndarray:
        return np.where(time <= moments[0], TRAIN, np.where(time <= moments[1], VALID, TEST)).astype(np.int8)


@dataclass(frozen=True)
class Published(Protocol):
    """Parts that came ready-made with the data.

    Where the publisher gives no validation part, a seeded share of each person's train interactions is carved
    out to choose on; the model is then fitted again on both for the chosen number of steps. Where people are
    sessions, a share of the whole sessions is carved out.

    Attributes:
        fold: Which of the published splits.
        carve: Share of train carved out for choosing, in percent.
        seed: Draw of the carved part, and of the people learned from.
        share: Share of the people in train that are kept, in percent; rows of the others are in no part.
    """

    fold: str = "parts"
    carve: int = 10
    seed: int = 1
    share: int = 100

    def _always(self) -> tuple[str, ...]:
        return ("fold",)

    def parts(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        if self.fold not in dataset.published:
            raise IncompatibleError(
                where=f"split {self}",
                found=f"no published parts '{self.fold}' in {dataset.name}",
                expected=f"one of {', '.join(sorted(dataset.published)) or 'none: it has no published split'}",
                todo="Choose one of these, or random:seed=1.",
            )
        parts = dataset.published[self.fold][rows].copy()
        user = dataset.interactions.user[rows]
        if self.share < 100:
            parts[(parts == TRAIN) & ~self._drawn(user, parts == TRAIN, self.share)] = -1
        if not (parts == VALID).any():
            train = np.flatnonzero(parts == TRAIN)
            if dataset.people_are_sessions:
                parts[(parts == TRAIN) & self._drawn(user, parts == TRAIN, self.carve)] = VALID
                return parts
            carved = Random(seed=self.seed, train=100 - self.carve, valid=self.carve, test=0)
            parts[train] = carved.parts(dataset, rows[train])
        return parts

    def _drawn(self, user: np.ndarray, among: np.ndarray, share: int) -> np.ndarray:
        """Whether each row is of one of a seeded share of the people of some rows. **Shapes**: [n], [n] → [n]."""
        there = np.unique(user[among])
        chosen = np.random.default_rng([self.seed, share]).permutation(there)[: len(there) * share // 100]
        return np.isin(user, chosen)

    def refits(self, dataset: Dataset) -> bool:
        """Whether the final model is fitted on train and validation together."""
        return not (dataset.published[self.fold] == VALID).any()


PROTOCOLS: dict[str, type[Protocol]] = {
    "random": Random,
    "leave-last-out": LeaveLastOut,
    "global-time": GlobalTime,
    "published": Published,
}
PROTOCOL_NAMES = {protocol: name for name, protocol in PROTOCOLS.items()}


def parse_protocol(text: str) -> Protocol:
    """The protocol at an address such as `random:seed=1` or `published:fold=u1`.

    Raises:
        ConfigError: Unknown protocol or option, or a value of the wrong kind.
    """
    name, _, rest = text.partition(":")
    if name not in PROTOCOLS:
        raise ConfigError(
            where=f"split '{text[:80]}'",
            found=f"unknown protocol '{name[:40]}'",
            expected=f"one of {', '.join(PROTOCOLS)}",
            todo="For example --split random:seed=1.",
        )
    fields = {one.name: one for one in dataclasses.fields(PROTOCOLS[name])}
    options: dict[str, object] = {}
    for entry in filter(None, rest.split(",")):
        key, equals, value = entry.partition("=")
        if key == "positives":  # its own value may hold an equals sign: positives=rating>=4
            options[key] = entry[len("positives=") :]
            continue
        if not equals or key not in fields:
            raise ConfigError(
                where=f"split '{text[:80]}'",
                found=f"'{entry[:40]}'",
                expected=f"options {', '.join(fields)}, written key=value",
                todo=f"For example {PROTOCOLS[name]()}.",
            )
        kind = type(fields[key].default)
        try:
            options[key] = kind(value)
        except ValueError:
            raise ConfigError(
                where=f"split '{text[:80]}', option {key}",
                found=f"'{value[:40]}'",
                expected="a whole number",
                todo=f"For example {key}={fields[key].default}.",
            ) from None
    return PROTOCOLS[name](**options)


def _timestamps(dataset: Dataset, protocol: Protocol) -> np.ndarray:
    if dataset.interactions.timestamp is None:
        raise IncompatibleError(
            where=f"split {protocol}",
            found=f"{dataset.name} has no timestamps",
            expected="a time for each interaction",
            todo="Choose random:seed=1, or import the data with a timestamp column.",
        )
    return dataset.interactions.timestamp


def _places_from_end(sorted_users: np.ndarray) -> np.ndarray:
    """How many rows of the same person follow each row. **Shapes**: [n] → [n]."""
    n = len(sorted_users)
    last_of_group = np.flatnonzero(np.r_[sorted_users[1:] != sorted_users[:-1], True])
    group = np.searchsorted(last_of_group, np.arange(n))
    return last_of_group[group] - np.arange(n)


def _last_of_each(user: np.ndarray, order: np.ndarray, valid: float, test: float) -> np.ndarray:
    """Parts by place within each person's ordered rows: the last are test, those before them validation."""
    counts = np.bincount(user)
    n_test, n_valid = (np.floor(counts * share + 1e-9).astype(int) for share in (test, valid))
    for held, share in ((n_test, test), (n_valid, valid)):
        needs_one = (held == 0) & (share > 0) & (counts - n_test - n_valid > 1)
        held[needs_one] += 1
    sorted_user = user[order]
    from_end = _places_from_end(sorted_user)
    parts = np.full(len(user), TRAIN, dtype=np.int8)
    is_test = from_end < n_test[sorted_user]
    is_valid = ~is_test & (from_end < (n_test + n_valid)[sorted_user])
    parts[order[is_test]] = TEST
    parts[order[is_valid]] = VALID
    return parts
