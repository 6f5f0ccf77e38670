"""Every file in pages/ is a page: in the navigation, one question, short, behind the router, and it opens."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gnnrec import places
from gnnrec.ui.router import PAGES
from tests.app.opening import open_page

FILES = sorted(places.pages_folder().glob("*.py"))
LINES = 150

pages = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_the_navigation_lists_exactly_the_pages_there_are() -> None:
    assert sorted(page.file for page in PAGES) == [path.name for path in FILES]
    assert [page.url_path for page in PAGES] == ["", *(Path(page.file).stem for page in PAGES[1:])]
    for names in ([page.url_path for page in PAGES], [page.title for page in PAGES]):
        assert len(set(names)) == len(names)


@pages
def test_it_begins_with_the_question_it_answers(path: Path) -> None:
    assert "?" in (ast.get_docstring(tree(path)) or "").split("\n")[0]


@pages
def test_it_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES


@pages
def test_nothing_runs_before_it_asked_for_the_router(path: Path) -> None:
    _, *statements = tree(path).body
    first = next(one for one in statements if not isinstance(one, ast.Import | ast.ImportFrom))
    assert ast.unparse(first) == "require_router()"


@pages
def test_past_the_router_it_says_where_to_start(path: Path) -> None:
    app = AppTest.from_file(path, default_timeout=60).run()
    assert not app.exception
    assert [title.value for title in app.title] == ["This page opens from the start page"]


@pages
def test_it_opens_with_the_demo(path: Path) -> None:
    app = open_page(path.stem)
    assert len(app.title) == 1
    assert app.title[0].value != "This page opens from the start page"
