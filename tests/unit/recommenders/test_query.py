"""Query: which of the three meanings a question has, and what its edits leave of a history."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import ConfigError, DataError
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.query import as_queries, edited_history
from tests import worlds


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (Query(user=3), "known"),
        (Query(history=(1, 2)), "fold-in"),
        (Query(history=()), "fold-in"),
        (Query(user=3, history=(1,)), "graph edit"),
        (Query(user=3, history=()), "graph edit"),
        (Query(user=3, without=((3, 1),)), "graph edit"),
        (Query(user=3, without=((4, 1),)), "graph edit"),
    ],
)
def test_the_meaning_of_what_if_is_told_by_what_is_asked(query: Query, kind: str) -> None:
    assert query.kind == kind


def test_plain_numbers_are_known_people() -> None:
    first, second = as_queries([np.int64(4), Query(history=(1,))])
    assert (first.user, first.kind) == (4, "known")
    assert second.kind == "fold-in"


def test_edits_of_a_history() -> None:
    history = np.array([1, 4, 6])
    assert edited_history(Query(user=0), history).tolist() == [1, 4, 6]
    assert edited_history(Query(user=0, without=((0, 4), (9, 1))), history).tolist() == [1, 6]
    assert edited_history(Query(user=0, history=(8, 2, 8)), history).tolist() == [2, 8]
    assert edited_history(Query(user=0, history=(8, 2), without=((0, 8),)), history).tolist() == [2]
    assert edited_history(Query(user=0, history=()), history).tolist() == []


def test_a_question_about_nobody_is_refused() -> None:
    model = create("popularity").fit(worlds.published(worlds.scattered()).training())
    with pytest.raises(DataError, match="neither a user nor a history"):
        model.scores([Query()])
    with pytest.raises(DataError, match="item number"):
        model.scores([Query(history=(999,))])
    with pytest.raises(DataError, match="user number"):
        model.scores([Query(user=0, without=((999, 0),))])


@pytest.mark.parametrize("k", [0, -3])
def test_a_list_shorter_than_one_is_refused(k: int) -> None:
    model = create("popularity").fit(worlds.published(worlds.scattered()).training())
    with pytest.raises(ConfigError, match="1 or more"):
        model.recommend([0], k=k)


def test_further_pairs_can_be_hidden() -> None:
    split = worlds.published(worlds.scattered())
    model = create("popularity").fit(split.training())
    shown = model.recommend([3], k=99, exclude=split.matrix("valid")).items[0]
    assert not set(shown) & set(split.matrix("valid")[3].indices)
    newcomer = model.recommend([Query(history=(2,))], k=99, exclude=split.matrix("valid")).items[0]
    assert (newcomer >= 0).sum() == split.dataset.n_items - 1
