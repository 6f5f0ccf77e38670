"""Each test of runs has a home of its own, and a small data set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset
from gnnrec.runs import control
from gnnrec.runs.reconcile import reconcile
from gnnrec.store import runs as table


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home; whatever still trains in it at the end is ended."""
    folder = tmp_path / "home"
    monkeypatch.setenv("GNNREC_HOME", str(folder))
    monkeypatch.delenv("GNNREC_SLOTS", raising=False)
    yield folder
    for row in table.listed(states=("queued", "running")):
        control.stop(row.id, wait=True)
    reconcile()


@pytest.fixture
def small() -> Dataset:
    """Twelve people, ten items, every id a text that is no number."""
    random = np.random.default_rng(5)
    pairs = [
        (f"u{user:02}", f"i{item}") for user in range(12) for item in random.choice(10, 6, replace=False)
    ]
    return Dataset.from_frame(
        pd.DataFrame(pairs, columns=["user_id", "item_id"]), name="small", title="Small"
    )
