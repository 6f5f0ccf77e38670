"""Graph edits: what is passed again near the change equals messages passed again through the whole graph."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.graph import Graph
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.parts.edited_layers import LastFew, degrees_after, layer_changes
from tests import worlds


@st.composite
def edits(draw) -> tuple[Graph, np.ndarray, np.ndarray]:
    """A small graph with edges to add and edges to remove; people may lose or gain all they have."""
    n_users, n_items = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    pairs = [(user, item) for user in range(n_users) for item in range(n_items)]
    there = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=30))
    absent = [pair for pair in pairs if pair not in there]
    remove = draw(st.lists(st.sampled_from(there), unique=True, max_size=6))
    add = draw(st.lists(st.sampled_from(absent), unique=True, max_size=4)) if absent else []
    graph = Graph.bipartite(n_users, n_items, *np.array(there).T)
    return graph, np.array(add, dtype=int).reshape(-1, 2), np.array(remove, dtype=int).reshape(-1, 2)


def layers_of(graph: Graph, table: np.ndarray, n_layers: int) -> list[np.ndarray]:
    layers = [table]
    for _ in range(n_layers):
        layers.append(graph.normalised @ layers[-1])
    return layers


@given(edits(), st.integers(0, 4), st.integers(0, 2**16))
@settings(deadline=None)
def test_changes_equal_those_of_the_whole_edited_graph(edit, n_layers: int, seed: int) -> None:
    graph, add, remove = edit
    table = np.random.default_rng(seed).normal(size=(graph.n_nodes, 3)).astype(np.float32)
    before = layers_of(graph, table, n_layers)
    edited = graph.edited(add=add, remove=remove)
    after = layers_of(edited, table, n_layers)
    nodes = np.array([0, graph.count("user")])
    add, remove = add + nodes, remove + nodes
    changes = layer_changes(graph.normalised, before, graph.degrees, add, remove)
    assert len(changes) == n_layers
    np.testing.assert_array_equal(degrees_after(graph.degrees, add, remove), edited.degrees)
    for old, change, new in zip(before[1:], changes, after[1:], strict=True):
        np.testing.assert_allclose(old + change, new, atol=1e-5)


@pytest.mark.parametrize("score", ["raw", "cosine"])
@pytest.mark.parametrize("user_vectors", ["trained", "none"])
@pytest.mark.parametrize("n_layers", [0, 1, 2, 3])
def test_lightgcn_answers_as_if_it_had_been_placed_on_the_edited_graph(score, user_vectors, n_layers) -> None:
    given_settings = {
        "embedding_size": 6,
        "n_layers": n_layers,
        "score": score,
        "user_vectors": user_vectors,
    }
    model = create("lightgcn", given_settings)
    data = worlds.whole(worlds.scattered()).training()
    model.attach(data)
    model.reset(seed=4)
    model.serve()
    usual = model.scores([5]).copy()
    mine = data.history(5)
    other = int(np.flatnonzero(data.matrix[:, mine[1]].toarray().ravel())[0])
    new = int(np.setdiff1d(np.arange(data.n_items), mine)[0])
    query = Query(user=5, history=(*(int(one) for one in mine[1:]), new), without=((other, int(mine[1])),))
    gone = {(5, int(mine[0])), (other, int(mine[1]))}

    whole = create("lightgcn", given_settings)
    whole.attach(data)
    whole.graph = model.graph.edited(add=[(5, new)], remove=sorted(gone))
    whole.reset(seed=4)
    whole.serve()
    np.testing.assert_allclose(model.scores([query]), whole.scores([5]), atol=1e-5)

    shares = model.contributions(query, [2, 3])
    np.testing.assert_allclose(shares.own + shares.values.sum(1), whole.scores([5], [2, 3])[0], atol=1e-5)
    # The model itself is shared by everybody who looks: an edit leaves it as it was.
    np.testing.assert_array_equal(model.scores([5]), usual)


@pytest.mark.parametrize("variant", ["gat", "gatv2"])
@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_attention_listens_again_as_on_the_edited_graph(variant: str, n_layers: int) -> None:
    given_settings = {"embedding_size": 8, "heads": 2, "n_layers": n_layers, "variant": variant}
    model = create("gat", given_settings)
    data = worlds.whole(worlds.scattered()).training()
    model.attach(data)
    model.reset(seed=4)
    model.serve()
    usual, attention = model.scores(range(40)).copy(), model.attention().copy()
    mine = data.history(5)
    new = int(np.setdiff1d(np.arange(data.n_items), mine)[0])
    for history in ((*mine[1:].tolist(), new), mine[:1].tolist(), (new,), ()):
        query = Query(user=5, history=tuple(history))
        whole = create("gat", given_settings)
        whole.attach(data)
        gone = [(5, int(item)) for item in np.setdiff1d(mine, history)]
        come = [(5, int(item)) for item in np.setdiff1d(history, mine)]
        whole.graph = model.graph.edited(add=come, remove=gone)
        whole.reset(seed=4)
        whole.serve()
        np.testing.assert_allclose(model.scores([query]), whole.scores([5]), atol=1e-5)
        found, expected = model._edited_model(query).embeddings(), whole.embeddings()
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)
    np.testing.assert_array_equal(model.scores(range(40)), usual)
    np.testing.assert_array_equal(model.attention(), attention)


def test_an_edit_is_forgotten_when_the_parameters_change() -> None:
    model = create("lightgcn", {"embedding_size": 4})
    data = worlds.whole(worlds.scattered()).training()
    query = Query(user=1, history=(0, 1))
    model.attach(data)
    answers = []
    for seed in (1, 2):
        model.reset(seed=seed)
        model.serve()
        answers.append(model.scores([query]))
    assert not np.allclose(*answers)


def test_the_last_few_are_kept_and_no_more() -> None:
    made = []
    few = LastFew(2)

    def ask(key: int) -> int:
        return few.get(key, lambda: made.append(key) or key)

    assert [ask(key) for key in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert made == [1, 2, 3, 2]


def test_people_who_ask_at_once_get_their_own_answers() -> None:
    model = create("lightgcn", {"embedding_size": 8})
    data = worlds.whole(worlds.scattered()).training()
    model.attach(data)
    model.reset(seed=4)
    model.serve()
    queries = [Query(user=user, history=(user % 31, (user * 7) % 31)) for user in range(8)]
    alone = [model.scores([query])[0] for query in queries]
    wrong = []

    def look(place: int) -> None:
        for turn in range(20):
            which = (place + turn) % len(queries)
            if not np.allclose(model.scores([queries[which]])[0], alone[which], atol=1e-6):
                wrong.append(which)

    threads = [threading.Thread(target=look, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
