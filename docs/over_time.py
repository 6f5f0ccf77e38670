"""Writes docs/over-time.md from the measured results: `python docs/over_time.py`.

The results come from `python -m benchmarks.over_time DATASET …` and `python -m benchmarks.over_time --shuffled`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs.in_words import interval, score, seeds  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "over-time.md"
SHUFFLED = "time-shuffled"
MODEL = "time_lightgcn"
DECAY = "time_lightgcn less time_lightgcn:half_life=0"
LATELY = "recent_popularity less popularity"
MEMORY = "tgn less tgn:memory=no"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(results()), encoding="utf-8")


def results() -> dict[str, dict[str, Any]]:
    """Every stored result about time, by name."""
    paths = sorted(RESULTS.glob("time-*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def page(found: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    commands = "".join(f"{result['made_by']}\n" for result in found.values())
    return "\n".join(
        [
            _INTRODUCTION,
            *(_of_data(result) for name, result in found.items() if name != SHUFFLED),
            _of_shuffled(found[SHUFFLED]),
            f"## Made by\n\n```\n{commands}```\n",
        ]
    )


_NOBODY = (
    "",
    "Nobody of test was there before, so that only what is popular can be told apart here; models that know people "
    "stand beside it to show as much.",
)
_INTRODUCTION = """# What forgetting adds

`time_lightgcn` is LightGCN whose edges weigh half as much after every half-life. It stands beside itself with
`half_life` 0, which is LightGCN to the last digit: the same class, the same other settings, the same seeds. The
half-life is chosen on validation, test is read once.

All of this is on a split by global time: the first 80 % of all rows are learned from, the next 10 % choose, the last
10 % are read once. Graph and features hold train alone; a contract test puts another future in the place of what is
held out and asks that nothing changes, and the Data page says so where a row or a feature of train knows later rows.
Nothing is fitted again on validation, so test is foreseen from the end of train, across the whole of validation.

`tgn` reads train in the order of time: every choice rewrites a memory of its person and its item. It stands beside
itself with `memory` no: the same vectors and the same attention to the last neighbours, without memories. One seed of
each, both with the defaults; these are the best of six tries with memory on the demo's validation, none without it.

Who has no row in train is *cold*: a model that knows people by what they chose has nothing to go by, and its list for
them is arbitrary. Warm and cold people are counted apart, with their number. Beside the models stand what was popular
over all of train (`popularity`) and over its last 30 days (`recent_popularity`), which need no history. Values are
NDCG@10 on test; differences are paired over the same people, with a 95 % bootstrap interval. One whose interval holds
0 is no gain.

Dates are taken as they are in the file. A date of 0 or before 1970 counts as missing, one after today as an error:
such rows are counted on the Data page, and stand at the middle of the others in models that know time. Rows whose
time cannot be read at all are refused on import, or left out and counted where that is asked for.
"""


def _of_data(result: dict[str, Any]) -> str:
    days, known = result["days"], result["known"]
    by_length = sorted(result["valid_by_half_life"].items(), key=lambda one: float(one[0]))
    tried = ", ".join(f"{one}: {score:.4f}" for one, score in by_length)
    lines = [
        f"## {result['title']}",
        "",
        f"Train from {days['begins']} to {days['train ends']} ({int(days['train days']):,} days), validation until "
        f"{days['valid ends']}, test until {days['test ends']}. Of the {known['people']:,} people of test "
        f"**{known['cold_people']:,} have no earlier history** ({known['cold_people'] / known['people']:.0%}); of its "
        f"{known['rows']:,} rows {known['rows_of_cold_items']:,} are of items that nobody had before "
        f"({known['cold_items']:,} of {known['items']:,} items), which no model here can find. Half-life "
        f"{result['half_life']:g} days"
        + (f", chosen on validation (days: NDCG@10) {tried}. " if tried else ", not chosen. ")
        + f"{seeds(result)}.",
        *(_NOBODY if known["cold_people"] == known["people"] else ()),
        "",
        *_table(result["rows"]),
        "",
        "| difference | people | n | NDCG@10 |",
        "| --- | --- | ---: | --- |",
    ]
    for name, by_group in result["differences"].items():
        lines += [
            f"| {_readable(name)} | {group} | {one['n']:,} | {interval(one)} |"
            for group, one in by_group.items()
            if one is not None
        ]
    lines += ["", *(f"- {one}" for one in _verdicts(result)), ""]
    return "\n".join(lines)


def _table(rows: list[dict[str, Any]]) -> list[str]:
    groups = [key for key in rows[0] if key != "model"]
    heads = [f"{group} (n = {rows[0][group]['n']:,})" for group in groups]
    return [
        "| model | " + " | ".join(heads) + " |",
        "| --- |" + " ---: |" * len(groups),
        *(
            f"| `{row['model']}` | " + " | ".join(score(row[group]["ndcg@10"]) for group in groups) + " |"
            for row in rows
        ),
    ]


def _verdicts(result: dict[str, Any]) -> list[str]:
    decay = result["differences"][DECAY]
    said = [f"Forgetting: {_verdict(decay['warm'] or decay['everybody'])}."]
    if decay.get("planted drift"):
        said.append(
            f"The people whose taste turns by construction: {_verdict(decay['planted drift'])}; all others: "
            f"{_verdict(decay['no planted drift'])}."
        )
    lately = result["differences"][LATELY]["everybody"]
    said.append(f"What was popular of late against what always was: {_verdict(lately)}.")
    if MEMORY in result["differences"]:
        memory = result["differences"][MEMORY]["everybody"]
        said.append(f"The memory of the temporal graph network: {_verdict(memory)}.")
    rows = {row["model"]: row for row in result["rows"]}
    if rows[MODEL]["cold"]["n"]:
        best = max(rows, key=lambda name: rows[name]["cold"]["ndcg@10"])
        said.append(
            f"For cold people `{best}` is best ({score(rows[best]['cold']['ndcg@10'])}); `{MODEL}` has "
            f"{score(rows[MODEL]['cold']['ndcg@10'])} there, from vectors that nothing was learned for."
        )
    best = max(rows, key=lambda name: rows[name]["everybody"]["ndcg@10"])
    if best != MODEL:
        said.append(f"Over everybody `{best}` is best.")
    return said


def _verdict(one: dict[str, Any] | None) -> str:
    if one is None:
        return "too few people to tell"
    if one["low"] > 0:
        return f"better ({interval(one)})"
    if one["high"] < 0:
        return f"worse ({interval(one)})"
    return f"no difference that can be told from none ({interval(one)})"


def _of_shuffled(result: dict[str, Any]) -> str:
    lines = [
        "## The demo's dates dealt out anew",
        "",
        "In the made-up film club taste drifts by construction. The dates of the train rows are dealt out anew among "
        "them: the graph and what is held out stay as they are, but no edge is as old as it was. The half-lives are "
        f"those chosen with the true dates, for people with vectors of their own and without. Warm people, "
        f"{seeds(result)}.",
        "",
        "| vectors of people | half-life | difference | NDCG@10 |",
        "| --- | ---: | --- | --- |",
    ]
    for one in result["models"]:
        lines += [
            f"| {one['user_vectors']} | {one['half_life']:g} | {name} | {interval(difference)} |"
            for name, difference in one["differences"].items()
        ]
    lines += ["", *(f"- Vectors {one['user_vectors']}: {_shuffled_verdict(one)}" for one in result["models"])]
    lines += [
        "",
        "That the model does forget where tastes turn is held by a test in which everybody's does: there the gain is "
        "large, and dates dealt out anew take it away.",
        "",
    ]
    return "\n".join(lines)


def _shuffled_verdict(one: dict[str, Any]) -> str:
    gain, anew, between = one["differences"].values()
    said = (
        "forgetting gains"
        if gain["low"] > 0
        else "the gain of forgetting is too small to tell from none"
        if gain["high"] > 0
        else "forgetting loses"
    )
    less = (
        "with dates dealt out anew it does less well than with the true ones"
        if between["low"] > 0
        else "true dates cannot be told from dates dealt out anew"
    )
    lost = " and is worse than not forgetting" if anew["high"] < 0 else ""
    return f"{said}; {less}{lost}."


def _readable(name: str) -> str:
    return {
        DECAY: "forgetting less not forgetting",
        LATELY: "popular in the last 30 days less popular",
        MEMORY: "temporal graph network with memory less without",
    }.get(name, name)


if __name__ == "__main__":
    main()
