"""Cards of a data set's items: poster, title and small line, the same on every page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Dataset
from gnnrec.figures.item_poster import item_poster, subtitle
from gnnrec.ui import loaders
from gnnrec.ui.components.cards import Card
from gnnrec.ui.person import Place
from gnnrec.ui.tasks import predicts_ratings, score_text
from gnnrec.ui.theme import mode


@st.cache_data(max_entries=20_000, show_spinner=False)
def _poster(dataset_name: str, item: int, theme: str) -> str:
    return item_poster(loaders.dataset(dataset_name), item, theme)


def card(dataset: Dataset, item: int, **shown: object) -> Card:
    """The card of an item, with what a page shows on it."""
    return Card(
        item_id=dataset.items.id(item),
        title=dataset.item_title(item),
        subtitle=subtitle(dataset, item),
        svg=_poster(dataset.name, item, mode()),
        **shown,
    )


def history_cards(
    dataset: Dataset, history: pd.DataFrame, dropped: tuple[int, ...], added: tuple[int, ...], toggle: bool
) -> list[Card]:
    """Cards of a history, newest first, what a what-if added or took out before it; train items can be unticked."""
    cards = [card(dataset, item, note="Added for this what-if", toggle=toggle) for item in added]
    first = history["item"].isin(dropped)
    for row in pd.concat([history[first], history[~first]]).itertuples():
        held_out = row.part != "train"
        cards.append(
            card(
                dataset,
                int(row.item),
                stars=None if pd.isna(row.rating) else float(row.rating),
                hit="held_out" if held_out else None,
                dropped=int(row.item) in dropped,
                toggle=toggle and not held_out,
            )
        )
    return cards


def list_cards(
    dataset: Dataset, checkpoint: Checkpoint, places: Sequence[Place], selected: int | None
) -> list[Card]:
    """Cards of a list, with rank, hits, moves, and the score a model gives as its task has it."""
    return [
        card(
            dataset,
            place.item,
            rank=place.rank,
            score=place.bar,
            score_text=score_text(checkpoint, place.score),
            hit=place.hit,
            move=place.move,
            selected=place.item == selected,
        )
        for place in places
    ]


def list_table(dataset: Dataset, checkpoint: Checkpoint, places: Sequence[Place]) -> pd.DataFrame:
    """A recommended list as a table: for keyboard, screen reader and export."""
    score = "predicted_stars" if predicts_ratings(checkpoint) else "score"
    return pd.DataFrame(
        {
            "rank": [place.rank for place in places],
            "item": [dataset.items.id(place.item) for place in places],
            "title": [dataset.item_title(place.item) for place in places],
            score: [place.score for place in places],
            "held_out": [place.hit or "" for place in places],
            "popularity_percentile": [round(place.percentile) for place in places],
        }
    )
