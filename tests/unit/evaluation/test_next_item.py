"""Questions about the next item, against a plain loop over sessions and clicks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from gnnrec.errors import ConfigError
from gnnrec.evaluation import evaluate
from gnnrec.evaluation.next_item import ranks
from gnnrec.recommenders import Query, create
from tests import worlds


@pytest.fixture(scope="module")
def fitted():
    cut = worlds.published(worlds.sessioned())
    return create("session_knn").fit(cut.training()), cut


def plain(model, cut, part: str, k: int) -> dict[int, list[tuple[float, float, float]]]:
    """Hit, reciprocal rank and gain of every question, by person."""
    found: dict[int, list[tuple[float, float, float]]] = {}
    clicks = cut.dataset.clicks
    for number in cut.session_numbers(part):
        items = clicks.clicks(number).tolist()
        for place in range(1, len(items)):
            scores = model.scores([Query(session=tuple(items[:place]))])[0].tolist()
            ahead = sorted(range(len(scores)), key=lambda item: (-scores[item], item))
            rank = ahead.index(items[place]) + 1
            said = (1.0, 1 / rank, 1 / math.log2(rank + 1)) if rank <= k else (0.0, 0.0, 0.0)
            found.setdefault(int(clicks.user[number]), []).append(said)
    return found


@pytest.mark.parametrize("part", ["valid", "test"])
@pytest.mark.parametrize("k", [1, 5, 20])
def test_it_equals_a_plain_loop(fitted, part: str, k: int) -> None:
    model, cut = fitted
    judged, expected = evaluate(model, cut, part, at=(k,)), plain(model, cut, part, k)
    assert judged.users.tolist() == sorted(expected)
    assert judged.counts.tolist() == [len(expected[user]) for user in sorted(expected)]
    names = [f"{name}@{k}" for name in ("hit", "mrr", "ndcg")]
    for user, row in zip(judged.users.tolist(), judged.per_user[names].to_numpy(), strict=True):
        np.testing.assert_allclose(row, np.mean(expected[user], axis=0))
    all_questions = [one for told in expected.values() for one in told]
    np.testing.assert_allclose([judged.means[name] for name in names], np.mean(all_questions, axis=0))


def test_ties_go_to_the_lower_number(fitted) -> None:
    _, cut = fitted

    class Flat:
        data = cut.training()

        def scores(self, queries):
            return np.zeros((len(queries), cut.dataset.n_items), dtype=np.float32)

    sessions = cut.dataset.clicks.take(cut.session_numbers("test"))
    asked, before = sessions.questions()
    assert np.array_equal(ranks(Flat(), sessions), sessions.item[sessions.start[asked] + before] + 1)


def test_an_unknown_metric_is_refused(fitted) -> None:
    model, cut = fitted
    with pytest.raises(ConfigError, match="metric of the next item"):
        evaluate(model, cut, "valid", metrics=("rmse",))


def test_what_no_learned_session_holds_comes_last(fitted) -> None:
    _, cut = fitted
    few = replace(cut.training(), session_numbers=cut.session_numbers("train")[:6])
    model = create("session_knn").fit(few)
    clicked = np.unique(few.sessions.item)
    never = np.setdiff1d(np.arange(few.n_items), clicked)
    scores = model.scores([Query(session=(int(clicked[0]),)), Query(session=(int(never[0]),))])
    assert len(never)
    assert (scores[:, never].max(1) < scores[:, clicked].min(1)).all()
    assert not np.array_equal(scores[0], scores[1])
    # Clicks that nobody learned anything of say nothing.
    both = model.scores([Query(session=(int(never[0]), int(clicked[0])))])
    assert np.array_equal(both[0], scores[0])
