"""Two models person by person: shares, groups and what counts as alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.errors import IncompatibleError
from gnnrec.evaluation import Evaluation
from gnnrec.evaluation.versus import A_AHEAD, B_AHEAD, BOTH, NONE, ONLY_A, ONLY_B, QUADRANTS, versus


def result(values, users=None, part="valid", counts=None, metric="ndcg@10") -> Evaluation:
    values = np.asarray(values, dtype=float)
    table = {metric: values} | ({"hit@10": (values > 0).astype(float)} if counts is None else {})
    users = np.arange(len(values)) if users is None else np.asarray(users)
    return Evaluation(part, users, pd.DataFrame(table), None if counts is None else np.asarray(counts))


def test_quadrants_share_everybody_out_and_the_largest_difference_comes_first() -> None:
    found = versus(result([0.5, 0.2, 0, 0, 0.9, 0.3]), result([0.5, 0, 0.4, 0, 0.1, 0]), "ndcg@10")
    groups = {name: found.users[places].tolist() for name, places in found.groups.items()}
    assert groups[BOTH] == [4, 0]
    assert groups[ONLY_A] == [5, 1]
    assert groups[ONLY_B] == [2]
    assert groups[NONE] == [3]
    assert groups[A_AHEAD] == [4, 5, 1]
    assert groups[B_AHEAD] == [2]
    assert sum(len(groups[name]) for name in QUADRANTS) == found.n


def test_only_people_that_both_judge_are_compared() -> None:
    found = versus(result([0.1, 0.2, 0.3], [1, 5, 9]), result([0.3, 0.2, 0.7], [5, 9, 11]), "ndcg@10")
    assert found.users.tolist() == [5, 9]
    assert found.a.tolist() == [0.2, 0.3] and found.b.tolist() == [0.3, 0.2]


def test_errors_are_better_when_lower_and_served_means_within_the_middle_error() -> None:
    found = versus(
        result([0.2, 1.0, 0.6], counts=[1, 1, 1], metric="rmse"),
        result([0.4, 0.5, 0.6], counts=[1, 1, 1], metric="rmse"),
        "rmse",
    )
    assert found.lower_is_better and found.limit == pytest.approx(0.55)
    assert found.gain == pytest.approx([0.2, -0.5, 0])
    groups = {name: found.users[places].tolist() for name, places in found.groups.items()}
    assert groups == {BOTH: [0], ONLY_A: [], ONLY_B: [1], NONE: [2], A_AHEAD: [0], B_AHEAD: [1]}


def test_identical_models_are_alike_for_everybody() -> None:
    values = np.float32([0.1, 0.7, 0.0])
    found = versus(result(values), result(values), "ndcg@10")
    assert found.identical and found.of_100 == (0, 100, 0)
    # Stored in single precision on one side only.
    assert versus(result(values), result(values.astype(np.float64) + 1e-8), "ndcg@10").identical


@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=60))
def test_shares_add_up_to_a_hundred(signs: list[int]) -> None:
    found = versus(result([0.5 + 0.1 * one for one in signs]), result([0.5] * len(signs)), "ndcg@10")
    shares = np.array([signs.count(1), signs.count(0), signs.count(-1)]) * 100 / len(signs)
    assert sum(found.of_100) == 100
    assert np.abs(np.array(found.of_100) - shares).max() < 1


def test_nobody_in_common() -> None:
    found = versus(result([0.1], [1]), result([0.1], [2]), "ndcg@10")
    assert found.n == 0 and found.of_100 == (0, 0, 0) and found.identical


@pytest.mark.parametrize("other", [result([0.1], part="test"), result([0.1], counts=[1], metric="rmse")])
def test_what_has_no_common_measure_is_refused(other: Evaluation) -> None:
    with pytest.raises(IncompatibleError):
        versus(result([0.1]), other, "ndcg@10")
