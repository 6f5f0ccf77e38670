"""What is in a data set: its size, how full it is, what is missing, what repeats, how long its tail is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from gnnrec.data import Dataset
from gnnrec.datasets.knowledge_report import KnowledgeReport, knowledge_findings, knowledge_report
from gnnrec.datasets.social_report import SocialReport, social_findings, social_report

LEVELS = (0, 25, 50, 75, 100)
MOST_RATING_VALUES = 40
FEW = 5
LONG_TAIL = 0.4
SHORT_PERIOD_DAYS = 92


@dataclass(frozen=True, eq=False)
class QualityReport:
    """Figures of a data set, and what to know before trusting a model trained on it.

    Attributes:
        n_users: People.
        n_items: Items.
        n_interactions: Interactions, each pair of person and item once.
        density: Share of all pairs that are there.
        per_user: Interactions of each person. **Shapes**: [U].
        per_item: Interactions of each item. **Shapes**: [I].
        users_without: People without any interaction.
        items_without: Items without any interaction.
        tail_items: Share of the items that together hold 80 % of the interactions.
        ratings: Rating → how many, ascending; None without ratings.
        mean_rating: Mean of the ratings.
        first: Earliest time, None without times.
        last: Latest time.
        missing: (table, column) → share of empty rows, ascending; columns without gaps are left out.
        repeated_titles: Items that share title and year with another.
        duplicates: Repeated pairs that the import left out; 0 where the source has none.
        rating_per_user: Mean rating of each person who rated, None without ratings.
        rating_per_item: Mean rating of each item that was rated, None without ratings.
        activity: Interactions per month, or per day where all lie within three months; index of periods,
            None without times.
        social: Figures of the friendships, None without any table of them.
        knowledge: Figures of the facts about items, likewise.
    """

    n_users: int
    n_items: int
    n_interactions: int
    density: float
    per_user: np.ndarray
    per_item: np.ndarray
    users_without: int
    items_without: int
    tail_items: float
    ratings: dict[float, int] | None
    mean_rating: float | None
    first: datetime | None
    last: datetime | None
    missing: dict[tuple[str, str], float]
    repeated_titles: int
    duplicates: int = 0
    rating_per_user: np.ndarray | None = None
    rating_per_item: np.ndarray | None = None
    activity: pd.Series | None = None
    social: SocialReport | None = None
    knowledge: KnowledgeReport | None = None

    def quantiles(self, per: str) -> dict[str, float]:
        """Least, quartiles and most interactions per `user` or `item`."""
        values = np.percentile(self.per_user if per == "user" else self.per_item, LEVELS)
        return dict(zip(("min", "q25", "median", "q75", "max"), map(float, values), strict=True))

    @property
    def as_dict(self) -> dict:
        """Plain values for a JSON line; without the counts of single people and items."""
        return {
            "density": self.density,
            "per_user": self.quantiles("user"),
            "per_item": self.quantiles("item"),
            "users_without": self.users_without,
            "items_without": self.items_without,
            "tail_items": self.tail_items,
            "ratings": None
            if self.ratings is None
            else {f"{value:g}": n for value, n in self.ratings.items()},
            "mean_rating": self.mean_rating,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "missing": {f"{table}.{column}": share for (table, column), share in self.missing.items()},
            "repeated_titles": self.repeated_titles,
            "duplicates": self.duplicates,
            "social": self.social.as_dict if self.social else None,
            "knowledge": self.knowledge.as_dict if self.knowledge else None,
        }


def quality(dataset: Dataset, duplicates: int = 0) -> QualityReport:
    """Count and measure a data set.

    Args:
        dataset: What to look at.
        duplicates: Repeated pairs that were left out when it was imported.
    """
    rows = dataset.interactions
    per_user = np.bincount(rows.user, minlength=dataset.n_users)
    per_item = np.bincount(rows.item, minlength=dataset.n_items)
    times = rows.timestamp
    return QualityReport(
        n_users=dataset.n_users,
        n_items=dataset.n_items,
        n_interactions=len(rows),
        density=len(rows) / (dataset.n_users * dataset.n_items),
        per_user=per_user,
        per_item=per_item,
        users_without=int((per_user == 0).sum()),
        items_without=int((per_item == 0).sum()),
        tail_items=_share_holding(per_item, 0.8),
        ratings=None if rows.rating is None else _rating_counts(rows.rating),
        mean_rating=None if rows.rating is None else float(rows.rating.mean(dtype=np.float64)),
        first=None if times is None else _moment(times.min()),
        last=None if times is None else _moment(times.max()),
        missing=_missing(dataset),
        repeated_titles=_repeated_titles(dataset),
        duplicates=duplicates,
        rating_per_user=_means(rows.rating, rows.user, per_user),
        rating_per_item=_means(rows.rating, rows.item, per_item),
        activity=_activity(times),
        social=social_report(dataset),
        knowledge=knowledge_report(dataset),
    )


def findings(report: QualityReport, dataset: Dataset) -> list[str]:
    """What somebody should know about the data, in sentences; most important first."""
    words, said = dataset.words, []
    if report.items_without:
        said.append(
            f"{words.count_items(report.items_without)} without any interaction: only a model that reads "
            "features can recommend them."
        )
    if report.users_without:
        said.append(
            f"{words.count_people(report.users_without)} without any interaction: a model without features "
            "knows nothing about them."
        )
    few = int(((report.per_user > 0) & (report.per_user < FEW)).sum())
    if few:
        said.append(f"{words.count_people(few)} with fewer than {FEW} interactions: figures are uncertain.")
    if report.tail_items < LONG_TAIL:
        said.append(
            f"{_percent(report.tail_items)} of the {words.items} hold 80 % of all interactions: popularity "
            "alone is a strong rival here."
        )
    if report.repeated_titles:
        said.append(f"{words.count_items(report.repeated_titles)} share title and year with another one.")
    for table, column in (("items", "title"), ("items", "year"), ("items", "genres"), ("users", "name")):
        share = report.missing.get((table, column))
        if share is not None:
            said.append(f"{_percent(share)} of the {getattr(words, table, words.people)} have no {column}.")
    if report.duplicates:
        said.append(
            f"{report.duplicates:,} repeated pairs were left out on import; the latest of each was kept."
        )
    said += social_findings(report.social, dataset) if report.social else []
    return said + (knowledge_findings(report.knowledge, dataset) if report.knowledge else [])


def _percent(share: float) -> str:
    return "Less than 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def _share_holding(counts: np.ndarray, share: float) -> float:
    """The smallest share of items that together hold the given share of all interactions."""
    ordered = np.sort(counts)[::-1].cumsum()
    return float((np.searchsorted(ordered, share * ordered[-1]) + 1) / len(counts))


def _means(rating: np.ndarray | None, numbers: np.ndarray, counts: np.ndarray) -> np.ndarray | None:
    """Mean rating of everybody, or of every item, that has one. **Shapes**: [n] → [those with a rating]."""
    if rating is None:
        return None
    sums = np.bincount(numbers, weights=rating, minlength=len(counts))
    return sums[counts > 0] / counts[counts > 0]


def _activity(times: np.ndarray | None) -> pd.Series | None:
    if times is None or _moment(times.min()) is None or _moment(times.max()) is None:
        return None
    moments = pd.to_datetime(times, unit="s")
    short = moments.max() - moments.min() < pd.Timedelta(days=SHORT_PERIOD_DAYS)
    counts = pd.Series(moments.to_period("D" if short else "M")).value_counts().sort_index()
    return counts.reindex(pd.period_range(counts.index[0], counts.index[-1]), fill_value=0)


def _rating_counts(rating: np.ndarray) -> dict[float, int]:
    values, counts = np.unique(rating, return_counts=True)
    if len(values) > MOST_RATING_VALUES:
        # Listening counts and other open scales: classes instead of single values.
        counts, edges = np.histogram(rating, bins=20)
        values = edges[:-1]
    return {float(value): int(count) for value, count in zip(values, counts, strict=True)}


def _moment(seconds: np.integer) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _missing(dataset: Dataset) -> dict[tuple[str, str], float]:
    shares = {}
    for table, frame in (("items", dataset.item_features), ("users", dataset.user_features)):
        if frame is None:
            continue
        for column in frame.columns:
            empty = frame[column].isna() | (frame[column].astype("object").map(str) == "")
            if empty.any():
                shares[table, str(column)] = float(empty.mean())
    return dict(sorted(shares.items(), key=lambda entry: entry[1]))


def _repeated_titles(dataset: Dataset) -> int:
    if dataset.item_features is None or "title" not in dataset.item_features.columns:
        return 0
    table = dataset.item_features
    named = table[table["title"].notna() & (table["title"] != "")]
    same = ["title", "year"] if "year" in table.columns else ["title"]
    return int(named.duplicated(same, keep=False).sum())
