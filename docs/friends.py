"""Writes docs/friends.md from the measured results: `python docs/friends.py`.

The results come from `python -m benchmarks.social DATASET …`, `python -m benchmarks.social --permuted` and
`python -m benchmarks.social_ratings DATASET`.
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
PAGE = ROOT / "docs" / "friends.md"
DEALT = "social-permuted"
STRANGERS = "social-strangers-"
RATINGS = "social-ratings-"
# A correlation that explains less than a hundredth.
LITTLE = 0.1


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(results()), encoding="utf-8")


def results() -> dict[str, dict[str, Any]]:
    """Every stored result about friends, by name."""
    paths = sorted(RESULTS.glob("social-*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def page(found: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    return "\n".join(
        [
            _INTRODUCTION,
            *(
                _of_data(result)
                for name, result in found.items()
                if name != DEALT and not name.startswith((STRANGERS, RATINGS))
            ),
            _of_dealt(found[DEALT]),
            _of_strangers([result for name, result in found.items() if name.startswith(STRANGERS)]),
            *(_of_ratings(result) for name, result in found.items() if name.startswith(RATINGS)),
            _COMMANDS + "".join(f"{result['made_by']}\n" for result in found.values()) + "```\n",
        ]
    )


_INTRODUCTION = """# What friends add

Two recommenders rank by who is friends with whom, or who trusts whom: `social_lightgcn`, in which a person hears their
items and their friends in every round of messages, and `diffnet`, in which tastes spread among friends. A third,
`graphrec`, predicts ratings and comes [at the end](#predicted-ratings-on-filmtrust). Each of the two stands
beside itself with `social_weight` 0: the same class, the same seeds, without friends. For `social_lightgcn` that is
LightGCN to the last digit, which a test holds.

Settings are chosen on validation, and each part below says how. Differences are NDCG@10 on test, with friends less
without, over the same people, with a 95 % bootstrap interval over people. One whose interval holds 0 is no gain, and
among so many groups one or two intervals miss 0 by chance. Trust in one direction counts as friendship both ways.

Beside popularity, neighbours and EASE they stand in [benchmarks.md](benchmarks.md); EASE takes 10 GB for a catalogue
like that of Last.FM or Ciao and was left out there.
"""
_COMMANDS = """## Made by

```
"""


def _of_data(result: dict[str, Any]) -> str:
    friends, alike = result["friends"], result["alike"]
    people = result["models"][0]["n"]
    lines = [
        f"## {result['title'].removeprefix('What friends add: ')}",
        "",
        f"{friends['with_friends']:,} people have friends ({friends['pairs']:,} pairs), "
        f"{friends['median_friends']:g} in the middle; {friends['only_friends']:,} are known by friends alone. Rows "
        f"left out: {friends['repeated']:,} repeated, {friends['with_self']:,} with themselves. The train histories "
        f"of two friends have a cosine of {alike['friends']:.3f}, of two people dealt to each other at random "
        f"{alike['by_chance']:.3f}. Split `{result['split']}`, {people:,} people judged, {seeds(result)}. "
        f"{_settings(result['models'])}",
        "",
        "| model | weight of friends | people | n | with friends | without | difference |",
        "| --- | ---: | --- | ---: | ---: | ---: | --- |",
    ]
    for one in result["models"]:
        rows = [("everybody", one)]
        rows += [(group["group"], group) for groups in one["groups"].values() for group in groups]
        lines += [
            f"| `{one['model']}` | {one['social_weight']:g} | {name} | {row['n']:,} | {score(row['with'])} "
            f"| {score(row['without'])} | {interval(row['difference'])} |"
            for name, row in rows
        ]
    lines += ["", *(f"- {_verdict(one)}" for one in result["models"]), *_below(result["models"]), ""]
    return "\n".join(lines)


def _settings(models: list[dict[str, Any]]) -> str:
    """How the settings of both sides were found."""
    if all(one["tried"]["without"] for one in models):
        tried = ", ".join(
            f"`{one['model']}` {one['tried']['with']} with friends and {one['tried']['without']} without"
            for one in models
        )
        return (
            f"Settings with and without friends are each the best of so many tries on validation: {tried}; a part of "
            "the difference may be that of the settings."
        )
    return (
        "All settings but the weight of friends are the same with and without; only the weight was chosen with friends, "
        "so both could do better with settings of their own."
    )


def _below(models: list[dict[str, Any]]) -> list[str]:
    """Where one model with friends does not reach another without them."""
    return [
        f"- With friends `{one['model']}` ({score(one['with'])}) stays below `{other['model']}` without "
        f"({score(other['without'])})."
        for one in models
        for other in models
        if one is not other and one["with"] < other["without"]
    ]


def _verdict(one: dict[str, Any]) -> str:
    difference = one["difference"]
    said = (
        "better with friends; whether it is their doing is asked below, where they are dealt out anew"
        if difference["low"] > 0
        else "worse with friends"
        if difference["high"] < 0
        else "no difference that can be told from none"
    )
    return f"`{one['model']}`: {said} ({interval(difference)})."


def _of_dealt(result: dict[str, Any]) -> str:
    alike = result["alike"]
    lines = [
        "## The demo, with true friends and with friends dealt out anew",
        "",
        "In the made-up film club friends cause viewings by construction. Dealt out anew, the graph of friendships "
        "keeps its shape, but who stands where is drawn at random. The weight of friends is chosen on validation "
        f"with the true ones, {seeds(result)} each. Cosine of the train histories of two friends: "
        f"{alike['friends']:.3f}, dealt out anew {alike['dealt_anew']:.3f}.",
        "",
        "| model | weight, with validation NDCG@10 of those tried | test NDCG@10 | difference |",
        "| --- | --- | --- | --- |",
    ]
    for one in result["models"]:
        weights = ", ".join(f"{weight}: {found:.4f}" for weight, found in one["valid_by_weight"].items())
        lines += [
            f"| `{one['model']}` | {one['social_weight']:g} ({weights}) | {_readable(name)} | {interval(difference)} |"
            for name, difference in one["differences"].items()
        ]
    lines += [
        "",
        *(f"- `{one['model']}`: {_dealt_verdict(one['differences'])}" for one in result["models"]),
        "",
    ]
    lines += [
        "Friends cause few viewings here: series and friends together decide 4 % of them ([how the demo is "
        "made](demo-data.md)), and the likeness of friends is in their histories already. That both models do hear "
        "friends where these matter is held by a test in which friends decide every choice: there they gain, and "
        "dealing friends out anew removes it.",
        "",
    ]
    return "\n".join(lines)


def _of_strangers(results: list[dict[str, Any]]) -> str:
    lines = [
        "## Real friends dealt out anew",
        "",
        "Where friends help on real data, a part may be the work of any smoothing among people, whoever they are. The "
        "same weight, the friends dealt out anew once:",
        "",
        "| data | model | seeds | test NDCG@10 | difference |",
        "| --- | --- | ---: | --- | --- |",
    ]
    said = []
    for result in results:
        title = result["title"].removeprefix("Friends dealt out anew: ")
        for one in result["models"]:
            lines += [
                f"| {title} | `{one['model']}` | {result['seeds']} | {_readable(name)} | {interval(difference)} |"
                for name, difference in one["differences"].items()
            ]
            left = one["differences"]["dealt_anew less without"]
            below = one["differences"]["dealt_anew less friends"]
            told = (
                "friends dealt out anew help too" if left["low"] > 0 else "friends dealt out anew do not help"
            )
            less = "less than the true ones" if below["high"] < 0 else "and cannot be told from the true ones"
            said.append(f"- {title}, `{one['model']}`: {told}, {less}.")
    return "\n".join([*lines, "", *said, ""])


def _of_ratings(result: dict[str, Any]) -> str:
    rows = list(result["groups"][0]["errors"])
    lines = [
        f"## Predicted ratings on {result['title']}",
        "",
        "`graphrec` hears friends by attention and predicts ratings. It stands beside itself without friends, beside "
        "offsets of people and items alone (`bias`) and beside SVD++. RMSE on test, lower is better, the mean of "
        f"{len(result['splits'])} random splits that are the same for all; {_tried(result)} With and without "
        "friends have settings of their own, so a part of their difference may be that of the settings. Test figures "
        "of an earlier `graphrec`, which had no product of vectors, no average and little patience and did no better "
        "than `bias`, had been printed before; what was changed was judged on validation alone (a few of the tries were "
        "its too). Groups are by how many ratings somebody has in train.",
        "",
        f"| people | n | {' | '.join(f'`{row}`' for row in rows)} | friends less no friends "
        "| `graphrec` less `bias` | `graphrec` less `svdpp` |",
        "| --- | ---: | " + "---: | " * len(rows) + "--- | --- | --- |",
    ]
    for one in result["groups"]:
        lines.append(
            f"| {one['group']}{_from_to(one)} | {one['n']:,} | "
            + " | ".join(score(one["errors"].get(row)) for row in rows)
            + " | "
            + " | ".join(interval(found) for found in (one["differences"] or dict.fromkeys("abc")).values())
            + " |"
        )
    everybody = list(result["groups"][0]["differences"].values())
    said = ("Friends", "Against offsets alone", "Against SVD++")
    lines += [
        "",
        *(f"- {name}: {_error_verdict(one)}" for name, one in zip(said, everybody, strict=True)),
        f"- {_in_common(result['friends'])}",
        "",
        *_valid(result),
        "",
    ]
    return "\n".join(lines)


def _tried(result: dict[str, Any]) -> str:
    """How the settings were found."""
    tried = ", ".join(f"`{row}` {n}" for row, n in result["tried"].items() if n)
    return (
        f"settings are the best of so many tries on validation of the first split: {tried}; `svdpp` may go on for "
        f"{result['settings']['svdpp']['patience']} epochs without getting better, as `graphrec` may, for by default it "
        "stops long before its best here."
    )


def _in_common(friends: dict[str, Any]) -> str:
    return (
        f"How mildly two friends rate has a correlation of {friends['friends']:.2f} ({friends['pairs']:,} pairs with "
        f"{friends['at_least']} ratings each or more; {friends['by_chance']:.2f} for people dealt to each other at random)"
        + (": who trusts whom tells little of a rating here." if abs(friends["friends"]) < LITTLE else ".")
    )


def _valid(result: dict[str, Any]) -> list[str]:
    """What was chosen on, split by split."""
    return [
        "The same on validation:",
        "",
        "| model | RMSE on validation, mean | each split |",
        "| --- | ---: | --- |",
        *(
            f"| `{name}` | {score(sum(found) / len(found))} | {', '.join(map(score, found))} |"
            for name, found in result["valid"].items()
        ),
    ]


def _from_to(group: dict[str, Any]) -> str:
    if group.get("from") is None:
        return ""
    return (
        f" ({group['from']:g} to {group['to']:g})" if group["from"] < group["to"] else f" ({group['from']:g})"
    )


def _error_verdict(difference: dict[str, Any]) -> str:
    if difference["high"] < 0:
        return f"smaller errors ({interval(difference)})."
    if difference["low"] > 0:
        return f"larger errors ({interval(difference)})."
    return f"no difference that can be told from none ({interval(difference)})."


def _dealt_verdict(differences: dict[str, Any]) -> str:
    gain, strangers = differences["friends less without"], differences["dealt_anew less without"]
    if gain["low"] <= 0:
        return "the gain of friends is too small to tell from none."
    if strangers["low"] > 0:
        return "friends help, but friends dealt out anew help too, so that the gain is not all theirs."
    return "friends help, and dealing them out anew removes the gain."


def _readable(name: str) -> str:
    words = {"friends": "friends", "without": "no friends", "dealt_anew": "friends dealt out anew"}
    first, _, second = name.partition(" less ")
    return f"{words[first]} less {words[second]}"


if __name__ == "__main__":
    main()
