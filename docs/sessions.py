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
    parts = [_INTRODUCTION, _counts(counts), _speed(counts)]
    parts += ["## What comes next\n", *(_board(one) for one in boards)]
    return "\n".join([*parts, _FULL, f"## Made by\n\n```\n{commands}```\n"])


_INTRODUCTION = """# What comes next in a session

A session is a row of clicks; every click after the first is a question: what came next, after those before it? Models
of the task `next_item` answer it: `session_knn` (STAN) looks for sessions that shared the last clicks, `sr_gnn` passes
messages along the graph of the session itself. `sr_gnn` stands beside itself with `n_layers=0`, the same model without
that graph, and `session_knn` beside itself with `time_decay=0`, without the age of sessions, where sessions have times.

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
_COMMAND = (
    "python -m gnnrec train --dataset diginetica --model sr_gnn --set embedding_size=100 --set batch_size=256 "
    "--set decay_every=3 --set epochs=8 --set patience=2 --out sr_gnn-diginetica"
)
_FULL = f"""## Diginetica in full

Training on all 719,470 questions, started on the Train page, can be interrupted and goes on where it stopped
(`python -m gnnrec runs resume RUN`); without a page it is

```
{_COMMAND}
```
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


def _speed(counts: list[dict[str, Any]]) -> str:
    lines = ["## What an epoch costs", ""]
    for one in counts:
        timed = one.get("epoch")
        if timed is None:
            continue
        settings, share = timed["settings"], timed["timed"] / timed["questions"]
        lines.append(
            f"{one['title']}, {timed['questions']:,} questions, vectors of {settings['embedding_size']} numbers, batches of "
            f"{settings['batch_size']:,}, softmax over all {one['items']:,} items. The session graphs of all questions are "
            f"built once, in {timed['seconds_graphs']:.0f} s of processor time. {timed['timed']:,} questions ({share:.0%} "
            f"of an epoch) took {timed['seconds_processor']:.0f} s of processor time; a whole epoch is "
            f"{timed['epoch_processor']:,.0f} s of it: about {timed['epoch_processor'] / 120:.0f} minutes where two cores "
            "have nothing else to do, if both are kept busy. By the wall clock, with "
            f"{timed['threads']} thread{'s' if timed['threads'] > 1 else ''} on {timed['cores']} cores that had "
            f"{timed['load']:.0f} processes to share between, it would be {timed['epoch_wall'] / 60:.0f} minutes."
        )
        lines.append("")
    return "\n".join(lines)


def _board(board: dict[str, Any]) -> str:
    split = board["splits"][0]["split"]
    searched = (
        f"{board['trials']} tries each" if board["trials"] else "no search: defaults but for what is named"
    )
    lines = [
        f"### {board['title']}, `{split}`",
        "",
        f"Percent on test, {searched}; {board['seeds']} seed{'s' if board['seeds'] > 1 else ''} of what is trained. "
        "Best by NDCG@10 on test first; epochs were chosen on validation. The default `decay_every=0` of `sr_gnn` was taken "
        "because it was better on validation, but after tables with their test columns had been seen.",
        "",
        "| model | "
        + " | ".join(f"{name}" for name in SHOWN.values())
        + " | validation MRR@20 | seconds | MiB |",
        "| --- |" + " ---: |" * (len(SHOWN) + 3),
    ]
    for row in board["rows"]:
        shown = " | ".join(f"{100 * row['test'][name]['mean']:.2f}" for name in SHOWN)
        lines.append(
            f"| `{row['variant']}` | {shown} | {100 * row['valid']['mrr@20']['mean']:.2f} | {row['seconds']['wall']:,.0f} "
            f"| {row['peak_rss_mib']:,.0f} |"
        )
    lines.append("")
    for pair in board["pairs"]:
        told = [
            f"{SHOWN.get(name, name)} {_interval(one)}"
            for name, one in pair["difference"].items()
            if name in SHOWN
        ]
        lines.append(
            f"- `{pair['variant']}` less `{pair['reference']}`, in points: {'; '.join(told)}. {verdict(pair)}"
        )
    return "\n".join([*lines, ""])


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
