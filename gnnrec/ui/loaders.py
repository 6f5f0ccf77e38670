"""Cached loading: what all visitors share. Nothing returned here may be changed by a page.

Caches are bounded and keyed by checkpoint id and data fingerprint, never by large objects: Streamlit hashes
only a sample of large tables.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec import datasets
from gnnrec.checkpoints import Checkpoint, Library, find, read_library
from gnnrec.data import Dataset, Split
from gnnrec.data import split as cut
from gnnrec.evaluation import RATING_METRICS, Evaluation, lists
from gnnrec.evaluation.bootstrap import Interval, mean_interval, pooled_interval
from gnnrec.evaluation.headline import Headline, RatingHeadline, headline, rating_headline
from gnnrec.explain.sight import Sight
from gnnrec.graph import Graph, Surroundings, session_graph, surroundings
from gnnrec.recommenders import Recommender
from gnnrec.ui import tasks


@st.cache_resource(max_entries=4, show_spinner="Opening the data …")
def _opened(name: str) -> tuple[Dataset, str]:
    """A data set, and the stamp of its files from before they were read."""
    stamp = datasets.stamp(name)
    return datasets.open_dataset(name), stamp


def dataset(name: str) -> Dataset:
    """A data set by name."""
    return _opened(name)[0]


def forget_replaced(name: str) -> None:
    """Empty the caches if the files of an open data set were replaced or deleted since, by a command for example."""
    if _opened(name)[1] != datasets.stamp(name):
        forget_opened()


def forget_opened() -> None:
    """Make the next look read files again: models, graphs and search texts of the old data set with it."""
    st.cache_resource.clear()
    st.cache_data.clear()


@st.cache_resource(max_entries=8, show_spinner=False)
def split(dataset_name: str, protocol: str) -> Split:
    """A data set cut by a protocol."""
    return cut(dataset(dataset_name), protocol)


def library() -> Library:
    """All checkpoints at hand; read from disk each time, so that a finished run is in every picker."""
    return read_library()


@st.cache_resource(max_entries=8, show_spinner="Loading the model …")
def model(address: str) -> Recommender:
    """The model of a checkpoint address, ready to answer."""
    checkpoint = find(address)
    name = checkpoint.config["dataset"]
    return checkpoint.load(dataset(name), split(name, checkpoint.config["split"]))


@st.cache_resource(max_entries=8, show_spinner=False)
def graph(dataset_name: str, protocol: str) -> Graph:
    """The graph that models of a split were fitted on."""
    data = split(dataset_name, protocol).fitted
    return Graph.bipartite(data.n_users, data.n_items, data.user, data.item, name=data.dataset.words.past)


@st.cache_resource(max_entries=8, show_spinner="Switching off …")
def _without(address: str, off: tuple[str, ...]) -> Recommender:
    return model(address).without(off)


def switched(address: str, off: tuple[str, ...] = ()) -> Recommender:
    """The model of an address with some of its side relations switched off; nothing is learned again."""
    return _without(address, off) if off else model(address)


@st.cache_resource(max_entries=4, show_spinner="Reading friends, facts and circumstances …")
def _surroundings(dataset_name: str, protocol: str, relations: tuple[str, ...]) -> Surroundings:
    return surroundings(split(dataset_name, protocol).fitted, relations)


@st.cache_resource(max_entries=12, show_spinner=False)
def sight(
    dataset_name: str, protocol: str, relations: tuple[str, ...] = (), off: tuple[str, ...] = ()
) -> Sight:
    """What models see that hear some side relations, without those that are switched off."""
    few = graph(dataset_name, protocol)
    if not relations:
        return Sight.plain(few)
    return Sight.of(few, _surroundings(dataset_name, protocol, relations), relations, off)


@st.cache_resource(max_entries=16, show_spinner=False)
def session_sight(
    dataset_name: str,
    protocol: str,
    user: int,
    sessions: tuple[int, ...],
    most: int,
    off: tuple[str, ...] = (),
) -> Sight:
    """What models that are asked with clicks see of some sessions of a person, the last clicks of each."""
    data = dataset(dataset_name)
    clicks = session_graph(
        data.n_users, data.n_items, user, [data.clicks.clicks(one)[-most:] for one in sessions]
    )
    return Sight.of_session(graph(dataset_name, protocol), clicks, off)


@st.cache_resource(max_entries=32, show_spinner=False)
def evaluation(address: str, part: str) -> Evaluation:
    """The stored per-person result of a checkpoint."""
    return find(address).evaluation(part)


@st.cache_data(max_entries=256, show_spinner=False)
def interval(address: str, part: str, metric: str) -> Interval:
    """Mean of a stored metric with its bootstrap interval over people; pooled where each has several answers."""
    found = evaluation(address, part)
    if found.counts is None:
        return mean_interval(found.per_user[metric].to_numpy())
    if metric not in RATING_METRICS:
        return pooled_interval(found.per_user[metric].to_numpy(), found.counts)
    rule = RATING_METRICS[metric]
    pooled = pooled_interval(rule.to_mean(found.per_user[metric].to_numpy()), found.counts)
    ends = (None if end is None else float(rule.of_mean(end)) for end in (pooled.low, pooled.high))
    return Interval(float(rule.of_mean(pooled.mean)), *ends, pooled.n)


@st.cache_data(max_entries=64, show_spinner=False)
def headline_of(address: str, baseline: str | None, part: str) -> Headline:
    """How good a model is in people, beside a baseline; its intervals take seconds where there are many people."""
    return headline(evaluation(address, part), evaluation(baseline, part) if baseline else None)


@st.cache_data(max_entries=64, show_spinner=False)
def rating_headline_of(address: str, baseline: str | None, part: str) -> RatingHeadline:
    """How far predicted ratings are off, beside a simple model."""
    return rating_headline(evaluation(address, part), evaluation(baseline, part) if baseline else None)


@st.cache_resource(max_entries=4, show_spinner=False)
def _search_texts(name: str, kind: str) -> tuple[np.ndarray, np.ndarray]:
    data = dataset(name)
    ids, names = (data.users.ids, data.user_names) if kind == "user" else (data.items.ids, data.item_titles)
    lower = np.char.lower
    return lower(ids.astype(str)), lower(names.astype(str))


def search(name: str, kind: str, text: str, limit: int = 8) -> list[int]:
    """Numbers of people or items whose id or name holds a text; exact ids first, then beginnings, then the rest.

    Only the few found go to the browser, however large the data set.
    """
    wanted = text.strip().lower()[:100]
    if not wanted:
        return []
    ids, names = _search_texts(name, kind)
    score = (
        4 * (ids == wanted)
        + 2 * (np.char.startswith(ids, wanted) | np.char.startswith(names, wanted))
        + (np.char.find(names, wanted) >= 0)
    )
    found = np.flatnonzero(score)
    return [int(number) for number in found[np.argsort(-score[found], kind="stable")][:limit]]


@st.cache_data(max_entries=8, show_spinner=False)
def popularity_percentiles(dataset_name: str, protocol: str) -> np.ndarray:
    """How popular each item is in train, from 0 to 100, by item number. **Shapes**: [I]."""
    counts = np.asarray(split(dataset_name, protocol).matrix("train").sum(0)).ravel()
    return lists.popularity_percentiles(counts)


def models_of(name: str) -> list[Checkpoint]:
    """Checkpoints fitted on a data set: those that rank first, each kind best on validation first."""
    return tasks.best_first(library().of(name))
