"""Diginetica, a small raw extract: product views of a web shop with the day of each, published beside SR-GNN."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gnnrec.data import Dataset
from gnnrec.datasets.diginetica import CITATION, LICENCE, WORDS
from gnnrec.datasets.source import Member, Source
from gnnrec.errors import DataError

_FILE = "sample_train-item-views.csv"
_MEMBERS = {_FILE: Member(395354, "98da96e05c87ef12b739e4bfd9bc7b4864106ee77371f1db9eb4413e3f78d37e")}
_COLUMNS = ["session_id", "user_id", "item_id", "timeframe", "eventdate"]


def _read(folder: Path) -> Dataset:
    """Each session is a person of its own: three in five have no person in the file.

    Views of one session go by day and then by `timeframe`, milliseconds since the session began. Of the hour a
    session began nothing is known, so a view's time is midnight of its day plus that. The interactions of a
    session all carry the time of its last view, so that no moment cuts a session in two. Sessions of one view are
    kept: they ask nothing, but show what is viewed at all.
    """
    views = _views(folder / _FILE)
    views = views.sort_values(["session_id", "time", "row"], kind="stable", ignore_index=True)
    views["position"] = views.groupby("session_id").cumcount() + 1
    ended = views.groupby("session_id")["time"].transform("max")
    once = views.assign(timestamp=ended).drop_duplicates(["session_id", "item_id"], ignore_index=True)
    return Dataset.from_frame(
        once.rename(columns={"session_id": "user_id"})[["user_id", "item_id", "timestamp"]],
        name="diginetica-sample",
        title="Diginetica, small extract",
        sessions=views.assign(user_id=views["session_id"], timestamp=views["time"])[
            ["session_id", "user_id", "position", "item_id", "timestamp"]
        ],
        licence=LICENCE,
        citation=CITATION,
        words=WORDS,
    )


def _views(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="ascii")
    if list(table.columns) != _COLUMNS:
        raise DataError(
            where=f"diginetica-sample, file {path.name}",
            found=f"columns {', '.join(map(str, table.columns))}"[:200],
            expected=f"columns {', '.join(_COLUMNS)}",
            todo="Put the published file in its place.",
        )
    day = pd.to_datetime(table["eventdate"], format="%Y-%m-%d", errors="coerce")
    since = pd.to_numeric(table["timeframe"], errors="coerce")
    bad = day.isna() | since.isna()
    if bad.any():
        row = int(bad.idxmax())
        raise DataError(
            where=f"diginetica-sample, file {path.name}, line {row + 2}",
            found=f"timeframe {table['timeframe'][row][:40]!r}, eventdate {table['eventdate'][row][:40]!r}",
            expected="milliseconds and a day such as 2016-05-09",
            todo="Put the published file in its place.",
        )
    began = (day - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    return pd.DataFrame(
        {
            "session_id": table["session_id"].str.zfill(5),
            "item_id": table["item_id"],
            "time": began + (since // 1000).astype("int64"),
            "row": range(len(table)),
        }
    )


SOURCE = Source(
    name="diginetica-sample",
    title="Diginetica, small extract",
    folder="sr-gnn-sample",
    summary="12,391 views of 7,139 products in 2,986 anonymous sessions of a web shop, January to June 2016, with days.",
    publisher="https://github.com/CRIPAC-DIG/SR-GNN",
    licence=LICENCE,
    citation=CITATION,
    words=WORDS,
    read=_read,
    members=_MEMBERS,
)
