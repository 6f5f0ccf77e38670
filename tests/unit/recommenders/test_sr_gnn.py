"""SR-GNN: graphs as a plain loop builds them, an ablation without the graph, and training that can be resumed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gnnrec.data.sessions import Sessions
from gnnrec.graph import NEXT_CLICK
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.capabilities import SWITCHES
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.sr_gnn import averages
from gnnrec.training import fit
from gnnrec.training.loop import train
from gnnrec.training.progress import Listener
from tests import worlds

SMALL = {"epochs": 4, "embedding_size": 8, "batch_size": 32}
N_ITEMS = 9


def drawn(seed: int = 0, n: int = 40) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(N_ITEMS, size=rng.integers(1, 8)) for _ in range(n)]


def test_graphs_are_those_of_a_plain_loop() -> None:
    sessions = drawn()
    graphs = SessionGraphs.of_clicks(sessions, N_ITEMS)
    after, before = averages(graphs)
    for row, clicks in enumerate(sessions):
        nodes = sorted(set(clicks.tolist()))
        assert graphs.node[row, : len(nodes)].tolist() == nodes
        assert (graphs.node[row, len(nodes) :] == N_ITEMS).all()
        assert [nodes[place] for place in graphs.place[row, : len(clicks)]] == clicks.tolist()
        linked = np.zeros((graphs.node.shape[1],) * 2)
        for source, target in pairwise(clicks):
            linked[nodes.index(source), nodes.index(target)] = 1
        for found, expected in ((after[row], linked), (before[row], linked.T)):
            np.testing.assert_allclose(found, expected / np.maximum(expected.sum(1, keepdims=True), 1))


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


def test_padding_changes_no_score() -> None:
    cut = worlds.published(worlds.sessioned())
    model = fit("sr_gnn", cut.dataset, cut, settings=SMALL, device="cpu").recommender
    asked = [Query(session=(3,)), Query(session=(1, 2, 1, 5, 7, 1, 2)), Query(session=(4, 3))]
    together = model.scores(asked)
    for row, query in zip(together, asked, strict=True):
        np.testing.assert_allclose(row, model.scores([query])[0], rtol=1e-5, atol=1e-6)


def test_without_layers_there_is_no_graph_and_the_order_of_the_earlier_clicks_says_nothing() -> None:
    cut = worlds.published(worlds.sessioned())
    one_way, other = Query(session=(3, 4, 5, 6)), Query(session=(5, 3, 4, 6))
    for n_layers, same in ((0, True), (1, False)):
        settings = SMALL | {"n_layers": n_layers, "epochs": 1}
        model = fit("sr_gnn", cut.dataset, cut, settings=settings, device="cpu").recommender
        first, second = model.scores([one_way, other])
        assert np.allclose(first, second, rtol=1e-5, atol=1e-6) == same
        assert any("heard" in name for name in model.state()) == bool(n_layers)


def test_steps_can_be_switched_off_without_learning_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = worlds.published(worlds.sessioned())
    model = fit("sr_gnn", cut.dataset, cut, settings=SMALL, device="cpu").recommender
    rng = np.random.default_rng(4)
    asked = [Query(session=tuple(rng.integers(cut.dataset.n_items, size=n).tolist())) for n in (1, 2, 5, 9)]
    before, quiet = model.scores(asked), model.without({NEXT_CLICK})
    assert model.side_relations == (NEXT_CLICK,) and not quiet.side_relations
    off = quiet.scores(asked)
    # A session of one click has no step, and nothing changes for it.
    np.testing.assert_array_equal(off[0], before[0])
    assert not np.isclose(off[1:], before[1:], rtol=1e-4, atol=1e-5).all(1).any()
    # Only the last click and which items there are count; what was learned is the same, and the model as it was.
    there = [Query(session=(*asked[2].session[3::-1], asked[2].session[4]))]
    np.testing.assert_allclose(quiet.scores(there)[0], off[2], rtol=1e-5, atol=1e-6)
    assert all(np.array_equal(one, quiet.state()[name]) for name, one in model.state().items())
    np.testing.assert_array_equal(model.scores(asked), before)
    assert model.reading != quiet.reading
    # The same as asking the whole model about graphs without an edge.
    monkeypatch.setattr(SessionGraphs, "edges", lambda graphs: np.empty((3, 0), dtype=np.int64))
    np.testing.assert_array_equal(model.scores(asked), off)


def test_learned_without_a_graph_it_has_no_steps_to_switch_off() -> None:
    assert SWITCHES not in create("sr_gnn", {"n_layers": 0}).capabilities
    assert SWITCHES in create("sr_gnn").capabilities


def test_it_learns_what_follows_what() -> None:
    """A ring: after each item comes the next one."""
    world = worlds.sessioned()
    n = world.n_items
    rows = [
        (f"r{start}-{turn}", 0, place, (start + place) % n, 1)
        for start in range(n)
        for turn in range(3)
        for place in range(4)
    ]
    table = type(world.sessions)(rows, columns=["session", "user", "position", "item", "timestamp"])
    cut = worlds.whole(type(world)(**{**vars_of(world), "sessions": table}))
    model = create(
        "sr_gnn", {"embedding_size": 16, "batch_size": 32, "learning_rate": 0.02, "decay_every": 0}
    )
    model.attach(cut.training())
    train(model, None, 0, n_epochs=8)
    scores = model.scores([Query(session=((item - 1) % n, item)) for item in range(n)])
    assert (scores.argmax(1) == (np.arange(n) + 1) % n).mean() > 0.9


def vars_of(world) -> dict:
    return {name: getattr(world, name) for name in world.__dataclass_fields__}


def test_the_step_size_falls_with_the_epochs() -> None:
    model = create("sr_gnn", {"learning_rate": 0.01, "decay_every": 3, "decay": 0.1})
    assert [model.learning_rate_in(epoch) for epoch in (1, 3, 4, 7)] == pytest.approx(
        [0.01, 0.01, 0.001, 0.0001]
    )
    assert create("sr_gnn").learning_rate_in(50) == 0.002


def test_interrupted_and_resumed_equals_uninterrupted() -> None:
    cut = worlds.published(worlds.sessioned())

    def after(n: int, resume=None):
        model, states = create("sr_gnn", SMALL | {"decay_every": 2, "patience": 10}), []
        model.attach(cut.training())
        train(model, cut, 0, n_epochs=n, listener=Listener(on_state=states.append), resume=resume)
        return model, states[-1]

    whole, _ = after(4)
    _, half = after(2)
    resumed, _ = after(4, half)
    for name, value in whole.state().items():
        np.testing.assert_array_equal(resumed.state()[name], value)
