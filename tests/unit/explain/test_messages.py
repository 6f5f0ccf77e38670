"""Messages in slow motion: lists after each round, how alike people become, and the formula of an edge."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gnnrec.errors import IncompatibleError
from gnnrec.explain.messages import edge_formula, layers, lists, norm_formula, reaching, smoothness
from gnnrec.explain.subgraph import explain_subgraph
from gnnrec.recommenders import Recommender, create
from gnnrec.training import fit
from tests import worlds

SMALL = {"embedding_size": 8, "epochs": 3}


@cache
def fitted(name: str, **settings: object) -> Recommender:
    split = worlds.published(worlds.scattered(14, 12, 6))
    return fit(name, split.dataset, split, device="cpu", settings=SMALL | settings).recommender


def test_the_last_list_is_what_the_model_recommends() -> None:
    for name, settings in (("lightgcn", {"n_layers": 3}), ("gat", {"heads": 2}), ("ngcf", {})):
        model = fitted(name, **settings)
        found = layers(model)
        for user in (0, 9):
            by_round = lists(found, user, 5, model.history(user))
            assert len(by_round) == model.config.n_layers + 1
            assert by_round[-1].tolist() == model.recommend([user], k=5).items[0].tolist()


def test_before_the_first_round_a_person_without_a_vector_gets_no_list() -> None:
    model = fitted("lightgcn", n_layers=2, user_vectors="none")
    by_round = lists(layers(model), 0, 5, model.history(0))
    assert len(by_round[0]) == 0 and len(by_round[1]) == 5
    assert np.isnan(smoothness(layers(model))[0])


def test_hidden_items_leave_short_lists() -> None:
    model = fitted("lightgcn", n_layers=2)
    hidden = np.arange(10)
    assert set(lists(layers(model), 0, 5, hidden)[-1]) == {10, 11}


def test_a_model_without_layers_says_so() -> None:
    split = worlds.whole(worlds.path_of_four())
    with pytest.raises(IncompatibleError, match="layers"):
        layers(create("popularity").fit(split.training("train")))


def test_smoothness_is_the_mean_cosine_over_all_pairs() -> None:
    rng = np.random.default_rng(3)
    users = rng.normal(size=(7, 4)) + 0.5
    users[2] = 0
    unit = np.delete(users, 2, axis=0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    pairs = [unit[a] @ unit[b] for a in range(6) for b in range(a)]
    assert smoothness([(users, users)]) == pytest.approx([np.mean(pairs)])
    same = np.tile([3.0, 4.0], (5, 1))
    assert smoothness([(same, same), (np.zeros((5, 2)), same)]) == pytest.approx([1, np.nan], nan_ok=True)


def test_what_reaches_the_person_after_each_round() -> None:
    model = fitted("lightgcn", n_layers=2)
    around = explain_subgraph(model, model.graph, 0, hops=3, budget=None)
    hop = dict(zip(around.nodes.node.tolist(), around.nodes.hop.tolist(), strict=True))
    assert reaching(around, 0) == []
    first = reaching(around, 1)
    assert {source for source, _ in first} == set(model.history(0) + 14) and {end for _, end in first} == {0}
    second = reaching(around, 2)
    assert set(first) < set(second)
    assert {(hop[source], hop[target]) for source, target in second} == {(1, 0), (2, 1)}
    few = reaching(around, 2, most=5)
    assert set(first) < set(few) < set(second)
    assert {source for source, _ in few} == {source for source, _ in second}


# The formula of an edge


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("gat", {"heads": 2, "n_layers": 2}),
        ("gat", {"heads": 2, "variant": "gat"}),
        ("graph_transformer", {"heads": 2, "n_layers": 2}),
    ],
)
def test_the_formula_ends_in_the_weight_that_is_drawn(name: str, settings: dict) -> None:
    model = fitted(name, **settings)
    weights = model.attention()
    half = weights.shape[2] // 2
    for edge in (0, 5, half, half + 9):
        for layer, head in ((0, 1), (None, None), (0, None), (None, 1)):
            found = edge_formula(model, model.graph, edge, layer, head)
            chosen = weights[:, :, edge]
            chosen = chosen if layer is None else chosen[[layer]]
            chosen = chosen if head is None else chosen[:, [head]]
            assert found.weight == pytest.approx(chosen.mean(), abs=1e-5)
            assert len(found.heads) == chosen.size
            assert (found.source, found.target) == tuple(model.graph.edge_index()[:, edge])
            for one in found.heads:
                assert one.weight == pytest.approx(weights[one.layer, one.head, edge], abs=1e-5)
                assert one.power == pytest.approx(np.exp(one.raw - one.shift))


def test_a_formula_is_written_out_with_its_numbers() -> None:
    model = fitted("gat", heads=2)
    one = edge_formula(model, model.graph, 0, 0, 1)
    (of_head,) = one.heads
    text = "\n".join(one.lines)
    assert f"raw score {of_head.raw:.3f}".replace("-", "−") in text and f"weight {one.weight:.3g}" in text
    assert f"{one.degrees[1]} neighbours" in text
    averaged = "\n".join(edge_formula(model, model.graph, 0).lines)
    assert "layer 1, head 2" in averaged and "average of the 2 weights" in averaged


def test_the_normalised_weight_is_made_of_the_two_degrees() -> None:
    model = fitted("lightgcn", n_layers=2)
    for edge in (0, 7, 40):
        found = edge_formula(model, model.graph, edge)
        source, target = model.graph.edge_index()[:, edge]
        assert found.degrees == (model.graph.degrees[source], model.graph.degrees[target])
        assert found.weight == pytest.approx(model.graph.edge_norm[edge])
        assert f"1 / √({found.degrees[0]} × {found.degrees[1]})" in found.lines[0]
    assert norm_formula(fitted("gat", heads=2).graph, 3).heads == ()


def test_a_model_that_hears_itself_says_what_that_does_to_the_weight() -> None:
    model = fitted("gcn_link")
    found = edge_formula(model, model.graph, 7)
    a, b = found.degrees
    weights = model.differentiable().edge_weight
    told = f"1 / √({a + 1} × {b + 1}) = {float(weights[7]):.3g}."
    assert found.lines[-1].endswith(told)
    assert not any("own neighbours" in line for line in norm_formula(model.graph, 7).lines)
    lightgcn = fitted("lightgcn")
    assert not any("own neighbours" in line for line in edge_formula(lightgcn, lightgcn.graph, 7).lines)


def test_raw_scores_too_large_to_read_are_shifted() -> None:
    from gnnrec.explain.messages import _head

    found = _head(0, 0, np.array([800.0, 799.0]), 1)
    assert found.weight == pytest.approx(1 / (1 + np.e))
    assert found.shift == 800
