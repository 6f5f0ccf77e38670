"""The three modes on the pages: a stage shows no developer's controls, a public demo nothing that changes or leaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from gnnrec.ui.loaders import forget_opened
from gnnrec.ui.router import PAGES
from tests.app.opening import components, open_page, words
from tests.hostile import HOSTILE

STEMS = [Path(page.file).stem for page in PAGES]
DEVELOPERS = (
    "Download",
    "Page that opens anywhere",
    "Data (JSON)",
    "Rename",
    "Delete",
    "Import",
    "Any model, any setting",
    "Log",
)


def offered(app) -> set[str]:
    """Labels of whatever can be clicked or opened."""
    kinds = ("button", "download_button", "expander", "tab", "toggle", "file_uploader")
    return {
        str(element.label) for kind in kinds for element in app.get(kind) if getattr(element, "label", None)
    }


@pytest.mark.parametrize("page", STEMS)
def test_a_stage_has_no_developers_controls(page: str, hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def controls() -> set[str]:
        labels = offered(open_page(page, d=hostile, a=f"{HOSTILE}-lightgcn"))
        return {label for label in labels if label.startswith(DEVELOPERS)}

    usual = controls()
    monkeypatch.setenv("GNNREC_MODE", "present")
    assert controls() == set()
    # Why keeps its file in a fold-out that a click opens.
    assert usual or page in ("home", "why")


def test_a_stage_still_trains_and_asks_what_if(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "present")
    assert "Try a change" in words(open_page("train", d=hostile))
    app = open_page("recommend", d=hostile, a=f"{HOSTILE}-lightgcn")
    cards = next(one["cards"] for one in components(app) if one.get("label", "").startswith("What they"))
    assert any(card["toggle"] for card in cards)


@pytest.fixture(scope="module")
def opened_anew() -> None:
    """A server has one mode for life; here an earlier test has opened the private data."""
    forget_opened()


@pytest.mark.parametrize("page", STEMS)
def test_a_public_demo_shows_neither_folders_nor_private_data(
    page: str, hostile: str, opened_anew: None, filled_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    for query in (
        {},
        {"d": hostile},
        {"a": f"{HOSTILE}-lightgcn"},
        {"job": "r1"},
        {"data_tab": "All data sets"},
    ):
        app = open_page(page, **query)
        said = words(app) + " ".join(offered(app))
        assert str(filled_home) not in said
        assert str(Path(__file__).parents[2]) not in said
        assert "Hostile" not in said
    assert not {"Rename", "Delete"} & offered(app)
