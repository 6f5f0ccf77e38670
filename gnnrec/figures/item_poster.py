"""The poster of an item as its data set has it: title, first genre and year, as far as they are known."""

from __future__ import annotations

import pandas as pd

from gnnrec.data import Dataset
from gnnrec.figures.poster import poster_svg
from gnnrec.figures.tokens import Mode


def item_poster(dataset: Dataset, item: int, mode: Mode) -> str:
    """The drawing that stands for an item everywhere, as SVG."""
    return poster_svg(
        dataset.items.id(item),
        dataset.item_title(item),
        subtitle(dataset, item),
        genres(dataset, item),
        mode,
    )


def genres(dataset: Dataset, item: int) -> str | None:
    """Genres of an item as "Drama|Comedy", or None."""
    features = dataset.item_features
    if features is None or "genres" not in features.columns or pd.isna(features["genres"].iloc[item]):
        return None
    return str(features["genres"].iloc[item])


def subtitle(dataset: Dataset, item: int) -> str:
    """The small line under a title: first genre and year, as far as known."""
    first = (genres(dataset, item) or "").split("|")[0]
    features = dataset.item_features
    year = features["year"].iloc[item] if features is not None and "year" in features.columns else None
    return " · ".join(
        part for part in (first, "" if year is None or pd.isna(year) else str(int(year))) if part
    )
