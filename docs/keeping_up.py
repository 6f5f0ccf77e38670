"""Writes the tables of docs/keeping-up.md from the stored replay: `python docs/keeping_up.py`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULT = ROOT / "docs" / "keeping-up.md", ROOT / "benchmarks" / "results" / "replay.json"


def main() -> None:
    """Fill the page."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def filled(text: str) -> str:
    """The page with the table between its two marks made anew."""
    table = tables(json.loads(RESULT.read_text(encoding="utf-8")))
    return re.sub(
        r"<!-- replay -->\n.*?<!-- end -->",
        lambda _: f"<!-- replay -->\n{table}\n<!-- end -->",
        text,
        flags=re.DOTALL,
    )


def tables(read: dict[str, Any]) -> str:
    """Months and pairs of every recommender."""
    parts = []
    for one in read["replays"]:
        parts.append("\n".join([*_months(one), "", *_pairs(one)]))
    return "\n\n".join([*parts, f"Made by `{read['made_by']}` on {read['date']}."])


def _months(one: dict[str, Any]) -> list[str]:
    ways = list(one["months"][0]["ways"])
    trained = (
        f"{one['epochs']} rounds from scratch, {one['rounds']} more each month"
        if one["epochs"]
        else "closed form"
    )
    lines = [
        f"`{one['recommender']}`, left alone since {one['trained_until']} ({trained}), NDCG@10:",
        "",
        _line("month", "people", "not known before", *ways),
        _line("---", *["---:"] * (len(ways) + 2)),
    ]
    for month in one["months"]:
        values = [_of(month["ways"][way]) for way in ways]
        lines.append(_line(month["month"], month["people"], month["unknown"], *values))
    # The training before the first month is the same for all ways.
    seconds = [sum(month["ways"][way]["seconds_cpu"] for month in one["months"][1:]) for way in ways]
    return [
        *lines,
        _line("CPU seconds after the first month", "", "", *(f"{value:.1f}" for value in seconds)),
    ]


def _pairs(one: dict[str, Any]) -> list[str]:
    lines = [_line("difference, person by person", "all months", "last three"), _line("---", "---:", "---:")]
    return lines + [
        _line(f"{a} less {b}", _of(pair["all"], True), _of(pair["last_three"], True))
        for pair in one["pairs"]
        for a, b in [pair["pair"]]
    ]


def _line(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _of(one: dict[str, Any], signed: bool = False) -> str:
    form = "+.4f" if signed else ".3f"
    return f"{one['mean']:{form}} ({one['low']:{form}} to {one['high']:{form}})"


if __name__ == "__main__":
    main()
