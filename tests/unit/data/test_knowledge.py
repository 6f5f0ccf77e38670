"""Facts: numbered, each once, and what cannot be an edge counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.data.knowledge import facts_of
from gnnrec.errors import DataError, IncompatibleError
from tests import worlds


def knowing(*rows: tuple[int, str | None, str | None]):
    table = pd.DataFrame(list(rows), columns=["item", "relation", "entity"])
    return replace(worlds.path_of_four(), knowledge=table)


def test_facts_are_numbered_and_what_is_left_out_is_counted() -> None:
    facts = facts_of(
        knowing((1, "genre", "noir"), (0, "genre", "noir"), (0, "by", "Ada"), (0, "by", "Ada"),
                (0, None, "noir"), (1, "genre", " "), (1, "genre", None))
    )  # fmt: skip
    assert (facts.rows, facts.repeated, facts.empty, facts.lonely) == (7, 1, 3, 0)
    assert facts.relations == ("genre", "by")
    assert facts.entities.tolist() == ["Ada", "noir"]
    said = [
        (facts.relations[r], facts.entities[e]) for r, e in zip(facts.relation, facts.entity, strict=True)
    ]
    assert list(zip(facts.item.tolist(), said, strict=True)) == [
        (0, ("genre", "noir")),
        (0, ("by", "Ada")),
        (1, ("genre", "noir")),
    ]
    assert facts.per_item.tolist() == [2, 1]
    assert facts.per_relation.tolist() == [2, 1]
    assert facts.items_of_entities.tolist() == [1, 2]


def test_what_only_one_item_has_can_be_left_out() -> None:
    dataset = knowing((1, "genre", "noir"), (0, "genre", "noir"), (0, "by", "Ada"), (0, "of", "Ada"))
    facts = facts_of(dataset, least_items=2)
    assert facts.entities.tolist() == ["noir"]
    assert facts.relations == ("genre",)
    # Two facts about Ada, and still one item.
    assert facts.lonely == 2
    assert len(facts_of(dataset, least_items=3)) == 0


def test_a_fact_about_an_unknown_item_is_refused_with_a_count() -> None:
    with pytest.raises(
        DataError, match=r"2 facts about an item that does not exist, first in row 2"
    ) as raised:
        facts_of(knowing((0, "by", "Ada"), (5, "by", "Ada"), (-1, "by", "Ada")))
    assert all(raised.value.parts.values())


def test_without_knowledge_there_are_no_facts() -> None:
    with pytest.raises(IncompatibleError, match="no knowledge"):
        facts_of(worlds.path_of_four())


def test_the_order_of_rows_changes_nothing() -> None:
    dataset = worlds.informed()
    shuffled = replace(dataset, knowledge=dataset.knowledge.sample(frac=1, random_state=3, ignore_index=True))
    one, other = facts_of(dataset), facts_of(shuffled)
    assert one.relations == other.relations
    for name in ("item", "relation", "entity"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
