"""The film club is what docs/demo-data.md says: made by its code, looking real, its failures planted."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

import gnnrec
from benchmarks import demo_sanity
from gnnrec.datasets.film_club import FILES, TRUTH, catalogue, plan, write
from gnnrec.datasets.film_club.headliners import HEADLINERS
from gnnrec.datasets.film_club.titles import BY_HAND, WORD_USES, content_words

FEW_VIEWINGS = 3000
PUBLIC = ("interactions", "items", "users", "social", "knowledge", "sessions")


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(FILES / f"{name}.parquet") for name in PUBLIC}


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return pd.read_parquet(TRUTH / "events.parquet")


@pytest.fixture(scope="module")
def parents() -> pd.DataFrame:
    return pd.read_parquet(TRUTH / "parents.parquet")


@pytest.fixture(scope="module")
def groups() -> dict[str, dict]:
    return json.loads((TRUTH / "groups.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def films() -> catalogue.Catalogue:
    return catalogue.build()


@pytest.fixture(scope="module")
def bounds() -> pd.DataFrame:
    return demo_sanity.measure(1)


# What the files hold


def test_sizes_are_those_of_a_film_club(tables):
    assert len(tables["users"]) == plan.N_MEMBERS
    assert len(tables["items"]) == plan.N_FILMS
    assert 85_000 <= len(tables["interactions"]) <= 95_000
    days = (tables["interactions"]["timestamp"].max() - tables["interactions"]["timestamp"].min()) / plan.DAY
    assert 1_085 < days < 1_097
    assert sum(path.stat().st_size for path in FILES.rglob("*") if path.is_file()) < 6 * 2**20


def test_nobody_watches_a_film_twice_and_time_runs_forward(tables):
    rows = tables["interactions"]
    assert not rows.duplicated(["user_id", "item_id"]).any()
    assert rows["timestamp"].is_monotonic_increasing


def test_every_id_is_known(tables):
    users, items = set(tables["users"]["user_id"]), set(tables["items"]["item_id"])
    for name, column, known in (
        ("interactions", "user_id", users),
        ("interactions", "item_id", items),
        ("social", "user_id", users),
        ("social", "friend_id", users),
        ("knowledge", "item_id", items),
        ("sessions", "user_id", users),
        ("sessions", "item_id", items),
    ):
        assert set(tables[name][column]) <= known, (name, column)


def test_nobody_watches_before_joining_or_a_film_before_it_is_there(tables):
    rows = tables["interactions"].merge(tables["users"]).merge(tables["items"], on="item_id")
    assert (rows["timestamp"] > rows["joined"]).all()
    assert (rows["timestamp"] > rows["released"]).all()


def test_ratings_look_like_ratings(tables):
    rating = tables["interactions"]["rating"]
    assert set(rating) <= set(np.arange(0.5, 5.1, 0.5))
    assert 3.5 <= rating.mean() <= 3.75
    assert rating.value_counts().idxmax() == 4.0


def test_popularity_and_activity_have_long_tails(tables):
    rows = tables["interactions"]
    per_film = rows["item_id"].value_counts()
    per_member = rows["user_id"].value_counts()
    assert per_film.head(180).sum() > 0.45 * len(rows)
    assert per_film.max() < 0.6 * plan.N_MEMBERS
    assert 42 <= per_member.median() <= 58
    assert per_member.mean() > 1.3 * per_member.median()


def test_friendship_goes_both_ways(tables):
    there = set(tables["social"].itertuples(index=False, name=None))
    assert {(b, a) for a, b in there} == there
    assert all(a != b for a, b in there)


def test_sessions_end_with_the_viewing(tables):
    sessions = tables["sessions"].sort_values(["session_id", "position"])
    last = sessions.groupby("session_id").tail(1)
    viewed = tables["interactions"].set_index(["user_id", "item_id"])["timestamp"]
    at = viewed.reindex(pd.MultiIndex.from_frame(last[["user_id", "item_id"]]))
    assert at.notna().all()
    assert (at.to_numpy() > last["timestamp"].to_numpy()).all()
    gaps = sessions.groupby("session_id")["timestamp"].diff().dropna()
    assert (gaps > 0).all()


def test_knowledge_agrees_with_the_films(tables):
    knowledge, items = tables["knowledge"], tables["items"].set_index("item_id")
    for relation in ("director", "studio", "series"):
        rows = knowledge[knowledge["relation"] == relation]
        assert (items.loc[rows["item_id"], relation].to_numpy() == rows["entity"].to_numpy()).all()
        assert len(rows) == items[relation].notna().sum()
    genres = knowledge[knowledge["relation"] == "genre"].groupby("item_id")["entity"].agg("|".join)
    assert (genres.sort_index() == items["genres"].sort_index()).all()


# Titles


def test_titles_and_names_are_unique(tables):
    assert tables["items"]["title"].is_unique
    assert tables["users"]["name"].is_unique


def test_no_pattern_makes_more_than_three_in_a_hundred_titles(films):
    by_pattern = Counter(pattern for pattern in films.pattern if pattern != BY_HAND)
    assert max(by_pattern.values()) <= 0.03 * len(films.pattern)
    assert len(by_pattern) > 300


def test_no_word_returns_too_often(films):
    # A series and a remaster repeat their first title by nature
    single = films.frame[films.frame["series"].isna() & films.frame["remaster_of"].isna()]
    counted = Counter(word for title in single["title"] for word in set(content_words(title)))
    assert max(counted.values()) <= WORD_USES + 2


def test_the_most_seen_sixty_are_those_written_by_hand(tables):
    items = tables["items"].set_index("item_id")
    top = tables["interactions"]["item_id"].value_counts().head(len(HEADLINERS)).index
    assert set(items.loc[top, "title"]) == {film.title for film in HEADLINERS}
    assert items.loc[top, "tagline"].notna().all()


def test_series_are_numbered_in_the_order_of_their_years(tables):
    parts = tables["items"].dropna(subset=["series"]).sort_values(["series", "series_number"])
    for name, series in parts.groupby("series"):
        assert series["series_number"].tolist() == list(range(1, len(series) + 1)), name
        assert series["year"].is_monotonic_increasing, name
        assert series["released"].is_monotonic_increasing, name
        assert series["title"].str.startswith(name).all(), name


def test_accents_and_long_titles_are_there(tables):
    titles = tables["items"]["title"]
    assert (titles.map(lambda title: not title.isascii())).sum() > 40
    assert titles.str.len().max() > 60


# The code makes the files


def test_making_it_again_gives_the_same_tables():
    club = write.make(stop_after=FEW_VIEWINGS)
    assert len(club.tables["interactions"]) == FEW_VIEWINGS
    assert len(club.tables["items"]) == plan.N_FILMS
    assert write.differences(club) == []
    assert club.groups == json.loads((TRUTH / "groups.json").read_text(encoding="utf-8"))


def test_a_changed_table_is_noticed():
    club = write.make(stop_after=20)
    club.tables["items"].loc[3, "title"] = "Another Title"
    assert write.differences(club) == ["items"]


# The truth


def test_events_stand_beside_the_interactions(tables, events):
    for column in ("user_id", "item_id"):
        assert (events[column] == tables["interactions"][column]).all()
    assert set(events["decided_by"]) <= {*plan.PARTS, "script", "exposure"}


def test_ratings_come_from_utility(tables, events, groups):
    human = ~events["user_id"].isin(groups["bots"]["members"])
    worth = events.loc[human, list(plan.PARTS)].sum(axis=1)
    assert np.corrcoef(worth, tables["interactions"].loc[human, "rating"])[0, 1] > 0.5


def test_a_parent_film_is_an_earlier_film_of_the_same_person(tables, parents):
    when = tables["interactions"].set_index(["user_id", "item_id"])["timestamp"]
    films = parents[parents["parent_kind"] == "item"]
    child = when.reindex(pd.MultiIndex.from_frame(films[["user_id", "item_id"]])).to_numpy()
    parent = when.reindex(pd.MultiIndex.from_arrays([films["user_id"], films["parent_id"]])).to_numpy()
    assert len(films) > 100_000
    assert (parent < child).all()


def test_a_parent_member_is_a_friend_who_rated_the_film_well_before(tables, parents):
    rows = tables["interactions"].set_index(["user_id", "item_id"])
    members = parents[parents["parent_kind"] == "user"]
    theirs = rows.reindex(pd.MultiIndex.from_arrays([members["parent_id"], members["item_id"]]))
    own = rows.reindex(pd.MultiIndex.from_frame(members[["user_id", "item_id"]]))
    friends = set(tables["social"].itertuples(index=False, name=None))
    assert set(zip(members["user_id"], members["parent_id"], strict=True)) <= friends
    assert (theirs["rating"] >= 4).all()
    assert (theirs["timestamp"].to_numpy() < own["timestamp"].to_numpy()).all()


def test_utility_has_a_value_for_every_pair(tables, groups):
    utility = load_file(TRUTH / "utility.safetensors")["utility"]
    assert utility.shape == (plan.N_MEMBERS, plan.N_FILMS)
    assert utility.dtype == np.float16
    assert np.isfinite(utility).all()
    bot = tables["users"]["user_id"].sort_values().isin(groups["bots"]["members"]).to_numpy()
    assert (utility[bot] == 0).all()
    assert (utility[~bot].std(axis=1) > 0).all()


def test_the_oracle_leads_by_a_clear_gap_and_so_on_down(bounds):
    test = bounds["test"]
    best = test.drop("oracle").max()
    assert 0.70 <= best / test["oracle"] <= 0.92
    assert test["ease"] > 1.05 * test["item_knn"] > 1.05 * 1.3 * test["popularity"]
    assert test["popularity"] > 3 * test["random"]
    assert bounds.loc["oracle", "true taste"] == pytest.approx(1.0, abs=1e-6)


def test_only_those_who_may_read_the_truth_do():
    root = Path(gnnrec.__file__).parents[1]
    reads = re.compile(r"film_club[. ](import[\s(]+[\w\s,]*)?\btruth\b|\bTRUTH\b|truth/|groups\.json")
    allowed = re.compile(
        r"gnnrec/(datasets/film_club/|recommenders/oracle\.py|evaluation/true_taste\.py|explain/true_reasons\.py)"
    )
    readers = [
        path.relative_to(root).as_posix()
        for path in (*sorted(root.glob("gnnrec/**/*.py")), *sorted(root.glob("pages/*.py")))
        if reads.search(path.read_text(encoding="utf-8"))
    ]
    assert "gnnrec/recommenders/oracle.py" in readers
    assert [path for path in readers if not allowed.match(path)] == []


# What was planted


def test_the_silent_circle_has_no_edge_to_the_rest(tables, groups):
    members = set(groups["silent_circle"]["members"])
    films = set(groups["silent_circle"]["films"])
    assert len(members) == plan.N_SILENT_MEMBERS
    assert len(films) == plan.N_SILENT_FILMS
    for name in ("interactions", "sessions"):
        rows = tables[name]
        assert (rows["user_id"].isin(members) == rows["item_id"].isin(films)).all(), name
    social, knowledge = tables["social"], tables["knowledge"]
    assert (social["user_id"].isin(members) == social["friend_id"].isin(members)).all()
    inside = knowledge["item_id"].isin(films)
    assert not set(knowledge.loc[inside, "entity"]) & set(knowledge.loc[~inside, "entity"])


def test_newcomers_have_rated_none_to_three_films(tables, groups):
    counts = tables["interactions"]["user_id"].value_counts()
    theirs = counts.reindex(groups["newcomers"]["members"]).fillna(0)
    assert theirs.value_counts().to_dict() == {0: 10, 1: 10, 2: 10, 3: 10}
    rest = tables["users"]["user_id"][~tables["users"]["user_id"].isin(groups["newcomers"]["members"])]
    assert counts.reindex(rest).min() >= 8


def test_nobody_has_watched_a_new_film(tables, groups):
    new = groups["new_films"]["films"]
    assert len(new) >= plan.N_NEW_FILMS
    assert not tables["interactions"]["item_id"].isin(new).any()
    assert set(tables["items"]["item_id"]) - set(tables["interactions"]["item_id"]) == set(new)


def test_a_remaster_is_the_same_film_again(tables, groups):
    items = tables["items"].set_index("item_id")
    pairs = groups["remasters"]["pairs"]
    assert len(pairs) == plan.N_REMASTERS
    assert len(pairs) == items["remaster_of"].notna().sum()
    for original, copy in pairs:
        assert items.loc[copy, "remaster_of"] == original
        for column in ("genres", "mood", "director", "studio", "minutes"):
            assert items.loc[copy, column] == items.loc[original, column], (copy, column)
        assert items.loc[copy, "title"].startswith(items.loc[original, "title"])


def test_taste_turns_after_the_second_year_for_those_planted(events, tables, groups):
    turned = events["user_id"].isin(groups["drift"]["members"])
    late = tables["interactions"]["timestamp"] > groups["drift"]["since"] + 60 * plan.DAY
    assert len(groups["drift"]["members"]) == plan.N_DRIFT
    assert (
        events.loc[turned & (tables["interactions"]["timestamp"] < groups["drift"]["since"]), "drift"] == 0
    ).all()
    assert (
        events.loc[turned & late, "drift"].abs().mean() > 4 * events.loc[~turned & late, "drift"].abs().mean()
    )


def test_groups_do_not_overlap(groups):
    members = [member for group in groups.values() for member in group.get("members", [])]
    assert len(members) == len(set(members))
