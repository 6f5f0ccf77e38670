"""Why missed: every miss in exactly one class, measured as a plain loop would, in worlds where the class is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.data import FILMS, Split
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.evaluation import evaluate
from gnnrec.evaluation.bootstrap import pooled_interval
from gnnrec.evaluation.history_fit import HistoryFit
from gnnrec.evaluation.miss_measures import FEWEST_PEERS, measure_misses
from gnnrec.evaluation.miss_words import class_words, reason, summary
from gnnrec.evaluation.missed import (
    CLASSES,
    COLD_ITEM,
    COLD_PERSON,
    DUPLICATES,
    NEAR_MISS,
    NO_ROOM,
    OTHER,
    POPULARITY,
    TASTE,
    UNREACHABLE,
    classify,
    missed,
    share_of_misses,
)
from gnnrec.recommenders import Recommender, create
from gnnrec.recommenders.capabilities import COVERS, LAYERS
from tests.worlds import of_pairs, published, scattered


class Given(Recommender):
    """A model that says what it is told."""

    name, title = "given", "Given"

    def __init__(self, table: np.ndarray, rounds: int = 0, sums: bool = False) -> None:
        super().__init__()
        self.table, self.rounds, self.sums = np.asarray(table, dtype=np.float32), rounds, sums

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset(({LAYERS} if self.rounds else set()) | ({COVERS} if self.sums else set()))

    def layers(self) -> list:
        return [None] * (self.rounds + 1)

    def _state(self) -> dict:
        return {}

    def _load_state(self, state: dict) -> None: ...

    def _fit(self, data) -> None: ...

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self.table[users].copy()


def said(table: np.ndarray, split: Split, **how) -> Given:
    model = Given(table, **how)
    model.fit(split.training())
    return model


# One miss that nothing explains: everything below changes one thing.
PLAIN = {
    "user": 0,
    "item": 0,
    "rank": 200,
    "people": 60,
    "percentile": 70.0,
    "history": 40,
    "held_out": 4,
    "held_out_above": 2,
    "reached": True,
    "popular_above": 20,
    "rank_of_rest": 120,
    "rank_one_each": 200,
    "twin": -1,
    "twin_rank": 0,
    "peers": 100,
    "fits": 0.8,
    "genre_fits": 0.7,
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, OTHER),
        ({"history": 4}, COLD_PERSON),
        ({"history": 0, "reached": False}, COLD_PERSON),
        ({"people": 4}, COLD_ITEM),
        ({"people": 0, "reached": False}, COLD_ITEM),
        ({"people": 2, "history": 4}, COLD_ITEM),
        ({"people": 4, "history": 2}, COLD_PERSON),
        ({"people": 3, "history": 3}, COLD_ITEM),
        ({"reached": False}, UNREACHABLE),
        ({"reached": False, "rank": 0, "rank_of_rest": 0, "rank_one_each": 0}, UNREACHABLE),
        ({"rank": 12, "rank_of_rest": 11, "rank_one_each": 10}, DUPLICATES),
        ({"rank": 12, "rank_of_rest": 11, "rank_one_each": 11}, NEAR_MISS),
        ({"twin": 7, "twin_rank": 3}, DUPLICATES),
        ({"fits": 0.4, "genre_fits": 0.4}, TASTE),
        ({"fits": 0.4, "genre_fits": 0.41}, OTHER),
        ({"fits": 0.41, "genre_fits": 0.4}, OTHER),
        ({"fits": 0.4, "genre_fits": np.nan}, TASTE),
        ({"fits": np.nan, "genre_fits": 0.1}, OTHER),
        ({"fits": 0.1, "genre_fits": 0.1, "rank": 50, "rank_of_rest": 50}, NEAR_MISS),
        ({"popular_above": 100, "rank_of_rest": 100}, POPULARITY),
        ({"popular_above": 100, "rank_of_rest": 101}, OTHER),
        ({"popular_above": 99, "rank_of_rest": 50}, OTHER),
        ({"popular_above": 100, "rank_of_rest": 50, "percentile": 80.0}, OTHER),
        ({"popular_above": 100, "rank_of_rest": 50, "fits": 0.1, "genre_fits": 0.1}, TASTE),
        ({"rank": 30, "popular_above": 20, "rank_of_rest": 10}, POPULARITY),
        ({"rank": 30, "popular_above": 20, "rank_of_rest": 11}, NEAR_MISS),
        ({"rank": 11}, NEAR_MISS),
        ({"rank": 50}, NEAR_MISS),
        ({"rank": 51}, OTHER),
        ({"held_out_above": 10, "held_out": 40}, NO_ROOM),
        ({"held_out_above": 10, "held_out": 39}, OTHER),
        ({"held_out_above": 9, "held_out": 40}, OTHER),
    ],
)
def test_the_first_rule_that_fits_is_taken(changes: dict, expected: str) -> None:
    assert classify(pd.DataFrame([PLAIN | changes]), 10).tolist() == [expected]


def test_bands_grow_with_the_list() -> None:
    miss = pd.DataFrame([PLAIN | {"rank": 90}])
    assert classify(miss, 10).tolist() == [OTHER]
    assert classify(miss, 20).tolist() == [NEAR_MISS]


@pytest.mark.parametrize(
    ("rounds", "expected"), [(1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1]), (0, [1, 1, 1])]
)
def test_reach_is_the_way_that_messages_can_go(rounds: int, expected: list[int]) -> None:
    # Person 0 has item 0, and every further person one item in common with the one before: 3, 5 and 7 steps.
    pairs = [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (0, 1), (0, 2), (0, 3)]
    split = published(of_pairs(pairs, 4, 5, [TRAIN] * 7 + [VALID] * 3))
    found = measure_misses(said(np.zeros((4, 5)), split, rounds=rounds), split, k=1)
    mine = found.table[found.table["user"] == 0].set_index("item")["reached"]
    # Item 1 has the best rank of equal scores: it is no miss.
    assert [int(mine.get(item, True)) for item in (1, 2, 3)] == expected
    assert found.steps == (2 * rounds + 1 if rounds else None)


def test_another_island_is_out_of_reach_whatever_the_layers() -> None:
    pairs = [(user, item) for user in range(12) for item in range(12) if (user < 6) == (item < 6)]
    split = published(of_pairs([*pairs, (0, 8)], 12, 12, [TRAIN] * len(pairs) + [VALID]))
    for rounds in (1, 2, 4):
        found = missed(said(np.zeros((12, 12)), split, rounds=rounds), split, k=1)
        assert found.table["why"].tolist() == [UNREACHABLE]
        words = reason(found.table.iloc[0], FILMS, 1, found.steps)
        assert (
            words
            == f"No way of at most {2 * rounds + 1} steps from the person to it; 6 people watched it in train."
        )


def test_where_a_score_is_a_sum_nothing_added_is_out_of_reach() -> None:
    pairs = [(user, item) for user in range(6) for item in range(6)]
    split = published(of_pairs([*pairs[1:], (0, 0)], 6, 8, [TRAIN] * 35 + [VALID]))
    scores = np.ones((6, 8))
    scores[0, 0] = 0
    found = missed(said(scores, split, sums=True), split, k=1)
    assert found.table["why"].tolist() == [UNREACHABLE]
    assert reason(found.table.iloc[0], FILMS, 1).startswith("Not one of the 5 films in their history adds")
    assert missed(said(scores, split), split, k=1).table["why"].tolist() != [UNREACHABLE]


def test_an_item_without_a_score_is_out_of_reach() -> None:
    pairs = [(user, item) for user in range(6) for item in range(6)]
    split = published(of_pairs([*pairs[1:], (0, 0)], 6, 8, [TRAIN] * 35 + [VALID]))
    for none in (-np.inf, np.nan):
        scores = np.ones((6, 8))
        scores[0, 0] = none
        found = missed(said(scores, split), split, k=5)
        assert found.table[["rank", "why"]].to_numpy().tolist() == [[0, UNREACHABLE]]
        assert reason(found.table.iloc[0], FILMS, 5).startswith("The model has no score for it")


def twins_world() -> Split:
    """Twenty people have both of items 0 and 1, and all have six of items 2 to 11, spread evenly."""
    pairs = [(user, item) for user in range(20) for item in (0, 1)]
    pairs += [(user, 2 + (user + step) % 10) for user in range(30) for step in (0, 2, 3, 5, 6, 8)]
    held = [(user, item) for user in (20, 21) for item in (1, 5)]
    pairs = [pair for pair in pairs if pair not in held]
    return published(of_pairs([*pairs, *held], 30, 12, [TRAIN] * len(pairs) + [VALID] * len(held)))


def test_its_near_duplicate_in_the_list_is_found() -> None:
    split = twins_world()
    scores = np.tile(np.arange(12.0, 0, -1), (30, 1))
    scores[:, 1] = -1
    table = missed(said(scores, split), split, k=2).table
    mine = table[(table["user"] == 20) & (table["item"] == 1)].iloc[0]
    assert (mine["twin"], mine["twin_rank"]) == (0, 1)
    assert reason(mine, FILMS, 2, twin="Alien").startswith("Alien is at rank 1, it at ")


def test_near_duplicates_above_share_one_place() -> None:
    split = twins_world()
    scores = np.zeros((30, 12))
    scores[:, [0, 1, 5]] = [9, 8, 7]
    table = measure_misses(said(scores, split), split, k=2).table
    mine = table[(table["user"] == 20) & (table["item"] == 5)].iloc[0]
    assert (mine["rank"], mine["rank_one_each"]) == (3, 2)


def test_measures_are_those_of_a_plain_loop() -> None:
    split = published(scattered(n_users=60, n_items=50, per_user=14))
    rng = np.random.default_rng(3)
    # Whole numbers, so that ties are settled too.
    scores = rng.integers(0, 12, (60, 50)).astype(float)
    table = measure_misses(said(scores, split), split, k=3).table
    train, held = (split.matrix(part).toarray() > 0 for part in ("train", "valid"))
    people = train.sum(0)
    fit = HistoryFit(split.matrix("train")).by_people(np.arange(60))
    assert len(table) > 60
    for miss in table.itertuples():
        unseen = np.flatnonzero(~train[miss.user])
        ranked = sorted(unseen, key=lambda item, user=miss.user: (-scores[user, item], item))
        place = ranked.index(miss.item)
        above = np.array(ranked[:place], dtype=int)
        assert miss.rank == place + 1 > 3
        assert miss.people == people[miss.item] and miss.history == train[miss.user].sum()
        assert miss.held_out == held[miss.user].sum()
        assert miss.held_out_above == held[miss.user, above].sum()
        assert miss.popular_above == (people[above] >= 2 * people[miss.item]).sum()
        assert miss.rank_of_rest == 1 + (people[above] <= people[miss.item]).sum()
        like = [
            item
            for item in unseen
            if item != miss.item and people[miss.item] / 2 <= people[item] <= 2 * people[miss.item]
        ]
        assert miss.peers == len(like)
        if len(like) < FEWEST_PEERS:
            assert np.isnan(miss.fits)
        else:
            worse = fit[miss.user, like] < fit[miss.user, miss.item]
            same = fit[miss.user, like] == fit[miss.user, miss.item]
            assert miss.fits == pytest.approx((worse.sum() + same.sum() / 2) / len(like))
        assert np.isnan(miss.genre_fits)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(0, 3), st.booleans())
def test_every_miss_is_in_exactly_one_class(seed: int, k: int, rounds: int, sums: bool) -> None:
    rng = np.random.default_rng(seed)
    n_users, n_items = int(rng.integers(2, 25)), int(rng.integers(3, 40))
    pairs = [
        tuple(map(int, one)) for one in np.argwhere(rng.random((n_users, n_items)) < rng.uniform(0.05, 0.6))
    ]
    parts = rng.choice([TRAIN, VALID, TEST], len(pairs), p=[0.6, 0.25, 0.15]).tolist()
    if TRAIN not in parts:
        return
    split = published(of_pairs(pairs, n_users, n_items, parts))
    scores = rng.integers(-3, 4, (n_users, n_items)).astype(float)
    scores[rng.random(scores.shape) < 0.05] = -np.inf
    model = said(scores, split, rounds=rounds, sums=sums)
    for part in ("valid", "test"):
        found = missed(model, split, part, k)
        assert found.table["why"].isin(CLASSES).all()
        assert sum(found.counts.values()) == found.misses == len(found.table)
        assert not found.table.duplicated(["user", "item"]).any()
        assert found.held_out == split.matrix(part).nnz
        judged = evaluate(model, split, part, at=[k], metrics=["precision"]) if found.people else None
        hits = 0 if judged is None else round(float(judged.per_user[f"precision@{k}"].sum()) * k)
        assert found.held_out - found.misses == hits
        assert found.misses >= found.unavoidable
        words = class_words(FILMS, k, found.steps)
        assert set(words) == set(CLASSES)
        assert summary(found, FILMS, "It")
        for miss in found.table.to_dict("records"):
            told = reason(miss, FILMS, k, found.steps)
            assert told.endswith(".") and "nan" not in told and "-1" not in told


def test_a_real_model_and_the_words_about_it() -> None:
    split = published(scattered(n_users=60, n_items=50, per_user=14))
    model = create("item_knn", {"neighbours": 5}).fit(split.training())
    seen: list[tuple[int, int]] = []
    found = missed(model, split, k=5, tell=lambda done, of: seen.append((done, of)))
    assert seen == [(0, 60)]
    assert found.steps is None and found.people == 60
    counts = found.counts
    assert tuple(counts) == CLASSES
    sentence = summary(found, FILMS, "Item neighbours")
    assert f"misses {found.misses:,} of {found.held_out:,} held-out films with lists of 5" in sentence
    largest = max(counts, key=counts.get)
    assert f"{100 * counts[largest] / found.misses:.0f} {class_words(FILMS, 5)[largest].told}" in sentence
    typical = found.of(largest)
    assert len(typical) == counts[largest]
    middle = typical["rank"].median()
    assert abs(typical["rank"].iloc[0] - middle) <= abs(typical["rank"].iloc[-1] - middle)
    people = found.people_of(largest)
    assert set(people) == set(typical["user"]) and len(people) == len(set(people))
    how_often = typical["user"].value_counts()
    assert how_often[people].is_monotonic_decreasing


def test_nothing_missed_is_said() -> None:
    split = published(of_pairs([(0, 0), (0, 1), (1, 0), (1, 2)], 2, 3, [TRAIN, VALID, TRAIN, TRAIN]))
    found = missed(said(np.ones((2, 3)), split), split, k=3)
    assert found.misses == 0 and sum(found.counts.values()) == 0
    assert summary(found, FILMS, "It") == "It misses none of the 1 held-out films with lists of 3."
    assert all(np.isnan(one.mean) and one.low is None for one in found.shares.values())


def test_nobody_with_anything_held_out_leaves_nothing() -> None:
    split = published(of_pairs([(0, 0), (1, 1)], 2, 3, [TRAIN, TRAIN]))
    found = missed(said(np.ones((2, 3)), split), split)
    assert (found.people, found.held_out, found.misses) == (0, 0, 0)


def test_test_hides_validation_too() -> None:
    split = published(of_pairs([(0, 0), (0, 1), (0, 2), (1, 3)], 2, 4, [TRAIN, VALID, TEST, TRAIN]))
    scores = np.array([[9.0, 8, 1, 2], [0, 0, 0, 0]])
    model = said(scores, split)
    assert measure_misses(model, split, "test", k=1).table["rank"].tolist() == [2]
    assert measure_misses(model, split, "valid", k=1).table.empty


def test_what_cannot_be_asked_is_refused() -> None:
    split = published(scattered())
    model = said(np.zeros((40, 31)), split)
    with pytest.raises(ConfigError, match="list length k"):
        missed(model, split, k=0)
    with pytest.raises(ConfigError, match="part"):
        missed(model, split, "train")
    model.task = "rating"
    with pytest.raises(IncompatibleError, match="predicts ratings"):
        missed(model, split)


def test_intervals_are_near_those_of_the_bootstrap() -> None:
    rng = np.random.default_rng(5)
    total = rng.integers(1, 30, 400)
    inside = rng.binomial(total, rng.beta(2, 6, 400))
    ours = share_of_misses(inside, total)
    drawn = pooled_interval(inside / total, total)
    assert ours.mean == pytest.approx(drawn.mean) and ours.n == 400
    assert ours.low == pytest.approx(drawn.low, abs=0.006)
    assert ours.high == pytest.approx(drawn.high, abs=0.006)


@pytest.mark.parametrize("all_of_them", [0, 1])
def test_a_share_of_none_or_all_is_not_certain(all_of_them: int) -> None:
    told = share_of_misses(np.full(50, 3 * all_of_them), np.full(50, 3))
    assert told.mean == all_of_them
    assert told.low <= told.mean <= told.high and 0.05 < told.high - told.low < 0.1


def test_one_person_gives_no_interval() -> None:
    told = share_of_misses(np.array([2]), np.array([8]))
    assert (told.mean, told.low, told.high, told.n) == (0.25, None, None, 1)
