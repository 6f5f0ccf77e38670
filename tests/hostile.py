"""A home whose data is hostile: an imported data set full of markup, with models, and one without any."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec import places
from gnnrec.checkpoints import save
from gnnrec.data import FILMS
from gnnrec.datasets.tables import import_tables
from gnnrec.training import fit

HOSTILE = "hostile"
BARE = "bare"

TITLES = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "A href to nowhere",
    "</script><script>alert(2)</script>",
    "Astronaut 👩‍🚀 film",
    "\u202eright to left مرحبا",
    ":material/delete: $x^2$ :red[red]",
    "# Heading **bold** `code`",
    "=HYPERLINK(1)",
    "<img src=x onerror=alert(3)>",
    "A very long title that never seems to come to an end and goes on and on and on for ever",
    "![picture](https://example.org/x.png)",
    "https://example.org/login or www.example.org or mail@example.org",
)
SETTINGS = {"lightgcn": {"embedding_size": 8, "epochs": 6}, "gat": {"embedding_size": 8, "epochs": 4}}


def _interactions() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    ids = [f"p|{number}" if number % 2 else f"<b>{number}</b>" for number in range(24)]
    rows = [
        (one, f"i|{item:02d}", int(rng.integers(1, 6)), 1_600_000_000 + int(rng.integers(10**7)))
        for one in ids
        for item in rng.choice(20, size=9, replace=False)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rating", "timestamp"])


def _items() -> pd.DataFrame:
    titles = [TITLES[number] if number < len(TITLES) else f"Plain film {number}" for number in range(20)]
    genres = ["Drama|Comedy" if number % 3 else "<i>Crime</i>" for number in range(20)]
    return pd.DataFrame(
        {
            "item_id": [f"i|{number:02d}" for number in range(20)],
            "title": titles,
            "year": [1990 + number for number in range(20)],
            "genres": genres,
        }
    )


def _users(interactions: pd.DataFrame) -> pd.DataFrame:
    ids = sorted(set(interactions["user_id"]))
    return pd.DataFrame(
        {"user_id": ids, "name": [f"{TITLES[place % len(TITLES)]} no {place}" for place in range(len(ids))]}
    )


def fill(home: Path) -> None:
    """Import the two data sets into a home and train one model of each kind on the first."""
    before = os.environ["GNNREC_HOME"]
    os.environ["GNNREC_HOME"] = str(home)
    try:
        interactions = _interactions()
        files = {"interactions": interactions, "items": _items(), "users": _users(interactions)}
        for name, frame in files.items():
            frame.to_csv(home / f"{name}.csv", index=False)
        paths = {name: home / f"{name}.csv" for name in files}
        dataset, _ = import_tables(HOSTILE, **paths, title="<b>Hostile</b> *films*", words=FILMS)
        import_tables(BARE, interactions=paths["interactions"])
        for name in ("popularity", "ease", "lightgcn", "gat"):
            made = fit(name, dataset, "random:seed=1", device="cpu", settings=SETTINGS.get(name))
            label = "<b>Light</b> [gcn](x)" if name == "lightgcn" else None
            save(made, places.trained_models() / f"{HOSTILE}-{name}", label=label)
    finally:
        os.environ["GNNREC_HOME"] = before


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a hostile data set, one model of each kind on it, and a data set without any model."""
    home = tmp_path_factory.mktemp("home")
    fill(home)
    return home


@pytest.fixture
def hostile(filled_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the hostile data set, in a home that has it."""
    monkeypatch.setenv("GNNREC_HOME", str(filled_home))
    return HOSTILE


@pytest.fixture
def bare(filled_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a data set without models, in a home that has it."""
    monkeypatch.setenv("GNNREC_HOME", str(filled_home))
    return BARE
