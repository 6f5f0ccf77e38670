"""Who brought an item up: the parts add up, friends are told from friends of friends, and the sentence says it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gnnrec.data import Split
from gnnrec.data.friends import friends_of
from gnnrec.errors import IncompatibleError
from gnnrec.explain.friends import Friend, FriendsBehind, friends_behind, friends_sentence
from gnnrec.recommenders import Query, Recommender
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 6, "embedding_size": 8, "evaluate_every": 2}


@pytest.fixture(scope="module")
def split() -> Split:
    return worlds.published(worlds.befriended())


def fitted(name: str, split: Split) -> Recommender:
    return fit(name, split.dataset, split, seed=0, device="cpu", settings=SMALL).recommender


@pytest.fixture(scope="module", params=["social_lightgcn", "diffnet"])
def model(request: pytest.FixtureRequest, split: Split) -> Recommender:
    return fitted(request.param, split)


def most_befriended(split: Split) -> int:
    return int(np.argmax(friends_of(split.dataset).counts))


def test_the_parts_add_up_and_the_largest_comes_first(model: Recommender, split: Split) -> None:
    user = most_befriended(split)
    for item in range(split.dataset.n_items):
        found = friends_behind(model, user, item)
        assert found.score == pytest.approx(float(model.scores([user])[0][item]), abs=1e-5)
        assert found.own + found.history + found.together == pytest.approx(found.score, abs=1e-5)
        shares = [one.share for one in found.friends]
        assert shares == sorted(shares, reverse=True)
        assert all(one.share > 0 for one in found.top)


def test_friends_and_what_they_have_are_told(model: Recommender, split: Split) -> None:
    user = most_befriended(split)
    friends = set(friends_of(split.dataset).of(user).tolist())
    train = split.matrix("train")
    for item in range(split.dataset.n_items):
        found = friends_behind(model, user, item)
        assert {one.user for one in found.friends if one.direct} == friends
        for one in found.friends:
            assert one.has_item == bool(train[one.user, item])
    further = [one for one in found.friends if not one.direct]
    assert bool(further) == (model.name == "diffnet")


def test_who_has_no_friends_and_who_is_new(model: Recommender, split: Split) -> None:
    alone = int(np.argmin(friends_of(split.dataset).counts))
    asked = [Query(user=alone)]
    asked.append(Query(history=(1, 2)))
    for query in asked:
        found = friends_behind(model, query, 3)
        assert not found.friends
        assert found.together == 0
    said = friends_sentence(found, alone, split.dataset)
    assert said == f"Person u{alone:03d} has no friends here, so nobody's taste but their own counts."


def test_other_models_refuse(split: Split) -> None:
    with pytest.raises(IncompatibleError, match="hears friends"):
        friends_behind(fitted("lightgcn", split), 0, 1)


def behind(*shares: float, score: float = 1.0, direct: bool = True) -> FriendsBehind:
    friends = tuple(Friend(place, share, direct or place == 0, False) for place, share in enumerate(shares))
    return FriendsBehind(score, 0.1, score - 0.1 - sum(shares), friends)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            behind(0.2, 0.06, 0.05, 0.02, -0.1),
            "Three of Person u001's 5 friends account for 31 % of this score.",
        ),
        (behind(0.2), "Person u001's only friend accounts for 20 % of this score."),
        (behind(-0.2), "Person u001's only friend does not speak for this film."),
        (behind(0.2, -0.1), "One of Person u001's 2 friends accounts for 20 % of this score."),
        (behind(-0.1, -0.2), "None of Person u001's 2 friends speaks for this film."),
        (
            behind(0.3, 0.1, score=-0.5),
            "Two of Person u001's 2 friends speak for this film most, but its score is not above zero.",
        ),
        (
            behind(0.3, 0.1, direct=False),
            "Two of the 2 people whose tastes reach Person u001 (1 friend, and friends of theirs) account for 40 % of "
            "this score.",
        ),
    ],
)
def test_the_sentence_says_how_many_of_whom_and_how_much(
    found: FriendsBehind, said: str, split: Split
) -> None:
    assert friends_sentence(found, 1, split.dataset) == said


def test_parts_of_a_score_are_percentages_where_it_is_above_zero() -> None:
    found = behind(0.25, -0.1)
    assert [found.of_score(one.share) for one in found.friends] == ["25 %", "−10 %"]
    assert replace(found, score=0.0).of_score(0.2) is None
