"""Fitting is repeatable, leaves nothing behind, survives saving, and learns."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from gnnrec.recommenders import create, recommender_class
from gnnrec.training import fit
from tests.contracts.recommenders.contract import (
    EVERY,
    Variant,
    all_scores,
    fits,
    fitted,
    home_of,
    of,
    trained,
    world,
)


@EVERY
def test_same_seed_same_scores_and_a_later_fit_is_a_fresh_one(variant: Variant) -> None:
    here, first = world(home_of(variant)), all_scores(fitted(variant))
    recommender = create(variant[0], dict(variant[1]))
    if fits(variant, "checkerboard"):
        elsewhere = world("checkerboard")
        fit(recommender, elsewhere.dataset, elsewhere, seed=0, device="cpu")
    # After other data, and after the same.
    for _ in range(2):
        fit(recommender, here.dataset, here, seed=0, device="cpu")
        assert np.abs(all_scores(recommender) - first).max() <= 1e-5


@EVERY
def test_saved_and_loaded_scores_are_the_same(variant: Variant, tmp_path) -> None:
    from gnnrec.checkpoints import tensors

    recommender = fitted(variant)
    state = recommender.state()
    assert all(isinstance(value, np.ndarray) or sparse.issparse(value) for value in state.values())
    tensors.write(tmp_path / "model.safetensors", state)
    loaded = create(variant[0], dict(variant[1]))
    loaded.load_state(recommender.data, tensors.read(tmp_path / "model.safetensors"))
    assert np.abs(all_scores(loaded) - all_scores(recommender)).max() <= 1e-6
    assert loaded.capabilities == recommender.capabilities


@of(where=trained)
def test_gradients_start_each_step_at_zero(variant: Variant) -> None:
    recommender = create(variant[0], dict(variant[1]) | {"epochs": 3})
    steps = []
    usual = recommender.loss

    def watched(batch):
        steps.append([p.grad is None or not p.grad.any() for p in recommender.parameters()])
        return usual(batch)

    recommender.loss = watched
    split = world(home_of(variant))
    fit(recommender, split.dataset, split, device="cpu")
    assert len(steps) > 2
    assert all(all(step) for step in steps)
    assert any(p.grad is not None and p.grad.any() for p in recommender.parameters())


def ranks_a_checkerboard(variant: Variant) -> bool:
    cls = recommender_class(variant[0])
    return cls.task == "ranking" and cls.personalised and fits(variant, "checkerboard")


@of(where=ranks_a_checkerboard)
def test_the_withheld_item_of_a_checkerboard_comes_first(variant: Variant) -> None:
    split = world("checkerboard")
    recommender = fitted(variant, "checkerboard")
    lists = recommender.recommend(range(split.dataset.n_users), k=1, exclude=split.matrix("train", "valid"))
    assert np.array_equal(lists.items[:, 0], split.matrix("test").indices)
