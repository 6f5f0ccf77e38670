"""Facts: what is known about items beyond who chose them, once what cannot be an edge is left out and counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gnnrec.data.dataset import Dataset
from gnnrec.errors import DataError, IncompatibleError


@dataclass(frozen=True, eq=False)
class Facts:
    """The knowledge table of a data set as numbers: item, relation, entity.

    Attributes:
        item: Item number of each fact.
        relation: Place of its relation in `relations`.
        entity: Place of its entity in `entities`.
        relations: Names of the relations, the commonest first.
        entities: Texts of the entities, sorted.
        rows: Rows of the table.
        repeated: Rows that say again what an earlier one says.
        empty: Rows without a relation or an entity.
        lonely: Facts left out because their entity belongs to fewer items than asked for.
        n_items: Items of the data set, with or without facts.

    **Shapes**: `item`, `relation` and `entity` [F], ordered by these three.
    """

    item: np.ndarray
    relation: np.ndarray
    entity: np.ndarray
    relations: tuple[str, ...]
    entities: np.ndarray
    rows: int
    repeated: int
    empty: int
    lonely: int
    n_items: int

    def __len__(self) -> int:
        return len(self.item)

    @cached_property
    def per_item(self) -> np.ndarray:
        """How many facts each item has. **Shapes**: [I]."""
        return np.bincount(self.item, minlength=self.n_items)

    @cached_property
    def per_relation(self) -> np.ndarray:
        """How many facts each relation has. **Shapes**: [R]."""
        return np.bincount(self.relation, minlength=len(self.relations))

    @cached_property
    def items_of_entities(self) -> np.ndarray:
        """How many items each entity belongs to. **Shapes**: [entities]."""
        pairs = np.unique(np.stack([self.entity, self.item]), axis=1)
        return np.bincount(pairs[0], minlength=len(self.entities))


def facts_of(dataset: Dataset, least_items: int = 1) -> Facts:
    """The facts of a data set.

    Args:
        dataset: Where they are.
        least_items: Entities that belong to fewer items are left out with their facts: what only one item
            has tells nothing of another.

    Raises:
        IncompatibleError: It has no facts.
        DataError: A fact names an item that the data set does not have.
    """
    table = dataset.knowledge
    if table is None:
        raise IncompatibleError(
            where=f"facts in {dataset.title}",
            found="no knowledge",
            expected="a data set that provides it",
            todo="Choose another data set, or import yours with a table of facts.",
        )
    item = table["item"].to_numpy(dtype=np.int64)
    unknown = (item < 0) | (item >= dataset.n_items)
    if unknown.any():
        raise DataError(
            where=f"{dataset.name}, knowledge",
            found=f"{int(unknown.sum()):,} facts about an item that does not exist, "
            f"first in row {int(unknown.argmax()) + 1}",
            expected=f"item numbers 0 to {dataset.n_items - 1}",
            todo="Build the data set with Dataset.from_frame, which numbers ids itself.",
        )
    said = (_text(table["relation"]) != "") & (_text(table["entity"]) != "")
    told = pd.DataFrame(
        {
            "item": item[said],
            "relation": _text(table["relation"])[said],
            "entity": _text(table["entity"])[said],
        }
    )
    once = told.drop_duplicates()
    shared = once.groupby("entity")["item"].transform("nunique") >= least_items
    kept = once[shared.to_numpy(dtype=bool)]
    names = kept["relation"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    relations = names.index.to_numpy(dtype=object)
    entities, entity = np.unique(kept["entity"].to_numpy(dtype=str), return_inverse=True)
    relation = pd.Index(relations).get_indexer(kept["relation"])
    numbers = kept["item"].to_numpy(dtype=np.int64)
    order = np.lexsort((entity, relation, numbers))
    return Facts(
        item=numbers[order],
        relation=relation[order].astype(np.int64),
        entity=entity[order].astype(np.int64),
        relations=tuple(map(str, relations)),
        entities=entities.astype(object),
        rows=len(table),
        repeated=len(told) - len(once),
        empty=int((~said).sum()),
        lonely=len(once) - len(kept),
        n_items=dataset.n_items,
    )


def _text(column: pd.Series) -> np.ndarray:
    """Texts of a column, empty where there is nothing. **Shapes**: [n] → [n]."""
    return np.where(column.isna(), "", column.astype(str).str.strip().to_numpy(dtype=object))
