"""The Train page: what it offers, what it starts, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gnnrec.checkpoints import save
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import names, recommender_class
from gnnrec.runs import RunSpec, queue, runs, submit
from gnnrec.runs.folder import RunFolder
from gnnrec.runs.reconcile import reconcile
from gnnrec.store import runs as table
from gnnrec.training import Epoch, fit, is_trained
from gnnrec.ui.families import RATINGS, about, by_family, why_not
from tests.app.opening import fine, links, open_page, words

SMALL = {"embedding_size": 4, "epochs": 2, "n_layers": 1}


@pytest.fixture(scope="module")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two small models of the demo that differ in their seed alone."""
    home = tmp_path_factory.mktemp("home")
    demo = open_dataset("demo")
    cut = split(demo, "random:seed=1")
    for seed in (0, 1):
        made = fit("lightgcn", demo, cut, settings=SMALL, seed=seed, device="cpu")
        save(made, home / "models" / f"small-{seed}", f"Small, seed {seed}")
    return home


@pytest.fixture(autouse=True)
def home(trained_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for the runs of each test, with those models."""
    (tmp_path / "models").symlink_to(trained_home / "models")
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Keep locks instead of starting processes: run id → descriptor. Close one and the worker is dead."""
    kept: dict[str, int] = {}

    def launch(folder: RunFolder, lock: int) -> int:
        kept[folder.run_id] = os.dup(lock)
        folder.write_status({"state": "running", "stage": "train", "heartbeat": 1.0})
        return 0

    monkeypatch.setattr(queue, "launch", launch)
    yield kept
    for row in table.queue():
        table.move(row.id, ("queued",), "stopped")
    for descriptor in kept.values():
        os.close(descriptor)
    reconcile()


def address(slug: str) -> str:
    from gnnrec.checkpoints import find

    return find(slug).address


def train_page(**query: object) -> AppTest:
    return open_page("train", **{"d": "demo", "a": address("small-0"), "u": "m0991"} | query)


def end(workers: dict[str, int], run_id: str, **status: object) -> None:
    if status:
        RunFolder.of(run_id).write_status(dict(status))
    os.close(workers.pop(run_id))


def test_it_asks_its_question_and_offers_experiments(workers) -> None:
    app = train_page()
    said = words(app)
    assert app.title[0].value == "Can it be better?"
    for title in ("Neighbours only → three hops", "Less popularity", "Nothing but the seed"):
        assert title in said
    assert "Untick films of the history on the Recommend page first." in said
    assert "No GPU" in said or "A GPU is there" in said
    assert "No runs yet" in said
    assert [button.label for button in app.button if button.label.startswith("Train, ")]


def test_a_click_starts_one_run_and_two_tabs_see_the_same(workers) -> None:
    first, second = train_page(), train_page()
    for app in (first, second):
        fine(app.button(key="train_hops").click().run())
    assert [(one.id, one.state) for one in runs("demo")] == [("r1", "running")]
    assert list(workers) == ["r1"]
    for app in (first, second):
        assert "r1 · LightGCN, embedding size 4, 3 hops" in words(app).replace("\\", "")
    assert runs("demo")[0].spec.base == address("small-0")


def test_what_is_unticked_can_be_forgotten(workers) -> None:
    demo = open_dataset("demo")
    user = demo.users.number("m0991")
    cut = split(demo, "random:seed=1")
    item = demo.items.id(cut.training().history(user)[0])
    held_out = demo.items.id(cut.of_person(user, "valid", "test")["item"].iloc[0])
    app = train_page(drop=f"{item}|{held_out}")
    assert "Forget this film" in words(app)
    fine(app.button(key="train_forget").click().run())
    assert runs("demo")[0].spec.forget == (("m0991", item),)


def test_the_full_form_starts_what_it_shows(workers) -> None:
    app = train_page()
    app.session_state["train_own"] = True
    app.run()
    app.slider(key=next(one.key for one in app.slider if str(one.key).endswith("n_layers"))).set_value(
        4
    ).run()
    fine(app.button(key="train_start").click().run())
    assert runs("demo")[0].spec.settings["n_layers"] == 4


def own_form(**query: object) -> AppTest:
    app = train_page(**query)
    app.session_state["train_own"] = True
    return fine(app.run())


def test_every_recommender_is_listed_by_family_and_greyed_out_with_the_reason(workers) -> None:
    app = own_form()
    listed = {str(one.key).removeprefix("choose_"): one for one in app.button if "choose_" in str(one.key)}
    assert sorted(listed) == names()
    said, demo = words(app), open_dataset("demo")
    for family, members in by_family().items():
        assert f"**{family}**" in said
        for name in members:
            reason = why_not(name, demo)
            assert listed[name].disabled == bool(reason)
            assert (reason or about(name)) in said.replace("\\", "")
    able = [recommender_class(name).title for name in names() if not why_not(name, demo)]
    assert sorted(app.selectbox(key="train_model_demo").options) == sorted(able)


def test_a_click_in_the_list_brings_its_form(workers) -> None:
    app = own_form()
    name = next(name for name in by_family()[RATINGS] if is_trained(name))
    fine(app.button(key=f"choose_{name}").click().run())
    assert app.selectbox(key="train_model_demo").value == name
    assert about(name) in words(app).replace("\\", "")
    fine(app.button(key="train_start").click().run())
    assert runs("demo")[0].spec.recommender == name


def test_what_is_its_own_and_what_matters_comes_first_and_how_it_learns_is_folded(workers) -> None:
    app = own_form()
    fine(app.selectbox(key="train_model_demo").set_value("lightgcn").run())
    folded = next(one for one in app.expander if one.label == "How it learns")
    inside = {
        str(one.key).rpartition("_lightgcn_")[2]
        for kind in ("number_input", "slider", "selectbox")
        for one in folded.get(kind)
    }
    shown = {one["name"] for one in recommender_class("lightgcn").Config.describe()}
    hidden = {name for name in shown if any(key.endswith(f"_{name}") for key in inside)}
    assert {"learning_rate", "batch_users", "patience"} <= hidden
    assert not hidden & {"embedding_size", "n_layers", "epochs", "user_vectors"}


def test_a_rating_model_is_watched_by_its_error(workers) -> None:
    name = next(name for name in by_family()[RATINGS] if is_trained(name))
    submit(RunSpec.of(open_dataset("demo"), name, split="random:seed=1"))
    folder = RunFolder.of("r1")
    for number, error in enumerate((1.2, 0.9, 0.8, 0.85), start=1):
        folder.append_epoch(Epoch(number, 1 / number, error, number, 0.0))
    folder.write_status(
        {
            "state": "running",
            "stage": "train",
            "epoch": 4,
            "best_epoch": 3,
            "best_score": 0.8,
            "heartbeat": 1.0,
        }
    )
    app = train_page(job="r1")
    assert "RMSE on validation, lower is better" in words(app)
    assert ("RMSE, validation", "0.8000") in [(one.label, one.value) for one in app.metric]
    curve = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert curve["layout"]["yaxis2"]["title"]["text"] == "Validation RMSE"
    assert any("best: epoch 3" in note["text"] for note in curve["layout"]["annotations"])
    listed = next(frame.value for frame in app.dataframe if "run" in frame.value)
    assert listed["RMSE (valid)"].tolist() == [0.8] and "NDCG@10 (valid)" not in listed


def test_a_training_that_broke_off_says_which_epoch_was_kept(workers) -> None:
    app = train_page()
    app.button(key="train_hops").click().run()
    note = (
        "Training broke off in epoch 5: the loss was no finite number. Epoch 3, the best one before, is kept."
    )
    end(workers, "r1", state="done", result={"checkpoint": address("small-1"), "best_epoch": 3, "note": note})
    app = train_page(job="r1")
    assert any(note in one.value.replace("\\", "") for one in app.info)


def test_a_running_job_shows_its_curve_and_can_be_stopped(workers) -> None:
    app = train_page()
    app.button(key="train_seed").click().run()
    folder = RunFolder.of("r1")
    for number in range(1, 7):
        folder.append_epoch(Epoch(number, 1 / number, 0.1 * number, number, 0.0))
    folder.write_status(
        {
            "state": "running",
            "stage": "train",
            "epoch": 6,
            "best_epoch": 6,
            "best_score": 0.6,
            "heartbeat": 1.0,
        }
    )
    app = fine(train_page(job="r1"))
    assert len(app.get("plotly_chart")) >= 1
    assert "No news for" in "".join(one.value for one in app.warning)
    assert {one.value for one in app.metric} >= {"6", "0.6000"}
    fine(app.button(key="Stop_r1").click().run())
    assert table.get("r1").state == "stopping"
    end(workers, "r1", state="stopped", saved_epoch=6)
    app = train_page(job="r1")
    assert "It can go on from epoch 6" in words(app)
    fine(app.button(key="Resume_r1").click().run())
    assert table.get("r1").state == "running"


def test_a_dead_worker_is_shown_as_lost(workers) -> None:
    app = train_page()
    app.button(key="train_seed").click().run()
    end(workers, "r1", state="running", epoch=3, saved_epoch=2)
    app = train_page(job="r1")
    assert "It can go on from epoch 2" in words(app)
    assert [one for one in app.button if one.key == "Resume_r1"]


def test_a_failure_for_want_of_a_gpu_offers_the_cpu(workers) -> None:
    app = train_page()
    app.button(key="train_seed").click().run()
    error = {
        "where": "training on cuda",
        "found": "not enough memory",
        "expected": "a model that fits",
        "todo": "Train on the CPU.",
        "offer_cpu": True,
    }
    end(workers, "r1", state="failed", error=error)
    app = train_page(job="r1")
    assert "not enough memory" in words(app)
    fine(app.button(key="Run again on the CPU_r1").click().run())
    assert runs("demo")[0].spec.device == "cpu"


def test_cuda_that_is_absent_is_an_error_with_an_offer(workers, monkeypatch) -> None:
    from gnnrec.training import device

    monkeypatch.setattr(device, "report", lambda: device.DeviceReport(False, "a build without CUDA"))
    app = train_page()
    app.session_state["train_device"] = "cuda"
    app.run()
    fine(app.button(key="train_seed").click().run())
    assert "a build without CUDA" in words(app)
    assert runs("demo") == []
    fine(app.button(key="train_cpu_instead").click().run())
    assert runs("demo")[0].spec.device == "cpu"


def test_a_finished_run_shows_the_person_before_and_after(workers) -> None:
    app = train_page()
    app.button(key="train_hops").click().run()
    end(workers, "r1", state="done", result={"checkpoint": address("small-1"), "best_epoch": 2, "epochs": 2})
    app = train_page(job="r1")
    assert "only the seed differs" in words(app)
    assert "Both lists with their films" in links(app)
    assert len(app.get("plotly_chart")) == 2


def test_the_model_of_a_finished_run_may_be_gone(workers) -> None:
    app = train_page()
    app.button(key="train_hops").click().run()
    end(workers, "r1", state="done", result={"checkpoint": "gone@123456789abc"})
    app = train_page(job="r1")
    assert "may have been deleted" in words(app)


@pytest.mark.parametrize("job", ["r99", "nonsense", "../../etc/passwd", "<script>", "r1;drop table runs"])
def test_nonsense_in_the_address_is_said_in_words(job: str, workers) -> None:
    app = train_page(job=job)
    assert "run" in words(app)
    assert [one for one in app.button if one.key == "run_forget"]


def test_a_public_demo_shows_no_way_to_start(workers, monkeypatch) -> None:
    app = train_page()
    app.button(key="train_seed").click().run()
    monkeypatch.setenv("GNNREC_MODE", "demo")
    app = train_page(job="r1")
    assert "Training is off in this public demo" in words(app)
    keys = [str(one.key) for one in app.button]
    assert not [key for key in keys if key.startswith(("train_", "Stop", "Resume", "Delete"))]
    assert table.get("r1").state == "running"
    monkeypatch.delenv("GNNREC_MODE")


def test_a_failed_curve_of_a_closed_form_is_left_out(workers) -> None:
    submit(RunSpec.of(open_dataset("demo"), "popularity", split="random:seed=1"))
    app = train_page(job="r1")
    assert not app.get("plotly_chart")
