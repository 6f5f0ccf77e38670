"""What the colours of the map mean: genre, degree, the model's metric of each person, or model A less model B."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from scipy import sparse

from gnnrec.checkpoints import Checkpoint, find
from gnnrec.figures import map_colours
from gnnrec.figures.hues import first_genres
from gnnrec.ui import loaders, tasks
from gnnrec.ui.components.scatter_map import MapColours
from gnnrec.ui.context import Context

GENRE, KIND, DEGREE, METRIC, DIFFERENCE = "genre", "kind", "degree", "metric", "difference"


def choices(context: Context, checkpoint: Checkpoint) -> dict[str, str]:
    """What points can be coloured by on this data with these models, with names for the screen."""
    words, features = context.words, context.dataset.item_features
    found = {}
    if features is not None and "genres" in features.columns:
        found[GENRE] = f"Genre of {words.items}, most frequent one of {words.people}"
    found[KIND] = f"{words.people.capitalize()} and {words.items}"
    found[DEGREE] = "Degree in train"
    metric = tasks.metric_words(tasks.deciding(checkpoint).metric)
    found[METRIC] = f"{metric} of each {words.person}"
    if context.b is not None and tasks.task_of(context.a) == tasks.task_of(context.b):
        metric = tasks.metric_words(tasks.deciding(context.a).metric)
        found[DIFFERENCE] = f"{metric}: model A against model B"
    return found


def colours(context: Context, asked) -> MapColours:
    """The colours asked for, the same object while nothing changed."""
    pair = (context.a.address, context.b.address) if asked.colour == DIFFERENCE else ("", "")
    return _colours(
        context.dataset.name,
        str(context.split),
        *asked.place,
        asked.colour,
        asked.part if asked.colour in (METRIC, DIFFERENCE) else "",
        *pair,
        _asked=asked,
        _titles=(context.a.title, context.b.title if context.b else ""),
        _metric=tasks.metric_words(tasks.deciding(context.a).metric),
    )


@st.cache_resource(max_entries=12, show_spinner=False)
def _colours(
    dataset: str,
    protocol: str,
    address: str,
    method: str,
    colour: str,
    part: str,
    a: str,
    b: str,
    _asked,
    _titles: tuple[str, str],
    _metric: str,
) -> MapColours:
    data, space, checkpoint = loaders.dataset(dataset), _asked.space, _asked.checkpoint
    words, nodes = data.words, space.nodes
    if colour == GENRE:
        known = np.concatenate([people_genres(dataset, protocol), item_genres(dataset)])[nodes]
        made = map_colours.by_genre(known, "Genre", _asked.picture.xy, space.n_people, "no genre known")
    elif colour == KIND:
        names = (words.people, words.items)
        made = map_colours.by_kind(space.n_people, len(space) - space.n_people, names)
    elif colour == DEGREE:
        made = map_colours.by_number(
            degrees(dataset, protocol)[nodes].astype(float),
            "Degree in train",
            lambda value: f"{value:,.0f}",
            "",
            logarithmic=True,
        )
    else:
        users, values = judged(checkpoint, part) if colour == METRIC else differences(a, b, part)
        whole = np.full(space.n_users + space.n_items, np.nan)
        whole[users] = values
        held = "final test" if part == "test" else "validation"
        none = f"{words.items}, and {words.people} with nothing held out"
        if colour == METRIC:
            metric = tasks.metric_words(tasks.deciding(checkpoint).metric)
            made = map_colours.by_number(whole[nodes], f"{metric}, {held}", lambda one: f"{one:.2f}", none)
        else:
            made = map_colours.by_difference(
                whole[nodes],
                f"{_metric}: model A less model B, {held}",
                (f"{_titles[1]} better", f"{_titles[0]} better"),
                f"no difference; {none}",
            )
    return MapColours.of(made)


def judged(checkpoint: Checkpoint, part: str) -> tuple[np.ndarray, np.ndarray]:
    """People with something held out, and their metric."""
    found = loaders.evaluation(checkpoint.address, part)
    return found.users, found.per_user[tasks.deciding(checkpoint).metric].to_numpy()


def differences(a: str, b: str, part: str) -> tuple[np.ndarray, np.ndarray]:
    """People judged by both models, and how much better the first serves them."""
    one, other = (loaders.evaluation(address, part) for address in (a, b))
    deciding = tasks.deciding(find(a))
    users, mine, theirs = np.intersect1d(one.users, other.users, assume_unique=True, return_indices=True)
    of_a, of_b = (
        deciding.gain(found.per_user[deciding.metric].to_numpy())[rows]
        for found, rows in ((one, mine), (other, theirs))
    )
    return users, of_a - of_b


@st.cache_resource(max_entries=4, show_spinner=False)
def item_genres(dataset: str) -> np.ndarray:
    """The first genre of each item, empty where none is known. **Shapes**: [I]."""
    features = loaders.dataset(dataset).item_features
    if features is None or "genres" not in features.columns:
        return np.full(loaders.dataset(dataset).n_items, "", dtype=object)
    found = (first_genres(None if pd.isna(one) else one) for one in features["genres"])
    return np.array([one[0] if one else "" for one in found], dtype=object)


@st.cache_resource(max_entries=4, show_spinner=False)
def people_genres(dataset: str, protocol: str) -> np.ndarray:
    """The genre each person has most items of in train, by first genre; empty without any. **Shapes**: [U]."""
    of_items = item_genres(dataset)
    names, codes = np.unique(of_items.astype(str), return_inverse=True)
    kinds = sparse.csr_matrix(
        (np.ones(len(codes), dtype=np.float32), (np.arange(len(codes)), codes)), (len(codes), len(names))
    )
    counts = (loaders.split(dataset, protocol).fitted.matrix @ kinds).toarray()
    counts[:, names == ""] = 0
    most = counts.argmax(axis=1)
    return np.where(counts.max(axis=1) > 0, names[most], "").astype(object)


@st.cache_resource(max_entries=4, show_spinner=False)
def degrees(dataset: str, protocol: str) -> np.ndarray:
    """How many connections each node has in train, people first. **Shapes**: [U + I]."""
    return np.asarray(loaders.graph(dataset, protocol).degrees)
