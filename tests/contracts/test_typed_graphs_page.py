"""docs/typed-graphs.md says what was measured, and nothing that was typed in by hand."""

from __future__ import annotations

from typing import Any

import pytest

from gnnrec.datasets import open_dataset
from gnnrec.graph import relations_of
from tests.docs_scripts import docs_script


def test_the_page_is_the_one_that_the_results_make() -> None:
    script = docs_script("typed_graphs")
    made = script.page(script.results())
    assert made == script.PAGE.read_text(encoding="utf-8"), "run `python docs/typed_graphs.py`"


def test_every_relation_of_the_demo_stands_on_it() -> None:
    rows = docs_script("typed_graphs").results()["typed-graph-demo"]["rows"]
    there = set(relations_of(open_dataset("demo")))
    assert there | {"all", "none", "lightgcn", "none, settings of all", "all, dealt anew"} == {
        row["relations"] for row in rows
    }


def interval(low: float, high: float) -> dict[str, float]:
    return {"mean": (low + high) / 2, "low": low, "high": high}


@pytest.mark.parametrize(
    ("less_none", "less_dealt", "words"),
    [
        ((0.01, 0.02), (0.01, 0.02), "and than the same edges dealt out anew: friend"),
        ((0.01, 0.02), (-0.01, 0.02), "no better than the same edges dealt out anew"),
        ((-0.02, -0.01), (-0.01, 0.02), "worse than none: friend"),
        ((-0.02, 0.01), (0.01, 0.02), "no difference that can be told from none: friend"),
    ],
)
def test_what_is_said_of_a_relation_goes_by_both_intervals(less_none, less_dealt, words: str) -> None:
    zero: dict[str, Any] = {"less none": interval(-0.01, 0.01)}
    rows = {
        "all": {"differences": zero},
        "all, dealt anew": {"differences": zero},
        "friend": {
            "differences": {
                "less none alike": interval(*less_none),
                "less dealt anew": interval(*less_dealt),
                "switched off less all": interval(-0.01, 0.01),
            }
        },
    }
    assert any(words in one for one in docs_script("typed_graphs").verdicts(rows))
