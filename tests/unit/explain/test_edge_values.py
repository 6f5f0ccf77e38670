"""Edges by several measures: on the right edges, with the right sign, and compared in shares."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.explain.deletion import deletion
from gnnrec.explain.edge_values import (
    MEASURES,
    EdgeValues,
    difference,
    edge_values,
    measures_of,
    seconds_for,
)
from gnnrec.graph import ITEM, USER, Graph
from gnnrec.recommenders import create
from tests import worlds
from tests.unit.explain.given import Given

USER_NUMBER, ASKED = 1, 3


@pytest.fixture(scope="module")
def world():
    return worlds.published(worlds.scattered())


@pytest.fixture(scope="module")
def graph(world) -> Graph:
    data = world.training()
    return Graph.bipartite(data.n_users, data.n_items, data.user, data.item)


@pytest.fixture(scope="module")
def model(world):
    n = world.dataset.n_items
    return Given(np.random.default_rng(2).normal(size=(n, n))).fit(world.training())


def by_item(graph: Graph, found: EdgeValues) -> dict[int, float]:
    """Values by item number; fails where an edge does not run from an item to the person."""
    source, target = graph.edge_index()[:, found.edges]
    assert (target == graph.node(USER, USER_NUMBER)).all()
    kind, number = graph.kinds_and_numbers(source)
    assert set(kind.tolist()) == {ITEM}
    return dict(zip(number.tolist(), found.values.tolist(), strict=True))


def test_capabilities_and_the_item_decide_what_can_be_shown(model) -> None:
    assert [one.name for one in measures_of(model)] == ["norm"]
    assert [one.name for one in measures_of(model, ASKED)] == ["norm", "contribution", "deletion"]
    assert {one.name for one in MEASURES.values() if one.mask} == {
        "gnnexplainer",
        "integrated_gradients",
        "saliency",
    }
    assert all(one.title and one.words.endswith(".") for one in MEASURES.values())


def test_contributions_lie_on_the_edges_into_the_person(model, graph) -> None:
    found = edge_values(model, graph, "contribution", USER_NUMBER, ASKED)
    split = model.contributions(USER_NUMBER, [ASKED])
    assert by_item(graph, found) == dict(
        zip(split.items.tolist(), split.values[0].astype(float).tolist(), strict=True)
    )
    assert found.signed
    # The whole score is on the edges, because this model has no own part.
    assert found.weight(graph).sum() == pytest.approx(split.score[0], abs=1e-5)
    assert found.known(graph).sum() == len(split.items) == graph.degrees[USER_NUMBER]


def test_deletion_effects_lie_there_too(model, graph) -> None:
    found = edge_values(model, graph, "deletion", USER_NUMBER, ASKED)
    true = deletion(model, USER_NUMBER, ASKED)
    assert by_item(graph, found) == pytest.approx(
        dict(zip(true.items.tolist(), true.effect.tolist(), strict=True))
    )
    assert seconds_for(model, graph, "deletion", USER_NUMBER, ASKED) > 0
    assert seconds_for(model, graph, "contribution", USER_NUMBER, ASKED) == 0


def test_normalised_weights_are_those_of_the_graph(model, graph) -> None:
    found = edge_values(model, graph, "norm", USER_NUMBER)
    assert found.weight(graph) is graph.edge_norm
    assert found.known(graph) is None and not found.signed


@pytest.mark.parametrize(
    ("measure", "item"), [("attention", ASKED), ("contribution", None), ("nonsense", ASKED)]
)
def test_a_measure_that_is_not_there_is_said_so(model, graph, measure: str, item: int | None) -> None:
    with pytest.raises(ConfigError, match="edge weights of Given"):
        edge_values(model, graph, measure, USER_NUMBER, item)


def test_a_model_that_cannot_explain_has_only_the_graph() -> None:
    assert [one.name for one in measures_of(create("mf"), ASKED)] == ["norm"]


# Two models


def values(measure: str, numbers: list[float], edges: list[int] | None = None) -> EdgeValues:
    return EdgeValues(measure, np.array(numbers), None if edges is None else np.array(edges))


def test_differences_are_of_shares_on_all_edges_that_either_model_has(graph) -> None:
    one = values("contribution", [3.0, -1.0], [4, 7])
    other = values("contribution", [20.0, 20.0], [7, 9])
    found = difference(graph, one, other)
    assert (found.measure, found.signed, found.edges.tolist()) == ("difference", True, [4, 7, 9])
    assert found.values.tolist() == [0.75, -0.75, -0.5]
    back = difference(graph, other, one)
    assert np.array_equal(back.values, -found.values)
    assert not difference(graph, one, one).values.any()


def test_attention_is_a_share_already(graph) -> None:
    n = graph.edge_index().shape[1]
    found = difference(graph, values("attention", [0.5] * n), values("attention", [0.2] * n))
    assert found.edges is None
    assert found.values == pytest.approx(0.3)


def test_nothing_counts_is_no_division_by_zero(graph) -> None:
    found = difference(graph, values("deletion", [0.0], [1]), values("deletion", [2.0], [1]))
    assert found.values.tolist() == [-1.0]


@pytest.mark.parametrize("pair", [("norm", "norm"), ("contribution", "deletion")])
def test_what_cannot_be_compared_is_refused(graph, pair: tuple[str, str]) -> None:
    with pytest.raises(IncompatibleError):
        difference(graph, *(values(name, [1.0], [0]) for name in pair))


def test_agreement_of_seeds_reaches_the_edges(graph) -> None:
    found = EdgeValues("gnnexplainer", np.array([0.9]), np.array([3]), agreement=np.array([0.4]))
    assert found.sureness(graph)[3] == 0.4
    assert values("norm", [1.0]).sureness(graph) is None
