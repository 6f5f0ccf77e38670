"""Why missed on the Errors page: reasons of both models, examples of one, links and a worklist, dead ends in words."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gnnrec import places
from gnnrec.checkpoints import find, save
from gnnrec.datasets.tables import import_tables
from gnnrec.evaluation.miss_words import class_words
from gnnrec.evaluation.missed import CLASSES, NEAR_MISS, POPULARITY, missed
from gnnrec.training import fit
from gnnrec.ui import loaders
from gnnrec.ui.errors import missed as panel
from gnnrec.ui.view import ids, joined
from tests import worlds
from tests.app.opening import address, fine, links, words
from tests.app.opening_errors import opened
from tests.hostile import HOSTILE

A, B = "demo-lightgcn", "demo-ease"


def examples(app: AppTest) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if "measured" in one.value.columns)


def bars(app: AppTest) -> str:
    return next(
        one.proto.spec for one in app.get("plotly_chart") if "of the model's misses" in one.proto.spec
    )


def told(slug: str):
    """The misses of a model of the demo, worked out anew."""
    model = loaders.model(find(slug).address)
    return missed(model, loaders.split("demo", "random:seed=1"))


def test_it_opens_with_the_reasons_of_both_models_and_says_them() -> None:
    app = opened(a=find(A).address, b=find(B).address)
    said = words(app)
    for slug in (A, B):
        found = told(slug)
        assert f"misses {found.misses:,} of {found.held_out:,} held\\-out films" in said
        spec = bars(app)
        titles = class_words(loaders.dataset("demo").words, 10)
        drawn = {
            (one["name"], row[2]): row[3]
            for one in json.loads(spec)["data"]
            if one["type"] == "bar"
            for row in one["customdata"]
        }
        counts = {(find(slug).title, titles[name].title): f"{n:,}" for name, n in found.counts.items() if n}
        assert counts and counts.items() <= drawn.items()
    assert "Of 100 misses" in said and "Click a bar" in said
    assert "Why not this one?" in links(app) and "Their lists" in links(app)


def test_a_reason_and_a_model_are_picked_and_stay_in_the_address() -> None:
    app = opened(a=find(A).address, b=find(B).address)
    fine(app.selectbox(key="pick_e_why").set_value(POPULARITY).run())
    fine(app.selectbox(key="pick_e_whose").set_value("b").run())
    assert (address(app)["e_why"], address(app)["e_whose"]) == (POPULARITY, "b")
    found, data = told(B), loaders.dataset("demo")
    mine = found.of(POPULARITY)
    frame = examples(app)
    assert frame["person id"].tolist() == [data.users.id(int(one)) for one in mine["user"][: len(frame)]]
    assert frame["rank"].tolist() == mine["rank"][: len(frame)].tolist()
    assert frame["measured"].str.contains("at least twice as popular").all()
    assert f"{len(found.people_of(POPULARITY)):,} people miss something" in words(app)
    again = opened(a=find(A).address, b=find(B).address, e_why=POPULARITY, e_whose="b")
    assert examples(again).equals(frame)


def test_the_people_behind_a_reason_become_a_worklist() -> None:
    app = opened(a=find(A).address, b=find(B).address, e_why=NEAR_MISS)
    button = next(one for one in app.button if one.key == f"errors_missed_a_{NEAR_MISS}_list")
    fine(button.click().run())
    first = told(A).people_of(NEAR_MISS)[:100]
    kept = ids(address(app)["list"], 100)
    assert kept == [loaders.dataset("demo").users.id(int(one)) for one in first[: len(kept)]]
    assert len(kept) > 50 and "Just missed" in address(app)["listed"]


def test_the_links_lead_to_the_miss_that_was_picked_with_its_model_first() -> None:
    data, mine = loaders.dataset("demo"), told(B).of(NEAR_MISS)
    user, item = (data.users.id(int(mine["user"].iloc[3])), data.items.id(int(mine["item"].iloc[3])))
    app = opened(
        a=find(A).address, b=find(B).address, e_why=NEAR_MISS, e_whose="b", e_miss=joined([user, item], 2)
    )
    link = next(one for one in app.get("page_link") if one.proto.label == "Why not this one?")
    query = link.proto.query_string
    assert f"u={user}" in query and f"i={item}" in query
    assert f"a={B}" in query and f"b={A}" in query


def test_nonsense_in_the_address_falls_back() -> None:
    for nonsense in ("", "x", "m0001", "m0001|nothing", "|||"):
        app = opened(a=find(A).address, e_why="nothing", e_whose="c", e_miss=nonsense)
        assert examples(app).shape[0] > 0


def test_a_reason_that_nothing_has_is_said() -> None:
    app = opened(a=find(A).address, b="none", e_why="unreachable")
    assert "has this reason" in words(app)
    assert [one.key for one in app.selectbox if one.key == "pick_e_whose"] == []


@pytest.mark.parametrize(
    "data",
    [None, 3, [], ["x", 0], [0], [99, 0], [0, 9], [-1, 0], {"place": 0}, [0.5, 0]],
)
def test_a_click_that_means_nothing_changes_nothing(data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[dict] = []
    monkeypatch.setattr(panel.view, "go", lambda **changes: went.append(changes))
    state = {panel._BARS: {"selection": {"points": [{"customdata": data}]}}}
    monkeypatch.setattr(panel.st, "session_state", state)
    panel._clicked(CLASSES, [0, 1])
    assert went == []
    state[panel._BARS]["selection"]["points"] = []
    panel._clicked(CLASSES, [0, 1])
    assert went == []
    state[panel._BARS]["selection"]["points"] = [{"customdata": [5, 1, "name"]}]
    panel._clicked(CLASSES, [0, 1])
    assert went == [{"e_why": CLASSES[5], "e_whose": "b", "e_miss": None}]


def test_models_of_ratings_have_no_lists_to_miss_in() -> None:
    app = opened(a=find("demo-gcn_rating").address, b=find(A).address)
    assert "predicts ratings: it makes no lists that could miss something" in words(app)
    assert told(A).misses > 0 and "measured" in examples(app)
    alone = opened(a=find("demo-gcn_rating").address, b="none")
    assert "predicts ratings" in words(alone)
    assert not any("measured" in one.value.columns for one in alone.dataframe)


def test_hostile_text_is_shown_as_it_is(hostile: str) -> None:
    app = opened(d=hostile, a=find(f"{HOSTILE}-lightgcn").address, b="none", k=3)
    said = words(app)
    assert "Why missed" in said
    assert "<b>Light</b>" not in said and "[gcn](x)" not in said
    frame = examples(app)
    assert len(frame) and frame["measured"].str.endswith(".").all()
    assert "\\<b\\>Light" in said


@pytest.fixture
def refitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data set with a published test part alone, whose finished model learned from validation too."""
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    world = worlds.scattered()
    rows = world.interactions
    frame = pd.DataFrame({"user_id": world.users.ids[rows.user], "item_id": world.items.ids[rows.item]})
    last = frame.groupby("user_id").cumcount(ascending=False) == 0
    for part, kept in (("train", frame[~last]), ("test", frame[last])):
        kept.to_csv(tmp_path / f"{part}.csv", index=False)
    dataset, _ = import_tables("refitted", train=tmp_path / "train.csv", test=tmp_path / "test.csv")
    save(fit("item_knn", dataset, device="cpu"), places.trained_models() / "refitted-item_knn")
    return "refitted"


def test_what_the_model_learned_from_is_not_missed_by_it(refitted: str) -> None:
    app = opened(d=refitted)
    assert "learned from validation before they were finished" in words(app)
    assert not any("measured" in one.value.columns for one in app.dataframe)
    final = opened(d=refitted, e_final="1", k=3)
    assert "learned from validation before they were finished" not in words(final)
    assert "Of 100 misses" in words(final)
