"""Masks on messages: what is found where one item carries a score, what they sum to, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gnnrec.errors import ConfigError, DataError, IncompatibleError
from gnnrec.explain.masks import MASKS, EdgeMask, estimate, mask, on_history
from gnnrec.explain.methods import Asked, importance
from gnnrec.graph import ITEM, USER
from gnnrec.graph.computation import computation_graph
from gnnrec.recommenders import Query, Recommender, create
from tests import worlds

# Person 0 has items 0 to 3, of which only item 2 is anything like item 5; the others have other tastes.
PAIRS = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 4), (1, 5), (2, 0), (2, 4), (3, 1), (3, 3)]
CARRIES, ASKED = 2, 5
ITEMS = np.eye(6, dtype=np.float32)
ITEMS[ASKED] = ITEMS[CARRIES]


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def in_training(pairs: list[tuple[int, int]], n_users: int, n_items: int):
    return worlds.whole(worlds.of_pairs(pairs, n_users, n_items)).training("train")


def one_carries(**settings: object) -> Recommender:
    wishes = {"embedding_size": 6, "n_layers": 1, "user_vectors": "none", "score": "raw"} | settings
    recommender = create("lightgcn", wishes)
    people = {} if wishes["user_vectors"] == "none" else {"user": 0.1 * np.ones((4, 6), dtype=np.float32)}
    recommender.load_state(in_training(PAIRS, 4, 6), {"item": ITEMS, **people})
    return recommender


def scattered(name: str, **settings: object) -> Recommender:
    """Random parameters on a sparse world in which two layers do not reach everything."""
    rng = np.random.default_rng(4)
    pairs = sorted({(int(user), int(item)) for user, item in rng.integers(40, size=(110, 2))})
    recommender = create(name, {"embedding_size": 8, **settings})
    recommender.attach(in_training(pairs, 40, 40))
    recommender.reset(seed=1)
    recommender.serve()
    return recommender


def about(recommender: Recommender, user: int = 0, item: int = ASKED, **asked: object) -> Asked:
    return Asked(recommender, recommender.graph, Query(user=user, **asked), item)


@pytest.mark.parametrize("method", [*MASKS, "deletion"])
@pytest.mark.parametrize("settings", [{}, {"score": "cosine"}, {"user_vectors": "trained", "n_layers": 2}])
def test_the_item_that_carries_the_score_comes_first(method: str, settings: dict) -> None:
    found = importance(about(one_carries(**settings)), method, seeds=(0, 1, 2))
    assert found.items[found.order[0]] == CARRIES
    others = found.values[found.items != CARRIES]
    assert found.values[found.items == CARRIES][0] > 2 * others.max()


def test_only_methods_that_draw_vary_with_the_seed() -> None:
    asked = about(scattered("lightgcn"), 3, 7)
    for method in MASKS:
        first, again, other = (mask(asked, method, seed).values for seed in (1, 1, 2))
        assert np.array_equal(first, again)
        assert np.array_equal(first, other) == (method != "gnnexplainer")
    together = mask(asked, "gnnexplainer", (1, 2))
    assert np.array_equal(together.by_seed[1], other) is False
    assert np.array_equal(together.by_seed, [mask(asked, "gnnexplainer", seed).values for seed in (1, 2)])


def test_drawing_leaves_the_generator_of_torch_as_it_was() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    mask(about(one_carries()), "gnnexplainer", 5)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("name", ["lightgcn", "gcn_link", "ngcf"])
def test_degrees_are_those_of_the_whole_graph(name: str) -> None:
    from gnnrec.explain.explainers import PairScore

    recommender = scattered(name, n_layers=2)
    graph, model = recommender.graph, recommender.differentiable()
    part = computation_graph(graph, [graph.node(USER, 3), graph.node(ITEM, 7)], 2)
    pair = PairScore(model, part)
    expected = recommender.scores([3], [7])[0, 0]
    assert float(pair(pair.x, pair.edge_index)) == pytest.approx(expected, abs=1e-6)
    # With the degrees of the part alone the score is another one.
    source, target = part.edge_index
    degrees = np.bincount(np.concatenate([source, target]), minlength=len(part.nodes)) / 2
    cut = 1 / np.sqrt(np.maximum(degrees[source], 0.5) * np.maximum(degrees[target], 0.5))
    model.edge_weight[part.edges] = torch.from_numpy(cut).float()
    wrong = PairScore(model, part)
    assert abs(float(wrong(wrong.x, wrong.edge_index)) - expected) > 1e-3


DEEP = [
    ("lightgcn", {"n_layers": 3}),
    ("xsimgcl", {"n_layers": 2}),
    ("ngcf", {"n_layers": 2}),
    ("gcn_link", {"n_layers": 3}),
    ("gat", {"n_layers": 2, "heads": 2}),
    ("gat", {"n_layers": 3, "heads": 2, "variant": "gat"}),
    ("graph_transformer", {"n_layers": 2, "heads": 2, "residual": "gated"}),
]


@pytest.mark.parametrize(("name", "settings"), DEEP)
def test_a_computation_graph_of_several_layers_gives_the_score(name: str, settings: dict) -> None:
    from gnnrec.explain.explainers import PairScore

    recommender = scattered(name, **settings)
    graph, model = recommender.graph, recommender.differentiable()
    smaller = 0
    for user, item in ((0, 1), (3, 7), (21, 30), (39, 39)):
        part = computation_graph(graph, [graph.node(USER, user), graph.node(ITEM, item)], model.n_layers)
        pair = PairScore(model, part)
        expected = recommender.scores([user], [item])[0, 0]
        assert float(pair(pair.x, pair.edge_index)) == pytest.approx(expected, abs=1e-5)
        smaller += len(part.edges) < graph.edge_index().shape[1]
    assert smaller


def test_a_mask_scales_messages_after_attention_has_weighed_them() -> None:
    from torch_geometric.explain.algorithm.utils import set_masks

    from gnnrec.explain.explainers import PairScore

    recommender = scattered("gat", n_layers=1, heads=2, score="raw")
    graph, model = recommender.graph, recommender.differentiable()
    user = int(np.argmax(graph.degrees[:40]))
    item = next(one for one in range(40) if one not in recommender.history(user))
    part = computation_graph(graph, [graph.node(USER, user), graph.node(ITEM, item)], 1)
    pair = PairScore(model, part)
    into = np.flatnonzero(graph.edge_index()[1, part.edges] == user)
    scores = []
    for weight in (0.0, 0.5, 1.0):
        weights = torch.ones(len(part.edges))
        weights[int(into[0])] = weight
        set_masks(pair, weights, pair.edge_index, apply_sigmoid=False)
        scores.append(float(pair(pair.x, pair.edge_index)))
    # The others keep their share: half the message is half the way. Taken out of the graph it is not so.
    assert scores[1] == pytest.approx((scores[0] + scores[2]) / 2, abs=1e-6)
    gone = int(graph.edge_index()[0, part.edges[into[0]]]) - 40
    removed = recommender.scores([Query(user=user, without=((user, gone),))], [item])[0, 0]
    assert abs(removed - scores[0]) > 1e-4


def test_integrated_gradients_add_up_to_what_messages_add() -> None:
    recommender = scattered("lightgcn", n_layers=2, score="raw")
    asked = about(recommender, 3, 7)
    found = mask(asked, "integrated_gradients")
    table = recommender.net.state_dict()
    alone = float(table["user"][3] @ table["item"][7]) / 9
    with_messages = recommender.scores([3], [7])[0, 0]
    assert found.values.sum() == pytest.approx(with_messages - alone, abs=1e-5)


def test_of_gradients_both_directions_of_an_edge_count() -> None:
    recommender = scattered("lightgcn", n_layers=2, score="raw")
    asked = about(recommender, 3, 7)
    graph, history = recommender.graph, recommender.history(3)
    edges = graph.edge_index().shape[1]
    for method, back in (("saliency", 10.0), ("integrated_gradients", 10.0), ("gnnexplainer", 0.0)):
        by_edge = np.zeros((1, edges))
        for place, item in enumerate(history):
            (into,) = np.flatnonzero((graph.edge_index() == [[40 + item], [3]]).all(0))
            by_edge[0, into], by_edge[0, graph.reverse(np.array([into]))] = place, 10.0
        values = on_history(asked, EdgeMask(method, np.arange(edges), by_edge))
        assert values.tolist() == [[place + back for place in range(len(history))]]


def test_agreement_is_lost_where_seeds_differ() -> None:
    by_seed = np.array([[1.0, 0.2, 0.0], [1.0, 0.4, 1.0]])
    assert EdgeMask("gnnexplainer", np.arange(3), by_seed).agreement.tolist() == pytest.approx([1, 0.8, 0])
    assert EdgeMask("saliency", np.arange(3), by_seed[:1]).agreement.tolist() == [1, 1, 1]


@pytest.mark.parametrize("method", MASKS)
def test_progress_is_told_and_can_end_the_work(method: str) -> None:
    recommender = scattered("gat", heads=2)
    before = recommender.scores([3])
    told: list[tuple[int, int]] = []
    mask(about(recommender, 3, 7), method, (0, 1), tell=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == len(told)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mask(about(recommender, 3, 7), method, 0, tell=stop)
    assert np.array_equal(recommender.scores([3]), before)
    assert all(parameter.grad is None for parameter in recommender.parameters())
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("method", MASKS)
def test_who_and_what_has_no_edges_is_no_error(method: str) -> None:
    recommender = create("lightgcn", {"embedding_size": 4, "n_layers": 1})
    recommender.attach(in_training([(0, 0), (0, 1), (1, 1)], 3, 4))
    recommender.reset(seed=0)
    recommender.serve()
    alone = mask(about(recommender, 2, 3), method)
    assert alone.edges.shape == (0,) and alone.values.shape == (0,) and alone.agreement.shape == (0,)
    assert importance(about(recommender, 2, 1), method).values.shape == (0,)
    assert np.isfinite(importance(about(recommender, 0, 3), method).values).all()


@pytest.mark.parametrize("method", MASKS)
def test_what_has_no_mask_is_refused_in_words(method: str) -> None:
    recommender = one_carries()
    for query in (Query(history=(0, 1)), Query(user=0, without=((0, 1),)), Query(user=0, history=(1,))):
        asked = Asked(recommender, recommender.graph, query, ASKED)
        for question in (mask, estimate):
            with pytest.raises(IncompatibleError, match="known person"):
                question(asked, method)
    other = create("popularity").fit(in_training(PAIRS, 4, 6))
    with pytest.raises(IncompatibleError, match="another model"):
        mask(Asked(other, recommender.graph, Query(user=0), ASKED), method)
    with pytest.raises(DataError):
        mask(about(recommender, 0, 99), method)
    with pytest.raises(ConfigError, match="saliency"):
        mask(about(recommender), "guess")


def test_messages_that_do_not_fit_into_memory_are_refused_in_words(monkeypatch) -> None:
    asked = about(scattered("lightgcn", n_layers=3), 3, 7)
    monkeypatch.setattr("gnnrec.training.memory.free_memory_mib", lambda: 1e-3)
    with pytest.raises(IncompatibleError, match="edges that reach the pair"):
        mask(asked, "saliency")


def test_the_estimate_grows_with_the_passes() -> None:
    asked = about(scattered("lightgcn", n_layers=3), 3, 7)
    assert estimate(asked, "gnnexplainer", 3) > estimate(asked, "saliency") > 0


def test_progress_over_several_seeds_is_told_as_one() -> None:
    told: list[tuple[int, int]] = []
    asked = Asked(
        one_carries(),
        one_carries().graph,
        Query(user=0),
        ASKED,
        tell=lambda done, total: told.append((done, total)),
    )
    importance(asked, "gnnexplainer", seeds=(0, 1, 2))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert {total for _, total in told} == {len(told)}
