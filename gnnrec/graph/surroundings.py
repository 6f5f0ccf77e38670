"""What surrounds people and items in a data set: friends, facts about items, attributes and circumstances.

Each sort of edge has a short name, the same in models, on pages, in addresses and in files: `friend`; the name of
a relation of the knowledge table (`director`); the column of a feature table (`age_band`); the column of a
circumstance (`place`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data import Dataset, TrainingData
from gnnrec.data.friends import friends_of
from gnnrec.data.vocabulary import Vocabulary
from gnnrec.errors import IncompatibleError
from gnnrec.graph.graph import ITEM, USER, Graph, Relation

FRIEND = "friend"
# A column with more different values than this, or with hardly two rows for each, names things: it does not group.
MOST_VALUES = 400
_FOUND: WeakKeyDictionary[Dataset, dict[str, str]] = WeakKeyDictionary()
_NOT_GROUPS = ("title", "name", "joined", "released", "remaster_of", "zip_code")


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The graph of people, items and what else a data set knows, each sort of node and edge by its name.

    Attributes:
        graph: People, items, then one kind of node for each sort of entity; the first relation is who chose what,
            from train rows alone.
        entities: The texts of each further kind of node, in the order of their numbers.
        counts: What was left out, in words, with how many rows.
    """

    graph: Graph
    entities: Mapping[str, Vocabulary]
    counts: Mapping[str, int] = field(default_factory=dict)


def relations_of(dataset: Dataset) -> dict[str, str]:
    """The sorts of edges beside who chose what: name → which part of the data set it is read from.

    Parts are `social`, `knowledge`, `item_features`, `user_features` and `context`, in this order; of two with
    the same name the first counts.
    """
    # Pages and forms ask again and again; a data set never changes, and reading its columns takes a while.
    if dataset not in _FOUND:
        _FOUND[dataset] = _read_relations(dataset)
    return dict(_FOUND[dataset])


def _read_relations(dataset: Dataset) -> dict[str, str]:
    found: dict[str, str] = {FRIEND: "social"} if dataset.social is not None else {}
    if dataset.knowledge is not None:
        for name in dataset.knowledge["relation"].value_counts().index:
            found.setdefault(str(name), "knowledge")
    for part, table in (
        ("item_features", dataset.item_features),
        ("user_features", dataset.user_features),
        ("context", dataset.interactions.context),
    ):
        for column in _groups(table):
            # A list of genres says again what facts of the relation `genre` say.
            if column.removesuffix("s") not in found:
                found.setdefault(column, part)
    return found


def surroundings(data: TrainingData, relations: Collection[str] | None = None) -> Surroundings:
    """The typed graph of a data set.

    Args:
        data: Train data; circumstances are read from train rows alone.
        relations: Names of the relations wanted; all where None.

    Raises:
        IncompatibleError: The data set has no relation of that name.
    """
    there = relations_of(data.dataset)
    wanted = list(there) if relations is None else list(dict.fromkeys(relations))
    unknown = [name for name in wanted if name not in there]
    if unknown:
        raise IncompatibleError(
            where=f"relations of {data.dataset.title}",
            found=", ".join(unknown),
            expected=f"some of {', '.join(there) or 'none: it has only people and items'}",
            todo="Choose other relations or another data set.",
        )
    counts: dict[str, int] = {}
    edges: list[tuple[str, str, pd.DataFrame]] = []
    friends = None
    for name in wanted:
        part = there[name]
        if part == "social":
            friends = friends_of(data.dataset)
            continue
        table, left_out = _pairs(data, name, part)
        if left_out:
            counts[f"{name}: rows without a value"] = left_out
        edges.append((USER if part == "user_features" else ITEM, name, table))
    entities = _entities(edges)
    kind_of = {text: kind for kind, vocabulary in entities.items() for text in vocabulary.ids}
    kinds = [(USER, data.n_users), (ITEM, data.n_items)]
    kinds += [(kind, len(vocabulary)) for kind, vocabulary in entities.items()]
    bipartite = Graph.bipartite(
        data.n_users, data.n_items, data.user, data.item, name=data.dataset.words.past
    )
    typed = [*bipartite.relations]
    if friends is not None:
        # Each friendship is one edge; the graph walks it both ways.
        typed.append(Relation(USER, FRIEND, USER, sparse.csr_matrix(sparse.triu(friends.matrix))))
    sizes = dict(kinds)
    for source, name, table in edges:
        kind = table["entity"].map(kind_of)
        for target, rows in table.groupby(kind, sort=True):
            numbers = entities[str(target)].numbers(rows["entity"])
            matrix = sparse.csr_matrix(
                (rows["weight"].to_numpy(np.float32), (rows["node"].to_numpy(np.int64), numbers)),
                shape=(sizes[source], sizes[str(target)]),
            )
            matrix.sort_indices()
            typed.append(Relation(source, name, str(target), matrix))
    return Surroundings(Graph(tuple(kinds), tuple(typed)), entities, counts)


def _groups(table: pd.DataFrame | None) -> list[str]:
    """Columns of a table whose values group its rows: texts, truth values and few different numbers."""
    if table is None:
        return []
    return [
        str(column)
        for column in table.columns
        if column not in _NOT_GROUPS
        and not pd.api.types.is_float_dtype(table[column])
        and _few(table[column].dropna().astype(str).value_counts())
    ]


def _few(counts: pd.Series) -> bool:
    """Whether values of a column group its rows, each with its number of rows; `a|b` is two values."""
    parts = [str(text).split("|") for text in counts.index]
    n_values = sum(len(one) * count for one, count in zip(parts, counts, strict=True))
    return 1 < len({value for one in parts for value in one}) <= min(MOST_VALUES, n_values / 2)


def _pairs(data: TrainingData, name: str, part: str) -> tuple[pd.DataFrame, int]:
    """The edges of one relation as `node`, `entity` (text) and `weight`, and how many rows had no value."""
    dataset = data.dataset
    if part == "knowledge":
        rows = dataset.knowledge[dataset.knowledge["relation"] == name]
        table = pd.DataFrame({"node": rows["item"], "entity": rows["entity"]})
    elif part == "context":
        context = dataset.interactions.context.iloc[data.rows]
        table = pd.DataFrame({"node": data.item, "entity": context[name].to_numpy()})
    else:
        values = getattr(dataset, part)[name]
        table = pd.DataFrame({"node": np.arange(len(values)), "entity": values.to_numpy()})
    known = table[table["entity"].notna()]
    texts = known["entity"].astype(str)
    if part != "knowledge":
        texts = _spoken(name, texts)
    known = known.assign(entity=texts)
    if part == "item_features":
        known = known.assign(entity=texts.str.split("|")).explode("entity")
    known = known[known["entity"].str.len() > 0]
    left_out = len(table) - int(known.index.nunique())
    pairs = known.groupby(["node", "entity"], as_index=False).size().rename(columns={"size": "weight"})
    # Only circumstances count: a fact that stands twice in a file is no truer.
    return (pairs if part == "context" else pairs.assign(weight=1)), left_out


def _spoken(name: str, texts: pd.Series) -> pd.Series:
    """A truth value is named by its column, so that a node reads `evening` and `not evening`."""
    return texts.map({"True": name, "False": f"not {name}"}).fillna(texts)


def _entities(edges: list[tuple[str, str, pd.DataFrame]]) -> dict[str, Vocabulary]:
    """Kinds of further nodes: each text is one node, of the sort that most of its edges have."""
    if not edges:
        return {}
    every = pd.concat([table.assign(kind=name) for _, name, table in edges])
    by_kind = every.groupby(["entity", "kind"], as_index=False).size()
    by_kind = by_kind.sort_values(["size", "kind"], ascending=[False, True]).drop_duplicates("entity")
    return {
        _unlike_people_and_items(str(kind)): Vocabulary(rows["entity"], kind=str(kind))
        for kind, rows in by_kind.groupby("kind", sort=True)
    }


def _unlike_people_and_items(kind: str) -> str:
    return f"{kind} fact" if kind in (USER, ITEM) else kind
