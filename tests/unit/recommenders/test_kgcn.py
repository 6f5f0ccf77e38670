"""KGCN against a plain loop over facts, its shares, and what switching relations off does."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import DataError, IncompatibleError
from gnnrec.recommenders import Recommender
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 6, "embedding_size": 8, "evaluate_every": 2, "least_items": 1}


def model(**settings: object) -> Recommender:
    split = worlds.published(worlds.informed())
    return fit("kgcn", split.dataset, split, seed=0, device="cpu", settings=SMALL | settings).recommender


def unit(table: np.ndarray, score: str) -> np.ndarray:
    table = table.astype(np.float64)
    return table / np.linalg.norm(table, axis=1, keepdims=True) if score == "cosine" else table


def by_hand(made: Recommender, user: int, silent: tuple[str, ...] = ()) -> np.ndarray:
    """Scores by a loop over nodes, relations and neighbours."""
    state, config, facts = made.state(), made.config, made.facts
    people, items, entities = (unit(state[name], config.score) for name in ("user", "item", "entity"))
    n_items = len(items)
    nodes, person = np.concatenate([items, entities]), people[user]
    taste = np.exp(state["relation"].astype(np.float64) @ person)
    neighbours: dict[int, dict[int, list[int]]] = {}
    for item, relation, entity in zip(facts.item, facts.relation, facts.entity, strict=True):
        if facts.relations[relation] in silent:
            continue
        neighbours.setdefault(item, {}).setdefault(relation, []).append(n_items + entity)
        if config.n_hops > 1:
            neighbours.setdefault(n_items + entity, {}).setdefault(relation, []).append(item)
    own = points = nodes @ person
    for _ in range(config.n_hops):
        after = own.copy()
        for node, by_relation in neighbours.items():
            weights = np.array([taste[relation] for relation in by_relation])
            heard = np.array([np.mean(points[others]) for others in by_relation.values()])
            share = config.knowledge_weight
            after[node] = (1 - share) * own[node] + share * (weights @ heard) / weights.sum()
        points = after
    return points[:n_items]


@pytest.mark.parametrize("n_hops", [1, 2])
@pytest.mark.parametrize("score", ["cosine", "raw"])
def test_scores_are_those_of_a_plain_loop(n_hops: int, score: str) -> None:
    made = model(n_hops=n_hops, score=score)
    for user in (0, 11):
        np.testing.assert_allclose(made.scores([user])[0], by_hand(made, user), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("n_hops", [1, 2])
def test_shares_add_up_to_the_score(n_hops: int) -> None:
    made = model(n_hops=n_hops)
    items = [4, 0, 30, 17]
    split = made.fact_shares(3, items)
    sums = split.own + np.bincount(split.place, split.values, minlength=len(items))
    np.testing.assert_allclose(sums, split.score, rtol=1e-4, atol=1e-5)
    told = made.data.dataset.knowledge
    for place, relation, entity in zip(split.place, split.relation, split.entity, strict=True):
        rows = told[(told["item"] == items[place]) & (told["entity"] == entity)]
        assert (rows["relation"] == relation).any()
    # The last items have no facts: they are themselves.
    assert not (split.place == items.index(30)).any()


def test_switching_a_relation_off_leaves_it_out_and_learns_nothing() -> None:
    made = model()
    assert made.side_relations == made.facts.relations
    off = made.without({"director"})
    assert off.side_relations == ("genre",)
    np.testing.assert_allclose(off.scores([5])[0], by_hand(made, 5, ("director",)), rtol=1e-4, atol=1e-5)
    assert np.abs(off.scores([5]) - made.scores([5])).max() > 1e-4
    alone = off.without({"genre"})
    state = made.state()
    expected = unit(state["user"], "cosine")[5] @ unit(state["item"], "cosine").T
    np.testing.assert_allclose(alone.scores([5])[0], expected, rtol=1e-4, atol=1e-5)
    assert "director" not in off.fact_shares(5, range(31)).relation
    np.testing.assert_allclose(made.scores([5])[0], by_hand(made, 5), rtol=1e-4, atol=1e-5)
    with pytest.raises(DataError, match="director"):
        off.without({"director"})


def test_without_knowledge_a_score_is_the_product_of_two_vectors() -> None:
    for made in (model(use_knowledge="no"), model(knowledge_weight=0.0)):
        assert set(made.state()) == {"user", "item"}
        assert made.side_relations == ()
        with pytest.raises(IncompatibleError):
            made.without({"genre"})
        with pytest.raises(IncompatibleError, match="hears no facts"):
            made.tastes([0])
        assert made.fact_shares(0, [1, 2]).own == pytest.approx(made.scores([0], [1, 2])[0])


def test_tastes_are_shares_of_the_relations_heard() -> None:
    made = model()
    tastes = made.tastes([0, 7])
    assert tastes.shape == (2, 2)
    np.testing.assert_allclose(tastes.sum(1), 1, rtol=1e-5)
    state = made.state()
    liking = np.exp(unit(state["user"], "cosine")[7] @ state["relation"].T.astype(np.float64))
    np.testing.assert_allclose(tastes[1], liking / liking.sum(), rtol=1e-4)
    assert made.without({"genre"}).tastes([0]).tolist() == [[1.0]]


@pytest.mark.parametrize("name", ["kgcn", "kgat"])
def test_facts_that_join_nothing_are_refused_in_words(name: str) -> None:
    split = worlds.published(worlds.informed())
    with pytest.raises(IncompatibleError, match="nothing that 500 or more films have in common") as raised:
        fit(name, split.dataset, split, device="cpu", settings={"least_items": 500})
    assert all(raised.value.parts.values())
    fit(
        name, split.dataset, split, device="cpu", settings=SMALL | {"least_items": 500, "use_knowledge": "no"}
    )
