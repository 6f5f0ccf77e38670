"""Carrying over what was learned: by id, to more people and items, and nothing is changed that was learned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from gnnrec.data import Dataset, Split, split
from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Query, create, names, recommender_class
from gnnrec.recommenders.capabilities import FOLDS_IN
from gnnrec.training import fit, is_trained
from gnnrec.training.updating import Kinds, carried, folded_in, warm_started

RNG = np.random.default_rng(0)
# Odd and even films; half of the people like the one and half the other.
PAIRS = sorted(
    {
        (f"u{user:02d}", f"i{int(item) * 2 + user % 2:02d}")
        for user in range(24)
        for item in RNG.choice(8, size=5, replace=False)
    }
)
# A new person sorts first, so that every number moves; so does a new film.
NEW = [("a-new", "i01"), ("a-new", "i03"), ("a-new", "a-film"), ("u01", "a-film"), ("u03", "a-film")]
SMALL = {"epochs": 8, "embedding_size": 8, "evaluate_every": 2}


def world(pairs: list[tuple[str, str]]) -> Split:
    frame = pd.DataFrame(pairs, columns=["user_id", "item_id"])
    parts = np.array([0 if pair in NEW else (1, 2, 0, 0, 0)[place % 5] for place, pair in enumerate(pairs)])
    return split(Dataset.from_frame(frame, name="club", published={"parts": parts}))


BEFORE, AFTER = world(PAIRS), world(PAIRS + NEW)


def fitted(name: str, cut: Split = BEFORE, **settings: object):
    fields = {one["name"] for one in recommender_class(name).Config.describe()}
    small = {key: value for key, value in SMALL.items() if key in fields}
    return fit(create(name, small | settings), cut.dataset, cut, device="cpu").recommender


def folding() -> list[str]:
    """Models that fold people in and need nothing that this world lacks."""
    return [
        name
        for name in names()
        if FOLDS_IN in create(name).capabilities
        and not recommender_class(name).missing_needs(BEFORE.dataset)
        and recommender_class(name).trainable
    ]


def test_tables_follow_the_ids() -> None:
    kinds = Kinds.between(BEFORE.training(), AFTER.training())
    n_users, n_items = BEFORE.dataset.n_users, BEFORE.dataset.n_items
    state = {
        "user": np.arange(n_users * 3.0).reshape(n_users, 3),
        "weights": sparse.random(n_items, n_items, 0.3, format="csr", random_state=1),
        "table": np.arange(n_users + n_items),
        "shared": np.ones((3, 3)),
        "scalar": np.array(2.0),
    }
    made, afresh = carried(state, kinds)
    assert not afresh
    data, grown = BEFORE.dataset, AFTER.dataset
    moved = grown.users.numbers(data.users.ids)
    assert (made["user"][moved] == state["user"]).all() and (
        made["user"][grown.users.number("a-new")] == 0
    ).all()
    items = grown.items.numbers(data.items.ids)
    assert (made["weights"][items][:, items] != state["weights"]).nnz == 0
    assert made["weights"][grown.items.number("a-film")].nnz == 0
    nodes = np.r_[moved, items + grown.n_users]
    assert (made["table"][nodes] == state["table"]).all()
    assert (made["shared"] == 1).all() and made["scalar"] == 2


def test_new_rows_are_those_of_a_fresh_model_and_what_does_not_fit_stays_fresh() -> None:
    kinds = Kinds.between(BEFORE.training(), AFTER.training())
    n, grown = BEFORE.dataset.n_users, AFTER.dataset
    state = {"user": np.zeros((n, 2)), "labels": np.zeros((2, 5))}
    fresh = {"user": np.ones((n + 1, 2)), "labels": np.ones((2, 6))}
    made, afresh = carried(state, kinds, fresh)
    assert afresh == ["labels"] and (made["labels"] == 1).all()
    assert made["user"].sum() == 2 and (made["user"][grown.users.number("a-new")] == 1).all()


def test_old_people_may_not_be_missing() -> None:
    with pytest.raises(IncompatibleError, match="1 of the old ones missing"):
        Kinds.between(AFTER.training(), BEFORE.training())


@pytest.mark.parametrize("name", folding())
def test_without_new_rows_folding_in_changes_nothing(name: str) -> None:
    model = fitted(name)
    again = folded_in(model, BEFORE.training())
    assert again is not model
    assert np.allclose(again.scores(range(24)), model.scores(range(24)), atol=1e-5)


@pytest.mark.parametrize("name", folding())
def test_a_new_person_is_what_their_rows_make_of_them(name: str) -> None:
    model = fitted(name)
    before = model.scores(range(24)).copy()
    again = folded_in(model, AFTER.training())
    grown = AFTER.dataset
    scores = again.scores([grown.users.number("a-new")])[0]
    assert np.isfinite(scores[grown.items.numbers(BEFORE.dataset.items.ids)]).all()
    assert (model.scores(range(24)) == before).all()
    if again.personalised:
        others = again.scores([grown.users.number(f"u{user:02d}") for user in (0, 1)])
        assert not np.allclose(scores, others[0], atol=1e-6)


def test_where_a_person_is_the_sum_of_items_it_is_fold_in_to_the_digit() -> None:
    model = fitted("ease")
    again = folded_in(model, AFTER.training())
    grown, data = AFTER.dataset, BEFORE.dataset
    known = tuple(data.items.numbers(["i01", "i03"]).tolist())
    items = grown.items.numbers(data.items.ids)
    new = again.scores([grown.users.number("a-new")], items)[0]
    assert np.allclose(new, model.scores([Query(history=known)])[0], atol=1e-6)
    assert (again.scores([grown.users.number("a-new")])[0][grown.items.number("a-film")]) == 0


def test_a_model_that_folds_nobody_in_says_so() -> None:
    with pytest.raises(IncompatibleError, match="warm-start"):
        folded_in(fitted("mf"), AFTER.training())


def test_a_warm_start_goes_on_from_what_was_learned() -> None:
    model = fitted("lightgcn", epochs=30)
    state = {name: value.copy() for name, value in model.state().items()}
    made, afresh = warm_started(model, AFTER, epochs=1)
    assert not afresh and made.epochs == 1
    grown, data = AFTER.dataset, BEFORE.dataset
    items = grown.items.numbers(data.items.ids)
    after = made.recommender.state()["item"][items]
    moved = np.abs(after - state["item"]).mean()
    fresh = np.abs(fitted("lightgcn", AFTER, epochs=1).state()["item"][items] - state["item"]).mean()
    # One step moves each number by about the learning rate, a new start by about its length.
    assert 0 < moved < fresh / 2
    assert all((model.state()[name] == value).all() for name, value in state.items())
    new = made.recommender.scores([grown.users.number("a-new")])[0]
    assert np.isfinite(new).all()


def test_a_warm_start_is_the_same_again() -> None:
    model = fitted("lightgcn")
    first, second = (warm_started(model, AFTER, seed=3)[0].recommender.state() for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)


def learning() -> list[str]:
    """Models that are trained in epochs and need nothing that this world lacks."""
    return [
        name
        for name in names()
        if is_trained(name) and not recommender_class(name).missing_needs(BEFORE.dataset)
    ]


@pytest.mark.parametrize("name", learning())
def test_all_that_are_trained_learn_on(name: str) -> None:
    made, afresh = warm_started(fitted(name), AFTER, epochs=2)
    assert not afresh and made.epochs == 2
    assert np.isfinite(made.recommender.scores(range(AFTER.dataset.n_users))).all()


def test_what_is_in_closed_form_beside_what_is_learned_is_computed_anew() -> None:
    made, _ = warm_started(fitted("light_blend"), AFTER, epochs=2)
    again = fitted("light_blend", AFTER)
    assert np.allclose(made.recommender.state()["linear"], again.state()["linear"], atol=1e-6)


def test_a_closed_form_has_nothing_to_go_on_from() -> None:
    with pytest.raises(IncompatibleError, match="closed form"):
        warm_started(fitted("ease"), AFTER)
