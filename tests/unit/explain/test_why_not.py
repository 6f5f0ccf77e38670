"""Why not: rank, gap and distance by eye, and the smallest changes against trying every set."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.errors import ConfigError, DataError
from gnnrec.explain import smallest_change
from gnnrec.explain.deletion import estimate as seconds_of
from gnnrec.explain.smallest_change import Effort
from gnnrec.explain.why_not import estimate, why_not, why_not_words
from gnnrec.graph import Graph
from gnnrec.recommenders import Query, create
from tests import worlds
from tests.unit.explain.given import Given


def graph_of(model) -> Graph:
    data = model.data
    return Graph.bipartite(data.n_users, data.n_items, data.user, data.item)


def given_model(weights, histories, n_items: int) -> Given:
    """A model whose scores are sums of given weights; person 0 is asked about, the others make items known."""
    pairs = [(0, item) for item in histories] + [(1, item) for item in range(n_items)]
    model = Given(weights)
    model.fit(worlds.whole(worlds.of_pairs(pairs, 2, n_items)).training())
    return model


def ranked(scores: np.ndarray, item: int, hidden) -> int:
    visible = [one for one in range(len(scores)) if one not in hidden]
    return 1 + sorted(visible, key=lambda one: (-scores[one], one)).index(item)


def test_rank_gap_distance_and_what_pulls_down() -> None:
    # The history is items 0 and 1; item 4 stands behind 2 and 3.
    weights = np.zeros((5, 5))
    weights[0] = [0, 0, 5, 2, 3]
    weights[1] = [0, 0, 1, 2, -2]
    model = given_model(weights, [0, 1], 5)
    found = why_not(model, graph_of(model), 0, 4, k=1)
    assert (found.rank, found.candidates, found.score, found.kth, found.gap) == (3, 3, 1.0, 2, 5.0)
    assert (found.hops, found.watchers, found.seen, found.history) == (3, 1, False, 2)
    assert found.against == [(1, -2.0)]
    assert found.behind == [(1, 3.0), (0, 2.0)]
    assert sum(value for _, value in found.behind) + found.own_behind == found.gap
    assert found.push_out is None
    assert found.bring_in is None and found.largest == 2


def test_one_further_item_brings_it_in_and_is_named_as_smallest() -> None:
    weights = np.zeros((6, 6))
    weights[0, [2, 3]] = 4, 1
    weights[4, 3] = 9
    weights[5, 3] = 1
    model = given_model(weights, [0, 1], 6)
    found = why_not(model, graph_of(model), 0, 3, k=1)
    change = found.bring_in
    assert (change.items, change.exact, change.rank_before, change.rank_after) == ((4,), True, 2, 1)
    assert why_not_words(found, worlds.of_pairs([(0, 0)], 1, 6)).endswith("it would be at rank 1.")


def test_what_is_added_does_not_give_its_place_away() -> None:
    # Item 3 stands right behind item 2: watching item 2 alone says nothing about item 3.
    weights = np.zeros((5, 5))
    weights[0, [2, 3]] = 4, 1
    model = given_model(weights, [0, 1], 5)
    found = why_not(model, graph_of(model), 0, 3, k=1)
    assert found.rank == 2 and found.bring_in is None and found.tried > 0


def test_a_pair_is_smallest_only_once_every_item_was_tried(monkeypatch) -> None:
    weights = np.zeros((7, 7))
    weights[0, [2, 3]] = 4, 1
    weights[4, 3] = weights[5, 3] = 2
    model = given_model(weights, [0, 1], 7)
    found = why_not(model, graph_of(model), 0, 3, k=1)
    assert (found.bring_in.items, found.bring_in.exact) == ((4, 5), True)
    monkeypatch.setattr(smallest_change, "_MOST_WORK", 0)
    monkeypatch.setattr(smallest_change, "TOGETHER", Effort(singles=2, pairs=2, triples=3, growing=2))
    found = why_not(model, graph_of(model), 0, 3, k=1)
    assert (found.bring_in.items, found.bring_in.exact) == ((4, 5), False)
    assert "a smaller set may do it too" in why_not_words(found, worlds.of_pairs([(0, 0)], 1, 7))


def test_removals_that_push_it_out() -> None:
    # Item 4 is carried by three items of the history, any one of which is enough against item 5.
    weights = np.zeros((6, 6))
    weights[[0, 1, 2], 4] = 3
    weights[3, 5] = 2
    model = given_model(weights, [0, 1, 2, 3], 6)
    found = why_not(model, graph_of(model), 0, 4, k=1)
    change = found.push_out
    assert (change.items, change.exact, change.rank_before, change.rank_after) == ((0, 1, 2), True, 1, 2)
    assert found.bring_in is None and found.gap == 0
    words = why_not_words(found, worlds.of_pairs([(0, 0)], 1, 6))
    assert "within the first 1" in words and "no smaller set does it" in words


@given(st.integers(0, 2**16), st.integers(1, 3), st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_what_is_called_smallest_is_smallest(seed: int, k: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    n_items = 9
    weights = rng.integers(-3, 4, (n_items, n_items))
    history = sorted(rng.choice(n_items, length, replace=False).tolist())
    item = int(rng.choice(np.setdiff1d(np.arange(n_items), history)))
    model = given_model(weights, history, n_items)
    before = ranked(weights[history].sum(0), item, history)
    found = why_not(model, graph_of(model), 0, item, k=k)
    if found.rank is None:
        return
    assert found.rank == before

    def does(one: tuple[int, ...]) -> bool:
        if before <= k:
            scores = weights[[other for other in history if other not in one]].sum(0)
            visible = np.delete(scores, history)
            return ((visible == visible[0]).all() and len(visible) > 1) or ranked(scores, item, history) > k
        scores, old = weights[[*history, *one]].sum(0), weights[history].sum(0)
        rank = ranked(scores, item, [*history, *one])
        return rank + sum((old[i], -i) > (old[item], -item) for i in one) <= k

    pool = history if before <= k else [i for i in range(n_items) if i not in (*history, item)]
    change = found.push_out if before <= k else found.bring_in
    smallest = next((n for n in range(1, len(pool) + 1) if any(map(does, combinations(pool, n)))), None)
    if change is None:
        assert smallest is None or smallest > 2
        return
    assert does(change.items)
    assert len(change.items) >= smallest
    assert len(change.items) == smallest or not change.exact


@pytest.mark.parametrize("name", ["lightgcn", "gat", "gf_cf"])
def test_changes_hold_when_the_list_is_asked_again(name: str) -> None:
    data = worlds.whole(worlds.scattered()).training()
    model = create(name, {"embedding_size": 8} if name != "gf_cf" else {})
    if name == "gf_cf":
        model.fit(data)
    else:
        model.attach(data)
        model.reset(seed=4)
        model.serve()
    graph, found_any = graph_of(model), set()
    for user in range(4):
        mine = data.history(user).tolist()
        for place in (1, 3, 6):
            item = int(model.recommend([user], k=8).items[0, place])
            found = why_not(model, graph, user, item, k=3)
            assert found.rank == place + 1
            if found.bring_in:
                found_any.add("in")
                assert (
                    item
                    in model.recommend([Query(user=user, history=(*mine, *found.bring_in.items))], k=3).items
                )
            if found.push_out:
                found_any.add("out")
                gone = tuple((user, one) for one in found.push_out.items)
                scores = model.scores([Query(user=user, without=gone)])[0]
                assert ranked(scores, item, mine) == found.push_out.rank_after > 3
    assert "in" in found_any


def test_cases_that_have_no_answer_are_told() -> None:
    dataset = worlds.path_of_four()
    model = create("item_knn")
    model.fit(worlds.whole(dataset).training())
    graph = graph_of(model)
    seen = why_not(model, graph, 1, 0)
    assert seen.seen and seen.rank is None and seen.bring_in is None
    assert "already, so it is left out" in why_not_words(seen, dataset)
    hidden = why_not(model, graph, 0, 1, exclude=worlds.whole(dataset).training().matrix[[1, 1]])
    assert hidden.hidden and "kept out" in why_not_words(hidden, dataset)
    nobody = why_not(model, graph, Query(history=()), 1)
    assert nobody.rank is None and nobody.history == 0 and nobody.hops is None
    assert "to go by" in why_not_words(nobody, dataset)
    with pytest.raises(DataError):
        why_not(model, graph, 0, 99)
    with pytest.raises(ConfigError):
        why_not(model, graph, 0, 1, k=0)


def test_an_item_nobody_has_is_called_that() -> None:
    dataset = worlds.of_pairs([(0, 0), (1, 0), (1, 1), (1, 2)], 2, 4)
    model = create("ease")
    model.fit(worlds.whole(dataset).training())
    found = why_not(model, graph_of(model), 0, 3, k=1)
    assert found.watchers == 0 and found.hops is None and found.popularity == 0
    assert "nobody watched it" in why_not_words(found, dataset)


def test_a_list_with_room_for_everything_is_told_so() -> None:
    dataset = worlds.of_pairs([(0, 0), (1, 0), (1, 1), (1, 2)], 2, 4)
    model = create("ease")
    model.fit(worlds.whole(dataset).training())
    found = why_not(model, graph_of(model), 0, 1, k=3)
    assert found.tried == 0 and found.push_out is None
    assert "room for every film" in why_not_words(found, dataset)


def test_a_newcomer_is_one_step_from_their_history() -> None:
    dataset = worlds.path_of_four()
    model = create("item_knn")
    model.fit(worlds.whole(dataset).training())
    assert why_not(model, graph_of(model), Query(history=(0,)), 1).hops == 3
    assert why_not(model, graph_of(model), 0, 1).hops == 3


def test_a_model_that_cannot_edit_says_so() -> None:
    data = worlds.whole(worlds.scattered()).training()
    model = create("mf", {"embedding_size": 4})
    model.attach(data)
    model.reset(seed=1)
    model.serve()
    item = int(model.recommend([0], k=12).items[0, 11])
    found = why_not(model, graph_of(model), 0, item)
    assert not found.can_edit and found.rank == 12 and found.tried == 0 and found.against == []
    assert "without being trained again" in why_not_words(found, worlds.scattered())
    assert estimate(model, 0) == 0


def test_the_work_is_told_and_can_be_ended() -> None:
    model = create("ease")
    model.fit(worlds.whole(worlds.scattered()).training())
    item = int(model.recommend([0], k=31).items[0, 20])
    told: list[tuple[int, int]] = []

    class Enough(Exception):
        pass

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        raise Enough

    with pytest.raises(Enough):
        why_not(model, graph_of(model), 0, item, tell=tell)
    assert len(told) == 1 and 0 < told[0][0] <= told[0][1]
    assert estimate(model, 0) > 0
    assert seconds_of(model, 0, 10) > 0
    assert seconds_of(model, 0, 0) == 0
    assert seconds_of(model, Query(history=()), 3) > 0
