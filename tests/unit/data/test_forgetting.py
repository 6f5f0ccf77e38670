"""Forgetting: the model does not see the pairs, everything it is judged by stays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gnnrec.checkpoints import save
from gnnrec.data import Dataset, split
from gnnrec.data.forgetting import forgetting, forgotten_pairs
from gnnrec.errors import DataError
from gnnrec.evaluation import evaluate
from gnnrec.training import fit


@pytest.fixture
def small() -> Dataset:
    """Twelve people, ten items."""
    random = np.random.default_rng(5)
    pairs = [
        (f"u{user:02}", f"i{item}") for user in range(12) for item in random.choice(10, 6, replace=False)
    ]
    return Dataset.from_frame(pd.DataFrame(pairs, columns=["user_id", "item_id"]), name="small")


@pytest.fixture
def whole(small: Dataset):
    return split(small, "random:seed=1")


@pytest.fixture
def pairs(small: Dataset, whole) -> list[tuple[str, str]]:
    user = 3
    return [(small.users.id(user), small.items.id(item)) for item in whole.training().history(user)[:2]]


def test_exactly_the_named_pairs_are_gone(small: Dataset, whole, pairs) -> None:
    cut = forgetting(whole, pairs)
    gone = whole.training().matrix - cut.training().matrix
    assert gone.sum() == 2
    found = {(small.users.id(user), small.items.id(item)) for user, item in zip(*gone.nonzero(), strict=True)}
    assert found == set(pairs)
    assert (np.diff(cut.training().rows) > 0).all()


def test_what_is_judged_stays(whole, pairs) -> None:
    cut = forgetting(whole, pairs)
    assert cut.hash == whole.hash
    assert str(cut) == str(whole)
    for part in ("train", "valid", "test"):
        assert (cut.matrix(part) != whole.matrix(part)).nnz == 0


def test_nothing_to_forget_is_the_split_itself(whole) -> None:
    assert forgetting(whole, []) is whole


def test_held_out_pairs_cannot_be_forgotten(small: Dataset, whole) -> None:
    row = whole.rows("valid")[0]
    pair = small.users.id(small.interactions.user[row]), small.items.id(small.interactions.item[row])
    with pytest.raises(DataError, match="Leave it out"):
        forgetting(whole, [pair])


def test_a_forgotten_item_can_come_back_in_a_list_but_counts_for_nothing(whole, pairs, small) -> None:
    made = fit("popularity", small, forgetting(whole, pairs))
    user = small.users.number(pairs[0][0])
    listed = made.recommender.recommend([user], k=10).items[0]
    assert set(small.items.numbers([item for _, item in pairs])) <= set(listed)
    masked = evaluate(made.recommender, whole, "valid").per_user
    assert masked.equals(made.valid.per_user)


@pytest.mark.parametrize("name", ["item_knn", "lightgcn"])
def test_a_saved_model_answers_on_the_graph_that_it_saw(name, whole, pairs, small, tmp_path) -> None:
    settings = {"embedding_size": 4, "epochs": 2} if name == "lightgcn" else {}
    made = fit(name, small, forgetting(whole, pairs), settings=settings, device="cpu")
    kept = save(made, tmp_path / "forgot", extra={"forget": [list(pair) for pair in pairs]})
    assert forgotten_pairs(kept.config) == tuple(map(tuple, pairs))
    loaded = kept.load(small)
    assert len(loaded.data.rows) == len(whole.training().rows) - 2
    users = range(small.n_users)
    np.testing.assert_allclose(loaded.scores(users), made.recommender.scores(users), atol=1e-6)
