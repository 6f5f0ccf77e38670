"""Because: shares, reasons and ranks that can be worked out by eye, and by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import DataError, IncompatibleError
from gnnrec.explain import because, drop
from gnnrec.explain.deletion import rank_among
from gnnrec.recommenders import Query, create
from gnnrec.training import fit
from tests import worlds
from tests.unit.explain.given import Given

# One person with items 0, 1 and 2; items 3 to 6 compete.
HISTORY = [(0, 0), (0, 1), (0, 2), (1, 6)]
WEIGHTS = np.zeros((7, 7))
WEIGHTS[0, 3:] = [5, 1, 2, 0]
WEIGHTS[1, 3:] = [2, 3, 0, 0]
WEIGHTS[2, 3:] = [-1, 1, 1, 0]


@pytest.fixture
def given() -> Given:
    return Given(WEIGHTS).fit(worlds.whole(worlds.of_pairs(HISTORY, 2, 7)).training("train"))


def test_shares_are_sorted_and_the_largest_are_the_reasons(given) -> None:
    [reason] = because(given, 0, [3])
    assert reason.score == 6
    assert reason.items.tolist() == [0, 1, 2]
    assert reason.contributions.tolist() == [5, 2, -1]
    assert reason.top == [(0, 5.0), (1, 2.0)]
    assert reason.rank == 1
    assert reason.hidden.tolist() == [0, 1, 2]
    assert reason.sum_error == 0


def test_the_share_is_one_of_the_score_and_not_of_the_positive_part(given) -> None:
    [reason] = because(given, 0, [3])
    assert reason.share_together == pytest.approx(7 / 6)
    assert because(given, 0, [3], n_reasons=1)[0].share_together == pytest.approx(5 / 6)


def test_only_positive_contributions_are_reasons(given) -> None:
    five, six = because(given, 0, [5, 6], n_reasons=3)
    assert five.top == [(0, 2.0), (2, 1.0)]
    assert six.top == []
    assert six.score == 0
    assert six.share_together is None


def test_several_items_in_one_question(given) -> None:
    reasons = because(given, 0, [4, 3, 6])
    assert [reason.item for reason in reasons] == [4, 3, 6]
    assert [reason.rank for reason in reasons] == [2, 1, 4]
    assert [reason.score for reason in reasons] == [5, 6, 0]


def test_the_rank_without_the_reasons_counts_the_same_items(given) -> None:
    # Without 0 and 1 item 3 has -1; 4 and 5 have 1, 6 has 0. Items 0 and 1 stay out of the list.
    [reason] = because(given, 0, [3])
    dropped = drop(given, reason)
    assert dropped.removed == (0, 1)
    assert dropped.score == -1
    assert dropped.rank == 4
    assert dropped.kind == "graph edit"


def test_masked_items_are_no_rivals_and_have_no_rank(given) -> None:
    from scipy import sparse

    masked = sparse.csr_matrix(([1.0], ([0], [3])), shape=(2, 7))
    four, three = because(given, 0, [4, 3], exclude=masked)
    assert four.rank == 1
    assert three.rank is None
    assert three.score == 6
    assert drop(given, three).rank is None
    assert drop(given, four).rank == 1


def test_where_nothing_is_left_there_is_no_rank(given) -> None:
    dropped = drop(given, because(given, 0, [3], n_reasons=2)[0])
    assert dropped.rank is not None
    weights = np.maximum(WEIGHTS, 0)
    positive = Given(weights).fit(given.data)
    alone = because(positive, Query(history=(0,)), [3])[0]
    assert alone.rank == 1
    assert drop(positive, alone).rank is None
    assert drop(positive, alone).kind == "fold-in"


def test_without_reasons_nothing_is_removed_and_nothing_asked(given) -> None:
    [reason] = because(given, 0, [6])
    before = given.questions
    dropped = drop(given, reason)
    assert dropped.removed == ()
    assert dropped.rank == reason.rank
    assert given.questions == before


def test_the_graph_is_asked_only_when_somebody_looks(given) -> None:
    reasons = because(given, 0, [3, 4, 5])
    before = given.questions
    drop(given, reasons[0])
    assert given.questions == before + 1


def test_a_newcomer_is_folded_in_with_and_without_the_reasons(given) -> None:
    [reason] = because(given, Query(history=(2, 0)), [3])
    assert reason.items.tolist() == [0, 2]
    assert reason.hidden.tolist() == [0, 2]
    dropped = drop(given, reason)
    assert dropped.removed == (0,)
    assert dropped.kind == "fold-in"
    assert dropped.score == -1


def test_edits_of_a_question_stay_in_force(given) -> None:
    asked = Query(user=0, without=((0, 0),))
    [reason] = because(given, asked, [4])
    assert reason.items.tolist() == [1, 2]
    assert reason.score == 4
    dropped = drop(given, reason)
    assert dropped.removed == (1, 2)
    assert dropped.score == 0
    added = Query(user=0, history=(0, 1, 2, 6))
    assert because(given, added, [4])[0].items.tolist() == [1, 0, 2, 6]


def test_the_own_part_is_named(given) -> None:
    own = np.zeros((1, 7))
    own[0, 3] = 18
    model = Given(WEIGHTS, own).fit(given.data)
    [reason] = because(model, 0, [3])
    assert reason.own == 18
    assert reason.score == 24
    assert reason.own_share == pytest.approx(0.75)
    assert reason.share_together == pytest.approx(7 / 24)
    assert reason.sum_error == 0


def test_ties_go_to_the_lower_number_as_in_lists() -> None:
    scores = np.array([2.0, 5, 5, 2, 9])
    hidden = np.array([4])
    assert [rank_among(scores, item, hidden) for item in range(5)] == [3, 1, 2, 4, None]


@pytest.mark.parametrize("name", ["item_knn", "ease", "lightgcn"])
def test_ranks_are_those_of_the_list_and_of_a_second_look(name: str) -> None:
    split = worlds.published(worlds.scattered())
    settings = {"epochs": 10, "embedding_size": 8, "user_vectors": "none"} if name == "lightgcn" else {}
    model = fit(name, split.dataset, split, settings=settings, device="cpu").recommender
    masked = split.matrix("valid")
    for user in (0, 11, 25):
        listed = model.recommend([user], k=6, exclude=masked).items[0]
        reasons = because(model, user, listed, exclude=masked)
        assert [reason.rank for reason in reasons] == [1, 2, 3, 4, 5, 6]
        assert max(reason.sum_error for reason in reasons) < 1e-4
        reason = reasons[0]
        dropped = drop(model, reason)
        edges = tuple((user, item) for item in dropped.removed)
        scores = model.scores([Query(user=user, without=edges)])[0]
        order = [i for i in np.lexsort((np.arange(len(scores)), -scores)) if i not in set(reason.hidden)]
        assert dropped.rank == order.index(reason.item) + 1


def test_a_model_that_does_not_decompose_says_so() -> None:
    split = worlds.published(worlds.scattered())
    with pytest.raises(IncompatibleError, match="cannot split a score"):
        because(create("popularity").fit(split.training()), 0, [1])


def test_unknown_people_and_items_are_refused(given) -> None:
    for user, item in ((5, 3), (0, 70)):
        with pytest.raises(DataError, match="expected 0 to"):
            because(given, user, [item])
