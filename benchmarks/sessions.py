"""What the sessions of a data set hold and ask, part by part: `python -m benchmarks.sessions DATASET [--split …]`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from benchmarks import results_file
from gnnrec.data import Split, split
from gnnrec.datasets import open_dataset
from gnnrec.datasets.session_report import session_report

PARTS = ("train", "valid", "test")


def main() -> None:
    """Count."""
    ask = argparse.ArgumentParser(prog="python -m benchmarks.sessions")
    ask.add_argument("dataset")
    ask.add_argument("--split")
    args = ask.parse_args()
    dataset = open_dataset(args.dataset)
    cut = split(dataset, args.split)
    report = session_report(dataset)
    found = {
        "dataset": dataset.name,
        "title": dataset.title,
        "split": str(cut),
        "sessions": report.n,
        "clicks": report.clicks,
        "items": report.items,
        "single": report.single,
        "untimed": report.untimed,
        "people": report.people if report.people_known else None,
        "again": report.again / report.questions,
        "median": float(np.median(report.lengths)),
        "longest": int(report.lengths.max()),
        "parts": parts(cut),
    }
    command = " ".join(["python -m benchmarks.sessions", *sys.argv[1:]])
    print(results_file.write(f"sessions-{dataset.name}", command, found))


def parts(cut: Split) -> dict[str, dict[str, Any]]:
    """Sessions and questions of each part, and how many of these nothing learned can answer."""
    clicks = cut.dataset.clicks
    learned = np.bincount(cut.fitted.sessions.item, minlength=cut.dataset.n_items) > 0
    found = {}
    for part in PARTS:
        mine = clicks.take(cut.session_numbers(part))
        asked, before = mine.questions()
        answers = mine.item[mine.start[asked] + before]
        found[part] = {
            "sessions": len(mine),
            "single": int((mine.lengths == 1).sum()),
            "questions": len(asked),
            "unanswerable": int((~learned[answers]).sum()),
        }
    return found


if __name__ == "__main__":
    main()
