"""docs/newcomers.md shows the stored figures."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_its_tables_are_those_of_the_results() -> None:
    spec = importlib.util.spec_from_file_location("newcomers", ROOT / "docs" / "newcomers.py")
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    page = (ROOT / "docs" / "newcomers.md").read_text(encoding="utf-8")
    assert tables.filled(page) == page, "run `python docs/newcomers.py`"
    assert "<!-- cold-start-" in page
