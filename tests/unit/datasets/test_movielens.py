"""MovieLens 100K as its publisher describes it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.datasets.movielens import title_and_year


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Postman, The (1997)", "The Postman", 1997),
        ("Wrong Trousers, The (1993) (V)", "The Wrong Trousers", 1993),
        ("Heidi (1995) ", "Heidi", 1995),
        ("Horseman on the Roof, The (Hussard sur le toit, Le) (1995)",
         "The Horseman on the Roof (Le Hussard sur le toit)", 1995),
        ("Star Maker, The (Uomo delle stelle, L') (1995)", "The Star Maker (L'Uomo delle stelle)", 1995),
        ("I Love You, I Love You Not (1996)", "I Love You, I Love You Not", 1996),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("1900", "1900", None),
        ("unknown", "unknown", None),
    ],
)  # fmt: skip
def test_titles_lose_the_year_and_start_with_their_article(text: str, title: str, year: int | None) -> None:
    assert title_and_year(text) == (title, year)


@pytest.fixture(scope="module")
def movielens():
    return open_dataset("movielens-100k")


@pytest.mark.realdata
def test_counts_are_the_published_ones(movielens) -> None:
    rows = movielens.interactions
    assert (movielens.n_users, movielens.n_items, len(rows)) == (943, 1682, 100_000)
    assert np.bincount(rows.rating.astype(int)).tolist() == [0, 6110, 11370, 27145, 34174, 21201]
    assert np.bincount(rows.user).min() >= 20
    assert {"ratings", "timestamps", "item_features", "user_features"} <= movielens.provides
    assert not movielens.licence.redistributable


@pytest.mark.realdata
def test_films_and_people_have_their_features(movielens) -> None:
    film = movielens.item_features.iloc[movielens.items.number("1")]
    assert (film["title"], film["year"], film["genres"]) == ("Toy Story", 1995, "Animation|Children's|Comedy")
    # Latin-1 letters arrive whole.
    assert movielens.item_title(movielens.items.number("1633")) == "Á köldum klaka (Cold Fever)"
    person = movielens.user_features.iloc[movielens.users.number("196")]
    assert (person["name"], person["age"], person["gender"]) == ("Person 196", 49, "M")
    assert "zip" not in movielens.user_features.columns


@pytest.mark.realdata
@pytest.mark.parametrize(("fold", "test"), [("u1", 20_000), ("u5", 20_000), ("ua", 9_430), ("ub", 9_430)])
def test_published_folds(movielens, fold: str, test: int) -> None:
    cut = split(movielens, f"published:fold={fold}")
    assert len(cut.rows("test")) == test
    assert len(cut.rows("train", "valid")) == 100_000 - test
    assert cut.refits
    if fold in ("ua", "ub"):  # ten ratings of each person
        assert (np.bincount(movielens.interactions.user[cut.rows("test")]) == 10).all()


@pytest.mark.realdata
def test_facts_cover_most_films(movielens) -> None:
    if movielens.knowledge is None:
        pytest.skip("the facts are not there")
    facts = movielens.knowledge
    assert not facts.duplicated().any()
    assert {"directed by", "actor", "genre"} <= set(facts["relation"])
    assert 1_450 < facts["item"].nunique() < movielens.n_items


@pytest.mark.realdata
def test_facts_are_about_the_right_films(movielens) -> None:
    """The published links, taken at their word, would make Harriet the Spy a film of Hitchcock's."""
    if movielens.knowledge is None:
        pytest.skip("the facts are not there")
    facts, hitchcock = movielens.knowledge, "m.0j_c"
    titles = pd.Series(movielens.item_titles[facts["item"]], index=facts.index)
    his = set(titles[(facts["relation"] == "directed by") & (facts["entity"] == hitchcock)])
    assert {"Psycho", "Vertigo", "The Birds", "Rear Window", "North by Northwest"} <= his
    assert "Harriet the Spy" not in his
    sequels = facts["relation"] == "sequel"
    after = dict(zip(titles[sequels], facts.loc[sequels, "entity"], strict=True))
    assert after["Grease"] == "Grease 2"
    assert after["Jurassic Park"] == "The Lost World: Jurassic Park"
