"""Traits of people, from train alone: how active, how broad, how mainstream, how long, and who they are."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data import Split, Words
from gnnrec.data.names import clean
from gnnrec.data.split import TrainingData
from gnnrec.evaluation.beyond import genre_table
from gnnrec.evaluation.communities import item_communities
from gnnrec.evaluation.trait_groups import (
    NOT_KNOWN,
    Trait,
    as_numbers,
    by_quantiles,
    by_values,
    cleaned,
    of_attribute,
)

_DAY = 86_400
# Names and free texts are no traits; neither are columns after the first dozen that could be one.
_NO_TRAIT = {"name", "title", "user_id", "item_id", "tagline", "description", "url"}
_MOST_COLUMNS = 12
_LONGEST_LABEL = 40
# An attribute of items with more values than this has no majority to speak of.
_MOST_ITEM_VALUES = 40


def traits_of(split: Split) -> list[Trait]:
    """What is known of each person, each trait with its groups.

    The history is train alone, so that nothing that is held out can decide who is in which group. Traits that
    part nobody from anybody (everybody has as many items, every value is the same) are left out.

    Args:
        split: Whose train part is the history.
    """
    data = split.training("train")
    dataset, train = data.dataset, data.matrix
    found = [*_of_history(data), tenure(data)]
    table = dataset.user_features
    for column in _columns(table):
        label = _label(column)
        how = f"Column {_key(column)} of the table of {dataset.words.people}."
        found.append(of_attribute(f"person.{_key(column)}", table[column], label, how))
        if sum(one is not None and one.key.startswith("person.") for one in found) == _MOST_COLUMNS:
            break
    items = dataset.item_features
    of_items = [_of_items(column, items, train, dataset.words) for column in _columns(items)]
    found += [one for one in of_items if one is not None][:_MOST_COLUMNS]
    return [one for one in found if one is not None and one.parts]


def tenure(data: TrainingData) -> Trait | None:
    """Days between the first and the last event of each person; None where the data set has no times."""
    if data.timestamp is None:
        return None
    first = np.full(data.n_users, np.inf)
    last = np.full(data.n_users, -np.inf)
    np.minimum.at(first, data.user, data.timestamp)
    np.maximum.at(last, data.user, data.timestamp)
    names = (
        "a very short stay",
        "a short stay",
        "a stay of middling length",
        "a long stay",
        "a very long stay",
    )
    return by_quantiles(
        "tenure",
        "Length of stay",
        np.where(np.isfinite(first), last - first, np.nan) / _DAY,
        names,
        f"length of stay {NOT_KNOWN}",
        "Days between the first and the last event in train.",
    )


def breadth(history: sparse.csr_matrix, of_items: sparse.csr_matrix) -> np.ndarray:
    """Over how many kinds of items a history is spread: e to the entropy of their shares, 1 if all are of one kind.

    NaN for people without an item of a known kind.

    **Shapes**: U people, I items, G kinds: [U, I], [I, G] → [U].
    **Source**: Hill, "Diversity and evenness", Ecology 1973, order 1. It has the order of the entropy itself.
    """
    totals = (history @ of_items).tocsr()
    whole = np.asarray(totals.sum(1)).ravel()
    shares = sparse.diags(1 / np.where(whole > 0, whole, 1)) @ totals
    terms = shares.copy()
    terms.data = -shares.data * np.log(shares.data)
    return np.where(whole > 0, np.exp(np.asarray(terms.sum(1)).ravel()), np.nan)


def _of_history(data: TrainingData) -> list[Trait]:
    words, train = data.dataset.words, data.matrix
    items, lengths = words.items, np.diff(train.indptr).astype(float)
    known = lengths > 0
    genres = genre_table(data.dataset.item_features)
    kinds = "genres" if genres is not None else f"communities of {items} that the same {words.people} have"
    popularity = np.bincount(train.indices, minlength=data.n_items).astype(float)
    means = np.divide(train @ popularity, lengths, out=np.full(len(lengths), np.nan), where=known)
    return [
        by_quantiles(
            "activity",
            f"{items.capitalize()} in the history",
            np.where(known, lengths, np.nan),
            tuple(
                f"{few} {items} in their history"
                for few in ("very few", "few", "a middling number of", "many", "very many")
            ),
            f"no {items} in their history",
            f"Number of {items} in train.",
        ),
        by_quantiles(
            "breadth",
            "Breadth of taste",
            breadth(train, genres if genres is not None else item_communities(train)),
            (
                "very narrow taste",
                "narrow taste",
                "taste of middling breadth",
                "broad taste",
                "very broad taste",
            ),
            f"breadth of taste {NOT_KNOWN}",
            f"Over how many {kinds} the history in train is spread (e to the entropy of their shares).",
        ),
        by_quantiles(
            "mainstream",
            "Mainstream taste",
            means,
            (
                f"very rare {items}",
                f"rare {items}",
                f"{items} of middling popularity",
                f"popular {items}",
                f"very popular {items}",
            ),
            f"mainstream taste {NOT_KNOWN}",
            f"How many {words.people} have the {items} of the history in train, on average.",
        ),
    ]


def _of_items(column: Hashable, table: pd.DataFrame, train: sparse.csr_matrix, words: Words) -> Trait | None:
    """What most of a person's items are, or their mean; None where the column says too little."""
    label, values = _label(column), table[column]
    key = f"item.{_key(column)}"
    numbers = as_numbers(values)
    if numbers is not None:
        if np.isfinite(numbers).mean() < 0.5:
            return None
        known = np.isfinite(numbers).astype(float)
        counts = train @ known
        sums = train @ np.where(known > 0, numbers, 0.0)
        means = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        names = (f"{words.items} with mean {label} {{low}} to {{high}}",) * 5
        how = f"Mean {label} of the {words.items} in train."
        return by_quantiles(
            key, f"Mean {label}", means, names, f"mean {label} of {words.items} {NOT_KNOWN}", how
        )
    texts = cleaned(values)
    if texts.notna().mean() < 0.5:
        return None
    parts = texts.str.split("|", regex=False) if column == "genres" else texts
    pairs = parts.explode()
    pairs = pairs[pairs.notna() & (pairs != "")]
    code, kinds = pd.factorize(pairs.to_numpy(dtype=object), sort=True)
    if not 2 <= len(kinds) <= _MOST_ITEM_VALUES:
        return None
    shape = (len(table), len(kinds))
    of_items = sparse.csr_matrix((np.ones(len(code)), (pairs.index.to_numpy(), code)), shape=shape)
    totals = np.asarray((train @ of_items).todense())
    singular = label.removesuffix("s") if column == "genres" else label
    # The first in the alphabet where several are equally frequent.
    top = pd.Series(np.asarray(kinds, dtype=object)[totals.argmax(1)]).where(totals.max(1) > 0, None)
    return by_values(
        key,
        f"Most {words.past} {singular}",
        top,
        f"{{value}} as most {words.past} {singular}",
        f"another most {words.past} {singular}",
        f"most {words.past} {singular} {NOT_KNOWN}",
        f"The most frequent {singular} of the {words.items} in train; the first in the alphabet of equals.",
    )


def _columns(table: pd.DataFrame | None) -> list[Hashable]:
    return [] if table is None else [one for one in table.columns if str(one).lower() not in _NO_TRAIT]


def _key(column: Hashable) -> str:
    return clean(str(column))[:_LONGEST_LABEL]


def _label(column: Hashable) -> str:
    return clean(str(column).replace("_", " "))[:_LONGEST_LABEL]
