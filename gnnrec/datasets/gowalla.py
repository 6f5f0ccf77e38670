"""Gowalla: who checked in at which place, in the parts that graph recommenders are compared on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Licence, Words
from gnnrec.data.dataset import TEST, TRAIN
from gnnrec.datasets.source import Member, Source
from gnnrec.errors import DataError

_MEMBERS = {
    "train.txt": Member(4_633_414, "7244696fdeb23911319cf7b689f2e15a3c4c92549c873a5677b44e3f13cc3e62"),
    "test.txt": Member(1_372_559, "099a2a73924e4b754dc6efd730d764f492321b53c38eb93298850c83acf57be3"),
}
_LICENCE = Licence(
    name="none stated",
    url="https://snap.stanford.edu/data/loc-gowalla.html",
    redistributable=False,
    note="Neither the check-ins nor these parts come with terms of use, so they are not passed on; "
    "publications cite both papers.",
)
_CITATION = (
    "Check-ins: Eunjoon Cho, Seth A. Myers and Jure Leskovec. Friendship and Mobility: User Movement in "
    "Location-Based Social Networks. KDD 2011. Train and test parts: Xiang Wang et al. Neural Graph "
    "Collaborative Filtering. SIGIR 2019; Xiangnan He et al. LightGCN: Simplifying and Powering Graph "
    "Convolution Network for Recommendation. SIGIR 2020."
)
_WORDS = Words(item="place", items="places", verb="visit", past="visited")


def _read(folder: Path) -> Dataset:
    parts = {part: _pairs(folder / name) for part, name in ((TRAIN, "train.txt"), (TEST, "test.txt"))}
    return Dataset.from_frame(
        pd.concat(parts.values(), ignore_index=True),
        name="gowalla",
        title="Gowalla",
        published={"published": np.repeat(list(parts), [len(pairs) for pairs in parts.values()])},
        licence=_LICENCE,
        citation=_CITATION,
        words=_WORDS,
    )


def _pairs(path: Path) -> pd.DataFrame:
    """One row per visit from one line per person: the person's id, then the ids of their places."""
    user_ids, item_ids, counts = [], [], []
    with path.open(encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            first, *places = line.split() or [""]
            if not all(one.isdigit() for one in (first, *places)):
                raise DataError(
                    where=f"gowalla, file {path.name}, line {number}",
                    found=repr(line.strip()[:40]),
                    expected="a person's number and place numbers, with blanks between",
                    todo="Put the publisher's file in its place.",
                )
            user_ids.append(first)
            item_ids += places
            counts.append(len(places))
    return pd.DataFrame(
        {"user_id": np.repeat(np.array(user_ids, dtype=object), counts), "item_id": item_ids}, dtype=object
    )


SOURCE = Source(
    name="gowalla",
    title="Gowalla",
    folder="gowalla",
    summary="A million visits of 29,858 people to 40,981 places; the parts that LightGCN was published on.",
    publisher="https://github.com/gusye1234/LightGCN-PyTorch/tree/master/data/gowalla",
    licence=_LICENCE,
    citation=_CITATION,
    words=_WORDS,
    read=_read,
    members=_MEMBERS,
)
