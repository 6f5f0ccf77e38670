"""The audit: what is true scores 1, what is random scores as chance, what is inverted scores below it."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from gnnrec.data import FILMS
from gnnrec.errors import IncompatibleError
from gnnrec.explain.audit import (
    CHANCE,
    FAITHFUL,
    SHORTEST,
    UNKNOWN,
    WEAK,
    audit,
    audit_together,
    spearman,
    verdict_words,
)
from gnnrec.explain.deletion import deletion
from gnnrec.explain.methods import Asked, Importance, importance
from gnnrec.graph import Graph
from gnnrec.recommenders import Query, create
from gnnrec.training import fit
from tests import worlds
from tests.unit.explain.given import Given


def of_weights(*counts: float) -> Asked:
    """One person whose items count these much for one more item."""
    n = len(counts)
    weights = np.zeros((n + 2, n + 2))
    weights[:n, n] = counts
    pairs = [(0, item) for item in range(n)] + [(1, n), (1, n + 1)]
    data = worlds.whole(worlds.of_pairs(pairs, 2, n + 2)).training("train")
    model = Given(weights).fit(data)
    graph = Graph.bipartite(data.n_users, data.n_items, data.user, data.item)
    return Asked(model, graph, Query(user=0), n)


def named(asked: Asked, values, name: str = "mine", by_seed=None) -> Importance:
    values = np.asarray(values, dtype=np.float64)
    return Importance(name, asked.history, values, values[None] if by_seed is None else np.asarray(by_seed))


@pytest.fixture(scope="module")
def twelve() -> Asked:
    return of_weights(*[float(one) for one in (7, -2, 4, 0, 1, 9, 3, -1, 5, 2, 8, 6)])


def test_an_exact_split_of_an_additive_model_is_the_truth(twelve) -> None:
    found = audit(twelve, importance(twelve, "because"))
    assert (found.area, found.low, found.high, found.spearman) == (1, 1, 1, 1)
    assert found.verdict == FAITHFUL
    assert found.sum_error == 0
    assert np.isnan(found.stability)
    assert found.curve.removed.tolist() == [1, 2, 3, 5, 10]
    assert found.curve.drop.tolist() == [9, 17, 24, 35, 45]
    assert found.curve.truth.tolist() == found.curve.drop.tolist()
    assert (found.curve.chance < found.curve.drop).all()
    assert (found.curve.chance_low <= found.curve.chance).all()
    assert (found.curve.chance <= found.curve.chance_high).all()


def test_the_other_way_round_is_worse_than_chance(twelve) -> None:
    effect = deletion(twelve.recommender, 0, twelve.item).effect
    found = audit(twelve, named(twelve, -effect))
    assert found.high < 0
    assert found.spearman == -1
    assert found.luck > 0.9
    assert found.verdict == CHANCE


def test_random_orders_score_as_chance(twelve) -> None:
    rng = np.random.default_rng(0)
    given = {f"random {n}": named(twelve, rng.random(12), f"random {n}") for n in range(300)}
    found = audit_together(twelve, given, draws=200).values()
    areas = np.array([one.area for one in found])
    assert abs(areas.mean()) < 3 * areas.std() / np.sqrt(300) + 0.05
    assert abs(np.mean([one.spearman for one in found])) < 0.06
    # Better than chance by luck in one case of twenty.
    assert np.mean([one.verdict == CHANCE for one in found]) > 0.9


def test_what_begins_right_and_goes_on_wrong_is_weak() -> None:
    asked = of_weights(*[float(one) for one in np.random.default_rng(2).permutation(30)])
    effect = deletion(asked.recommender, 0, asked.item).effect
    found = audit(asked, named(asked, np.where(effect >= 25, 100 + effect, -effect)))
    assert 0 < found.area < 1
    assert found.spearman < 0.5
    assert found.verdict == WEAK
    assert verdict_words(found, FILMS).startswith("Weak: taking out the films it names first goes ")


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_a_short_history_cannot_tell(n: int) -> None:
    asked = of_weights(*[3.0, 1.0, 2.0][:n])
    found = audit(asked, importance(asked, "because"))
    assert (found.n, found.verdict) == (n, UNKNOWN)
    assert len(found.curve.removed) == max(n - 1, 0)
    assert np.isnan(found.area) == (n < 2)
    assert np.isnan(found.spearman) == (n < 2)
    assert str(n or "no") in verdict_words(found, FILMS)


def test_the_shortest_history_is_judged_by_all_orders() -> None:
    asked = of_weights(4, 1, 3, 2)
    found = audit(asked, importance(asked, "because"))
    assert found.n == SHORTEST
    assert found.luck == pytest.approx(1 / 24)
    assert found.low == found.high == found.area == 1
    assert found.verdict == FAITHFUL
    assert audit(asked, named(asked, [1, 2, 3, 4])).verdict == CHANCE


def test_where_everything_counts_alike_no_order_is_true() -> None:
    asked = of_weights(*[2.0] * 9)
    found = audit(asked, named(asked, range(9)))
    assert found.verdict == UNKNOWN
    assert np.isnan(found.area) and np.isnan(found.spearman)
    assert "hardly matters" in verdict_words(found, FILMS)


def test_who_names_nothing_first_is_not_better_than_chance(twelve) -> None:
    found = audit(twelve, named(twelve, np.ones(12)))
    assert found.verdict == CHANCE
    assert np.isnan(found.spearman)


def test_equal_values_are_in_no_order_of_their_own() -> None:
    """Ids often tell how old an item is: ties by number would be an explanation of their own."""
    asked = of_weights(*np.arange(30.0, 0, -1))
    areas = [audit(asked, named(asked, np.zeros(30)), draws=100, seed=seed).area for seed in range(40)]
    assert abs(np.mean(areas)) < 0.15


def test_ties_of_the_truth_cost_nothing() -> None:
    asked = of_weights(5, 5, 5, 1, 1, 1, 0, 0)
    assert audit(asked, importance(asked, "because")).area == 1
    # One order among equals is as good as another.
    assert audit(asked, named(asked, [7, 8, 6, 4, 5, 3, 1, 2])).area == 1


def test_rounding_is_no_effect() -> None:
    asked = of_weights(5, 3, 0, 0, 0, 0, 2, 1)
    deleted = deletion(asked.recommender, 0, asked.item)
    noise = np.array([1, -1, 1, -1, 1, -1, 1, -1]) * 1e-7
    found = audit(asked, importance(asked, "because"), replace(deleted, scores=deleted.scores + noise))
    assert found.spearman == 1


def test_stability_compares_the_seeds(twelve) -> None:
    rising = np.arange(12.0)
    same = named(twelve, rising, by_seed=[rising, rising, rising])
    assert audit(twelve, same).stability == 1
    assert audit(twelve, named(twelve, rising, by_seed=[rising, -rising])).stability == -1


def test_sparsity_is_how_few_hold_half(twelve) -> None:
    one = audit(twelve, named(twelve, [10, *[1] * 10, -50]))
    assert (one.half, one.sparsity) == (1, pytest.approx(11 / 12))
    even = audit(twelve, named(twelve, [1] * 12))
    assert (even.half, even.sparsity) == (6, 0.5)
    assert np.isnan(audit(twelve, named(twelve, [-1] * 12)).sparsity)


def test_every_set_is_asked_once(twelve, monkeypatch) -> None:
    # By name, as the package has a function of the same name.
    module = sys.modules[audit.__module__]
    asked_of = []
    plain = module.rescored

    def counted(recommender, query, item, removals, hidden, tell=None):
        asked_of.append([tuple(one) for one in removals])
        return plain(recommender, query, item, removals, hidden, tell)

    monkeypatch.setattr(module, "rescored", counted)
    because = importance(twelve, "because")
    deleted = deletion(twelve.recommender, 0, twelve.item)
    audit_together(twelve, {name: replace(because, method=name) for name in "abc"}, deleted)
    [removals] = asked_of
    assert len(removals) == len(set(removals))
    # Single ones are known already; twenty random orders and one that all share, four steps each.
    assert len(removals) <= 4 * 21


def test_the_same_seed_gives_the_same_audit(twelve) -> None:
    rng = np.random.default_rng(3)
    given = named(twelve, rng.random(12))
    first, again = audit(twelve, given, seed=5), audit(twelve, given, seed=5)
    assert (first.area, first.low, first.luck) == (again.area, again.low, again.luck)


def test_ease_agrees_with_its_own_deletions() -> None:
    world = worlds.scattered(per_user=20)
    data = worlds.published(world).training()
    model = create("ease").fit(data)
    graph = Graph.bipartite(data.n_users, data.n_items, data.user, data.item)
    seen = data.history(4)
    item = int(np.setdiff1d(np.arange(data.n_items), seen)[0])
    asked = Asked(model, graph, Query(user=4), item)
    found = audit(asked, importance(asked, "because"))
    assert found.area == pytest.approx(1, abs=1e-4)
    assert found.spearman > 0.99
    assert found.sum_error < 1e-5
    assert found.verdict == FAITHFUL


def test_newcomers_are_judged_by_fold_in(twelve) -> None:
    asked = replace(twelve, query=Query(history=tuple(range(8))))
    found = audit(asked, importance(asked, "because"))
    assert (found.n, found.area, found.verdict) == (8, 1, FAITHFUL)


def test_a_model_that_shows_no_edit_cannot_be_audited() -> None:
    world = worlds.scattered()
    split = worlds.published(world)
    model = fit("mf", world, split, settings={"epochs": 1}).recommender
    data = model.data
    graph = Graph.bipartite(data.n_users, data.n_items, data.user, data.item)
    asked = Asked(model, graph, Query(user=0), 3)
    with pytest.raises(IncompatibleError):
        audit(asked, named(asked, np.arange(len(asked.history))))


def test_verdicts_in_words(twelve) -> None:
    because = audit(twelve, importance(twelve, "because"))
    assert verdict_words(because, FILMS) == (
        "Faithful: taking out the films it names first goes 100 % of the way from chance to the true order, and "
        "its order agrees with the true effects at 1.00 (1 is the same order, 0 none)."
    )
    chance = verdict_words(replace(because, verdict=CHANCE, luck=0.334), FILMS)
    assert "33 of 100 random orders do as well" in chance


def test_rank_correlation_is_the_one_of_scipy() -> None:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 5, 40), rng.normal(size=40)
    assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)
