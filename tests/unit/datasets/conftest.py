"""A home of its own for imports, and files to import."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GNNREC_MODE", raising=False)
    monkeypatch.delenv("GNNREC_IMPORT_LIMIT_MB", raising=False)
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path: Path):
    def written(name: str, content: str | bytes | pd.DataFrame) -> Path:
        path = tmp_path / name
        if isinstance(content, pd.DataFrame):
            content.to_parquet(path, index=False)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written
