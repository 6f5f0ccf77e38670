"""True taste: the oracle is perfect at it, and nobody else may look."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import gnnrec
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.datasets.film_club import truth
from gnnrec.errors import IncompatibleError
from gnnrec.evaluation.true_taste import known_for, true_taste
from gnnrec.recommenders import create
from tests import worlds

PACKAGE = Path(gnnrec.__file__).parent
MAY_READ = {
    "recommenders/oracle.py",
    "evaluation/true_taste.py",
    "explain/true_reasons.py",
}


@pytest.fixture(scope="module")
def demo():
    return split(open_dataset("demo"), "random:seed=1")


def test_the_oracle_is_perfect_and_popularity_is_not(demo) -> None:
    oracle = true_taste(create("oracle").fit(demo.training()), demo)
    assert oracle.means["ndcg@10"] == pytest.approx(1)
    popularity = true_taste(create("popularity").fit(demo.training()), demo)
    assert 0 < popularity.means["ndcg@10"] < 0.6
    assert np.array_equal(oracle.users, popularity.users)


def test_it_equals_a_plain_loop(demo) -> None:
    model = create("item_knn").fit(demo.training())
    result = true_taste(model, demo, k=5)
    utility = truth.utility(demo.dataset)
    hidden = demo.matrix("train", "valid").toarray() > 0
    for place in (0, 100, 700):
        user = result.users[place]
        wanted = [i for i in np.argsort(-utility[user], kind="stable") if not hidden[user, i]][:20]
        order = [i for i in np.argsort(-model.scores([user])[0], kind="stable") if not hidden[user, i]][:5]
        gain = sum(1 / np.log2(rank + 2) for rank, item in enumerate(order) if item in wanted)
        ideal = sum(1 / np.log2(rank + 2) for rank in range(5))
        assert result.per_user["ndcg@5"][place] == pytest.approx(gain / ideal)


def test_accounts_without_taste_are_not_judged(demo) -> None:
    bots = demo.dataset.users.numbers(truth.groups()["bots"]["members"])
    judged = true_taste(create("popularity").fit(demo.training()), demo).users
    assert len(bots)
    assert not set(bots) & set(judged)
    assert len(judged) == demo.dataset.n_users - len(bots)


def test_no_other_data_set_has_a_truth() -> None:
    world = worlds.published(worlds.scattered())
    assert not known_for(world.dataset)
    assert create("oracle").missing_needs(world.dataset) == {"truth"}
    with pytest.raises(IncompatibleError, match="no truth"):
        create("oracle").fit(world.training())
    with pytest.raises(IncompatibleError, match="truth about"):
        true_taste(create("popularity").fit(world.training()), world)


def test_the_truth_goes_by_the_ids_and_not_by_the_name(demo) -> None:
    from dataclasses import replace

    assert known_for(replace(demo.dataset, name="other"))
    assert not known_for(replace(worlds.scattered(), name="demo"))


def test_utility_and_parents_are_in_the_numbers_of_the_data_set(demo) -> None:
    dataset = demo.dataset
    utility = truth.utility(dataset)
    assert utility.shape == (dataset.n_users, dataset.n_items)
    assert utility.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        utility[0, 0] = 1
    rows = dataset.interactions
    watched = utility[rows.user, rows.item]
    assert watched.mean() > utility.mean() + 0.5
    parents = truth.parents(dataset)
    pairs = set(zip(rows.user.tolist(), rows.item.tolist(), strict=True))
    items = parents[parents["kind"] == "item"].head(2000)
    assert len(items) == 2000
    assert all((user, item) in pairs for user, item in zip(items["user"], items["item"], strict=True))
    # An earlier film is one that the same person watched.
    assert all((user, item) in pairs for user, item in zip(items["user"], items["parent"], strict=True))
    entities = parents[parents["kind"] == "entity"]
    assert (entities["parent"] == -1).all()
    assert entities.loc[entities["part"] == "genre", "entity"].notna().all()


def test_only_the_oracle_the_score_and_the_true_reasons_read_the_truth() -> None:
    readers = set()
    for path in PACKAGE.rglob("*.py"):
        inside = path.relative_to(PACKAGE).as_posix()
        if inside.startswith("datasets/film_club/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = (
                {alias.name for alias in node.names}
                if isinstance(node, ast.ImportFrom | ast.Import)
                else set()
            )
            module = getattr(node, "module", None) or ""
            if "film_club" in module or any("film_club" in name for name in named):
                readers.add(inside)
    assert readers == MAY_READ
