"""What the Errors page works out of a model's stored results, once for all visitors."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from gnnrec.data import Split, Words
from gnnrec.evaluation.bootstrap import Interval, mean_interval
from gnnrec.evaluation.slices import Measured, Slice, measure, slices_of
from gnnrec.evaluation.trait_groups import Trait
from gnnrec.evaluation.traits import traits_of
from gnnrec.evaluation.worst_slices import Search, worst_slices
from gnnrec.ui import loaders
from gnnrec.ui.long_work import bench, worked

# Seconds on one ordinary core, from the data sets at hand: per interaction (more where communities of items stand
# for genres), per person drawn (and for each slice they are in), and per person dealt a value.
_TRAIT_S, _TRAIT_WITHOUT_GENRES_S = 4e-7, 1e-6
_DRAWN_S, _DRAWN_IN_SLICE_S, _DEALT_S = 1e-8, 5e-9, 5e-8
_DRAWS, _PERMUTATIONS = 2000, 999


@dataclass(frozen=True, eq=False)
class Numbers:
    """One value per person.

    Attributes:
        users: Numbers of the people who have a value.
        values: Their values, all finite: of one model, or A − B. **Shapes**: [people], as users.
        a: Those of model A, for differences; else the values themselves.
        b: Those of model B, likewise.
        undefined: People with something held out of whom the metric says nothing.
    """

    users: np.ndarray
    values: np.ndarray
    a: np.ndarray
    b: np.ndarray
    undefined: int


@st.cache_resource(max_entries=64, show_spinner=False)
def numbers(a: str, b: str | None, part: str, metric: str) -> Numbers:
    """The stored metric of each person judged for a model, or for two the difference of those judged for both."""
    first = loaders.evaluation(a, part)
    users, mine = first.users, first.per_user[metric].to_numpy(dtype=np.float64)
    theirs = mine
    if b is not None:
        second = loaders.evaluation(b, part)
        users, here, there = np.intersect1d(users, second.users, return_indices=True)
        mine, theirs = mine[here], second.per_user[metric].to_numpy(dtype=np.float64)[there]
    values = mine if b is None else mine - theirs
    known = np.isfinite(values)
    found = Numbers(users[known], values[known], mine[known], theirs[known], int((~known).sum()))
    for array in (found.users, found.values, found.a, found.b):
        array.setflags(write=False)
    return found


@st.cache_data(max_entries=256, show_spinner=False)
def overall(a: str, b: str | None, part: str, metric: str) -> Interval:
    """Mean over everybody judged, with its interval."""
    return mean_interval(numbers(a, b, part, metric).values)


def traits(split: Split) -> Sequence[Trait] | None:
    """What is known of people; None while it is worked out."""
    name = split.dataset.name
    features = split.dataset.item_features
    genres = features is not None and "genres" in features.columns
    each = _TRAIT_S if genres else _TRAIT_WITHOUT_GENRES_S
    return worked(
        ("traits", name, str(split)),
        each * len(split.rows("train")),
        lambda tell: traits_of(split),
        f"Working out what is known of {split.dataset.words.count_people(split.dataset.n_users)}",
        widget="errors_traits",
        button="Work it out",
    )


def measured(
    key: Hashable, found: Numbers, slices: Sequence[Slice], words: Words, widget: str
) -> list[Measured] | None:
    """How well slices are served; None while it is worked out.

    Args:
        key: Names the models, the part, the metric and the slices.
        found: The values.
        slices: Which slices.
        words: What people are called.
        widget: Key of the elements that tell progress.
    """
    inside = sum(len(one.members) for one in slices)
    return worked(
        ("measured", key),
        _DRAWS * (len(found.users) * _DRAWN_S + inside * _DRAWN_IN_SLICE_S),
        lambda tell: measure(slices, found.users, found.values, words, draws=_DRAWS, tell=tell),
        "Drawing people again for the intervals",
        widget=widget,
        button="Work out the intervals",
    )


def measured_already(key: Hashable, one: Slice, known: Sequence[Trait]) -> Measured | None:
    """What is there of a slice from measuring all groups, or from the search: a click need not work it out again."""
    there, told = bench().kept(("measured", (key, "groups")))
    if there:
        pairs = zip(slices_of(known), told, strict=True)
        found = next((value for group, value in pairs if group.conditions == one.conditions), None)
        if found is not None:
            return found
    there, search = bench().kept(("worst", key))
    worst = search.found if there else ()
    return next((each.measured for each in worst if each.slice.conditions == one.conditions), None)


def searched(
    key: Hashable, found: Numbers, known: Sequence[Trait], direction: str, side: str, words: Words
) -> Search | None:
    """The slices that stand out; None while they are searched for."""
    return worked(
        ("worst", key),
        _PERMUTATIONS * len(found.users) * _DEALT_S,
        lambda tell: worst_slices(
            known,
            found.users,
            found.values,
            direction,
            side,
            words,
            permutations=_PERMUTATIONS,
            tell=tell,
        ),
        "Searching all groups and pairs of groups, guarded against chance",
        widget="errors_worst",
        button="Search",
    )
