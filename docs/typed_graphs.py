"""Writes docs/typed-graphs.md from the measured results: `python docs/typed_graphs.py`.

The results come from `python -m benchmarks.typed_graph DATASET` and `python -m benchmarks.inductive`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs.in_words import interval, seeds  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "typed-graphs.md"
TYPED, INDUCTIVE = "typed-graph-", "inductive-"
PARTS = {
    "social": "who is friends with whom",
    "knowledge": "facts about items",
    "item_features": "features of items",
    "user_features": "features of people",
    "context": "circumstances of ratings",
}


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(results()), encoding="utf-8")


def results() -> dict[str, dict[str, Any]]:
    """Every stored result of the two models, by name."""
    paths = [*sorted(RESULTS.glob(f"{TYPED}*.json")), *sorted(RESULTS.glob(f"{INDUCTIVE}*.json"))]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def page(found: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    typed = [result for name, result in found.items() if name.startswith(TYPED)]
    inductive = [result for name, result in found.items() if name.startswith(INDUCTIVE)]
    commands = "".join(f"{result['made_by']}\n" for result in found.values())
    return "\n\n".join(
        [
            _INTRODUCTION,
            *map(of_relations, typed),
            *([_INDUCTIVE] if inductive else []),
            *map(of_newcomers, inductive),
            f"## Made by\n\n```\n{commands}```\n",
        ]
    )


_INTRODUCTION = """# What each sort of edge adds

`hetero` puts all that a data set knows beside who chose what into the graph: friends, facts about items, attributes
of people, circumstances of ratings. Each sort of edge is heard with weights of its own. Its setting `relations` says
which of them there are; with none it is the same model on people and items alone, which with `layer: light` is
LightGCN (a test holds that). A finished model can do without any of them (`Recommender.without`), as the switches of
the Graph page do.

The settings with all relations and those with none are chosen on validation out of the same tries. A single relation
has the settings chosen with all, without a search of its own, and so is read beside none *with the same settings*;
beside none with its own choice it starts behind where the two choices differ. Differences are NDCG@10 on test, person
by person, with a 95 % bootstrap interval over people; one that holds 0 is no gain. *Dealt out anew*: the edges of a
relation keep their shape, but which person or item has them is drawn at random; measured for all relations together,
and for each that is better than none with the same settings. Further edges and vectors smooth a model, whatever they
say: a gain is theirs only where it is above that. *Switched off*: the model that learned with all relations, asked
without this one. Among so many rows one in twenty misses 0 by chance, and another seed moves a row by about 0.003.

Circumstances are counted for each item over the train ratings: a film that people watch in the evening is joined to
the evening. That this question is asked in the evening cannot be said yet: a query carries no circumstances."""

_INDUCTIVE = """## People and items that were not there

`bipartite_sage` has weights of its own for people and for items, and reads features. Who was not there while it
learned is known by features, by a history, or both. Beside it stand popularity, features alone (`content`) and the
`hybrid`, as in [newcomers.md](newcomers.md): a tenth of the items, then a tenth of the people, is taken out of train
altogether; new items compete with new items, known ones with known ones."""


def of_relations(result: dict[str, Any]) -> str:
    """One data set: a row for each relation."""
    chosen, rows = result["chosen"], result["rows"]
    lines = [
        f"## {result['title'].partition(': ')[2]}",
        "",
        f"Split `{result['split']}`, {result['people']:,} people judged, {seeds(result)}, {result['trials']} "
        "tries for each of the two choices. "
        f"Chosen with all relations: {_settings(chosen['all']['settings'])} (validation {chosen['all']['valid']:.4f}); "
        f"with none: {_settings(chosen['none']['settings'])} (validation {chosen['none']['valid']:.4f}).",
        "",
        _line(
            "relations",
            "read from",
            "edges",
            "validation",
            "test",
            "less none",
            "less none, same settings",
            "less dealt out anew",
            "switched off less all",
        ),
        _line("---", "---", *["---:"] * 7),
    ]
    for row in rows:
        pairs = row["differences"]
        cells = (
            interval(pairs.get(key), nothing="")
            for key in ("less none", "less none alike", "less dealt anew", "switched off less all")
        )
        name = row["relations"].replace(", dealt anew", ", dealt out anew").replace("lightgcn", "`lightgcn`")
        part = PARTS.get(result["relations"].get(row["relations"], ""), "")
        lines.append(
            _line(name, part, f"{row['edges']:,}", f"{row['valid']:.4f}", f"{row['test']:.4f}", *cells)
        )
    by_name = {row["relations"]: row for row in rows}
    lines += ["", *(f"- {one}" for one in verdicts(by_name))]
    return "\n".join(lines)


def verdicts(rows: dict[str, dict[str, Any]]) -> list[str]:
    """What the intervals allow to say."""
    everything, dealt = rows["all"]["differences"], rows["all, dealt anew"]["differences"]["less none"]
    said = [
        f"All relations together: {_gain(everything['less none'])} ({interval(everything['less none'])})."
    ]
    if everything["less none"]["low"] > 0:
        rest = "takes it away" if dealt["low"] <= 0 else "leaves a part of it"
        said.append(f"Dealing all of them out anew {rest} ({interval(dealt)} to none).")
    if "less lightgcn" in everything:
        said.append(
            f"All relations less `lightgcn` with the settings chosen for it: {interval(everything['less lightgcn'])}."
        )
    singles = {
        name: row["differences"]
        for name, row in rows.items()
        if "switched off less all" in row["differences"]
    }
    told = [
        name
        for name, one in singles.items()
        if one["less none alike"]["low"] > 0 and one["less dealt anew"]["low"] > 0
    ]
    smoothed = [
        name for name, one in singles.items() if one["less none alike"]["low"] > 0 and name not in told
    ]
    worse = [name for name, one in singles.items() if one["less none alike"]["high"] < 0]
    rest = [name for name in singles if name not in (*told, *smoothed, *worse)]
    for names, words in (
        (told, "better than none, and than the same edges dealt out anew"),
        (smoothed, "better than none, but no better than the same edges dealt out anew can be told apart"),
        (worse, "worse than none"),
        (rest, "no difference that can be told from none"),
    ):
        if names:
            said.append(f"Alone, with the same settings, {words}: {', '.join(names)}.")
    return said


def of_newcomers(result: dict[str, Any]) -> str:
    """One data set: the splits with new items and new people."""
    parts = [f"### `{result['dataset']}`"]
    for one in result["splits"]:
        names = list(dict.fromkeys(part for row in one["rows"] for part in row["test"]))
        lines = [
            f"Split `{one['split']}`, NDCG@10 on test, {result['trials']} tries for each model with settings:",
            "",
            _line("model", *names),
            _line("---", *["---:"] * len(names)),
        ]
        lines += [_line(row["row"], *(_mean(row["test"].get(name)) for name in names)) for row in one["rows"]]
        lines += ["", _line("difference, person by person", *names), _line("---", *["---:"] * len(names))]
        lines += [
            _line(" less ".join(pair["pair"]), *(interval(pair.get(name), nothing="") for name in names))
            for pair in one["pairs"]
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _gain(difference: dict[str, Any]) -> str:
    if difference["low"] > 0:
        return "better than none"
    return "worse than none" if difference["high"] < 0 else "no difference that can be told from none"


def _settings(values: dict[str, Any]) -> str:
    return ", ".join(f"`{name}: {value}`" for name, value in sorted(values.items())) or "the defaults"


def _line(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _mean(value: dict[str, Any] | None) -> str:
    return "" if value is None else f"{value['mean']:.4f} ({value['low']:.4f} to {value['high']:.4f})"


if __name__ == "__main__":
    main()
