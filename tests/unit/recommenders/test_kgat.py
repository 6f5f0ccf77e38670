"""KGAT: attention against a plain loop, one layer by hand, and what switching relations off does."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.recommenders import Query, Recommender
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 4, "embedding_size": 6, "evaluate_every": 2, "least_items": 1}


def model(**settings: object) -> Recommender:
    split = worlds.published(worlds.informed())
    return fit("kgat", split.dataset, split, seed=0, device="cpu", settings=SMALL | settings).recommender


def nodes_of(made: Recommender) -> np.ndarray:
    state = made.state()
    return np.concatenate([state[name] for name in ("user", "item", "entity")]).astype(np.float64)


def heard_by_hand(made: Recommender) -> np.ndarray:
    """What every node hears in the first round, by a loop over its edges. **Shapes**: [N, D]."""
    state, nodes, facts = made.state(), nodes_of(made), made.facts
    n_users, n_items = made.data.n_users, made.data.n_items
    choices: list[list[tuple[int, int]]] = [[] for _ in nodes]
    told: list[list[tuple[int, int]]] = [[] for _ in nodes]
    for user, item in zip(made.data.user, made.data.item, strict=True):
        choices[user].append((0, n_users + item))
        choices[n_users + item].append((1, user))
    for item, relation, entity in zip(facts.item, facts.relation, facts.entity, strict=True):
        told[n_users + item].append((2 + 2 * relation, n_users + n_items + entity))
        told[n_users + n_items + entity].append((3 + 2 * relation, n_users + item))
    out = np.zeros_like(nodes)
    for head in range(len(nodes)):
        parts = []
        for edges in (choices[head], told[head]):
            if not edges:
                continue
            fits = []
            for relation, tail in edges:
                stretch = state["stretch"][relation].astype(np.float64)
                fits.append(
                    (stretch * nodes[tail]) @ np.tanh(stretch * nodes[head] + state["relation"][relation])
                )
            weights = np.exp(fits) / np.exp(fits).sum()
            parts.append(sum(w * nodes[tail] for w, (_, tail) in zip(weights, edges, strict=True)))
        if len(parts) == 2:
            weight = made.config.knowledge_weight
            parts = [(1 - weight) * parts[0] + weight * parts[1]]
        if parts:
            out[head] = parts[0]
    return out


def test_what_nodes_hear_is_that_of_a_plain_loop() -> None:
    made = model()
    heard = made._listening(made._nodes().detach()).numpy()
    np.testing.assert_allclose(heard, heard_by_hand(made), rtol=1e-4, atol=1e-5)


def test_scores_come_from_the_bi_interaction_of_what_is_heard() -> None:
    made = model(aggregator="bi", n_layers=1)
    own, heard, state = nodes_of(made), heard_by_hand(made), made.state()

    def leaky(values: np.ndarray) -> np.ndarray:
        return np.where(values > 0, values, 0.2 * values)

    layer = leaky((own + heard) @ state["sum.0"]) + leaky((own * heard) @ state["product.0"])
    final = np.concatenate([own, layer / np.linalg.norm(layer, axis=1, keepdims=True)], 1)
    final /= np.linalg.norm(final, axis=1, keepdims=True)
    people, items = final[:40], final[40:71]
    np.testing.assert_allclose(made.scores(range(40)), people @ items.T, rtol=1e-4, atol=1e-5)


def test_light_layers_are_what_is_heard_and_the_final_vector_is_their_mean() -> None:
    made = model(n_layers=1)
    final = (nodes_of(made) + heard_by_hand(made)) / 2
    final /= np.linalg.norm(final, axis=1, keepdims=True)
    np.testing.assert_allclose(made.scores(range(40)), final[:40] @ final[40:71].T, rtol=1e-4, atol=1e-5)


def test_facts_that_are_switched_off_are_not_heard() -> None:
    made = model()
    before = made.scores(range(40))
    off = made.without({"director"})
    assert off.side_relations == ("genre",)
    assert np.abs(off.scores(range(40)) - before).max() > 1e-4
    np.testing.assert_array_equal(made.scores(range(40)), before)
    # Without any fact the learned vectors stand in the graph of people and items alone.
    alone = made.without(set(made.side_relations))
    assert alone.side_relations == ()
    n_users, n_items, n_entities = alone._sizes
    heard = alone._listening(alone._nodes().detach()).numpy()
    assert not heard[n_users + n_items :].any()
    assert heard.shape[0] == n_users + n_items + n_entities


def test_an_edit_on_a_quiet_model_stays_quiet() -> None:
    off = model().without({"director"})
    history = off.data.history(2).tolist()
    same = off.scores([Query(user=2, history=tuple(history))])[0]
    np.testing.assert_allclose(same, off.scores([2])[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("settings", [{"use_knowledge": "no"}, {"knowledge_weight": 0.0}])
def test_without_knowledge_the_graph_is_that_of_people_and_items(settings: dict) -> None:
    made = model(**settings)
    assert "entity" not in made.state()
    assert made.side_relations == ()
    assert len(made.state()["relation"]) == 2


def test_learning_facts_brings_true_tails_nearer() -> None:
    losses = []
    for weight in (0.0, 5.0):
        made = model(facts_loss=weight, epochs=30, evaluate_every=30)
        made.generator.manual_seed(1)
        losses.append(float(made._loss_of_facts().detach()))
    assert losses[1] < 0.9 * losses[0]
