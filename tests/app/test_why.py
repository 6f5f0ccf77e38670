"""Why: the sentence and its badge, every method, what-ifs, slow work, why not, and every state it cannot explain."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec import places
from gnnrec.checkpoints import delete, find, save
from gnnrec.data import FILMS, split
from gnnrec.datasets import open_dataset
from gnnrec.datasets.tables import import_tables
from gnnrec.errors import IncompatibleError
from gnnrec.explain.audit import VERDICTS
from gnnrec.explain.methods import methods_of
from gnnrec.recommenders import Query
from gnnrec.training import fit
from gnnrec.ui import long_work
from gnnrec.ui.why import findings
from tests.app.opening import address, components, fine, grids, links, open_page, words
from tests.hostile import HOSTILE

PERSON = "p|3"


def said(app) -> str:
    """The sentence of the page."""
    (parts,) = [one["parts"] for one in components(app) if "parts" in one]
    return "".join(text for text, _ in parts)


def bars(app) -> list[str]:
    """Labels of the bars of the first chart."""
    layout = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]
    return [text.replace("<b>", "").replace("</b>", "") for text in layout["yaxis"]["ticktext"]]


def until(app, true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, words(app)
        time.sleep(0.05)
        fine(app.run())


@pytest.fixture(autouse=True)
def forget_results() -> None:
    long_work.bench.clear()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine is busy with, everything is worked out while the page is drawn."""
    monkeypatch.setattr(long_work, "AT_ONCE_S", 1e9)
    monkeypatch.setattr(long_work, "BY_ITSELF_S", 1e9)


@pytest.fixture
def on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine can do, nothing is worked out before somebody asks."""
    monkeypatch.setattr(long_work, "AT_ONCE_S", -1.0)
    monkeypatch.setattr(long_work, "BY_ITSELF_S", -1.0)


def test_it_opens_with_the_first_recommendation_and_everything_about_it(at_once) -> None:
    app = open_page("why")
    listed = next(cards for label, cards in grids(open_page("recommend")).items() if "List A" in label)
    assert app.selectbox(key="w_pick").value == listed[0]["item_id"]
    assert "rank 1 of the list" in words(app)
    assert "of this score" in said(app) and "without both" in said(app)
    assert bars(app)[-1] == "Score" and "others" in bars(app)[-2]
    assert "not the effect" not in said(app) and "not what taking it out would do" in words(app)
    assert "-badge[:material/" in words(app) and "Deletion area" in words(app)
    assert 1 <= len(grids(app)["Reasons"]) <= 6
    assert {"See the path in the graph", "Back to the lists"} <= set(links(app))


def test_it_says_what_is_missing_where_no_model_is_trained(bare: str) -> None:
    app = open_page("why", d=bare)
    assert "No model knows this data yet" in words(app)
    assert not components(app)


def test_the_bars_add_up_to_the_score_and_it_is_that_of_the_list(hostile: str, at_once) -> None:
    listed = next(
        cards
        for label, cards in grids(open_page("recommend", d=hostile, u=PERSON)).items()
        if "List A" in label
    )
    for card in listed[:3]:
        app = open_page("why", d=hostile, u=PERSON, i=card["item_id"])
        figure = json.loads(app.get("plotly_chart")[0].proto.spec)
        values = [trace["x"][0] for trace in figure["data"] if trace["type"] == "bar"]
        assert sum(values[:-1]) == pytest.approx(values[-1], rel=1e-6)
        assert f"score {card['score_text']}" in words(app).replace("\\", "")
        assert f"rank {card['rank']} of the list" in words(app)


def test_another_model_is_asked_about_the_same_film(hostile: str, at_once) -> None:
    app = open_page("why", d=hostile, u=PERSON)
    item = app.selectbox(key="w_pick").value
    other = open_page("why", d=hostile, u=PERSON, w_model="B")
    assert other.selectbox(key="w_pick").value == item or item in other.selectbox(key="w_pick").options
    assert other.title[0].value == app.title[0].value
    assert "(model B)" in words(other) and "(model A)" in words(app)


@pytest.mark.parametrize("name", ["lightgcn", "ease", "gat"])
def test_every_method_of_a_model_has_its_figure(hostile: str, name: str, at_once) -> None:
    checkpoint = find(f"{HOSTILE}-{name}")
    data = open_dataset(HOSTILE)
    able = methods_of(checkpoint.load(data, split(data, "random:seed=1")))
    assert len(able) >= 2
    for method in able:
        app = open_page("why", d=hostile, u=PERSON, a=checkpoint.address, w_how=method.name)
        assert app.get("plotly_chart"), method.name
        assert len(said(app)) > 20
        assert ("the measure itself" in words(app)) == (method.name == "deletion")


def test_only_the_split_of_a_score_says_because_and_only_when_it_is_faithful(hostile: str, at_once) -> None:
    for how in ("because", "paths", "deletion"):
        app = open_page("why", d=hostile, u=PERSON, a=f"{HOSTILE}-lightgcn", w_how=how)
        causes = how == "because" and ":material/verified:" in words(app)
        assert said(app).startswith("Because they watched") <= causes


def test_the_film_and_the_method_are_chosen_on_the_page(hostile: str, at_once) -> None:
    app = open_page("why", d=hostile, u=PERSON)
    second = app.selectbox(key="w_pick").options[1]
    app.selectbox(key="w_pick").select(second)
    fine(app.run())
    assert "rank 2 of the list" in words(app)
    fine(app.text_input(key=f"w_search_{hostile}").set_value("plain film 1").run())
    found = [one for one in app.button if str(one.key).startswith(f"w_search_{hostile}_")]
    items = open_dataset(HOSTILE).items
    fresh = [one for one in found if items.id(int(str(one.key).rpartition("_")[2])) not in history()]
    fine(fresh[0].click().run())
    assert address(app)["i"].startswith("i|") and "Plain film 1" in app.title[0].value
    pills = next(one for one in app.get("button_group") if one.key == "pick_w_how")
    fine(pills.set_value("deletion").run())
    assert address(app)["w_how"] == "deletion" and "the measure itself" in words(app)


def test_the_audit_over_many_people_has_each_quick_method_and_what_was_made_to_be_wrong(
    hostile: str, at_once
) -> None:
    app = open_page("why", d=hostile, u=PERSON, a=f"{HOSTILE}-lightgcn")
    app.session_state["why_people"] = True
    fine(app.run())
    found = next(one.value for one in app.dataframe if "verdict" in one.value.columns)
    assert list(found["method"]) == ["Because", "Paths", "random (a control)", "inverted (a control)"]
    assert set(found["verdict"]) <= {*VERDICTS}
    assert found["verdict"].iloc[-1] != "faithful" != found["verdict"].iloc[-2]


# What cannot be explained


def history(person: str = PERSON) -> list[str]:
    cut = split(open_dataset(HOSTILE), "random:seed=1")
    return [cut.dataset.items.id(one) for one in cut.fitted.history(cut.dataset.users.number(person))]


def test_a_film_they_watched_has_no_reasons_until_it_is_taken_out(hostile: str, at_once) -> None:
    mine = history()[0]
    app = open_page("why", d=hostile, u=PERSON, i=mine, a=f"{HOSTILE}-lightgcn")
    assert "They watched it already" in words(app) and "gives it no rank" in words(app)
    assert not app.get("plotly_chart") and not [one for one in components(app) if "parts" in one]
    fine(app.button(key="why_unseen").click().run())
    assert address(app)["drop"] == mine.replace("|", "%7C")
    assert "**What if** without 1 film: everything below" in words(app)
    assert said(app) and app.get("plotly_chart")


def test_a_film_added_by_a_what_if_is_watched_too(hostile: str, at_once) -> None:
    new = next(one for one in open_dataset(HOSTILE).items.ids if one not in history())
    app = open_page("why", d=hostile, u=PERSON, i=new, add=new.replace("|", "%7C"), a=f"{HOSTILE}-lightgcn")
    assert "In this what-if they watched it" in words(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("model", ["demo-lightgcn", "demo-ease"])
def test_a_person_without_a_history_is_told_so(model: str) -> None:
    data = open_dataset("demo")
    train = split(data, "random:seed=1").matrix("train")
    fresh = next(data.users.id(one) for one in range(data.n_users) if not train[one].nnz)
    app = open_page("why", u=fresh, a=model, i=str(data.items.id(0)))
    assert "**No history**" in words(app)
    assert not app.get("plotly_chart")
    assert any("Add films" in one for one in links(app))


def test_a_model_that_cannot_be_explained_names_those_that_can() -> None:
    app = open_page("why", a="demo-oracle", b="none")
    assert "cannot be explained" in words(app) and not app.get("plotly_chart")
    able = [one for one in app.button if str(one.key).startswith("why_able_")]
    assert able
    fine(able[0].click().run())
    assert address(app)["a"].startswith(str(able[0].key).removeprefix("why_able_"))
    assert "cannot be explained" not in words(app)


def test_a_film_nobody_watched_is_told_apart(at_once) -> None:
    data = open_dataset("demo")
    train = split(data, "random:seed=1").fitted
    lonely = next(one for one in range(data.n_items) if one not in set(train.item.tolist()))
    app = open_page("why", i=data.items.id(lonely), a="demo-lightgcn-history")
    assert any("no message reaches it" in one.value for one in app.warning)
    assert "Because they watched" not in " ".join(
        "".join(text for text, _ in one["parts"]) for one in components(app) if "parts" in one
    )


def test_predicted_stars_are_called_stars(at_once) -> None:
    app = open_page("why", a="demo-svdpp")
    assert "stars" in words(app) and bars(app)[-2] == "The person's own vector"
    assert "how this film is usually rated" in words(app) + said(app)


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a person who has watched two thousand films."""
    home, rng = tmp_path_factory.mktemp("endless"), np.random.default_rng(0)
    rows = [("all", f"i{item:04d}") for item in range(2500)]
    rows += [(f"p{one}", f"i{item:04d}") for one in range(20) for item in rng.choice(2600, 60, replace=False)]
    pd.DataFrame(rows, columns=["user_id", "item_id"]).to_csv(home / "rows.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNREC_HOME", str(home))
        data, _ = import_tables("endless", interactions=home / "rows.csv", words=FILMS)
        made = fit(
            "lightgcn", data, "random:seed=1", device="cpu", settings={"embedding_size": 4, "epochs": 1}
        )
        save(made, places.trained_models() / "endless-lightgcn")
    return home


def test_two_thousand_films_are_no_wall_of_bars(
    endless: Path, monkeypatch: pytest.MonkeyPatch, on_demand
) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(endless))
    app = open_page("why", d="endless", u="all")
    assert len(bars(app)) <= 11 and len(grids(app)["Reasons"]) <= 6
    assert "The 8 largest of 2," in words(app)
    assert [one.label for one in app.button].count("Work it out") == 1
    assert "Checking it on 2," in words(app) and "takes " in words(app)


# What changes under the page


def test_a_model_that_is_deleted_or_replaced_is_said_to_be(
    filled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once
) -> None:
    home = tmp_path / "home"
    shutil.copytree(filled_home, home)
    monkeypatch.setenv("GNNREC_HOME", str(home))
    old = find(f"{HOSTILE}-lightgcn")
    app = open_page("why", d=HOSTILE, u=PERSON, a=old.address)
    before = said(app)
    data = open_dataset(HOSTILE)
    settings = {"embedding_size": 8, "epochs": 1}
    made = fit("lightgcn", data, "random:seed=1", device="cpu", settings=settings, seed=5)
    delete(old.slug)
    save(made, places.trained_models() / old.slug)
    app.query_params["a"] = old.address
    fine(app.run())
    assert "was trained again" in "\n".join(one.value.replace("\\", "") for one in app.info)
    assert said(app) != before
    delete(old.slug)
    app.query_params["a"] = old.address
    fine(app.run())
    assert "There is no model" in "\n".join(one.value for one in app.info) and said(app)


def test_what_goes_wrong_while_checking_is_said_in_words(
    hostile: str, monkeypatch: pytest.MonkeyPatch, at_once
) -> None:
    def fails(*args, **more):
        raise IncompatibleError(where="the model", found="gone", expected="a model", todo="Choose another.")

    monkeypatch.setattr(findings, "audit", fails)
    app = open_page("why", d=hostile, u=PERSON)
    assert "These two do not go together" in words(app) and "Choose another." in words(app)
    assert said(app) and "not checked" in words(app)


def test_slow_work_waits_for_the_button_shows_progress_and_ends(hostile: str, on_demand) -> None:
    app = open_page("why", d=hostile, u=PERSON)
    assert "Not checked yet" in words(app) and "takes under 10 s" in words(app)
    assert not said(app).startswith("Because")
    fine(app.button(key="why_check_because_start").click().run())
    until(app, lambda: "Deletion area" in words(app) or "Cannot tell" in words(app))
    assert "Not checked yet" not in words(app)


def test_slow_work_can_be_cancelled_and_does_not_begin_again_by_itself(
    hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_work, "AT_ONCE_S", -1.0)
    monkeypatch.setattr(long_work, "BY_ITSELF_S", 1e9)

    def forever(asked, given, deleted, tell):
        while True:
            tell(1, 2)
            time.sleep(0.01)

    monkeypatch.setattr(findings, "audit", forever)
    app = open_page("why", d=hostile, u=PERSON)
    fine(app.button(key="why_check_because_cancel").click().run())
    until(app, lambda: any(one.key == "why_check_because_start" for one in app.button))
    fine(app.run())
    assert not [one for one in app.button if one.key == "why_check_because_cancel"]
    assert "Not checked yet" in words(app)


def test_a_what_if_is_in_what_is_shown_or_it_says_that_it_is_not(hostile: str, at_once) -> None:
    gone = history()[0].replace("|", "%7C")
    query = {"d": hostile, "u": PERSON, "a": f"{HOSTILE}-lightgcn", "drop": gone}
    app = open_page("why", **query)
    assert "everything below is about the person with this history" in words(app)
    assert f"of {len(history()) - 1}" in words(app)
    app = open_page("why", **query, w_how="paths")
    assert "knows nothing of it" in words(app) and f"place 1 of {len(history())}" in words(app)
    fine(app.button(key="why_undo").click().run())
    assert "drop" not in address(app) and "**What if**" not in words(app)


# Why not


def test_another_film_is_told_why_it_is_not_there_and_what_would_bring_it_in(hostile: str, at_once) -> None:
    app = open_page("why", d=hostile, u=PERSON, k=2, a=f"{HOSTILE}-ease")
    fine(app.text_input(key=f"w_other_{hostile}").set_value("film").run())
    found = [one for one in app.button if str(one.key).startswith(f"w_other_{hostile}_")]
    item = open_dataset(HOSTILE).items.id(int(str(found[0].key).rpartition("_")[2]))
    fine(found[0].click().run())
    assert address(app)["w_not"] == item
    told = words(app).replace("\\", "")
    assert "steps away in the graph" in told and "watched by" in told
    fine(app.button(key="w_not_back").click().run())
    assert "w_not" not in address(app)


def test_the_change_that_moves_a_film_can_be_tried_and_does_what_it_says(hostile: str, at_once) -> None:
    checkpoint = find(f"{HOSTILE}-ease")
    app = open_page("why", d=hostile, u=PERSON, a=checkpoint.address, k=2)
    link = next(one for one in app.get("page_link") if one.proto.label.startswith("Try it"))
    query = dict(part.split("=") for part in link.proto.query_string.split("&"))
    assert query["drop"] and query["i"]
    data = open_dataset(HOSTILE)
    model = checkpoint.load(data, split(data, "random:seed=1"))
    user = data.users.number(PERSON)
    item = data.items.number(app.selectbox(key="w_pick").value)
    dropped = [data.items.number(one) for one in history() if one.replace("|", "%257C") in query["drop"]]
    assert dropped
    asked = Query(user=user, without=tuple((user, one) for one in dropped))
    best = model.recommend([asked], k=2 + len(dropped)).items[0]
    assert item not in [one for one in best if one not in dropped][:2]


def test_a_film_that_does_not_exist_is_left_out_with_a_notice(hostile: str) -> None:
    app = open_page(
        "why", d=hostile, u=PERSON, w_not="<b>gone</b>", w_how="gone", w_model="C", w_reason="gone"
    )
    assert "it is left out" in "\n".join(one.value for one in app.info)
    assert "(model A)" in words(app)


# The truth of the made-up data


def test_the_true_reason_stands_beside_that_of_the_model_and_the_final_test_is_not_given_away(
    at_once,
) -> None:
    data = open_dataset("demo")
    cut = split(data, "random:seed=1")
    test, valid = cut.matrix("test"), cut.matrix("valid")
    user = next(one for one in range(200, data.n_users) if test[one].nnz and valid[one].nnz)
    name, item = data.users.id(user), data.items.id(int(test[user].indices[0]))
    query = {"u": name, "i": item, "a": "demo-ease"}
    assert "no true reason to compare with" in words(open_page("why", **query))
    assert "In this made-up world they watched it for" in words(open_page("why", **query, w_final="1"))
    shown = open_page("why", u=name, i=data.items.id(int(valid[user].indices[0])), a="demo-ease")
    assert "In this made-up world they watched it for" in words(shown)


def test_other_data_has_no_truth_to_show(hostile: str) -> None:
    assert "What was it truly?" not in words(open_page("why", d=hostile, u=PERSON))
