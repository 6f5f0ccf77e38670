"""docs/keeping-up.md shows the stored figures, and what it says of them holds."""

from __future__ import annotations

import json

from gnnrec import places
from tests.docs_scripts import ROOT, docs_script

READ = json.loads((places.shipped_results() / "replay.json").read_text(encoding="utf-8"))
REPLAYS = {one["recommender"]: one for one in READ["replays"]}


def pair(name: str, a: str, b: str, over: str = "all") -> dict:
    return next(one[over] for one in REPLAYS[name]["pairs"] if one["pair"] == [a, b])


def test_its_tables_are_those_of_the_results() -> None:
    tables = docs_script("keeping_up")
    page = (ROOT / "docs" / "keeping-up.md").read_text(encoding="utf-8")
    assert tables.filled(page) == page, "run `python docs/keeping_up.py`"
    assert "fold-in less stale" in page


def test_what_it_says_of_the_figures_holds() -> None:
    for one in REPLAYS.values():
        assert len(one["months"]) >= 8
        last = one["months"][-3:]
        stale, again = (sum(month["ways"][way]["mean"] for month in last) for way in ("stale", "retrained"))
        assert 0.25 < 1 - stale / again < 0.36
    assert pair("lightgcn", "warm start", "stale")["low"] > 0
    near = pair("lightgcn", "warm start", "retrained", "last_three")
    assert near["low"] < 0 < near["high"]
    gain = pair("lightgcn", "retrained", "stale")["mean"]
    assert (
        pair("lightgcn", "fold-in", "stale")["mean"]
        < gain / 2
        < pair("lightgcn", "warm start", "stale")["mean"]
    )
    assert pair("ease", "fold-in", "stale")["mean"] > 0.8 * pair("ease", "retrained", "stale")["mean"]
    months = REPLAYS["lightgcn"]["months"][1:]
    warm, again = (
        sum(one["ways"][way]["seconds_cpu"] for one in months) for way in ("warm start", "retrained")
    )
    assert warm < 0.1 * again
