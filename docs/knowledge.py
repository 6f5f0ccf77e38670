"""Writes docs/knowledge.md from the measured results: `python docs/knowledge.py`.

The results come from `python -m benchmarks.knowledge DATASET …` and `python -m benchmarks.click_auc`.
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
PAGE = ROOT / "docs" / "knowledge.md"
CLICKS = "click-auc"
# The sorts of facts that a table names.
MOST_RELATIONS = 8


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(results()), encoding="utf-8")


def results() -> dict[str, dict[str, Any]]:
    """Every stored result about facts, by name."""
    paths = [*sorted(RESULTS.glob("knowledge-*.json")), RESULTS / f"{CLICKS}.json"]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()}


def page(found: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    of_data = [result for name, result in found.items() if name != CLICKS]
    return "\n".join(
        [
            _INTRODUCTION,
            *map(_of_data, of_data),
            *([_of_clicks(found[CLICKS])] if CLICKS in found else []),
            _COMMANDS + "".join(f"{result['made_by']}\n" for result in found.values()) + "```\n",
        ]
    )


_INTRODUCTION = """# What facts add

Two recommenders know facts about items: who directed a film, where an artist comes from. In `kgat` people, items and
entities (directors, genres, places) lie in one graph, and an item hears its people and its facts. In `kgcn` an item is
itself and its facts, each sort of fact weighed by the taste of the person who asks. Each stands beside itself with
`use_knowledge: no`: the same class without facts. For `kgcn` that is a product of two vectors, as in matrix
factorisation; for `kgat` a graph of people and items alone.

Settings are chosen on validation, with the same number of tries with facts and without (three here, far fewer than in
the longest tables of [benchmarks.md](benchmarks.md)), so that the two rows differ in other settings too. Differences
are NDCG@10 on test, with facts less without, over the same people, with a 95 % bootstrap interval over people. One
whose interval holds 0 is no gain, and among so many groups one or two intervals miss 0 by chance. Entities that only
one item has are left out: they join it to no other.

To tell whether a gain is the work of what is known, the facts are dealt out anew: every item gets those of another one
drawn at random. The graph keeps its shape, its facts are wrong, the settings are those of the model with facts: true
facts less wrong ones is the cleanest measure of what is known. That both models hear facts where these matter is held
by a test in which directors decide every choice: there they gain, and dealing the facts out anew removes it.

Beside LightGCN, EASE and popularity on the same split of MovieLens 100K they stand in
[benchmarks.md](benchmarks.md): there neither is clearly better than EASE.
"""
_COMMANDS = """## Made by

```
"""


def _of_data(result: dict[str, Any]) -> str:
    known, people = result["knowledge"], result["models"][0]["n"]
    n_items = known["with_facts"] + known["without_facts"]
    lines = [
        f"## {result['title'].removeprefix('What facts add: ')}",
        "",
        f"{known['facts']:,} facts about {known['with_facts']:,} of {n_items:,} items, {known['median_facts']:g} in the "
        f"middle, and {known['entities']:,} entities; {known['lonely']:,} facts are about an entity of one item alone. "
        f"Rows left out: {known['repeated']:,} repeated, {known['empty']:,} without a relation or an entity. Split "
        f"`{result['split']}`, {people:,} people judged, {seeds(result)}.",
        "",
        "How alike the audiences of two items are that share a fact, against two items drawn at random (mean cosine "
        f"{known['alike_by_chance']:.4f}):",
        "",
        "| sort of fact | facts | items with one | shared entities | same audience |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for one in known["relations"][:MOST_RELATIONS]:
        alike = "" if one["alike"] is None else f"{one['alike'] / known['alike_by_chance']:.1f} ×"
        lines.append(f"| {one['name']} | {one['facts']:,} | {one['items']:,} | {one['shared']:,} | {alike} |")
    more = len(known["relations"]) - MOST_RELATIONS
    lines += ["", *([f"and {more} more.", ""] if more > 0 else [])]
    lines += [
        "| model | people | n | with facts | without | difference |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for one in result["models"]:
        lines += [
            f"| `{one['model']}` | {name} | {row['n']:,} | {score(row['with'])} | {score(row['without'])} "
            f"| {interval(row['difference'])} |"
            for name, row in [("everybody", one), *((group["group"], group) for group in one["groups"])]
            if row["n"]
        ]
        lines += [
            f"| `{one['model']}`, facts dealt out anew | everybody | {one['n']:,} "
            f"| {score(one['dealt_anew']['test'])} | {score(one['without'])} "
            f"| {interval(one['dealt_anew']['less without'])} |"
        ]
    return "\n".join([*lines, "", *(f"- {_verdict(one)}" for one in result["models"]), ""])


def _verdict(one: dict[str, Any]) -> str:
    gain, dealt = one["difference"], one["dealt_anew"]
    name = f"`{one['model']}`"
    if gain["high"] < 0:
        return f"{name}: worse with facts."
    if gain["low"] <= 0:
        return f"{name}: no difference that can be told from none."
    if dealt["less without"]["low"] > 0:
        left = (
            f"the true ones add more, so that a part of the gain is theirs (facts dealt out anew less the true ones: "
            f"{interval(dealt['less facts'])})"
            if dealt["less facts"]["high"] < 0
            else "and cannot be told from the true ones, so that the gain is not theirs"
        )
        return f"{name}: better with facts, but facts dealt out anew help too; {left}."
    if dealt["less facts"]["high"] < 0:
        return (
            f"{name}: better with facts, and dealing them out anew removes the gain (facts dealt out anew less the "
            f"true ones, same settings: {interval(dealt['less facts'])})."
        )
    return f"{name}: better with facts, but not clearly better than with facts dealt out anew."


def _of_clicks(result: dict[str, Any]) -> str:
    popular = result["popularity"]
    lines = [
        "## Click AUC on Last.FM",
        "",
        f"Papers on knowledge graphs report how often a choice is scored above an item drawn for the same person. "
        f"{result['users']:,} listeners, the {result['items']:,} artists with facts, {result['interactions']:,} "
        f"interactions; {result['parts']}, at random; one artist drawn evenly among those the listener has in no part "
        f"for each choice. {len(result['splits'])} such splits; settings are the best of {result['trials']} by "
        "validation AUC on the first. Papers report 0.79 for KGCN and 0.83 for KGAT, on splits of their own.",
        "",
        "| model | " + " | ".join(f"split {n}" for n in range(1, len(popular) + 1)) + " | mean |",
        "| --- |" + " ---: |" * (len(popular) + 1),
        _auc_row("popularity", popular),
        *(
            _auc_row(f"`{row['row'].split()[0]}`" + _without(row["row"]), row["test"])
            for row in result["rows"]
        ),
        "",
        "| difference | " + " | ".join(f"split {n}" for n in range(1, len(popular) + 1)) + " |",
        "| --- |" + " --- |" * len(popular),
    ]
    for one in result["pairs"]:
        first, second = (f"`{name.split()[0]}`" + _without(name) for name in one["pair"])
        lines.append(
            f"| {first} less {second} | " + " | ".join(interval(split) for split in one["by_split"]) + " |"
        )
    return "\n".join([*lines, "", _of_popularity(result), ""])


def _of_popularity(result: dict[str, Any]) -> str:
    popular = _mean(result["popularity"])
    least = min(_mean(row["test"]) for row in result["rows"])
    return (
        f"Popularity alone, the number of train interactions of an artist, reaches {popular:.3f}: items drawn evenly "
        "are mostly rare ones. A figure by this measure says little without it"
        + (
            f"; every model here lies above it, the lowest by {least - popular:.3f}."
            if least > popular
            else "."
        )
    )


def _auc_row(name: str, values: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{one:.4f}" for one in [*values, _mean(values)]) + " |"


def _without(row: str) -> str:
    return " without facts" if row.endswith(" without") else ""


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
