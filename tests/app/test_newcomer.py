"""A newcomer on Recommend: somebody of whom only features are known, and what a first film changes."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.checkpoints import find
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import Query
from gnnrec.recommenders.parts.features import Column
from gnnrec.ui.recommend.newcomer import choices
from tests.app.opening import address, fine, grids, open_page, words

OWN, ANYBODY = "For this newcomer", "For anybody new"
TITLE = "Somebody Hybrid with features has never met"


@pytest.fixture(scope="module")
def demo():
    data = open_dataset("demo")
    cut = split(data, "random:seed=1")
    return data, cut, find("demo-hybrid").load(data, cut)


def newcomer(**query: object):
    model = find("demo-hybrid").address
    return open_page("recommend", **{"u": "m0005", "r_new": "1", "r_nm": model} | query)


def shown(app, label: str) -> list[str]:
    return [card["item_id"] for card in grids(app)[label]]


def test_it_is_folded_until_it_is_asked_for() -> None:
    app = open_page("recommend", u="m0005")
    assert "r_new" not in address(app)
    assert OWN not in grids(app) and TITLE not in words(app)


def test_features_alone_give_the_models_own_list_beside_what_anybody_gets(demo) -> None:
    data, cut, model = demo
    app = newcomer(r_f_city="Lindmoor", r_f_age_band="18–24")
    query = Query(history=(), features={"city": "Lindmoor", "age_band": "18–24"})
    assert shown(app, OWN) == [data.items.id(int(one)) for one in model.recommend([query], 10).items[0]]
    counts = np.bincount(cut.fitted.item, minlength=data.n_items)
    usual = [data.items.number(one) for one in shown(app, ANYBODY)]
    assert sorted(counts[usual], reverse=True) == sorted(counts, reverse=True)[:10]
    said = words(app)
    assert TITLE in said and "only features are known" in said and "Lindmoor" in said
    assert "hardly better than the most popular" in said
    assert not any(card["move"] for card in grids(app)[OWN])


def test_a_feature_is_picked_and_kept_in_the_address() -> None:
    app = newcomer()
    assert "not even a feature" in words(app)
    fine(app.selectbox("pick_r_f_city").set_value("Lindmoor").run())
    assert address(app)["r_f_city"] == "Lindmoor"
    assert "city Lindmoor" in words(app)
    fine(app.selectbox("pick_r_f_city").set_value("").run())
    assert "r_f_city" not in address(app)


def test_a_first_film_ranks_the_list_again_and_can_be_taken_back(demo) -> None:
    data, _, model = demo
    before = newcomer(r_f_city="Lindmoor")
    film = shown(before, ANYBODY)[0]
    app = newcomer(r_f_city="Lindmoor", r_nh=film)
    query = Query(history=(data.items.number(film),), features={"city": "Lindmoor"})
    assert shown(app, OWN) == [data.items.id(int(one)) for one in model.recommend([query], 10).items[0]]
    assert shown(app, OWN) != shown(before, OWN)
    assert any(card["move"] for card in grids(app)[OWN]) and "since no film was known" in words(app)
    assert film not in shown(app, OWN) and film not in shown(app, ANYBODY)
    assert "a first film are known" not in words(app) and "a first film is known" in words(app)
    fine(app.button(f"newcomer_film_{data.items.number(film)}").click().run())
    assert "r_nh" not in address(app)


def test_films_that_nobody_has_are_marked(demo) -> None:
    data, cut, model = demo
    new = np.bincount(cut.fitted.item, minlength=data.n_items) == 0
    assert new.any()
    app = newcomer(k=50)
    marked = {card["item_id"]: card["note"] for card in grids(app)[OWN]}
    best = model.recommend([Query(history=(), features={})], 50).items[0]
    for item in best:
        assert bool(marked[data.items.id(int(item))]) == bool(new[item])


def test_a_model_without_features_asks_for_a_first_film() -> None:
    lightgcn = find("demo-lightgcn").address
    app = newcomer(r_nm=lightgcn)
    assert OWN not in grids(app)
    assert "nothing to go by" in "".join(one.value for one in app.info)
    film = shown(app, ANYBODY)[0]
    app = newcomer(r_nm=lightgcn, r_nh=film)
    assert len(grids(app)[OWN]) == 10 and "It reads no features of people" in words(app)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"r_f_city": "Atlantis", "r_f_town": "x", "r_f_": "y"},
        {"r_nh": "nobody|m0005|%00"},
        {"r_nm": "demo-none@123"},
        {"r_f_joined": "soon", "r_nh": "|||"},
    ],
)
def test_what_the_address_cannot_mean_is_left_out(nonsense) -> None:
    app = newcomer(**nonsense)
    assert "not even a feature" in words(app)


def test_without_a_choice_a_model_that_reads_features_answers() -> None:
    app = open_page("recommend", u="m0005", r_new="1")
    assert "not even a feature" in words(app) and len(grids(app)[OWN]) == 10


def test_bands_of_numbers_are_named_by_their_ends_and_dates_by_months() -> None:
    ages = Column("age", ("to 20", "from 20", "from 30"), np.array([20.0, 30.0]))
    assert list(choices(ages).values()) == ["before 20", "20 to 30", "from 30"]
    assert [ages.places(value)[0] for value in choices(ages)] == [[0], [1], [2]]
    joined = Column("joined", ("a", "b", "c"), np.array([1_662_000_000.0, 1_700_000_000.0]))
    assert list(choices(joined).values()) == ["before Sep 2022", "Sep 2022 to Nov 2023", "from Nov 2023"]
    assert [joined.places(value)[0] for value in choices(joined)] == [[0], [1], [2]]


def test_other_peoples_titles_stay_text(hostile: str) -> None:
    app = open_page("recommend", d=hostile, r_new=1, r_nh="i%7C00|i%7C07", k=5)
    assert len(grids(app)[OWN]) == 5
    labels = [one.label for one in app.button if str(one.key).startswith("newcomer_film_")]
    assert len(labels) == 2 and not any("<script" in one and "\\<" not in one for one in labels)
