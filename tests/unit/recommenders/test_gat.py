"""Graph attention: the published formulas by hand, edits, and what learning hides."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import torch

from gnnrec.errors import ConfigError
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.gat import GAT
from gnnrec.training import fit
from tests import worlds

SMALL = {"embedding_size": 8, "heads": 2, "n_layers": 2, "epochs": 6}
VARIANTS = pytest.mark.parametrize("variant", ["gatv2", "gat"])


@cache
def fitted(variant: str) -> GAT:
    split = worlds.published(worlds.scattered())
    return fit(create("gat", {**SMALL, "variant": variant}), split.dataset, split, device="cpu").recommender


def leaky(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, 0.2 * x)


def attend(layer: dict[str, np.ndarray], variant: str, sources: np.ndarray, target: np.ndarray):
    """One head of one layer for one target node, from the papers. Returns weights and the message."""
    if variant == "gatv2":
        sent = sources @ layer["lin_l.weight"].T
        logits = leaky(sent + target @ layer["lin_r.weight"].T) @ layer["att"][0, 0]
    else:
        sent = sources @ layer["lin.weight"].T
        own = target @ layer["lin.weight"].T
        logits = leaky(sent @ layer["att_src"][0, 0] + own @ layer["att_dst"][0, 0])
    weights = np.exp(logits) / np.exp(logits).sum()
    return weights, weights @ sent


@VARIANTS
def test_attention_and_vectors_by_hand(variant: str) -> None:
    # Person 0 - item 0 - person 1 - item 1.
    recommender = create(
        "gat", {"variant": variant, "embedding_size": 3, "heads": 1, "n_layers": 1, "score": "raw"}
    )
    data = worlds.whole(worlds.path_of_four()).training()
    recommender.attach(data)
    recommender.reset(seed=5)
    state = recommender.state()
    recommender.load_state(data, state)
    layers = {
        direction: {
            name.removeprefix(f"{direction}.0."): value.astype(np.float64)
            for name, value in state.items()
            if name.startswith(direction)
        }
        for direction in ("to_items", "to_users")
    }
    users, items = state["user"].astype(np.float64), state["item"].astype(np.float64)
    into_item_0, message_0 = attend(layers["to_items"], variant, users, items[0])
    into_item_1, message_1 = attend(layers["to_items"], variant, users[[1]], items[1])
    into_user_0, message_2 = attend(layers["to_users"], variant, items[[0]], users[0])
    into_user_1, message_3 = attend(layers["to_users"], variant, items, users[1])
    # Edges: person 0 → item 0, person 1 → item 0, person 1 → item 1, and the same turned round.
    expected = [*into_item_0, *into_item_1, *into_user_0, *into_user_1]
    np.testing.assert_allclose(recommender.attention()[0, 0], expected, rtol=1e-5)
    people, films = recommender.embeddings()
    np.testing.assert_allclose(people, (users + np.stack([message_2, message_3])) / 2, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(films, (items + np.stack([message_0, message_1])) / 2, rtol=1e-4, atol=1e-6)


def test_attention_of_the_model_stays_when_somebody_asks_what_if() -> None:
    recommender = fitted("gatv2")
    before = recommender.attention().copy()
    item = int(recommender.data.history(0)[0])
    recommender.scores([Query(user=0, without=((0, item),))])
    np.testing.assert_array_equal(recommender.attention(), before)


def test_serving_knows_no_dropout() -> None:
    wishes = {**SMALL, "dropout": 0.9, "edge_dropout": 0.9}
    recommender = create("gat", wishes)
    recommender.attach(worlds.published(worlds.scattered()).training())
    recommender.reset(seed=1)
    recommender.serve()
    first, weights = recommender.scores([0, 1]), recommender.attention()
    recommender.serve()
    np.testing.assert_array_equal(recommender.scores([0, 1]), first)
    np.testing.assert_array_equal(recommender.attention(), weights)
    assert not torch.equal(recommender._vectors()[0], recommender._vectors()[0])


def test_edge_dropout_hides_edges_in_learning() -> None:
    recommender = create("gat", {**SMALL, "edge_dropout": 0.5})
    recommender.attach(worlds.published(worlds.scattered()).training())
    recommender.reset(seed=1)
    every = {tuple(edge) for edge in recommender._to_items.T.tolist()}
    kept = [{tuple(edge) for edge in recommender._kept_edges().T.tolist()} for _ in range(2)]
    assert kept[0] != kept[1]
    for some in kept:
        assert some < every
        assert 0.3 < len(some) / len(every) < 0.7


def test_vectors_that_the_heads_cannot_share_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"5 heads for vectors of length 96"):
        create("gat", {"heads": 5})


def test_listing_recommenders_does_not_load_torch_geometric() -> None:
    code = "import sys, gnnrec.recommenders as r; r.names(); print('torch_geometric' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "False"
