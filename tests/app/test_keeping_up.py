"""Does it keep up? The curve on Train is that of the stored replay, and what it says is what was measured."""

from __future__ import annotations

import json

from gnnrec import places
from tests.app.opening import address, fine, open_page, words


def stored() -> dict[str, dict]:
    read = json.loads((places.shipped_results() / "replay.json").read_text(encoding="utf-8"))
    return {one["recommender"]: one for one in read["replays"]}


def figures(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_it_is_folded_until_it_is_asked_for() -> None:
    app = open_page("train")
    assert "t_keep" not in address(app) and "left alone falls" not in words(app)


def test_the_story_has_the_stored_figures() -> None:
    said = words(open_page("train", t_keep=1))
    lightgcn = stored()["lightgcn"]
    stale = [month["ways"]["stale"]["mean"] for month in lightgcn["months"]]
    assert f"falls from {stale[0]:.3f} in" in said and f"to {stale[-1]:.3f} in" in said
    gain = next(one["all"] for one in lightgcn["pairs"] if one["pair"] == ["retrained", "stale"])
    assert f"{gain['mean']:.3f} ({gain['low']:.3f} to {gain['high']:.3f})" in said


def test_another_model_is_picked_and_kept_in_the_address() -> None:
    app = open_page("train", t_keep=1)
    names = [trace.get("name") for figure in figures(app) for trace in figure["data"]]
    assert "learning on each month" in names
    picked = next(one for one in app.get("button_group") if "EASE" in str(one.proto.options))
    fine(picked.set_value("ease").run())
    assert address(app)["t_kept"] == "ease"
    names = [trace.get("name") for figure in figures(app) for trace in figure["data"]]
    assert "new rows folded in" in names and "learning on each month" not in names
    fine(open_page("train", t_keep=1, t_kept="nonsense"))


def test_data_that_was_not_lived_through_has_no_curve(hostile: str) -> None:
    assert "left alone falls" not in words(open_page("train", d=hostile, t_keep=1))
