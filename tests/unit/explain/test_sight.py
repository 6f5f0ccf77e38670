"""What a model sees: the graph with its friends, what is switched off, and values of edges that are known."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import split
from gnnrec.explain.edge_values import edge_values
from gnnrec.explain.sight import Sight, side_relations_of, sight_of, times_clicked, values_in
from gnnrec.graph import FRIEND, ITEM, NEXT_CLICK, USER, Graph, session_graph
from gnnrec.recommenders import Recommender
from gnnrec.training import fit
from tests.worlds import befriended

SMALL = {"embedding_size": 8, "epochs": 2}


@pytest.fixture(scope="module")
def fitted() -> dict[str, Recommender]:
    dataset = befriended()
    cut = split(dataset, "published:fold=parts")
    return {
        name: fit(name, dataset, cut, device="cpu", settings=SMALL).recommender
        for name in ("social_lightgcn", "lightgcn")
    }


def few_of(model: Recommender) -> Graph:
    data = model.data
    return Graph.bipartite(data.n_users, data.n_items, data.user, data.item)


def seen(model: Recommender, off: tuple[str, ...] = ()) -> Sight:
    return sight_of(model, few_of(model), model.data, off)


def test_a_model_that_hears_nothing_more_sees_people_and_items_alone(fitted) -> None:
    sight = seen(fitted["lightgcn"])
    assert sight.graph is sight.few is sight.whole
    assert (sight.relations, sight.off, dict(sight.entities)) == ((), (), {})
    values = values_in(sight, fitted["lightgcn"], "norm", 0)
    assert (values.values == sight.few.edge_norm).all()


def test_friends_are_edges_until_they_are_switched_off(fitted) -> None:
    model = fitted["social_lightgcn"]
    sight = seen(model)
    social = model.data.dataset.social
    table = set(zip(social["user"].tolist(), social["friend"].tolist(), strict=True))
    of_zero = {two if one == 0 else one for one, two in table if 0 in (one, two)}
    assert set(sight.neighbours(0, FRIEND).tolist()) == of_zero != set()
    assert sight.kind_of(FRIEND) == FRIEND and sight.relations == (FRIEND,)
    without = seen(model, (FRIEND, "unheard of"))
    assert without.off == (FRIEND,) and not len(without.neighbours(0, FRIEND))
    assert (without.graph.degrees == without.few.degrees).all()
    assert (without.whole.degrees == sight.graph.degrees).all()


def test_values_about_people_and_items_leave_other_edges_without_one(fitted) -> None:
    model = fitted["social_lightgcn"]
    sight = seen(model)
    plain = edge_values(model, sight.few, "deletion", 3, 1)
    found = values_in(sight, model, "deletion", 3, 1)
    assert (found.values == plain.values).all()
    few, many = sight.few.edge_index()[:, plain.edges], sight.graph.edge_index()[:, found.edges]
    assert (few == many).all()
    known = found.known(sight.graph)
    side = np.array([sight.is_side(edge) for edge in range(sight.graph.edge_index().shape[1])])
    assert side.any() and not known[side].any()
    assert [sight.in_few(edge) for edge in found.edges] == plain.edges.tolist()


def test_relations_of_two_models_are_joined_in_their_order(fitted) -> None:
    assert side_relations_of([fitted["lightgcn"], fitted["social_lightgcn"]]) == (FRIEND,)
    assert side_relations_of([fitted["lightgcn"]]) == ()


def test_a_session_has_its_steps_until_they_are_switched_off_and_they_count_forwards_alone(fitted) -> None:
    few = few_of(fitted["lightgcn"])
    clicks = session_graph(few.count(USER), few.count(ITEM), 5, [np.array([2, 3, 2, 3, 3])])
    sight = Sight.of_session(few, clicks)
    assert (sight.relations, sight.off, sight.kind_of(NEXT_CLICK)) == ((NEXT_CLICK,), (), NEXT_CLICK)
    assert sight.few is few and sight.graph is not few
    values = times_clicked(sight.graph)
    two, three = few.node(ITEM, 2), few.node(ITEM, 3)
    known, weight = values.known(sight.graph), values.weight(sight.graph)
    found = {
        (int(one), int(other)): float(weight[edge])
        for edge, (one, other) in enumerate(sight.graph.edge_index().T)
        if known[edge] and sight.is_side(edge)
    }
    assert found == {(two, three): 2, (three, two): 1}
    spokes = [edge for edge in range(len(weight)) if not sight.is_side(edge)]
    assert known[spokes].all() and sorted(weight[spokes].tolist()) == [2, 2, 3, 3]
    without = Sight.of_session(few, clicks, (NEXT_CLICK, "unheard of"))
    assert without.off == (NEXT_CLICK,) and not len(without.neighbours(two, NEXT_CLICK))
    assert times_clicked(without.graph).known(without.graph).all()
