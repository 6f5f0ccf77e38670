"""GC-MC: messages by hand for every way of adding them up, and hidden targets."""

from __future__ import annotations

import itertools
from copy import deepcopy

import numpy as np
import pytest
import torch

from gnnrec.data import Split
from gnnrec.errors import IncompatibleError
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import Query, Recommender, create
from gnnrec.training import fit
from gnnrec.training.loop import train
from gnnrec.training.progress import Listener
from tests import worlds
from tests.unit.recommenders.test_gcn_rating import noise, turned, with_ratings

FEW = {"embedding_size": 6, "hidden_size": 9, "epochs": 4, "evaluate_every": 1}


@pytest.fixture(scope="module")
def world() -> Split:
    return worlds.published(worlds.rated())


def untrained(split: Split, **settings: object) -> Recommender:
    recommender = create("gcmc", {**FEW, **settings})
    recommender.attach(split.training())
    recommender.reset(seed=3)
    recommender.serve()
    return recommender


def trained(split: Split, n_epochs: int, **settings: object) -> Recommender:
    recommender = create("gcmc", {**FEW, **settings})
    recommender.attach(split.training())
    train(recommender, None, 0, n_epochs=n_epochs)
    return recommender


def by_hand(recommender: Recommender, split: Split) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors and expected ratings with loops over edges, from the equations of the paper."""
    config, state, data = recommender.config, recommender.state(), split.training()
    levels = sorted(set(data.rating.tolist()))
    tables = {}
    for name in ("people", "items"):
        tables[name] = state[name]
        if config.weight_sharing == "ordinal":
            tables[name] = np.stack([state[name][:, : r + 1].sum(1) for r in range(len(levels))], axis=1)
    width = tables["items"].shape[2]
    heard = {
        "people": np.zeros((data.n_users, len(levels), width)),
        "items": np.zeros((data.n_items, len(levels), width)),
    }
    n_of_user, n_of_item = np.bincount(data.user), np.bincount(data.item)
    for user, item, rating in zip(data.user, data.item, data.rating, strict=True):
        r = levels.index(rating)
        both = np.sqrt(n_of_user[user] * n_of_item[item])
        left = config.normalisation == "left"
        heard["people"][user, r] += tables["items"][item, r] / (n_of_user[user] if left else both)
        heard["items"][item, r] += tables["people"][user, r] / (n_of_item[item] if left else both)
    vectors = {}
    for name, messages in heard.items():
        whole = messages.sum(1) if config.accumulate == "sum" else messages.reshape(len(messages), -1)
        dense, bias = state[f"dense_{name}.weight"], state[f"dense_{name}.bias"]
        vectors[name] = np.maximum(whole, 0) @ dense.T + bias
    logits = np.zeros((data.n_users, data.n_items, len(levels)))
    for r in range(len(levels)):
        form = sum(state["mix"][b, r] * state["bases"][b] for b in range(config.n_bases))
        logits[:, :, r] = vectors["people"] @ form @ vectors["items"].T + state["level"][r]
    chance = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return vectors["people"], vectors["items"], chance @ np.array(levels)


@pytest.mark.parametrize(
    ("accumulate", "weight_sharing", "normalisation"),
    list(itertools.product(("sum", "stack"), ("ordinal", "none"), ("left", "symmetric"))),
)
def test_vectors_and_ratings_by_hand(
    world: Split, accumulate: str, weight_sharing: str, normalisation: str
) -> None:
    recommender = trained(
        world,
        2,
        accumulate=accumulate,
        weight_sharing=weight_sharing,
        normalisation=normalisation,
        hidden_size=15,
    )
    people, items, expected = by_hand(recommender, world)
    for found, vectors in zip(recommender.embeddings(), (people, items), strict=True):
        np.testing.assert_allclose(found, vectors, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(recommender.scores(range(40)), expected, rtol=1e-4)
    pairs = torch.tensor([3, 0, 3]), torch.tensor([4, 9, 1])
    recommender.net.eval()
    np.testing.assert_allclose(
        recommender._predicted(recommender._served, *pairs).numpy(), expected[pairs], rtol=1e-4
    )


def test_an_interrupted_run_goes_on_as_if_it_had_not_been(world: Split) -> None:
    kept = []
    whole = create("gcmc", FEW)
    listener = Listener(on_state=lambda state: kept.append(deepcopy(state)))
    made = fit(whole, world.dataset, world, device="cpu", listener=listener)
    again = fit(create("gcmc", FEW), world.dataset, world, device="cpu", resume=kept[1])
    assert again.best_epoch == made.best_epoch
    np.testing.assert_array_equal(again.recommender.scores(range(40)), whole.scores(range(40)))


def test_held_out_ratings_change_nothing(world: Split) -> None:
    held_out = world.rows("valid", "test")
    other = with_ratings(world, held_out, turned(world, held_out))
    scores = [trained(split, 3).scores(range(40)) for split in (world, other)]
    assert np.array_equal(*scores)


@pytest.mark.parametrize("target_share", [0.5, 0.0])
def test_a_step_cannot_see_the_ratings_it_predicts(world: Split, target_share: float) -> None:
    data = world.training()
    asked = torch.arange(0, len(data.rows), 10)
    moved = data.rows[asked.numpy()]
    rating = np.random.default_rng(1).permutation(world.dataset.interactions.rating[moved])
    vectors = []
    for split in (world, with_ratings(world, moved, rating)):
        recommender = untrained(split, target_share=target_share)
        usual = recommender._error
        recommender._error = lambda encoded, rated, usual=usual: (
            vectors.append(torch.cat(encoded).detach()) or usual(encoded, rated)
        )
        recommender.loss(asked)
    assert torch.equal(*vectors) == (target_share > 0)


def test_without_hiding_the_graph_tells_the_answers() -> None:
    """Ratings by dice are nearly known by heart where targets stay in the graph, and validation is worse."""
    split = noise()
    data = split.training()
    on_train, held_out = {}, {}
    for share in (0.5, 0.0):
        recommender = create(
            "gcmc", {"hidden_size": 16, "target_share": share, "dropout": 0.0, "node_dropout": 0.0}
        )
        recommender.attach(data)
        train(recommender, None, 0, n_epochs=150 if share == 0 else 75)
        scores = recommender.scores(range(60))
        on_train[share] = np.sqrt(np.mean((scores[data.user, data.item] - data.rating) ** 2))
        held_out[share] = evaluate(recommender, split, "valid").means["rmse"]
    assert on_train[0.0] < on_train[0.5] - 0.3
    assert held_out[0.0] > held_out[0.5] + 0.1


def test_somebody_without_ratings_gets_those_of_the_level_and_the_item(world: Split) -> None:
    recommender = trained(world, 40)
    scores = recommender.scores([Query(user=2, history=())])[0]
    good = np.bincount(world.training().item, world.training().rating) / np.bincount(world.training().item)
    assert abs(scores.mean() - recommender.mean) < 0.5
    assert np.corrcoef(scores, good)[0, 1] > 0.5


def test_too_many_levels_are_refused_in_words() -> None:
    pairs = [(user, item) for user in range(6) for item in range(6)]
    dataset = worlds.of_pairs(pairs, 6, 6, rating=[float(place) for place in range(36)])
    with pytest.raises(IncompatibleError, match=r"36 different ratings; .* Choose gcn_rating"):
        create("gcmc").attach(worlds.whole(dataset).training())
