"""Compare: the verdict in words, for whom, against all others, at what price; and a word for every dead end."""

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
from gnnrec.evaluation.bootstrap import paired_difference
from gnnrec.reports import page
from gnnrec.training import fit
from gnnrec.ui import loaders
from gnnrec.ui.compare import lists
from gnnrec.ui.compare.asked import question
from gnnrec.ui.compare.report import comparison
from tests.app import opening
from tests.app.opening import address, fine, links, open_page
from tests.hostile import HOSTILE

CLOSE = {"a": "demo-lightgcn", "b": "demo-gf_cf"}


def opened(**query: object) -> AppTest:
    """The page with the lists it asks for; their thread is one of the server, not of the test."""
    app = open_page("compare", **query)
    for _ in range(300):
        starts = [one for one in app.button if one.key and one.key.endswith("_start")]
        waiting = [one for one in app.button if one.key and one.key.endswith("_cancel")]
        if not starts and not waiting:
            return app
        app = fine(starts[0].click().run() if starts else app.run())
        time.sleep(0.05)
    raise AssertionError(words(app))


def words(app: AppTest) -> str:
    """What is written, without the signs that keep text of the data from being markup."""
    return opening.words(app).replace("\\", "")


def charts(app: AppTest) -> str:
    return "".join(one.proto.spec for one in app.get("plotly_chart"))


def group(app: AppTest) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if "held out" in one.value.columns)


def mean(slug: str, metric: str) -> float:
    """The stored figure of a model on validation."""
    return find(slug).metrics["valid"][metric]


def between_seeds() -> float:
    """How far the two LightGCNs of the demo lie apart that differ in nothing but their seed."""
    return abs(mean("demo-lightgcn", "ndcg@10") - mean("demo-lightgcn-seed1", "ndcg@10"))


def test_the_verdict_comes_first_with_its_numbers() -> None:
    app = opened(**CLOSE)
    said = words(app)
    assert "### LightGCN is better, by more than seeds differ here" in said
    ours, theirs = (
        loaders.evaluation(find(one).address, "valid").per_user["ndcg@10"] for one in CLOSE.values()
    )
    found = paired_difference(ours.to_numpy(), theirs.to_numpy())
    for value in (ours.mean(), theirs.mean()):
        assert f"{value:.4f}" in said
    assert f"{found.mean:+.4f} (95 % paired bootstrap {found.low:+.4f} to {found.high:+.4f})" in said
    better, worse = ((ours - theirs > 0).mean(), (theirs - ours > 0).mean())
    assert f"better for {100 * better:.0f} of 100 people" in said and f"worse for {100 * worse:.0f}" in said
    assert f"Two seeds of LightGCN lie up to {between_seeds():.4f} apart" in said


def test_the_oracle_is_a_line_and_never_a_winner() -> None:
    app = opened(**CLOSE)
    assert "The dashed line is the limit" in words(app) and "Oracle" in charts(app)
    said = words(opened(a="demo-oracle", b="demo-popularity", c_show="lengths"))
    assert "is the limit, not a rival" in said and "is better for 76 of 100" in said
    assert "### Oracle (true taste) is better" not in said


def test_quadrants_share_everybody_out_and_make_a_worklist() -> None:
    app = opened(**CLOSE)
    radio = app.radio(key="pick_c_who")
    counts = [int(label.split("**")[1].replace(",", "")) for label in radio.options]
    assert sum(counts[:4]) == 1170 and len(counts) == 6
    assert radio.value == "b" and len(group(app)) == counts[2]
    assert (group(app)["A"] == 0).all() and (group(app)["B"] > 0).all()
    before = address(app)["u"]
    app = fine(app.button(key="compare_worklist").click().run())
    chosen = address(app)["list"].split("|")
    assert len(chosen) == counts[2] and address(app)["u"] == before
    app = fine(app.radio(key="pick_c_who").set_value("none").run())
    assert address(app)["c_who"] == "none"
    assert (group(app)[["A", "B"]] == 0).all(axis=None)
    assert app.button(key="compare_worklist").label == "Make a worklist of the first 100"


def test_a_dot_of_the_scatter_lists_its_people() -> None:
    app = opened(**CLOSE, c_dot="0.0000|0.0000")
    frame = group(app)
    assert len(frame) == 100 and (frame[["A", "B"]] == 0).all(axis=None)
    assert "At NDCG@10 A 0.00, B 0.00" in words(app)
    app = fine(app.radio(key="pick_c_who").set_value("a").run())
    assert "c_dot" not in address(app) and (group(app)["B"] == 0).all()
    assert len(group(opened(**CLOSE, c_dot="5|x"))) == len(group(opened(**CLOSE)))


def test_another_metric_stays_in_the_address_and_decides_everything() -> None:
    app = opened(**CLOSE)
    app = fine(app.selectbox(key="pick_c_metric").set_value("recall@20").run())
    assert address(app)["c_metric"] == "recall@20"
    assert f"Recall@20 on validation: A {mean(CLOSE['a'], 'recall@20'):.4f}" in words(app)
    assert "Recall@20 on validation" in charts(app)


def test_the_final_test_is_labelled() -> None:
    said = words(opened(**CLOSE, c_final=1))
    assert "NDCG@10 on the final test" in said and "chosen on validation, not on this" in said


@pytest.mark.parametrize(
    ("show", "said"),
    [
        ("lists", "two seeds of LightGCN share 8.4"),
        ("catalogue", "A: partly alike, two people share 1.3 of 10"),
        ("lengths", "A is ahead in NDCG for 3 to 20 places"),
        ("trade", "one has to choose"),
    ],
)
def test_more_is_worked_out_when_it_is_asked_for(show: str, said: str) -> None:
    app = opened(**CLOSE, c_show=show)
    assert said in words(app)
    assert app.segmented_control(key="pick_c_show").value == show


def test_two_seeds_are_said_to_be_the_noise() -> None:
    said = words(opened(a="demo-lightgcn", b="demo-lightgcn-seed1"))
    assert "These two differ in nothing but their seed" in said


def test_with_one_seed_those_of_another_model_are_a_hint() -> None:
    said = words(opened(a="demo-xsimgcl", b="demo-popularity"))
    assert "Most popular" in said and "as far as one seed of each tells" in said
    assert f"two seeds of LightGCN lie {between_seeds():.4f} apart" in said
    assert "python -m gnnrec train --dataset demo --model xsimgcl" in "".join(
        one.value for one in opened(a="demo-xsimgcl", b="demo-popularity").code
    )


def test_closed_forms_have_no_seed_noise() -> None:
    said = words(opened(a="demo-ease", b="demo-item_knn"))
    assert "### EASE is better" in said and "neither depends on a seed" in said


def test_models_of_ratings_are_compared_by_their_errors() -> None:
    app = opened(a="demo-svdpp", b="demo-gcn_rating")
    said = words(app)
    a, b = (mean(one, "rmse") for one in ("demo-svdpp", "demo-gcn_rating"))
    assert f"RMSE on validation: A {a:.4f}, B {b:.4f}" in said and "Lower is better" in said
    assert app.selectbox(key="pick_c_metric").options == ["RMSE", "MAE"]
    assert "the predicted stars of this person are off by 0.53" in app.radio(key="pick_c_who").help


def test_stars_beside_a_ranking_are_judged_by_the_order_they_give() -> None:
    said = words(opened(a="demo-svdpp", b="demo-ease"))
    assert "NDCG@10 on validation: A 0.08" in said and "### EASE is better" in said


# Dead ends


def test_one_model_alone_says_what_to_do() -> None:
    app = opened(a="demo-ease", b="none")
    assert "Choose model B in the side bar" in "\n".join(one.value for one in app.info)
    assert "Among all models of this split" in words(app)


def test_without_a_model(bare: str) -> None:
    assert "No model knows this data yet" in words(open_page("compare", d=bare))


def test_text_of_the_data_stays_text(hostile: str) -> None:
    for show in ("lists", "catalogue", "lengths", "trade"):
        app = opened(d=hostile, a=f"{HOSTILE}-lightgcn", b=f"{HOSTILE}-ease", c_show=show, c_who="both")
        assert "<b>Light" not in "\n".join(one.value for one in (*app.markdown, *app.title, *app.caption))
        assert "<b>Light" not in charts(app)
        assert "\\<b\\>Light" in opening.words(app)


@pytest.fixture(scope="module")
def odd_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models that are the same, one that is alone, and people without anything held out."""
    home = tmp_path_factory.mktemp("compare-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNREC_HOME", str(home))
        rng = np.random.default_rng(4)
        rows = [
            (f"u{user:02d}", f"i{item:02d}")
            for user in range(30)
            for item in rng.choice(25, 8, replace=False)
        ]
        frame = pd.DataFrame(rows, columns=["user_id", "item_id"])
        held = frame.groupby("user_id").nth([0, 1])
        # Two thirds of the people have nothing for validation, all but one nothing for the test.
        some = held[held["user_id"] < "u10"].groupby("user_id").nth(0)
        parts = {
            "same": (some, held[held["user_id"] == "u11"].head(1)),
            "alone": (some, held[held["user_id"] == "u11"].head(1)),
        }
        for name, (valid, test) in parts.items():
            files = {part: home / f"{name}-{part}.csv" for part in ("train", "valid", "test")}
            valid.to_csv(files["valid"], index=False)
            test.to_csv(files["test"], index=False)
            frame.drop(valid.index.union(test.index)).to_csv(files["train"], index=False)
            dataset, _ = import_tables(name, **files)
            made = fit("ease", dataset, str(default_protocol(dataset)), device="cpu")
            for copy in range(2 if name == "same" else 1):
                save(made, places.trained_models() / f"{name}-ease-{copy}", label=f"EASE {copy}")
    return home


@pytest.fixture
def odd(odd_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That home."""
    monkeypatch.setenv("GNNREC_HOME", str(odd_home))


@pytest.mark.parametrize("show", ["lists", "catalogue", "lengths", "trade"])
def test_two_identical_models_differ_by_exactly_nothing(odd: None, show: str) -> None:
    app = opened(d="same", a="same-ease-0", b="same-ease-1", c_show=show)
    said = words(app)
    assert "No: both do the same for everybody" in said and "A less B 0 " in said
    assert "10 people" in said


def test_a_single_person_is_too_few(odd: None) -> None:
    said = words(opened(d="same", a="same-ease-0", b="same-ease-1", c_final=1))
    assert "Cannot tell" in said and "Only 1 person could be judged" in said


def test_the_only_model_is_told_where_to_find_another(odd: None) -> None:
    app = opened(d="alone")
    assert "is the only model here" in words(app) and "Train a second model" in links(app)


@pytest.mark.parametrize("models", [CLOSE, {"a": "demo-svdpp", "b": "demo-gcn_rating"}])
def test_the_report_holds_what_the_page_shows(models: dict[str, str]) -> None:
    app = opened(**models)
    context = app.session_state["_context"]
    html = page(comparison(context, question(context, "valid")))
    for said in ("For whom?", "Among all models of this split", "Only B serves them", "1,170 people"):
        assert said in html
    assert html.count("<figure") == 4
    assert "<script" not in html
    # It names nobody.
    assert context.dataset.user_name(context.user) not in html


def test_while_lists_are_worked_out_the_page_has_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    # So slow that it waits for the button.
    monkeypatch.setattr(lists, "_OPEN_S", 60.0)
    app = open_page("compare", a="demo-gcn_rating", b="demo-item_knn", c_final=1)
    assert [one.value for one in app.title] == ["Is A better than B?"]
    assert app.button(key="compare_judge_start").label == "Work them out"


def test_lists_are_worked_out_once_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(**CLOSE)

    def again(*_: object) -> None:
        raise AssertionError("worked out a second time")

    monkeypatch.setattr(lists, "everybodys_lists", again)
    assert "two seeds of LightGCN share 8.4" in words(opened(**CLOSE))
