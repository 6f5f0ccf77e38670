"""Models: what is installed, the card of one, rename and delete once confirmed, what fits this data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.app.opening import address, fine, open_page, words
from tests.hostile import HOSTILE


def models(app):
    return next(one.value for one in app.dataframe if "NDCG@10" in one.value.columns)


@pytest.fixture
def own_home(filled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the home, whose models may be renamed and deleted."""
    home = tmp_path / "home"
    shutil.copytree(filled_home, home)
    monkeypatch.setenv("GNNREC_HOME", str(home))
    return home


def test_it_opens_filled_on_the_demo() -> None:
    app = open_page("models")
    table = models(app)
    assert len(table) >= 5
    # Models that rank come first, best first; those that predict ratings have an error instead.
    ranked = table["NDCG@10"].dropna()
    assert list(ranked) == sorted(ranked, reverse=True) and len(ranked) >= 5
    assert list(ranked.index) == list(range(len(ranked)))
    rated = table["RMSE"].dropna()
    assert rated.is_monotonic_increasing
    assert list(rated.index) == list(range(len(ranked), len(ranked) + len(rated)))
    assert table["MRR@20, next click"].iloc[len(ranked) + len(rated) :].is_monotonic_decreasing
    assert table["MRR@20, next click"].notna().sum() == len(table) - len(ranked) - len(rated) >= 2
    assert "Shipped with the project" in words(app)


def test_it_opens_empty_and_shows_what_would_fit(bare: str) -> None:
    app = open_page("models", d=bare)
    assert "No model is trained on this data yet" in words(app)
    fits = next(one.value for one in app.dataframe if "fits this data" in one.value.columns)
    assert dict(zip(fits["name"], fits["fits this data"], strict=True))["lightgcn"] == "yes"
    assert any("truth of made-up data" in text for text in fits["fits this data"])
    assert fits["what it is"].str.len().min() > 20 and fits["family"].nunique() >= 4


def test_the_final_test_is_shown_on_demand_and_does_not_sort(hostile: str) -> None:
    app = open_page("models", d=hostile)
    before = models(app)
    fine(app.toggle(key="m_final").set_value(True).run())
    after = models(app)
    assert list(after["model"]) == list(before["model"])
    assert list(after["NDCG@10"]) != list(before["NDCG@10"])
    assert "Results on test (final), best on validation first" in words(app)


def test_a_model_becomes_a_or_b(hostile: str) -> None:
    app = open_page("models", d=hostile)
    key = next(one.key for one in app.dataframe if str(one.key).startswith("models_"))
    row = list(models(app)["model"]).index("EASE")
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    fine(app.run())
    assert "EASE" in [one.value for one in app.subheader]
    fine(app.button(key="use_a").click().run())
    assert address(app)["a"].startswith(f"{HOSTILE}-ease@")


def test_rename_and_delete(own_home: Path) -> None:
    app = open_page("models", d=HOSTILE, a=f"{HOSTILE}-ease")
    box = next(one for one in app.text_input if str(one.key).startswith("rename_"))
    fine(box.set_value("my-ease").run())
    fine(app.button(key="do_rename").click().run())
    assert (own_home / "models" / "my-ease").is_dir()
    assert address(app)["a"].startswith("my-ease@")
    assert app.button(key="do_delete").disabled
    fine(next(one for one in app.checkbox if str(one.key).startswith("sure_")).check().run())
    fine(app.button(key="do_delete").click().run())
    assert not (own_home / "models" / "my-ease").exists()
    assert "EASE" not in list(models(app)["model"])


def test_a_name_that_is_taken_or_a_path_is_refused_in_words(own_home: Path) -> None:
    for wish in (f"{HOSTILE}-lightgcn", "../outside"):
        app = open_page("models", d=HOSTILE, a=f"{HOSTILE}-ease")
        box = next(one for one in app.text_input if str(one.key).startswith("rename_"))
        fine(box.set_value(wish).run())
        fine(app.button(key="do_rename").click().run())
        assert "What to do" in words(app)
        assert (own_home / "models" / f"{HOSTILE}-ease").is_dir()


def test_a_folder_that_cannot_be_opened_is_named_with_the_reason(own_home: Path) -> None:
    tensors = own_home / "models" / f"{HOSTILE}-gat" / "model.safetensors"
    tensors.write_bytes(tensors.read_bytes()[:100])
    app = open_page("models", d=HOSTILE)
    assert f"{HOSTILE}-gat: " in words(app)
    assert "Graph attention" not in list(models(app)["model"])


def test_in_a_public_demo_nothing_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    app = open_page("models")
    assert "Read-only here." in words(app)
    assert not [button for button in app.button if button.key in ("do_rename", "do_delete")]
