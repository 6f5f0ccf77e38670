"""A data set that is replaced or deleted behind the server's back is noticed at the next look."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gnnrec.datasets import imports
from gnnrec.datasets.tables import import_tables
from tests.app.opening import fine, open_page, words


def rows(n_users: int) -> str:
    return "user_id,item_id\n" + "".join(
        f"u{user},i{(user + step) % 7}\n" for user in range(n_users) for step in range(5)
    )


def test_files_that_were_replaced_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    file = tmp_path / "shop.csv"
    file.write_text(rows(12))
    import_tables("shop", interactions=file)
    app = open_page("data", d="shop")
    assert {one.label: one.value for one in app.metric}["People"] == "12"

    file.write_text(rows(15))
    import_tables("shop", interactions=file, replace=True)
    fine(app.run())
    assert {one.label: one.value for one in app.metric}["People"] == "15"

    shutil.rmtree(imports.folder() / "shop")
    fine(app.run())
    assert "The demo is shown instead" in words(app)
