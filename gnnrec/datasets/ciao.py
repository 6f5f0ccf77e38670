"""Ciao: who reviewed which product and who trusts whom, in the parts published with GDMSR; no rating values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Licence, Words
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.datasets.source import Member, Source
from gnnrec.errors import DataError

_MEMBERS = {
    "train.tsv": Member(985_851, "2b98e97f8c53ae6c9c1024eb156dec3eba5cc4bcdd0496588d4da19155c72cf2"),
    "valid.tsv": Member(140_687, "7d10821de74cf69d709ea7f575342ddecd8a41f112bd95eccad654976e6cc482"),
    "test.tsv": Member(281_738, "85594a6697067dfed6696fe2766a159f034b76b748788ba7ad1a17b488422aa9"),
    "trust.tsv": Member(2_040_106, "dbb3efd2de09d35685c69c59677c10b2885425ea8075cdd32e6d5df011a754bd"),
}
_LICENCE = Licence(
    name="none stated",
    url="https://github.com/tsinghua-fib-lab/Graph-Denoising-SocialRec",
    redistributable=False,
    note="No terms were published with the data: for research, not to be passed on. Publications cite both papers.",
)
_CITATION = (
    "Jiliang Tang, Huiji Gao and Huan Liu. mTrust: Discerning Multi-Faceted Trust in a Connected World. WSDM 2012. "
    "Parts: Yuhan Quan et al. Robust Preference-Guided Denoising for Graph based Social Recommendation. WWW 2023."
)
_WORDS = Words(
    item="product", items="products", person="reviewer", people="reviewers", verb="review", past="reviewed"
)


def _read(folder: Path) -> Dataset:
    """A pair that comes twice counts once; one that is in two parts stays in the first, train before the others.

    Otherwise what is asked for in test would have been learned in train. Rows of trust stay as they are
    written, repeats included.
    """
    parts = {
        part: _pairs(folder / f"{name}.tsv")
        for name, part in (("train", TRAIN), ("valid", VALID), ("test", TEST))
    }
    rows = pd.concat([pairs.assign(part=part) for part, pairs in parts.items()], ignore_index=True)
    rows = rows.drop_duplicates(["user_id", "item_id"], keep="first", ignore_index=True)
    return Dataset.from_frame(
        rows[["user_id", "item_id"]],
        name="ciao",
        title="Ciao",
        social=_pairs(folder / "trust.tsv").rename(columns={"item_id": "friend_id"}),
        published={"published": rows["part"].to_numpy(dtype=np.int8)},
        licence=_LICENCE,
        citation=_CITATION,
        words=_WORDS,
    )


def _pairs(path: Path) -> pd.DataFrame:
    rows = []
    with path.open(encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            cells = line.rstrip("\n").split("\t")
            if len(cells) != 2 or not (cells[0].isdigit() and cells[1].isdigit()):
                raise DataError(
                    where=f"ciao, file {path.name}, line {number}",
                    found=repr(line.strip()[:40]),
                    expected="two ids with a tab between",
                    todo="Put the published rows in their place, one pair a line.",
                )
            rows.append(cells)
    return pd.DataFrame(rows, columns=["user_id", "item_id"], dtype=object)


SOURCE = Source(
    name="ciao",
    title="Ciao",
    folder="ciao",
    summary="139,669 pairs of 7,291 reviewers and 17,867 products without names or ratings, in published parts, and "
    "85,128 pairs of reviewers who trust each other.",
    publisher=_LICENCE.url,
    licence=_LICENCE,
    citation=_CITATION,
    words=_WORDS,
    read=_read,
    members=_MEMBERS,
    repeated=959,
)
