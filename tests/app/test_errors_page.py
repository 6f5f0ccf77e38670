"""Errors: opens filled, brush and slice stand in the address, their people become a worklist."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec.checkpoints import find
from gnnrec.evaluation.slices import measure, slices_of
from gnnrec.evaluation.traits import traits_of
from gnnrec.evaluation.worst_slices import worst_slices
from gnnrec.reports import page
from gnnrec.store.named_slices import named_slices, save_slice
from gnnrec.ui import loaders
from gnnrec.ui.errors import people as panel
from gnnrec.ui.errors import spread
from gnnrec.ui.errors.asked import Asked, Chosen, conditions_of, conditions_text, range_of, slice_text
from gnnrec.ui.errors.numbers import Numbers, numbers
from gnnrec.ui.errors.report import failures
from gnnrec.ui.errors.slices import Row
from gnnrec.ui.errors.worst import most_telling_first
from tests.app.opening import address, fine, links
from tests.app.opening_errors import EASE, FEW, charts, opened, people, settled, slices, words
from tests.unit.reports.checking import checked


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_it_opens_filled_and_says_whom_it_fails() -> None:
    app = opened(a=EASE)
    said = words(app)
    assert "For whom does EASE fail?" in said
    assert "of 100 people find nothing they later watched among their first 10 films" in said
    assert "Mean NDCG@10 0.2" in said and "1,170 people judged, 30 without anything held out" in said
    assert charts(app) >= 3
    found = people(app)
    assert len(found) == 100 and (found["NDCG@10"] == 0).all(), "worst first"
    assert found["train"].is_monotonic_decreasing, "among equals the longer history first"
    stored = find(EASE).evaluation("valid")
    zeros = int((stored.per_user["ndcg@10"] == 0).sum())
    assert f"({zeros:,} of 1,170)" in said


def test_worst_slices_are_told_in_words_and_become_a_worklist() -> None:
    app = opened(a="demo-lightgcn", b="none")
    card = next(
        one.value for one in app.markdown if one.value.startswith("**The ") and "against" in one.value
    )
    assert "difference −" in card.replace("\\", "")
    assert "groups of one or two traits were searched" in words(app)
    assert "at most 3 of 100 searches" in words(app)
    fine(app.button(key="errors_worst_0_list").click().run())
    assert address(app)["list"] and "u" in address(app)
    listed = address(app)["list"].split("|")
    assert "Worklist" in words(app)
    evaluated = find("demo-lightgcn").evaluation("valid")
    data = loaders.dataset("demo")
    value = dict(zip(evaluated.users.tolist(), evaluated.per_user["ndcg@10"].tolist(), strict=True))
    served = [value[data.users.number(one)] for one in listed]
    assert served == sorted(served), "the worst served first"
    assert "Look at the first one" in links(app)


def test_a_slice_shown_is_in_the_address_with_its_people() -> None:
    app = opened(a="demo-lightgcn", b="none")
    fine(app.button(key="errors_worst_0_show").click().run())
    app = settled(app)
    assert address(app)["e_slice"] and "people behind it" in words(app)
    again = opened(a="demo-lightgcn", b="none", e_slice=address(app)["e_slice"])
    pd.testing.assert_frame_equal(people(again), people(app))
    fine(again.button(key="errors_no_slice").click().run())
    assert "e_slice" not in address(again) and "in all" in words(again)


def test_the_people_of_brush_and_slice_are_those_of_the_data() -> None:
    app = opened(a=EASE, e_slice=FEW, e_range="0.0~0.25", e_order="best")
    cut = loaders.split("demo", "random:seed=1")
    trait = next(one for one in traits_of(cut) if one.key == "activity")
    place = [group.name for group in trait.groups].index("few films in their history")
    stored = find(EASE).evaluation("valid")
    value = stored.per_user["ndcg@10"].to_numpy()
    inside = (trait.codes[stored.users] == place) & (np.round(value, 6) <= 0.25)
    assert f"{inside.sum()} people behind it" in words(app)
    ids = set(loaders.dataset("demo").users.ids[stored.users[inside]])
    found = people(app)
    assert set(found["id"]) <= ids and len(found) == min(100, len(ids))
    assert found["NDCG@10"].is_monotonic_decreasing
    assert "The 243 people with few films in their history" in words(app)


def test_the_slider_brushes_and_takes_the_brush_away() -> None:
    app = opened(a=EASE, b="none")
    app = settled(fine(app.slider(key="errors_range").set_value((0.5, 1.0)).run()))
    assert address(app)["e_range"] == "0.5~1.0"
    assert people(app)["NDCG@10"].min() >= 0.5
    app = fine(app.slider(key="errors_range").set_value((0.0, 1.0)).run())
    assert "e_range" not in address(app)
    app = opened(a=EASE, b="none", e_range="0.5~1.0")
    fine(app.button(key="errors_no_range").click().run())
    assert "e_range" not in address(app)


@pytest.mark.parametrize(
    "sent", [{}, {"box": []}, {"box": [{"x": []}]}, {"box": [{"x": ["<b>", 1]}]}, {"box": [{"x": [90, 95]}]}]
)
def test_a_selection_that_is_none_is_no_brush(sent: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[dict] = []
    monkeypatch.setattr(spread.view, "go", lambda **changes: went.append(changes))
    monkeypatch.setattr(spread.st, "session_state", {"errors_bars": {"selection": {"box": []} | sent}})
    bars = spread.bars_of(np.linspace(0, 1, 50))
    spread._brushed(bars)
    assert went == []
    spread.st.session_state["errors_bars"]["selection"]["box"] = [{"x": [0.8, 2.2]}]
    spread._brushed(bars)
    assert len(went) == 1 and range_of(went[0]["e_range"])


def test_another_metric_another_model_and_the_difference() -> None:
    app = opened(a=EASE, b="demo-popularity")
    app = settled(fine(app.selectbox(key="pick_e_metric").set_value("recall@20").run()))
    assert address(app)["e_metric"] == "recall@20" and "Mean Recall@20" in words(app)
    app = settled(fine(app.segmented_control(key="pick_e_look").set_value("b").run()))
    assert "For whom does Most popular fail?" in words(app)
    app = settled(fine(app.segmented_control(key="pick_e_look").set_value("diff").run()))
    assert "Whom does EASE serve worse than Most popular?" in words(app)
    assert "EASE serves" in words(app) and "the same" in words(app)
    one, two = (find(name).evaluation("valid").per_user["recall@20"] for name in (EASE, "demo-popularity"))
    found = people(app)
    assert found["A − B"].iloc[0] == pytest.approx((one - two).min(), abs=1e-6)
    np.testing.assert_allclose(found["A"] - found["B"], found["A − B"], atol=1e-6)


def test_slices_of_a_trait_and_of_everything() -> None:
    app = opened(a=EASE, b="none", e_by="person.city")
    found = slices(app)
    assert len(found) == 6 and found["with"].str.startswith("city ").all()
    stored = find(EASE).evaluation("valid")
    cities = loaders.dataset("demo").user_features["city"].iloc[stored.users].to_numpy()
    mine = cities == found["with"].iloc[0].removeprefix("city ")
    value = stored.per_user["ndcg@10"].to_numpy(dtype=float)
    assert found["n"].iloc[0] == mine.sum()
    assert found["mean"].iloc[0] == pytest.approx(value[mine].mean())
    assert found["difference"].iloc[0] == pytest.approx(value[mine].mean() - value[~mine].mean())
    assert ((found["low"] < found["mean"]) & (found["mean"] < found["high"])).all()
    app = settled(fine(app.selectbox(key="pick_e_by").set_value("all").run()))
    cut = loaders.split("demo", "random:seed=1")
    assert len(slices(app)) == len(slices_of(traits_of(cut)))
    assert "guarded against that, this is not" in words(app)


def test_a_slice_is_put_together_kept_and_forgotten(home: Path) -> None:
    city = conditions_text([("person.city", "city Lindmoor")])
    app = opened(a=EASE, b="none")
    assert not named_slices("demo")
    app = settled(fine(app.multiselect(key="errors_conditions").set_value([FEW, city]).run()))
    assert set(conditions_of(address(app)["e_slice"])) == {
        ("activity", "few films in their history"),
        ("person.city", "city Lindmoor"),
    }
    assert "few films in their history and city Lindmoor" in words(app)
    app.text_input(key="errors_slice_name").set_value("Quiet <b>harbour</b>")
    app = settled(fine(app.button(key="errors_keep_slice").click().run()))
    assert [one.name for one in named_slices("demo")] == ["Quiet <b>harbour</b>"]
    assert "errors_forget_slice" in [one.key for one in app.button]
    other = opened(a="demo-popularity", b="none")
    other = settled(fine(other.button(key="errors_named_0").click().run()))
    assert conditions_of(address(other)["e_slice"])
    fine(other.button(key="errors_forget_slice").click().run())
    assert not named_slices("demo")


def test_a_name_that_is_taken_or_empty_is_refused_in_words(home: Path) -> None:
    save_slice("demo", "Mine", [("person.city", "city Lindmoor")])
    app = opened(a=EASE, b="none", e_slice=FEW)
    app.text_input(key="errors_slice_name").set_value("mine")
    app = settled(fine(app.button(key="errors_keep_slice").click().run()))
    assert "which other conditions have already" in words(app)
    app = settled(fine(app.button(key="errors_keep_slice").click().run()))
    assert len(named_slices("demo")) == 1


def test_a_public_demo_has_no_names_for_slices(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_slice("demo", "Mine", [("person.city", "city Lindmoor")])
    monkeypatch.setenv("GNNREC_MODE", "demo")
    app = opened(a=EASE, b="none", e_slice=FEW)
    keys = [one.key for one in app.button]
    assert "errors_keep_slice" not in keys and "errors_named_0" not in keys
    assert app.multiselect(key="errors_conditions").value


def test_a_row_makes_its_person_the_one_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(a=EASE, b="none")
    context = app.session_state["_context"]
    went: list[dict] = []
    monkeypatch.setattr(panel.view, "go", lambda **changes: went.append(changes))
    for rows, wanted in (([1], ["m0005"]), ([], []), ([7], []), ([-1], [])):
        monkeypatch.setattr(panel.st, "session_state", {"key": {"selection": {"rows": rows}}})
        went.clear()
        panel._picked("key", context, np.array([2, 4, 8]))
        assert [one["u"] for one in went] == wanted


def test_of_a_difference_the_most_telling_people_come_first() -> None:
    found = Numbers(np.arange(6), *[np.array([0.5, 0.1, 0.9, -0.3, -0.8, 0.0])] * 3, 0)
    of_two = Asked("valid", "ndcg@10", "diff", find(EASE), find("demo-popularity"), found)
    assert most_telling_first(of_two, np.array([0, 1, 2])).tolist() == [2, 0, 1], "A is better for them"
    assert most_telling_first(of_two, np.array([3, 4, 5])).tolist() == [4, 3, 5]
    of_one = Asked("valid", "ndcg@10", "a", find(EASE), None, found)
    assert most_telling_first(of_one, np.array([0, 1, 2])).tolist() == [1, 0, 2]
    errors = Asked("valid", "rmse", "a", find("demo-svdpp"), None, found)
    assert most_telling_first(errors, np.array([0, 1, 2])).tolist() == [2, 0, 1], "lower is better"


def test_the_report_holds_the_figures_and_names_nobody() -> None:
    app = opened(a="demo-lightgcn", b="none", e_slice=FEW)
    context = app.session_state["_context"]
    asked = Asked(
        "valid", "ndcg@10", "a", context.a, None, numbers(context.a.address, None, "valid", "ndcg@10")
    )
    traits = traits_of(context.split)
    everybody = np.ones(len(asked.numbers.users), dtype=bool)
    chosen = Chosen(None, None, (), None, everybody)
    search = worst_slices(traits, asked.numbers.users, asked.numbers.values)
    told = measure(slices_of(traits)[:6], asked.numbers.users, asked.numbers.values)
    rows = [Row(one, found, "") for one, found in zip(slices_of(traits)[:6], told, strict=True)]
    made = page(failures(context, asked, chosen, search, rows))
    checked(made)
    assert "find nothing they later watched" in made and "of one or two traits were searched" in made
    assert "few films in their history" in made and made.count("<svg") >= 3
    assert not any(name in made for name in people(app)["name"]), "nobody is named"
    empty = page(failures(context, asked, chosen, None, []))
    assert "were searched" not in empty and "<svg" in empty


def test_a_model_of_predicted_stars_is_judged_by_its_errors() -> None:
    app = opened(a="demo-gcn_rating", b="demo-svdpp")
    said = words(app)
    assert "predictions are off by" in said and "Lower is better" in said
    assert "Mean of each person's own RMSE" in said
    found = people(app)
    assert found["RMSE"].is_monotonic_decreasing, "the worst first"
    app = opened(a="demo-gcn_rating", b=EASE)
    assert "the two cannot be compared here" in words(app)
    assert not app.get("segmented_control") and not app.get("button_group")


def test_the_final_test_is_a_switch() -> None:
    app = opened(a=EASE, b="none", e_final="1")
    assert "test (final)" in words(app)
    mean = find(EASE).metrics["test"]["ndcg@10"]
    assert f"Mean NDCG@10 {mean:.3f}" in words(app)


def test_conditions_and_slices_keep_every_sign_on_their_way_through_the_address() -> None:
    hard = (("person.a=b|c%", "x = y | 100 % <b>"), ("activity", "ä, “quoted”"))
    assert conditions_of(conditions_text(hard)) == hard
    cut = loaders.split("demo", "random:seed=1")
    traits = traits_of(cut)
    for one in slices_of(traits):
        ((key, name),) = conditions_of(slice_text(traits, one))
        assert name == one.name and key == one.conditions[0][0]
