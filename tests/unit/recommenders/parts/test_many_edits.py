"""Many edits at once: each answer equals the model run on its changed graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.graph import Graph
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.parts import many_edits
from gnnrec.recommenders.parts.many_edits import Edit, ManyEdits
from tests import worlds


def dense_scores(graph: Graph, table: np.ndarray, person: int, n_layers: int, first: int, cosine: bool):
    """The model written down with whole matrices in double precision."""
    adjacency = np.zeros((graph.n_nodes, graph.n_nodes))
    n_users = graph.count("user")
    adjacency[:n_users, n_users:] = graph.user_item.toarray()
    adjacency += adjacency.T
    degrees = adjacency.sum(1)
    scale = np.where(degrees > 0, 1 / np.sqrt(np.maximum(degrees, 1)), 0)
    matrix = scale[:, None] * adjacency * scale
    layers = [table.astype(np.float64)]
    for _ in range(n_layers):
        layers.append(matrix @ layers[-1])
    final = np.mean(layers[first:], axis=0)
    if cosine:
        final /= np.maximum(np.linalg.norm(final, axis=1, keepdims=True), 1e-12)
    return final[n_users:] @ final[person]


@dataclass
class Asked:
    graph: Graph
    edits: list[tuple[int, np.ndarray, np.ndarray]]


@st.composite
def asked(draw) -> Asked:
    """A small graph, and several edits of it: sets of any size come and go, of people and items alike."""
    n_users, n_items = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    pairs = [(user, item) for user in range(n_users) for item in range(n_items)]
    there = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=30))
    absent = [pair for pair in pairs if pair not in there]
    edits = []
    for _ in range(draw(st.integers(1, 5))):
        remove = draw(st.lists(st.sampled_from(there), unique=True, max_size=6))
        add = draw(st.lists(st.sampled_from(absent), unique=True, max_size=4)) if absent else []
        edits.append(
            (
                draw(st.integers(0, n_users - 1)),
                np.array(add, dtype=int).reshape(-1, 2),
                np.array(remove, dtype=int).reshape(-1, 2),
            )
        )
    return Asked(Graph.bipartite(n_users, n_items, *np.array(there).T), edits)


@given(asked(), st.integers(0, 4), st.integers(0, 1), st.booleans(), st.booleans(), st.integers(0, 2**16))
@settings(deadline=None, max_examples=200)
def test_answers_equal_those_of_whole_matrices(asked, n_layers, first, cosine, of_people, seed) -> None:
    graph, first = asked.graph, min(first, n_layers)
    table = np.random.default_rng(seed).normal(size=(graph.n_nodes, 8)).astype(np.float32)
    if not of_people:
        table[: graph.count("user")] = 0
    layers = [table]
    for _ in range(n_layers):
        layers.append(graph.normalised @ layers[-1])
    nodes = np.array([0, graph.count("user")])
    edits = [Edit(person, add + nodes, remove + nodes) for person, add, remove in asked.edits]
    found = ManyEdits(graph, layers, first, cosine).scores(edits)
    for (person, add, remove), scores in zip(asked.edits, found, strict=True):
        edited = graph.edited(add=add, remove=remove)
        expected = dense_scores(edited, table, person, n_layers, first, cosine)
        np.testing.assert_allclose(scores, expected, atol=1e-5)


def fitted(name: str, **given):
    model = create(name, {"embedding_size": 8, **given})
    data = worlds.whole(worlds.scattered()).training()
    model.attach(data)
    model.reset(seed=4)
    model.serve()
    return model


def questions(model, user: int = 5) -> list[Query]:
    """Single removals, sets, everything, additions, and a change at somebody else's edge as well."""
    mine = model.data.history(user).tolist()
    new = np.setdiff1d(np.arange(model.data.n_items), mine)[:3].tolist()
    other = int(np.flatnonzero(model.data.matrix[:, mine[1]].toarray().ravel() * (np.arange(40) != user))[0])
    return [
        *(Query(user=user, without=((user, item),)) for item in mine),
        Query(user=user, without=tuple((user, item) for item in mine[:4])),
        Query(user=user, history=()),
        Query(user=user, history=(*mine, new[0])),
        Query(user=user, history=(*mine[2:], *new)),
        Query(user=user, history=tuple(mine), without=((other, mine[1]), (user, mine[0]))),
        Query(user=user + 1, without=((other, mine[1]),)),
    ]


SETTINGS = [
    ("lightgcn", {"score": score, "user_vectors": vectors, "n_layers": n_layers})
    for score in ("raw", "cosine")
    for vectors in ("trained", "none")
    for n_layers in (0, 1, 2, 3, 4)
] + [("xsimgcl", {"n_layers": 1}), ("xsimgcl", {"n_layers": 3}), ("light_blend", {"n_layers": 2})]


@pytest.mark.parametrize(("name", "given"), SETTINGS, ids=lambda one: one if isinstance(one, str) else None)
def test_together_equals_one_by_one(name: str, given: dict) -> None:
    model = fitted(name, **given)
    asked = questions(model)
    alone = np.concatenate([model.scores([query]) for query in asked])
    np.testing.assert_allclose(model.scores(asked), alone, atol=1e-5)


def test_many_and_large_edits_are_answered_in_parts(monkeypatch) -> None:
    model = fitted("lightgcn", n_layers=3)
    asked = questions(model)
    expected = model.scores(asked)
    monkeypatch.setattr(many_edits, "_MOST_ENDS", 4)
    np.testing.assert_allclose(model.scores(asked), expected, atol=1e-5)
    # Room for about two columns: larger edits go another way, and the answers stay.
    monkeypatch.setattr(many_edits, "_MOST_BYTES", 8 * 2 * model.data.n_items * 3)
    np.testing.assert_allclose(model.scores(asked), expected, atol=1e-5)


def test_an_edit_that_changes_nothing_changes_no_score() -> None:
    model = fitted("lightgcn")
    mine = tuple(model.data.history(3).tolist())
    same = [Query(user=3, history=mine), Query(user=3, history=mine[::-1])]
    np.testing.assert_allclose(model.scores(same), model.scores([3, 3]), atol=1e-6)


@pytest.mark.parametrize("name", ["ease", "item_knn", "slim", "gf_cf", "bspm", "turbo_cf"])
@pytest.mark.parametrize("kind", ["edit", "fold-in"])
def test_histories_asked_together_equal_those_asked_alone(name: str, kind: str) -> None:
    model = create(name)
    model.fit(worlds.whole(worlds.scattered()).training())
    mine = model.data.history(5)
    histories = [np.delete(mine, place) for place in range(len(mine))]
    histories += [mine[:0], np.arange(12), np.arange(20, 25)]
    histories = [tuple(one.tolist()) for one in histories]
    asked = [Query(user=5 if kind == "edit" else None, history=one) for one in histories]
    together = model.scores(asked)
    scale = np.abs(together).max()
    for query, scores in zip(asked, together, strict=True):
        row = np.zeros(model.data.n_items, dtype=np.float32)
        row[list(query.history)] = 1
        expected = row @ whole_filter(model)
        np.testing.assert_allclose(scores, expected, atol=1e-5 * max(scale, 1))
        np.testing.assert_allclose(scores, model.scores([query])[0], atol=1e-5 * max(scale, 1))


def whole_filter(model) -> np.ndarray:
    """The matrix over items, column by column of histories of one. **Shapes**: [I, I]."""
    return np.concatenate([model.scores([Query(history=(item,))]) for item in range(model.data.n_items)])
