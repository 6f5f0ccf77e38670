"""LightGCN that forgets: what it is without a half-life, what an edge weighs, and what it says of an earlier day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gnnrec.data import Dataset, Split, TrainingData, split
from gnnrec.data.moments import DAY
from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Query, Recommender, create
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 6, "embedding_size": 8, "evaluate_every": 2}


def spread_over_days(dataset: Dataset) -> Dataset:
    """The scattered world with its thousand seconds as a thousand days."""
    rows = dataset.interactions
    return replace(dataset, interactions=replace(rows, timestamp=rows.timestamp.astype(np.int64) * DAY))


@pytest.fixture(scope="module")
def cut() -> Split:
    return worlds.published(spread_over_days(worlds.scattered()))


def fitted(name: str, cut: Split, **settings) -> Recommender:
    return fit(name, cut.dataset, cut, seed=0, device="cpu", settings=SMALL | settings).recommender


def everybody(recommender: Recommender) -> np.ndarray:
    return recommender.scores(range(recommender.data.n_users))


@pytest.mark.parametrize(
    "settings",
    [{}, {"n_layers": 3, "dropout": 0.3}, {"user_vectors": "none"}, {"loss": "bpr"}, {"init": "mf"}],
    ids=str,
)
def test_without_a_half_life_it_is_exactly_lightgcn(cut: Split, settings: dict) -> None:
    plain = fitted("lightgcn", cut, **settings)
    ageless = fitted("time_lightgcn", cut, half_life=0.0, **settings)
    np.testing.assert_array_equal(everybody(ageless), everybody(plain))
    for name, value in plain.state().items():
        np.testing.assert_array_equal(ageless.state()[name], value)
    edges = ((2, int(plain.data.history(2)[0])),)
    queries = [Query(history=(1, 4)), Query(user=2, without=edges), Query(user=2, without=edges)]
    np.testing.assert_array_equal(ageless.scores(queries), plain.scores(queries))
    assert ageless.capabilities - plain.capabilities == {"travels"}
    assert plain.capabilities <= ageless.capabilities


def dense_scores(model: Recommender, data: TrainingData, half_life: float, last: float) -> np.ndarray:
    """LightGCN over edges 2^(-age / half_life), written out."""
    weights = np.zeros((data.n_users, data.n_items))
    weights[data.user, data.item] = 2.0 ** ((data.timestamp - last) / (DAY * half_life))
    sums = weights.sum(1, keepdims=True), weights.sum(0)
    norm = weights / np.sqrt(np.where(sums[0] > 0, sums[0], 1) * np.where(sums[1] > 0, sums[1], 1))
    people, items = model.state()["user"], model.state()["item"]
    layers = [(people, items)]
    for _ in range(model.config.n_layers):
        people, items = norm @ items, norm.T @ people
        layers.append((people, items))
    people, items = (np.mean([one[side] for one in layers], axis=0) for side in (0, 1))
    people, items = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in (people, items))
    return people @ items.T


@pytest.mark.parametrize("last", [1000 * DAY, 1500 * DAY], ids=["the last day", "a later day"])
def test_an_edge_halves_with_every_half_life_whatever_day_is_today(cut: Split, last: int) -> None:
    model = fitted("time_lightgcn", cut, half_life=100.0)
    np.testing.assert_allclose(everybody(model), dense_scores(model, cut.training(), 100.0, last), atol=1e-5)
    assert np.abs(everybody(model) - everybody(fitted("lightgcn", cut))).max() > 0.01


def test_weights_too_small_for_a_computer_still_add_up(cut: Split) -> None:
    model = fitted("time_lightgcn", cut, half_life=0.01)
    norm = model.graph.normalised
    assert np.isfinite(norm.data).all() and np.isfinite(everybody(model)).all()
    n_users = cut.dataset.n_users
    # Who is last at both ends hears that one edge whole.
    assert norm[:n_users].max() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("settings", [{}, {"half_life": 0.0}, {"user_vectors": "none"}], ids=str)
def test_an_earlier_day_is_the_graph_of_that_day_with_the_same_vectors(cut: Split, settings: dict) -> None:
    model = fitted("time_lightgcn", cut, **{"half_life": 100.0} | settings)
    moment = 400 * DAY
    then = model.scores([Query(user=user, as_of=moment) for user in range(cut.dataset.n_users)])
    rows = cut.rows("train")
    earlier = create("time_lightgcn", model.config.as_dict())
    earlier.load_state(
        TrainingData(cut.dataset, rows[cut.dataset.interactions.timestamp[rows] < moment]), model.state()
    )
    np.testing.assert_allclose(then, everybody(earlier), atol=1e-6)
    np.testing.assert_array_equal(model.history(Query(user=3, as_of=moment)), earlier.data.history(3))
    assert np.abs(then - everybody(model)).max() > 0.01


def test_what_happened_later_does_not_reach_an_earlier_day(cut: Split) -> None:
    model = fitted("time_lightgcn", cut, half_life=100.0)
    rows, moment = cut.dataset.interactions, 500 * DAY
    train = cut.rows("train")
    late = rows.timestamp[train] >= moment
    # Half of what is late goes, and what is left has another date.
    moved = replace(
        cut.dataset,
        interactions=replace(rows, timestamp=rows.timestamp + (rows.timestamp >= moment) * DAY * 77),
    )
    other = create("time_lightgcn", model.config.as_dict())
    other.load_state(TrainingData(moved, train[~late | (np.arange(len(train)) % 2 == 0)]), model.state())
    queries = [Query(user=user, as_of=moment) for user in range(cut.dataset.n_users)]
    np.testing.assert_allclose(model.scores(queries), other.scores(queries), atol=1e-6)
    assert np.abs(everybody(model) - everybody(other)).max() > 0.01


def test_after_the_last_row_nothing_is_different(cut: Split) -> None:
    model = fitted("time_lightgcn", cut, half_life=100.0)
    later = [Query(user=user, as_of=5000 * DAY) for user in range(cut.dataset.n_users)]
    np.testing.assert_array_equal(model.scores(later), everybody(model))


def test_before_the_first_row_nobody_has_a_history(cut: Split) -> None:
    for settings in ({}, {"user_vectors": "none"}):
        model = fitted("time_lightgcn", cut, half_life=100.0, **settings)
        first = Query(user=0, as_of=1)
        assert len(model.history(first)) == 0
        assert np.isfinite(model.scores([first])).all()


def test_a_list_of_an_earlier_day_may_hold_what_was_chosen_later(cut: Split) -> None:
    model = fitted("time_lightgcn", cut, half_life=100.0)
    then = set(model.recommend([Query(user=1, as_of=1)], k=999).items[0].tolist())
    now = set(model.recommend([1], k=999).items[0].tolist())
    assert set(model.data.history(1).tolist()) <= then
    assert not set(model.data.history(1).tolist()) & now


@pytest.mark.parametrize("settings", [{}, {"score": "raw"}, {"user_vectors": "none"}], ids=str)
def test_shares_of_the_history_add_up_exactly(cut: Split, settings: dict) -> None:
    model = fitted("time_lightgcn", cut, half_life=100.0, **settings)
    items = np.arange(cut.dataset.n_items)
    gone = int(model.data.history(4)[0])
    for query in (Query(user=4), Query(user=4, without=((4, gone),)), Query(user=4, as_of=600 * DAY)):
        found = model.contributions(query, items)
        np.testing.assert_allclose(found.own + found.values.sum(1), found.score, atol=1e-5)
        np.testing.assert_array_equal(found.items, model.history(query))


def test_an_edge_that_comes_is_as_new_as_the_newest(cut: Split) -> None:
    model = fitted("time_lightgcn", cut, half_life=100.0)
    item = next(one for one in range(cut.dataset.n_items) if one not in model.data.history(5))
    history = (*model.data.history(5).tolist(), item)
    graph = model.graph.edited(add=[(5, item)])
    edited = create("time_lightgcn", model.config.as_dict())
    edited.load_state(model.data, model.state())
    edited.graph = graph
    edited._graph_placed()
    edited.serve()
    np.testing.assert_allclose(
        model.scores([Query(user=5, history=history)])[0], edited.scores([5])[0], atol=1e-6
    )
    assert graph.watched.time[graph.watched.time == graph.watched.time.max()].size > 1


def test_a_newcomer_without_dates_is_told_so(cut: Split) -> None:
    model = fitted("time_lightgcn", cut, half_life=100.0)
    with pytest.raises(IncompatibleError, match="by its date"):
        model.scores([Query(history=(1, 2))])


def test_rows_without_a_believable_date_stand_in_the_middle(cut: Split) -> None:
    rows = cut.dataset.interactions
    times = rows.timestamp.copy()
    train = cut.rows("train")
    times[train[0]], times[train[1]] = 0, 40_000_000 * DAY
    broken = replace(cut.dataset, interactions=replace(rows, timestamp=times))
    model = create("time_lightgcn", {"embedding_size": 8})
    model.attach(TrainingData(broken, train))
    assert (model._moments.missing, model._moments.future) == (1, 1)
    middle = int(np.median(rows.timestamp[train[2:]]))
    assert (model._moments.seconds[:2] == middle).all()
    assert model.graph.watched.time.max() < 1001 * DAY


def test_the_formula_of_an_edge_says_what_it_weighs_by_age(cut: Split) -> None:
    from gnnrec.explain.messages import edge_formula
    from gnnrec.graph import Graph

    data = cut.training()
    graph = Graph.bipartite(data.n_users, data.n_items, data.user, data.item)
    aging, ageless = (fitted("time_lightgcn", cut, half_life=one) for one in (100.0, 0.0))
    np.testing.assert_array_equal(aging.graph.edge_index(), graph.edge_index())
    for edge in (0, 7, graph.edge_index().shape[1] - 1):
        lines = edge_formula(aging, graph, edge).lines
        assert f"weighs {aging.graph.edge_norm[edge]:.3g}." in lines[-1]
        assert edge_formula(ageless, graph, edge).lines == lines[:-1]


def drifting(seed: int, shuffled: bool) -> Split:
    """Everybody changes taste after two thirds of the time; what is held out follows the new one."""
    rng = np.random.default_rng(seed)
    n_users, n_items, groups = 60, 40, 4
    of_item = np.arange(n_items) % groups
    pairs, days = [], []
    for user in range(n_users):
        first, then = rng.choice(groups, 2, replace=False)
        for taste, start, end, count in ((first, 0, 600, 6), (then, 600, 900, 3), (then, 900, 1000, 3)):
            mine = np.flatnonzero(of_item == taste)
            free = [one for one in mine if (user, int(one)) not in pairs[-20:]]
            pairs += [(user, int(one)) for one in rng.choice(free, count, replace=False)]
            days += rng.integers(start, end, count).tolist()
    times = (np.array(days) * DAY + 1).tolist()
    dataset = worlds.of_pairs(pairs, n_users, n_items, timestamp=times)
    cut = split(dataset, "global-time:train=75,valid=10,test=15")
    if not shuffled:
        return cut
    moved = np.array(times)
    train = cut.rows("train")
    moved[train] = rng.permutation(moved[train])
    return Split(
        replace(dataset, interactions=replace(dataset.interactions, timestamp=moved)), cut.protocol, cut.part
    )


def test_where_taste_drifts_forgetting_gains_and_shuffled_dates_take_the_gain_away() -> None:
    settings = {
        "epochs": 20,
        "embedding_size": 16,
        "user_vectors": "none",
        "n_layers": 1,
        "evaluate_every": 20,
    }
    gains = {}
    for shuffled in (False, True):
        found = []
        for seed in range(3):
            cut = drifting(seed, shuffled)
            with_age, without = (
                fit(
                    "time_lightgcn",
                    cut.dataset,
                    cut,
                    seed=0,
                    device="cpu",
                    settings=settings | {"half_life": half_life},
                ).test.means["ndcg@10"]
                for half_life in (300.0, 0.0)
            )
            found.append(with_age - without)
        gains[shuffled] = float(np.mean(found))
    assert gains[False] > 0.1
    assert gains[True] < gains[False] / 3
