"""Groups of a trait: numbers cut at fixed quantiles, texts by their values, and a name for what is not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gnnrec.data.names import clean

# A tenth at each end, a fifth beside it and two fifths in the middle: failures live at the ends.
QUANTILES = (0.1, 0.3, 0.7, 0.9)
NOT_KNOWN = "not known"
# Which of five names are used where equal values leave fewer groups.
_NAMES_OF = {1: (2,), 2: (1, 3), 3: (1, 2, 3), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
_MOST_VALUES = 12
_LONGEST_VALUE = 40
# Numbers that are all between 1979 and 2096 as seconds since 1970 are times.
_TIMES = (3e8, 4e9)


@dataclass(frozen=True)
class Group:
    """One group of a trait.

    Attributes:
        name: What its people come with, ready for a sentence: `few films in their history`, `city Lindmoor`.
        low: Lowest value in the group, for numbers.
        high: Highest value in the group.
    """

    name: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, eq=False)
class Trait:
    """Something that is known of every person, with the group that each is in.

    Attributes:
        key: Short name for addresses: `activity`, `person.city`, `item.genres`.
        title: Name for the screen.
        groups: The groups, in their natural order; one for people of whom it is not known comes last.
        codes: Place in `groups` of each person. **Shapes**: [U].
        how: How it was computed and cut, in a sentence.
    """

    key: str
    title: str
    groups: tuple[Group, ...]
    codes: np.ndarray
    how: str

    @property
    def parts(self) -> bool:
        """Whether it parts anybody from anybody."""
        return len(self.groups) > 1


def by_quantiles(
    key: str, title: str, values: np.ndarray, names: tuple[str, ...], unknown: str, how: str
) -> Trait:
    """A trait from numbers, cut at the quantiles 0.1, 0.3, 0.7 and 0.9 of the people of whom it is known.

    A value equal to a cut belongs to the lower group, so that equal values are never parted; where they leave
    fewer than five groups, the names are chosen to fit.

    Args:
        key: Short name.
        title: Name for the screen.
        values: One number per person; NaN or infinite where it is not known.
        names: Five names, lowest first. `{low}` and `{high}` stand for the range of the group.
        unknown: Name of the group of those of whom it is not known.
        how: How the numbers were computed.

    **Shapes**: values [U].
    """
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values)
    codes = np.zeros(len(values), dtype=np.int64)
    groups: list[Group] = []
    if known.any():
        cuts = np.unique(np.quantile(values[known], QUANTILES, method="lower"))
        _, codes[known] = np.unique(np.searchsorted(cuts, values[known], side="left"), return_inverse=True)
        n = int(codes[known].max()) + 1
        write = _writer(values[known])
        for place in range(n):
            inside = values[known & (codes == place)]
            low, high = float(inside.min()), float(inside.max())
            # No str.format: the name of a column may itself hold braces.
            name = names[_NAMES_OF[n][place]].replace("{low}", write(low)).replace("{high}", write(high))
            groups.append(Group(name, low, high))
    shares = ", ".join(f"{share:.0%}" for share in QUANTILES)
    return _with_unknown(key, title, groups, codes, known, unknown, f"{how} Cut at {shares} of the people.")


def by_values(
    key: str, title: str, values: pd.Series, name: str, other: str, unknown: str, how: str
) -> Trait:
    """A trait from texts: the twelve most frequent values are groups of their own, the others are one.

    Args:
        key: Short name.
        title: Name for the screen.
        values: One text per person, missing where it is not known.
        name: Name of a group; `{value}` stands for the text.
        other: Name of the group of all rarer values.
        unknown: Name of the group of those of whom it is not known.
        how: How the texts were found.

    **Shapes**: values [U].
    """
    texts = cleaned(values)
    known = texts.notna().to_numpy()
    counts = texts[known].value_counts()
    # By number of people, then by text: the order of the file must not matter.
    ranked = sorted(counts.index, key=lambda one: (-counts[one], one))
    kept = sorted(ranked[:_MOST_VALUES] if len(ranked) > _MOST_VALUES + 1 else ranked)
    place = {value: number for number, value in enumerate(kept)}
    codes = texts.map(place).fillna(len(kept)).astype(np.int64).to_numpy()
    groups = [Group(name.replace("{value}", value)) for value in kept]
    if len(kept) < len(ranked):
        groups.append(Group(other))
        how = f"{how} The {_MOST_VALUES} most frequent values and all others."
    return _with_unknown(key, title, groups, codes, known, unknown, how)


def of_attribute(key: str, column: pd.Series, label: str, how: str) -> Trait | None:
    """A trait from a column of the person table, numbers cut and texts by value.

    Args:
        key: Short name.
        column: One value per person.
        label: What the column is called.
        how: Where it comes from.

    Returns:
        None where the column parts nobody or nearly everybody from everybody, as names and addresses do.
    """
    numbers = as_numbers(column)
    if numbers is not None:
        names = (f"{label} {{low}} to {{high}}",) * 5
        trait = by_quantiles(key, _capital(label), numbers, names, f"{label} {NOT_KNOWN}", how)
    else:
        texts = cleaned(column)
        counts = texts.value_counts()
        if counts.empty or counts.iloc[:_MOST_VALUES].sum() < texts.notna().sum() / 2 or counts.iloc[0] < 2:
            return None
        trait = by_values(
            key,
            _capital(label),
            column,
            f"{label} {{value}}",
            f"another {label}",
            f"{label} {NOT_KNOWN}",
            how,
        )
    return trait if trait.parts else None


def as_numbers(column: pd.Series) -> np.ndarray | None:
    """A column as numbers, times as seconds since 1970; None for texts, truth values and codes of a few values."""
    if pd.api.types.is_datetime64_any_dtype(column):
        # Text first: a column of times may have any unit and any time zone.
        moments = pd.to_datetime(column, utc=True)
        seconds = (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
        return seconds.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return None
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = numbers[np.isfinite(numbers)]
    return numbers if len(np.unique(known)) > _MOST_VALUES else None


def cleaned(column: pd.Series) -> pd.Series:
    """Values as short clean texts; missing where nothing is left."""
    if pd.api.types.is_float_dtype(column):
        column = column.where(np.isfinite(column.to_numpy(dtype=np.float64, na_value=np.nan)))
    texts = column.reset_index(drop=True).astype(object)
    known = texts.notna()
    made = {value: _text(value) for value in texts[known].map(_hashable).unique()}
    texts = texts.map(lambda value: made[_hashable(value)], na_action="ignore")
    return texts.where(known & (texts != ""), None)


def _with_unknown(
    key: str,
    title: str,
    groups: list[Group],
    codes: np.ndarray,
    known: np.ndarray,
    unknown: str,
    how: str,
) -> Trait:
    if not known.all():
        codes = np.where(known, codes, len(groups))
        groups = [*groups, Group(unknown)]
    codes.setflags(write=False)
    return Trait(key, title, tuple(groups), codes, how)


def _hashable(value: object) -> object:
    return value if isinstance(value, (str, int, float)) else str(value)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = clean(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1].rstrip() + "…"


def _writer(known: np.ndarray) -> Callable[[float], str]:
    """How the ends of a range are written: as days, or with as many places as tell the groups apart."""
    low, high = known.min(), known.max()
    if low >= _TIMES[0] and high <= _TIMES[1]:
        return lambda value: str(np.datetime64(int(value), "s").astype("datetime64[D]"))
    whole = bool((known == np.round(known)).all())
    places = 0 if whole or high == low else int(np.clip(1 - np.floor(np.log10(high - low)), 0, 9))
    # No thousands separators: many such numbers are years.
    return lambda value: f"{value:.{places}f}"


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
