"""A page that fails shows words; a trace stays in a fold-out, or in the log of a public demo."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gnnrec import errors
from gnnrec.ui.failures import HEADINGS

NASTY = "**bold** <script>alert(1)</script> $x$ :material/home:"


def user_error() -> None:
    from gnnrec.errors import DataError
    from gnnrec.ui.failures import show_failure

    found = "**bold** <script>alert(1)</script> $x$ :material/home:"
    show_failure(DataError(where="ratings.csv", found=found, expected="a column user_id", todo="Rename it."))


def bug() -> None:
    from gnnrec.ui.failures import show_failure

    try:
        raise IndexError("no such row")
    except IndexError as error:
        show_failure(error)


@pytest.fixture(autouse=True)
def workbench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GNNREC_MODE", raising=False)


def test_every_kind_of_user_error_has_a_heading() -> None:
    assert set(HEADINGS) == set(errors.GnnrecError.__subclasses__())


def test_a_user_error_shows_its_four_parts_as_plain_text() -> None:
    at = AppTest.from_function(user_error).run()
    assert not at.exception
    assert HEADINGS[errors.DataError] in at.markdown[0].value
    assert [text.value for text in at.text] == ["ratings.csv", NASTY, "a column user_id", "Rename it."]
    assert not any("<script>" in element.value for element in at.markdown)
    assert not at.code


def test_a_bug_keeps_its_trace_in_a_fold_out_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    at = AppTest.from_function(bug).run()
    assert not at.exception
    assert len(at.expander) == 1 and not at.expander[0].proto.expanded
    assert "IndexError" in at.expander[0].code[0].value
    assert not any("Traceback" in element.value for element in [*at.markdown, *at.text])
    assert "IndexError" in caplog.text


def test_a_public_demo_keeps_the_trace_to_its_log(monkeypatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    at = AppTest.from_function(bug).run()
    assert not at.expander and not at.code
    number = at.caption[0].value.split()[-1].rstrip(".")
    assert number in caplog.text and "IndexError" in caplog.text
