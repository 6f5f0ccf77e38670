"""Hybrid: features stand in where the graph says nothing, and the graph alone is LightGCN."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import split
from gnnrec.data.cold_start import seen
from tests.unit.recommenders.test_content import fitted, two_tastes


@pytest.fixture(scope="module")
def dataset():
    return two_tastes(noise=0.05)


@pytest.mark.parametrize("fusion", ["dot", "gated", "mlp"])
def test_what_nobody_has_competes_with_no_choice(dataset, fusion: str) -> None:
    """The graph vector of a new item is never learned: it hears nothing and counts for nothing."""
    cut = split(dataset, "cold_items:share=20,seed=1")
    model = fitted("hybrid", cut, fusion=fusion)
    before = model.scores(range(60))
    model.net.item.data[~seen(cut, "item")] += 1
    model.serve()
    assert np.allclose(model.scores(range(60)), before, atol=1e-6)


def test_without_the_tower_it_is_lightgcn(dataset) -> None:
    cut = split(dataset, "random:seed=1")
    given = {"embedding_size": 16, "epochs": 6, "evaluate_every": 2, "dropout": 0.0, "learning_rate": 0.05}
    plain = fitted("hybrid", cut, tower="none", **given)
    assert np.allclose(plain.scores(range(60)), fitted("lightgcn", cut, **given).scores(range(60)), atol=1e-5)
