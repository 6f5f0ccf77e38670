"""XSimGCL: layers by hand without layer 0, noise that keeps signs, and the contrast of a step."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gnnrec.errors import ConfigError
from gnnrec.losses.contrast import info_nce
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.parts.vectors import VectorModel
from gnnrec.recommenders.xsimgcl import XSimGCL
from tests import worlds

# Person 0 - item 0 - person 1 - item 1: degrees 1, 2, 2, 1 along the path.
S = 1 / np.sqrt(2)
NORMALISED = np.array([[0, 0, S, 0], [0, 0, 1 / 2, S], [S, 1 / 2, 0, 0], [0, S, 0, 0]])
TABLE = np.array([[1.0, 0.5], [-2.0, 1.0], [0.5, 3.0], [1.0, -1.0]], dtype=np.float32)


def on_the_path(**settings: object) -> XSimGCL:
    recommender = create("xsimgcl", {"embedding_size": 2, **settings})
    state = {"user": TABLE[:2], "item": TABLE[2:]}
    recommender.load_state(worlds.whole(worlds.path_of_four()).training(), state)
    return recommender


def learning(**settings: object) -> XSimGCL:
    recommender = create("xsimgcl", {"embedding_size": 8, **settings})
    recommender.attach(worlds.published(worlds.scattered()).training())
    recommender.reset(seed=1)
    return recommender


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_the_final_vectors_are_the_mean_of_the_hops_without_layer_0(n_layers: int) -> None:
    recommender = on_the_path(n_layers=n_layers, score="raw")
    hops = [np.linalg.matrix_power(NORMALISED, power) @ TABLE for power in range(1, n_layers + 1)]
    final = np.mean(hops, axis=0)
    for found, expected in zip(recommender.embeddings(), (final[:2], final[2:]), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_shares_by_hand_leave_nothing_to_the_person() -> None:
    recommender = on_the_path(n_layers=2, score="raw")
    split = recommender.contributions(1, [0, 1])
    items = recommender.embeddings()[1]
    # What item j sends person 1: Â(1, j) times the mean of its layers 0 and 1.
    sent = (TABLE + NORMALISED @ TABLE) / 2
    np.testing.assert_allclose(split.own, 0, atol=1e-12)
    np.testing.assert_allclose(split.values[:, 0], items @ (0.5 * sent[2]), rtol=1e-5)
    np.testing.assert_allclose(split.values[:, 1], items @ (S * sent[3]), rtol=1e-5)


def test_a_graph_edit_passes_messages_on_the_edited_graph() -> None:
    recommender = on_the_path(n_layers=2, score="raw")
    edited = np.zeros((4, 4))
    edited[0, 2] = edited[2, 0] = edited[1, 2] = edited[2, 1] = S
    final = (edited + edited @ edited) @ TABLE / 2
    found = recommender.scores([Query(user=1, without=((1, 1),))])[0]
    np.testing.assert_allclose(found, final[1] @ final[2:].T, rtol=1e-5, atol=1e-6)


def test_noise_has_its_length_and_keeps_every_sign() -> None:
    recommender = learning(noise=0.3)
    vectors = torch.randn(50, 8, generator=torch.Generator().manual_seed(0))
    vectors[7] = 0
    noise = recommender._shaken(vectors) - vectors
    lengths = noise.norm(dim=1)
    np.testing.assert_allclose(lengths[torch.arange(50) != 7], 0.3, rtol=1e-5)
    assert not noise[7].any()
    assert (noise * vectors >= 0).all()
    assert not torch.equal(recommender._shaken(vectors), recommender._shaken(vectors))


def test_noise_comes_after_every_hop_and_only_while_learning() -> None:
    recommender = learning(noise=0.3, n_layers=2)
    recommender._vectors()
    (final, first), matrix = recommender._pass, recommender._matrix
    table = recommender._table()
    second = 2 * final - first
    for layer, before in ((first, table), (second, first)):
        moved = (layer - matrix @ before).norm(dim=1)
        assert torch.allclose(moved[moved > 0.01], torch.tensor(0.3), atol=1e-4)
        assert (moved > 0.01).float().mean() > 0.9
    recommender.serve()
    people, items = recommender.embeddings()
    clean = ((matrix @ table + matrix @ (matrix @ table)) / 2).detach()
    expected = torch.nn.functional.normalize(clean).numpy()
    np.testing.assert_allclose(np.concatenate([people, items]), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", ["softmax", "bpr"])
def test_a_step_adds_the_contrast_of_its_own_people_and_items(loss: str) -> None:
    """Without noise the pass can be repeated, so that the sum can be taken apart."""
    wishes = {"loss": loss, "noise": 0.0, "contrast_temperature": 0.3, "batch_users": 5, "batch_size": 9}
    recommender = learning(contrast_weight=0.7, **wishes)
    batch = next(iter(recommender.batches()))
    state = recommender.generator.get_state()
    found = recommender.loss(batch)
    recommender.generator.set_state(state)
    ranking = VectorModel.loss(recommender, batch)
    data = recommender.data
    if loss == "softmax":
        users = batch.numpy()
        chosen = np.unique(np.concatenate([data.history(int(user)) for user in users]))
    else:
        users = np.unique(recommender._pair_users[batch].numpy())
        chosen = np.unique(recommender._indices[batch].numpy())
    layers = [recommender._table()]
    for _ in range(2):
        layers.append(recommender._matrix @ layers[-1])
    final = (layers[1] + layers[2]) / 2
    contrast = sum(
        info_nce(final[nodes], layers[1][nodes], 0.3)
        for nodes in (torch.from_numpy(users), torch.from_numpy(chosen) + data.n_users)
    )
    assert found.item() == pytest.approx((ranking + 0.7 * contrast).item(), rel=1e-5)
    assert contrast.item() > 0.1


def test_the_contrast_spreads_people_out() -> None:
    """With BPR, which does not do so by itself."""
    alike = []
    for weight in (0.0, 1.0):
        recommender = learning(contrast_weight=weight, loss="bpr", noise=0.0)
        optimiser = torch.optim.Adam(recommender.parameters(), lr=0.05)
        for _ in range(60):
            optimiser.zero_grad()
            recommender.loss(next(iter(recommender.batches()))).backward()
            optimiser.step()
        recommender.serve()
        people, _ = recommender.embeddings()
        alike.append(np.square(people @ people.T).mean())
    assert alike[1] < 0.8 * alike[0]


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"contrast_layer.*layer 3 of 2"):
        create("xsimgcl", {"contrast_layer": 3})
