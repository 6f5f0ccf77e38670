"""SR-GNN: graphs as a plain loop builds them, and an ablation without the graph."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch

from gnnrec.data.sessions import Sessions
from gnnrec.graph import NEXT_CLICK
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.capabilities import SWITCHES
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.parts.session_net import SessionNet
from gnnrec.recommenders.sr_gnn import mean_of
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 4, "embedding_size": 8, "batch_size": 32}
N_ITEMS = 9


def drawn(seed: int = 0, n: int = 40) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(N_ITEMS, size=rng.integers(1, 8)) for _ in range(n)]


def test_graphs_are_those_of_a_plain_loop() -> None:
    sessions = drawn()
    graphs = SessionGraphs.of_clicks(sessions, N_ITEMS)
    read = SessionNet(N_ITEMS, 2).clicks(graphs)
    values = torch.randn(len(read.item), 3, generator=torch.Generator().manual_seed(1))
    after, before = mean_of(values, read.target, read.source), mean_of(values, read.source, read.target)
    first = 0
    for row, clicks in enumerate(sessions):
        nodes = sorted(set(clicks.tolist()))
        assert graphs.node[row, : len(nodes)].tolist() == nodes
        assert (graphs.node[row, len(nodes) :] == N_ITEMS).all()
        assert [nodes[place] for place in graphs.place[row, : len(clicks)]] == clicks.tolist()
        linked = np.zeros((graphs.node.shape[1],) * 2)
        for source, target in pairwise(clicks):
            linked[nodes.index(source), nodes.index(target)] = 1
        n, linked = len(nodes), linked[: len(nodes), : len(nodes)]
        mine = slice(first, first + n)
        assert read.item[mine].tolist() == nodes
        for found, heard in ((after[mine], linked), (before[mine], linked.T)):
            expected = heard / np.maximum(heard.sum(1, keepdims=True), 1) @ values[mine].numpy()
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
        first += n


def test_graphs_before_each_question_are_those_of_its_clicks() -> None:
    lists = drawn(3)
    start = np.r_[0, np.cumsum([len(one) for one in lists])]
    sessions = Sessions(start, np.concatenate(lists), np.zeros(len(lists), int), None)
    asked, before = sessions.questions()
    found = SessionGraphs.before(sessions, asked, before, 4, N_ITEMS)
    expected = SessionGraphs.of_clicks(
        [lists[s][max(0, n - 4) : n] for s, n in zip(asked, before, strict=True)], N_ITEMS
    )
    for name in ("node", "place", "length"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name


def test_without_layers_there_is_no_graph_and_the_order_of_the_earlier_clicks_says_nothing() -> None:
    cut = worlds.published(worlds.sessioned())
    one_way, other = Query(session=(3, 4, 5, 6)), Query(session=(5, 3, 4, 6))
    for n_layers, same in ((0, True), (1, False)):
        settings = SMALL | {"n_layers": n_layers, "epochs": 1}
        model = fit("sr_gnn", cut.dataset, cut, settings=settings, device="cpu").recommender
        first, second = model.scores([one_way, other])
        assert np.allclose(first, second, rtol=1e-5, atol=1e-6) == same
        assert any("heard" in name for name in model.state()) == bool(n_layers)


def test_with_the_steps_off_only_the_last_click_and_which_items_there_are_count() -> None:
    cut = worlds.published(worlds.sessioned())
    quiet = fit("sr_gnn", cut.dataset, cut, settings=SMALL, device="cpu").recommender.without({NEXT_CLICK})
    one, other = quiet.scores([Query(session=(3, 4, 5, 6, 2)), Query(session=(6, 5, 4, 3, 2))])
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_learned_without_a_graph_it_has_no_steps_to_switch_off() -> None:
    assert SWITCHES not in create("sr_gnn", {"n_layers": 0}).capabilities
    assert SWITCHES in create("sr_gnn").capabilities
