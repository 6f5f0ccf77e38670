"""What graph models with vectors share: batches, losses, determinism, names of people."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gnnrec.losses.ranking import exact_softmax
from gnnrec.recommenders import create
from gnnrec.recommenders.parts.pairwise import PairwiseModel
from gnnrec.recommenders.parts.pairwise_settings import LOSSES
from gnnrec.training import fit
from tests import worlds

SMALL = {"embedding_size": 8, "dropout": 0.0}


def placed(**settings: object) -> PairwiseModel:
    recommender = create("lightgcn", {**SMALL, **settings})
    recommender.attach(worlds.published(worlds.scattered()).training())
    recommender.reset(seed=3)
    return recommender


def test_everybody_is_one_batch() -> None:
    batches = list(placed().batches())
    assert [batch.tolist() for batch in batches] == [list(range(40))]


def test_batches_of_people_hold_each_once_in_changing_order() -> None:
    recommender = placed(batch_users=16)
    rounds = [list(recommender.batches()) for _ in range(2)]
    for batches in rounds:
        assert [len(batch) for batch in batches] == [16, 16, 8]
        assert sorted(torch.cat(batches).tolist()) == list(range(40))
    assert rounds[0][0].tolist() != rounds[1][0].tolist()


def test_batches_of_pairs_hold_each_once() -> None:
    recommender = placed(loss="bpr", batch_size=100)
    batches = list(recommender.batches())
    assert sorted(torch.cat(batches).tolist()) == list(range(len(recommender.data.rows)))


def test_people_without_train_interactions_are_in_no_batch() -> None:
    recommender = create("lightgcn", SMALL)
    recommender.attach(worlds.whole(worlds.of_pairs([(0, 0), (2, 1)], 4, 3)).training())
    recommender.reset(seed=0)
    assert torch.cat(list(recommender.batches())).tolist() == [0, 2]


def test_the_batch_loss_is_that_of_the_people_in_it() -> None:
    recommender = placed()
    people = torch.tensor([7, 2, 30])
    users, items, _ = recommender._vectors()
    unit = torch.nn.functional.normalize
    rows, positives = [], []
    for row, user in enumerate(people.tolist()):
        history = recommender.data.history(user).tolist()
        rows += [row] * len(history)
        positives += history
    expected = exact_softmax(
        unit(users[people]), unit(items), torch.tensor(rows), torch.tensor(positives), 0.18
    )
    recommender = placed(temperature=0.18)
    assert recommender.loss(people).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_popularity_exponent_changes_the_loss() -> None:
    people = torch.arange(40)
    plain, corrected = (placed(popularity_exponent=e).loss(people) for e in (0.0, 1.0))
    assert corrected.item() < plain.item() - 0.1


@pytest.mark.parametrize("loss", LOSSES)
def test_a_popularity_correction_of_nothing_changes_no_bit(loss: str) -> None:
    usual, same, corrected = (
        placed(loss=loss, **wishes)
        for wishes in ({}, {"popularity_correction": 0.0}, {"popularity_correction": 0.5})
    )
    losses = [one.loss(next(one.batches())) for one in (usual, same, corrected)]
    assert torch.equal(losses[0], losses[1])
    assert not torch.isclose(losses[0], losses[2], rtol=1e-4)


def test_a_popularity_correction_weighs_pairs_one_on_average() -> None:
    recommender = placed(popularity_correction=0.5)
    weights = recommender._pair_weights(recommender._indices)
    assert float(weights.mean()) == pytest.approx(1.0, rel=1e-5)
    counts = np.bincount(recommender.data.item, minlength=recommender.data.n_items)
    rare, popular = counts[counts > 0].min(), counts.max()
    ratio = float(weights.max() / weights.min())
    assert ratio == pytest.approx(float(np.sqrt(popular / rare)), rel=1e-5)


def test_the_loss_in_the_batch_is_that_of_its_pairs() -> None:
    recommender = placed(loss="in_batch", temperature=0.18, popularity_exponent=1.0)
    pairs = torch.tensor([0, 5, 17, 100, 3])
    unit = torch.nn.functional.normalize
    users, items, _ = recommender._vectors()
    mine, theirs = unit(users[recommender._pair_users[pairs]]), unit(items[recommender._indices[pairs]])
    expected = torch.nn.functional.cross_entropy(mine @ theirs.T / 0.18, torch.arange(5))
    assert recommender.loss(pairs).item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_items_of_a_batch_of_everything_compete_as_the_catalogue_does() -> None:
    """Popular items are in a batch more often; corrected, in-batch over all pairs pulls as the softmax does."""

    def pull(**settings: object) -> torch.Tensor:
        recommender = placed(**settings)
        recommender.loss(next(recommender.batches())).backward()
        return recommender.net.item.grad.flatten()

    softmax = pull(loss="softmax")
    corrected, plain = (pull(loss="in_batch", popularity_exponent=exponent) for exponent in (0.0, 1.0))
    alike, apart = (torch.cosine_similarity(one, softmax, dim=0) for one in (corrected, plain))
    assert alike > 0.99
    assert apart < alike - 0.01


def test_dropout_hides_about_its_share_and_keeps_the_mean() -> None:
    recommender = placed()
    dropped = recommender._dropped(torch.ones(400, 50), 0.3)
    assert float((dropped == 0).float().mean()) == pytest.approx(0.3, abs=0.02)
    assert float(dropped.mean()) == pytest.approx(1.0, abs=0.03)
    recommender.net.eval()
    assert bool((recommender._dropped(torch.ones(4, 5), 0.3) == 1).all())


@pytest.mark.parametrize("loss", ["softmax", "sampled_softmax", "in_batch", "bsl", "bpr"])
@pytest.mark.parametrize("name", ["lightgcn", "gat"])
def test_a_seed_decides_everything_drawn(name: str, loss: str) -> None:
    split = worlds.published(worlds.scattered())
    wishes = {"embedding_size": 8, "epochs": 3, "loss": loss, "batch_users": 16, "batch_size": 64}

    def scores(seed: int) -> np.ndarray:
        # What else draws numbers in the process must not matter.
        torch.rand(seed + 1)
        done = fit(create(name, wishes), split.dataset, split, seed=seed, device="cpu")
        return done.recommender.scores(range(5))

    first = scores(0)
    np.testing.assert_array_equal(scores(0), first)
    assert not np.allclose(scores(1), first, atol=1e-3)


def test_where_users_stand_in_the_numbering_does_not_matter() -> None:
    """The learned vectors moved along with the people give the same loss."""
    dataset = worlds.scattered()
    split = worlds.published(dataset)
    recommender = placed()
    order = np.random.default_rng(0).permutation(dataset.n_users)
    rows = split.training()
    pairs = list(zip(np.argsort(order)[rows.user].tolist(), rows.item.tolist(), strict=True))
    moved = create("lightgcn", SMALL)
    moved.attach(worlds.whole(worlds.of_pairs(pairs, dataset.n_users, dataset.n_items)).training())
    moved.reset(seed=3)
    state = recommender.state()
    moved.net.load_state_dict(
        {"user": torch.from_numpy(state["user"][order]), "item": torch.from_numpy(state["item"])}
    )
    everybody = torch.arange(dataset.n_users)
    assert moved.loss(everybody).item() == pytest.approx(recommender.loss(everybody).item(), rel=1e-5)
    some = torch.tensor([1, 5])
    there = torch.from_numpy(np.argsort(order))[some]
    assert moved.loss(there).item() == pytest.approx(recommender.loss(some).item(), rel=1e-5)
