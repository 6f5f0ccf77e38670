"""What is in a table of facts: how far it reaches, what was left out, whether sharing one means anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy import sparse

from gnnrec.data import Dataset
from gnnrec.data.knowledge import Facts, facts_of

_PAIRS = 2000


@dataclass(frozen=True)
class RelationReport:
    """Figures of one sort of facts.

    Attributes:
        name: Of the relation.
        facts: How many.
        items: Items with at least one.
        entities: Different entities.
        shared: Entities that two or more items have: only those join items.
        alike: Mean cosine of the audiences of two items that share an entity; None where no two do.
    """

    name: str
    facts: int
    items: int
    entities: int
    shared: int
    alike: float | None


@dataclass(frozen=True)
class KnowledgeReport:
    """Figures of the facts of a data set.

    Attributes:
        rows: Rows of the table.
        facts: Different facts among them.
        entities: Different entities.
        with_facts: Items with at least one fact.
        without_facts: Items without any.
        median_facts: Median number of facts of those that have some.
        most_facts: Facts of the item that has most.
        repeated: Rows left out because an earlier one says the same.
        empty: Rows left out because they name no relation or no entity.
        lonely: Facts whose entity belongs to one item alone, so that they reach no other.
        relations: Sorts of facts, the commonest first.
        alike_by_chance: Mean cosine of the audiences of two items with facts, drawn at random.
    """

    rows: int
    facts: int
    entities: int
    with_facts: int
    without_facts: int
    median_facts: float
    most_facts: int
    repeated: int
    empty: int
    lonely: int
    relations: tuple[RelationReport, ...]
    alike_by_chance: float

    @property
    def as_dict(self) -> dict:
        """Plain values for a JSON line."""
        return asdict(self) | {"relations": [asdict(one) for one in self.relations]}


def knowledge_report(dataset: Dataset) -> KnowledgeReport | None:
    """Count and measure the facts; None where the data set has none."""
    if dataset.knowledge is None:
        return None
    facts = facts_of(dataset)
    rows = dataset.interactions
    ones = np.ones(len(rows), dtype=np.float32)
    audiences = sparse.csr_matrix((ones, (rows.item, rows.user)), shape=(dataset.n_items, dataset.n_users))
    some = facts.per_item[facts.per_item > 0]
    rng = np.random.default_rng(0)
    chosen = np.flatnonzero((facts.per_item > 0) & (np.diff(audiences.indptr) > 0))
    by_chance = 0.0
    if len(chosen) > 1:
        one = rng.integers(len(chosen), size=_PAIRS)
        other = (one + rng.integers(1, len(chosen), size=_PAIRS)) % len(chosen)
        by_chance = _mean_cosine(audiences, chosen[one], chosen[other])
    return KnowledgeReport(
        rows=facts.rows,
        facts=len(facts),
        entities=len(facts.entities),
        with_facts=len(some),
        without_facts=dataset.n_items - len(some),
        median_facts=float(np.median(some)) if len(some) else 0.0,
        most_facts=int(some.max(initial=0)),
        repeated=facts.repeated,
        empty=facts.empty,
        lonely=int((facts.items_of_entities[facts.entity] < 2).sum()),
        relations=tuple(_relation(facts, place, audiences, rng) for place in range(len(facts.relations))),
        alike_by_chance=by_chance,
    )


def _relation(
    facts: Facts, place: int, audiences: sparse.csr_matrix, rng: np.random.Generator
) -> RelationReport:
    mine = facts.relation == place
    item, entity = facts.item[mine], facts.entity[mine]
    _, counts = np.unique(entity, return_counts=True)
    seen = np.diff(audiences.indptr)[item] > 0
    pairs = _sharing_pairs(item[seen], entity[seen], rng)
    return RelationReport(
        name=facts.relations[place],
        facts=len(item),
        items=len(np.unique(item)),
        entities=len(counts),
        shared=int((counts > 1).sum()),
        alike=None if pairs is None else _mean_cosine(audiences, *pairs),
    )


def _sharing_pairs(
    item: np.ndarray, entity: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray] | None:
    """Pairs of items that share an entity, each such pair as likely as any other; None where there are none.

    **Shapes**: facts [F] twice → [pairs] twice.
    """
    order = np.argsort(entity, kind="stable")
    item, entity = item[order], entity[order]
    _, starts, counts = np.unique(entity, return_index=True, return_counts=True)
    ways = counts * (counts - 1.0)
    if not ways.any():
        return None
    drawn = rng.choice(len(counts), size=_PAIRS, p=ways / ways.sum())
    one = rng.integers(counts[drawn])
    other = (one + rng.integers(1, counts[drawn])) % counts[drawn]
    return item[starts[drawn] + one], item[starts[drawn] + other]


def _mean_cosine(rows: sparse.csr_matrix, one: np.ndarray, other: np.ndarray) -> float:
    lengths = np.sqrt(np.maximum(np.diff(rows.indptr), 1))
    shared = np.asarray(rows[one].multiply(rows[other]).sum(1)).ravel()
    return float((shared / (lengths[one] * lengths[other])).mean())


def knowledge_findings(report: KnowledgeReport, dataset: Dataset) -> list[str]:
    """What somebody should know about the facts, in sentences."""
    words = dataset.words
    if not report.facts:
        return [f"Nothing is known about any {words.item}, though there is a table of facts."]
    said = [
        f"{report.facts:,} facts about {words.count_items(report.with_facts)}, {report.median_facts:g} in the middle."
    ]
    if report.without_facts:
        said.append(
            f"Nothing is known about {words.count_items(report.without_facts)}: for a model of facts they are "
            "like in any other model."
        )
    if report.lonely:
        said.append(
            f"Facts about something that only one {words.item} has, so that they join it to no other: "
            f"{report.lonely:,}."
        )
    left_out = [
        f"{count:,} {why}"
        for count, why in ((report.repeated, "repeated"), (report.empty, "without a relation or an entity"))
        if count
    ]
    if left_out:
        said.append(f"Rows of facts that add nothing and are left out: {', '.join(left_out)}.")
    return said
