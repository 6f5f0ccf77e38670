"""Diginetica: what anonymous visitors of a web shop clicked on, in the published train and test sessions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Licence, Words
from gnnrec.data.dataset import TEST, TRAIN
from gnnrec.datasets.source import Member, Source
from gnnrec.errors import DataError

_MEMBERS = {
    "train_sessions.txt": Member(
        4_982_878, "d58e465fdacfe2592b414228a771ec4aa5c43c968c61bb25d2a7cc1d2de8c146"
    ),
    "test_sessions.txt": Member(432_169, "c676af9175f6f4f4484f92e26feb8f8fbe7eea950c128968b01ceddc3f51034e"),
}
LICENCE = Licence(
    name="none stated",
    url="https://competitions.codalab.org/competitions/11161",
    redistributable=False,
    note="The data of a challenge, given out for research; no terms came with the sessions. Publications cite the papers.",
)
CITATION = (
    "DIGINETICA, CIKM Cup 2016 Track 2. Sessions: Shu Wu et al. Session-based Recommendation with Graph Neural "
    "Networks. AAAI 2019. Ziyang Wang et al. Global Context Enhanced Graph Neural Networks for Session-based "
    "Recommendation. SIGIR 2020."
)
WORDS = Words(
    item="product", items="products", person="session", people="sessions", verb="click on", past="clicked on"
)


def _read(folder: Path) -> Dataset:
    """The source knows neither people nor times: each session is a person of its own.

    Its interactions are its products, each once; its clicks, repeats included, are in `sessions`.
    """
    train, test = (_lines(folder / f"{name}_sessions.txt") for name in ("train", "test"))
    sessions = [*train, *test]
    lengths = np.array([len(one) for one in sessions])
    ids = np.array([f"train{n:06d}" for n in range(1, len(train) + 1)], dtype=object)
    ids = np.concatenate([ids, np.array([f"test{n:06d}" for n in range(1, len(test) + 1)], dtype=object)])
    clicks = pd.DataFrame(
        {
            "session_id": np.repeat(ids, lengths),
            "user_id": np.repeat(ids, lengths),
            "position": np.concatenate([np.arange(1, n + 1) for n in lengths]),
            "item_id": np.concatenate([np.array(one, dtype=object) for one in sessions]),
            "part": np.repeat([TRAIN] * len(train) + [TEST] * len(test), lengths),
        }
    )
    first = clicks.drop_duplicates(["user_id", "item_id"], ignore_index=True)
    return Dataset.from_frame(
        first[["user_id", "item_id"]],
        name="diginetica",
        title="Diginetica",
        sessions=clicks.drop(columns="part"),
        published={"published": first["part"].to_numpy(dtype=np.int8)},
        licence=LICENCE,
        citation=CITATION,
        words=WORDS,
    )


def _lines(path: Path) -> list[list[str]]:
    sessions = []
    with path.open(encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            cells = line.split()
            if len(cells) < 2 or not all(cell.isdigit() for cell in cells):
                raise DataError(
                    where=f"diginetica, file {path.name}, line {number}",
                    found=repr(line.strip()[:40]),
                    expected="at least two item ids with blanks between",
                    todo="Put the published rows in their place, one session a line.",
                )
            sessions.append(cells)
    return sessions


SOURCE = Source(
    name="diginetica",
    title="Diginetica",
    folder="diginetica",
    summary="202,633 anonymous sessions of at least two clicks on 43,097 products of a web shop, without names, people "
    "or dates, in published parts.",
    publisher=LICENCE.url,
    licence=LICENCE,
    citation=CITATION,
    words=WORDS,
    read=_read,
    members=_MEMBERS,
)
