"""Settings that models of vectors share: the same words, choices and limits wherever they appear."""

from __future__ import annotations

import pytest

from gnnrec.recommenders import names, recommender_class
from gnnrec.recommenders.parts.pairwise_settings import SHARED, shared_setting
from gnnrec.recommenders.parts.vectors import VectorModel

OF_VECTORS = [name for name in names() if issubclass(recommender_class(name), VectorModel)]
WITHOUT_LAYERS = frozenset({"n_layers"})


@pytest.mark.parametrize("name", OF_VECTORS)
def test_a_shared_name_means_the_same_everywhere(name: str) -> None:
    described = {one["name"]: one for one in recommender_class(name).Config.describe()}
    # Who lets the loss be chosen offers everything that one of them reads.
    assert "loss" not in described or set(SHARED) - WITHOUT_LAYERS <= set(described)
    for setting in set(SHARED) & set(described):
        for part in ("help", "choices", "unit"):
            assert described[setting][part] == SHARED[setting].get(part, "" if part == "unit" else None)
        low, high = SHARED[setting].get("low"), SHARED[setting].get("high")
        if low is not None:
            assert low <= described[setting]["low"] < described[setting]["high"] <= high


def test_a_member_may_narrow_a_range() -> None:
    field = shared_setting("n_layers", 1, low=1, high=4)
    assert field.default == 1
    assert (field.metadata["low"], field.metadata["high"]) == (1, 4)
    assert field.metadata["help"] == SHARED["n_layers"]["help"]


def test_a_name_that_is_not_shared_is_an_error() -> None:
    with pytest.raises(KeyError):
        shared_setting("layers", 1)
