"""docs/newcomers.md shows the stored figures."""

from __future__ import annotations

from tests.docs_scripts import ROOT, docs_script


def test_its_tables_are_those_of_the_results() -> None:
    tables = docs_script("newcomers")
    page = (ROOT / "docs" / "newcomers.md").read_text(encoding="utf-8")
    assert tables.filled(page) == page, "run `python docs/newcomers.py`"
    assert "<!-- cold-start-" in page
