"""GraphRec: the equations in plain loops, and what friends are worth where they decide the ratings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.social import dealt_anew
from gnnrec.data import Dataset, Split
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.data.friends import friends_of
from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Query, Recommender
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 20, "embedding_size": 6, "learning_rate": 0.02, "evaluate_every": 20, "dropout": 0.0}


@pytest.fixture(scope="module")
def split() -> Split:
    """Ratings to learn from, and ten people without friends."""
    return worlds.published(replace(worlds.rated(), social=worlds.befriended().social))


def fitted(split: Split, **settings) -> Recommender:
    return fit("graphrec", split.dataset, split, seed=0, device="cpu", settings=SMALL | settings).recommender


def everybody(recommender: Recommender) -> np.ndarray:
    return recommender.scores(range(recommender.data.n_users))


def relu(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0)


class Plain:
    """The model of a state, one node after the other, in double precision."""

    def __init__(self, model: Recommender, friends: bool) -> None:
        self.state = {name: value.astype(np.float64) for name, value in model.state().items()}
        self.data, self.low, self.high, self.mean = model.data, model.low, model.high, model.mean
        joined = friends_of(self.data.dataset)
        self.friends = [joined.of(user) if friends else () for user in range(self.data.n_users)]

    def linear(self, name: str, vector: np.ndarray) -> np.ndarray:
        bias = self.state.get(f"{name}.bias", 0)
        return self.state[f"{name}.weight"] @ vector + bias

    def opinion(self, name: str, rating: float) -> np.ndarray:
        table = self.state[f"{name}.opinion"]
        place = (rating - self.low) / (self.high - self.low) * (len(table) - 1)
        below = min(int(place), len(table) - 2)
        return (below + 1 - place) * table[below] + (place - below) * table[below + 1]

    def said(self, name: str, vector: np.ndarray, rating: float) -> np.ndarray:
        return relu(self.linear(f"{name}.reads", vector) + self.opinion(name, rating))

    def attention(self, name: str, own: np.ndarray, sent: list[np.ndarray]) -> np.ndarray:
        if not sent:
            return np.zeros_like(own)
        scores = [
            self.linear(
                f"{name}.score",
                relu(self.linear(f"{name}.sender", one) + self.linear(f"{name}.target", own)),
            )[0]
            for one in sent
        ]
        weights = np.exp(scores) / np.exp(scores).sum()
        return relu(self.linear(f"{name}.out", weights @ np.array(sent)))

    def scores(self) -> np.ndarray:
        data, state = self.data, self.state
        rows = list(zip(data.user, data.item, data.rating, strict=True))
        people = [
            self.attention(
                "of_items",
                state["user"][user],
                [self.said("of_items", state["item"][i], r) for u, i, r in rows if u == user],
            )
            for user in range(data.n_users)
        ]
        items = [
            self.attention(
                "of_people",
                state["item"][item],
                [self.said("of_people", state["user"][u], r) for u, i, r in rows if i == item],
            )
            for item in range(data.n_items)
        ]
        out = np.empty((data.n_users, data.n_items))
        for user in range(data.n_users):
            joined = self.linear("person", people[user])
            sent = [people[friend] for friend in self.friends[user]]
            if sent:
                joined = joined + self.linear(
                    "social", self.attention("of_friends", state["user"][user], sent)
                )
            for item in range(data.n_items):
                hidden = relu(
                    self.linear("reads_person", relu(joined)) + self.linear("reads_item", items[item])
                )
                offsets = state["bias"][user] + state["bias"][data.n_users + item]
                out[user, item] = self.mean + offsets + self.linear("out", hidden)[0]
                if "fits_person.weight" in state:
                    mine = state["user"][user] + self.linear("fits_person", relu(joined))
                    theirs = state["item"][item] + self.linear("fits_item", items[item])
                    out[user, item] += mine @ theirs
        return np.clip(out, self.low, self.high)


@pytest.mark.parametrize("product", [True, False])
def test_it_is_what_the_equations_say(split: Split, product: bool) -> None:
    model = fitted(split, product=product)
    assert ("fits_person.weight" in model.state()) == product
    found, expected = everybody(model), Plain(model, friends=True).scores()
    # Towards the ends of the scale predictions are bent by up to a hundredth.
    np.testing.assert_allclose(found, expected, atol=0.011)
    inside = np.abs(found - 3) < 1.9
    np.testing.assert_allclose(found[inside], expected[inside], atol=1e-4)


def test_switched_off_nobody_has_friends_and_the_parameters_stay(split: Split) -> None:
    model = fitted(split)
    off = model.without(["friend"])
    moved = np.abs(everybody(off) - everybody(model)).max(1) > 1e-5
    np.testing.assert_array_equal(moved, friends_of(split.dataset).counts > 0)
    np.testing.assert_allclose(everybody(off), Plain(model, friends=False).scores(), atol=0.011)


def test_without_friends_it_has_nothing_to_switch_off_and_hears_no_edge_between_people(split: Split) -> None:
    model = fitted(split, use_friends=False)
    assert "switches" not in model.capabilities
    assert not [name for name in model.state() if "friends" in name or "social" in name]
    there = worlds.published(dealt_anew(split.dataset, seed=1))
    np.testing.assert_array_equal(everybody(fitted(there, use_friends=False)), everybody(model))
    assert not np.allclose(everybody(fitted(there)), everybody(fitted(split)))


def test_a_rating_that_is_predicted_is_not_heard(split: Split) -> None:
    """What one step hides is all that it predicts, so another rating there changes no prediction of it."""
    model = fitted(split)
    batch = next(iter(model.batches()))
    kept = model._all_but(model._edge_of_row[batch])
    assert int((kept == 0).sum()) == len(batch)
    edge = int(np.flatnonzero(kept.numpy() == 0)[0])
    before = [one.detach().clone() for one in model._vectors(kept)]
    model._read[edge] = model._read[edge].flip(0)
    for one, other in zip(before, model._vectors(kept), strict=True):
        np.testing.assert_array_equal(one.numpy(), other.detach().numpy())


def test_what_if_and_friends_go_together(split: Split) -> None:
    model = fitted(split)
    user = int(np.argmax(friends_of(split.dataset).counts))
    asked = Query(user=user, without=((user, int(model.data.history(user)[0])),))
    assert not np.allclose(model.scores([asked]), model.without(["friend"]).scores([asked]))


def test_data_without_social_edges_are_refused() -> None:
    with pytest.raises(IncompatibleError, match="no social"):
        fitted(worlds.published(worlds.scattered()))


def circles(n_circles: int = 60, size: int = 8, n_items: int = 10, seed: int = 4) -> Dataset:
    """A circle of friends is mild or harsh; one rating of a person, with noise, hardly tells which."""
    rng = np.random.default_rng(seed)
    mild = rng.choice([-1.2, 1.2], n_circles)
    pairs, parts, ratings, ends = [], [], [], []
    for circle in range(n_circles):
        people = circle * size + np.arange(size)
        ends += [(one, other) for one in people for other in people if one != other]
        for person in people:
            items = rng.choice(n_items, 5, replace=False)
            pairs += [(int(person), int(item)) for item in items]
            ratings += np.clip(np.rint(3 + mild[circle] + rng.normal(0, 1.2, 5)), 1, 5).tolist()
            parts += [TRAIN, VALID, TEST, TEST, TEST]
    dataset = worlds.of_pairs(pairs, n_circles * size, n_items, parts, "circles", rating=ratings)
    return replace(dataset, social=pd.DataFrame(ends, columns=["user", "friend"]))


@pytest.mark.parametrize(("product", "reg", "at_most"), [(False, 0.1, 0.9), (True, 4.0, 0.93)])
def test_dealing_friends_out_anew_removes_the_gain(product: bool, reg: float, at_most: float) -> None:
    def error(dataset: Dataset, **settings) -> float:
        chosen = {"epochs": 60, "embedding_size": 16, "evaluate_every": 5, "learning_rate": 0.01}
        chosen |= {"dropout": 0.4, "reg": reg, "product": product}
        cut = worlds.published(dataset)
        made = fit("graphrec", dataset, cut, seed=0, device="cpu", settings=chosen | settings)
        return made.test.means["rmse"]

    true = circles()
    without, friends, strangers = (
        error(true, use_friends=False),
        error(true),
        error(dealt_anew(true, seed=1)),
    )
    assert friends < at_most * without
    assert strangers > without - 0.25 * (without - friends)
