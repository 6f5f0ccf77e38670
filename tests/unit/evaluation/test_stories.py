"""Three stories by rule: who is chosen, and that the choice does not depend on chance or order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gnnrec.data import FILMS
from gnnrec.evaluation import Evaluation
from gnnrec.evaluation.stories import FAILURE, NEWCOMER, WIN, stories


def judged(values: np.ndarray, users: np.ndarray) -> Evaluation:
    table = pd.DataFrame({"ndcg@10": values, "hit@10": (values > 0).astype(float)})
    return Evaluation("valid", users, table)


def by_kind(values, baseline, n_train, users=None) -> dict:
    users = np.arange(len(values)) if users is None else users
    found = stories(
        judged(np.array(values, dtype=float), users),
        judged(np.array(baseline, dtype=float), users),
        np.array(n_train),
    )
    return {story.kind: story for story in found}


def test_the_win_gains_more_than_95_of_100() -> None:
    values = np.arange(1, 101) / 100
    found = by_kind(values, np.zeros(100), np.full(100, 50))
    assert found[WIN].user == 95
    assert (values < found[WIN].value).mean() == 0.95
    assert found[WIN].baseline == 0


def test_without_a_gain_there_is_no_win_and_a_small_gain_is_better_than_none() -> None:
    assert WIN not in by_kind([0.1] * 30, [0.2] * 30, [9] * 30)
    only = by_kind([0.1] * 10 + [0.5] + [0.1] * 29, [0.2] * 40, [9] * 40)
    assert only[WIN].user == 10


def test_the_newcomer_has_least_to_learn_from_and_a_hit_if_anybody_there_has_one() -> None:
    n_train = [0, 1, 2, 2, 3, *[40] * 35]
    values = [0.9, 0.0, 0.4, 0.6, 0.9, *[0.2] * 35]
    found = by_kind(values, [0.2] * 40, n_train)
    assert (found[NEWCOMER].user, found[NEWCOMER].n_train) == (3, 2)
    nobody = by_kind([0.0, 0.0, 0.0, 0.0, 0.0, *[0.2] * 35], [0.2] * 40, n_train)
    assert (nobody[NEWCOMER].user, nobody[NEWCOMER].n_train) == (1, 1)
    assert "finds nothing" in nobody[NEWCOMER].sentence(FILMS, "Ana")


def test_the_failure_had_most_to_learn_from_and_the_baseline_served_them() -> None:
    values = [0.0, 0.0, 0.0, *[0.5] * 17]
    baseline = [0.0, 0.3, 0.3, *[0.1] * 17]
    found = by_kind(values, baseline, [900, 60, 70, *[30] * 17])
    assert found[FAILURE].user == 2
    assert by_kind(values, [0.0] * 20, [900, 60, 70, *[30] * 17])[FAILURE].user == 0
    assert FAILURE not in by_kind([0.5] * 20, baseline, [30] * 20)


def test_nobody_appears_twice_and_numbers_are_those_of_people() -> None:
    users = np.array([4, 8, 15])
    n_train = np.zeros(20, dtype=int)
    n_train[users] = [1, 5, 9]
    found = by_kind([0.6, 0.8, 0.0], [0.5, 0.0, 0.2], n_train, users)
    assert {story.user for story in found.values()} == {4, 8, 15}
    assert found[FAILURE].user == 15
    assert found[FAILURE].n_train == 9


def test_nobody_judged_gives_no_story() -> None:
    assert by_kind([], [], []) == {}


def test_sentences_never_claim_more_than_watching() -> None:
    found = by_kind([0.9, 0.5, 0.0, *[0.2] * 17], [0.0] * 2 + [0.4] * 18, [30, 1, 80, *[40] * 17])
    sentences = [story.sentence(FILMS, "Ana") for story in found.values()]
    assert len(sentences) == 3
    for text in sentences:
        assert "Ana watched" in text
        assert "liked" not in text
    assert "only 1 film that" in found[NEWCOMER].sentence(FILMS, "Ana")
