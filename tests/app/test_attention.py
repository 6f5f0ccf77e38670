"""Attention: opens filled, says how even it is, tests it by deletion, and has a word for every dead end."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gnnrec import places
from gnnrec.checkpoints import find, save
from gnnrec.data import default_protocol
from gnnrec.datasets.tables import import_tables
from gnnrec.explain.deletion import deletion
from gnnrec.training import fit
from gnnrec.ui import loaders
from gnnrec.ui.view import joined
from gnnrec.ui.why import findings
from tests.app.opening import address, fine, links, open_page, words
from tests.hostile import HOSTILE

PERSON = "p|3"
SMALL = {"embedding_size": 8, "epochs": 2}
SETTINGS = {
    "gat": SMALL | {"heads": 2},
    "lightgcn": SMALL,
    "graph_transformer": SMALL | {"n_layers": 3, "heads": 2, "residual": "gated"},
}


def table(app: AppTest) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if "share" in one.value.columns)


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def after_deletion(app: AppTest) -> AppTest:
    """The page once deletion has come to its end; its thread is one of the server, not of the test."""
    for _ in range(200):
        if "score_lost_without" in table(app).columns:
            break
        starts = [one for one in app.button if one.key == "t_delete_start"]
        app = fine(starts[0].click().run() if starts else app.run())
        time.sleep(0.05)
    assert "score_lost_without" in table(app).columns
    return app


def test_it_opens_filled_on_the_demo_with_attention_and_says_how_even_it_is() -> None:
    app = open_page("attention")
    assert app.selectbox(key="pick_t_model").value.startswith("demo-gat@")
    assert "Nearly uniform: the model hardly chooses among these films" in words(app)
    assert "where an even share would be" in words(app)
    assert "the shares add up to 100 %" in words(app)
    frame = table(app)
    assert frame["share"].sum() == pytest.approx(1, abs=1e-5)
    assert {"head_1", "head_4"} <= set(frame.columns)
    assert charts(app) >= 3


def test_model_a_is_kept_where_it_has_attention(hostile: str) -> None:
    gat = find(f"{HOSTILE}-gat").address
    app = open_page("attention", d=hostile, u=PERSON, a=gat, b="none")
    assert app.selectbox(key="pick_t_model").value == gat


def test_looking_is_compared_with_mattering(hostile: str) -> None:
    app = after_deletion(open_page("attention", d=hostile, u=PERSON))
    assert "what matters here" in words(app) or "Cannot tell" in words(app)
    frame = table(app)
    assert np.isfinite(frame["score_lost_without"]).all()
    assert "messages are passed again" in words(app)


def test_what_was_taken_out_here_is_not_taken_out_again_by_why(
    hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = after_deletion(open_page("attention", d=hostile, u=PERSON))
    item, model = (app.selectbox(key=key).value for key in ("pick_i", "pick_t_model"))

    def again(*_: object) -> None:
        raise AssertionError("taken out a second time")

    monkeypatch.setattr(findings, "deletion", again)
    why = open_page("why", d=hostile, u=PERSON, a=model, b="none", i=item, w_how=findings.DELETION)
    assert "is not worked out yet" not in words(why)
    assert charts(why)


def test_the_effects_are_those_of_deletion(hostile: str) -> None:
    app = after_deletion(open_page("attention", d=hostile, u=PERSON))
    model = loaders.model(find(f"{HOSTILE}-gat").address)
    data = loaders.dataset(hostile)
    item = data.items.number(app.selectbox(key="pick_i").value)
    found = deletion(model, data.users.number(PERSON), item)
    expected = dict(zip(data.items.ids[found.items], found.effect, strict=True))
    frame = table(app)
    assert len(frame) == len(found.items)
    for row in frame.itertuples():
        assert row.score_lost_without == pytest.approx(expected[row.item], abs=1e-5)


def test_controls_change_the_view_and_stay_in_the_address() -> None:
    app = open_page("attention")
    fine(app.selectbox(key="pick_t_rows").set_value(12).run())
    assert address(app)["t_rows"] == "12" and "other films" in _heat(app)
    suggested = app.selectbox(key="pick_i")
    second = suggested.options[1]
    data = loaders.dataset("demo")
    fine(suggested.set_value(data.items.id(list(data.item_titles).index(second))).run())
    assert address(app)["i"] and app.selectbox(key="pick_i").value == address(app)["i"]
    again = open_page("attention", t_rows=12, i=address(app)["i"])
    assert again.selectbox(key="pick_i").value == address(app)["i"]
    assert again.selectbox(key="pick_t_rows").value == 12
    assert second in suggested.options


def _heat(app: AppTest) -> str:
    return next(one.proto.spec for one in app.get("plotly_chart") if "other films" in one.proto.spec)


def test_a_model_without_attention_shows_weights_and_says_that_degrees_fix_them(hostile: str) -> None:
    app = open_page("attention", d=hostile, u=PERSON, t_model=find(f"{HOSTILE}-lightgcn").address)
    said = words(app)
    assert "has no attention" in said and "fixed by the degrees" in said
    assert "There are no heads" in said
    assert "Rolled out" not in said and "hardly chooses" not in said
    assert "Nothing about them was learned".lower() in said.lower()


def test_a_model_that_hears_itself_says_so(hostile: str) -> None:
    said = words(open_page("attention", t_model=find("demo-gcn_link").address))
    assert "counts every node among its own neighbours" in said
    app = open_page("attention", d=hostile, u=PERSON, t_model=find(f"{HOSTILE}-lightgcn").address)
    assert "own neighbours" not in words(app)


def test_a_model_of_predicted_stars_says_that_ratings_change_the_weights() -> None:
    app = open_page("attention", t_model=find("demo-gcn_rating").address)
    assert "by the rating on each edge" in words(app)


def test_several_layers_are_rolled_out_and_one_is_chosen_for_its_heads(odd: str) -> None:
    app = open_page("attention", d=odd, u="u03", t_model=find("odd-graph_transformer").address)
    said = words(app)
    assert "Followed back through 3 layers" in said and "items they never used" in said
    assert "of layer 3" in said
    assert "Layer 1, head 2" in "".join(one.proto.spec for one in app.get("plotly_chart"))
    fine(app.selectbox(key="pick_t_layer").set_value(1).run())
    assert address(app)["t_layer"] == "1" and "of layer 1" in words(app)


# Dead ends


def test_it_says_what_is_missing_where_no_model_is_trained(bare: str) -> None:
    assert "No model knows this data yet" in words(open_page("attention", d=bare))


def test_a_model_that_is_not_there_falls_back_with_a_notice(hostile: str) -> None:
    app = open_page("attention", d=hostile, u=PERSON, t_model=f"{HOSTILE}-gone@000000000000")
    assert "There is no model" in words(app) and charts(app)


def test_an_item_that_was_watched_already_is_not_tested(hostile: str) -> None:
    item = table(open_page("attention", d=hostile, u=PERSON))["item"].iloc[0]
    app = open_page("attention", d=hostile, u=PERSON, i=item)
    assert "already, so it is not suggested" in words(app)
    assert "score_lost_without" not in table(app).columns


def test_a_what_if_is_not_part_of_it_and_the_page_says_so(hostile: str) -> None:
    item = table(open_page("attention", d=hostile, u=PERSON))["item"].iloc[0]
    app = open_page("attention", d=hostile, u=PERSON, drop=joined([item]))
    assert "not part of this page" in words(app)
    assert item in table(app)["item"].tolist()


def test_nobody_to_look_at(odd: str) -> None:
    for model in ("odd-gat", "odd-lightgcn"):
        app = open_page("attention", d=odd, u="nobody", t_model=find(model).address)
        assert "No history" in words(app) and "nothing to look at" in words(app)
        assert not charts(app) and "Back to the lists" in links(app)


def test_a_single_neighbour_leaves_no_choice(odd: str) -> None:
    app = open_page("attention", d=odd, u="single", t_model=find("odd-gat").address)
    said = words(app)
    assert "With a single neighbour all heads look at it" in said
    assert "hardly chooses" not in said
    assert "1 items are too few" not in said


def test_a_history_of_two_thousand_items_is_cut_to_what_can_be_read(odd: str) -> None:
    app = open_page("attention", d=odd, u="insatiable", t_model=find("odd-gat").address)
    assert len(table(app)) == 2000
    spec = next(one.proto.spec for one in app.get("plotly_chart") if "1,976 other items" in one.proto.spec)
    assert len(spec) < 60_000
    assert "Taking out each of 2,000 items" in words(app) + "".join(
        one.proto.text for one in app.get("progress")
    )


def test_a_data_set_whose_models_pass_no_messages(odd: str) -> None:
    app = open_page("attention", d="plain", u="u03")
    assert "No model of this data passes messages" in words(app)
    assert not charts(app)


@pytest.fixture(scope="module")
def odd_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People without history, with one item and with two thousand; models of every kind, and a set without messages."""
    home = tmp_path_factory.mktemp("odd-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNREC_HOME", str(home))
        rng = np.random.default_rng(2)
        rows = [
            (f"u{user:02d}", f"i{item:04d}")
            for user in range(20)
            for item in rng.choice(2100, 60, replace=False)
        ]
        rows += [("insatiable", f"i{item:04d}") for item in range(2000)] + [("single", "i0003")]
        _fill("odd", home, rows, ("gat", "lightgcn", "graph_transformer"))
        _fill("plain", home, rows[:300], ("ease",))
    return home


def _fill(name: str, home: Path, rows: list[tuple[str, str]], models: tuple[str, ...]) -> None:
    frame = pd.DataFrame(rows, columns=["user_id", "item_id"])
    users = pd.DataFrame({"user_id": sorted({*frame["user_id"], "nobody"})})
    files = {part: home / f"{name}-{part}.csv" for part in ("train", "valid", "test", "users")}
    held = frame[frame["user_id"].str.startswith("u")].groupby("user_id").nth([0, 1])
    parts = {
        "valid": held.iloc[::2],
        "test": held.iloc[1::2],
        "train": frame.drop(held.index),
        "users": users,
    }
    for part, values in parts.items():
        values.to_csv(files[part], index=False)
    dataset, _ = import_tables(name, **files)
    for model in models:
        made = fit(model, dataset, str(default_protocol(dataset)), device="cpu", settings=SETTINGS.get(model))
        save(made, places.trained_models() / f"{name}-{model}")


@pytest.fixture
def odd(odd_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of that data set, in its home."""
    monkeypatch.setenv("GNNREC_HOME", str(odd_home))
    return "odd"
