"""What the sessions of a data set hold and ask, part by part, and what an epoch of SR-GNN costs on them.

`python -m benchmarks.sessions DATASET [--split …] [--share-of-epoch 0.05] [--set batch_size=512 …]`
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

import numpy as np

from benchmarks import results_file
from gnnrec.data import Split, split
from gnnrec.datasets import open_dataset
from gnnrec.datasets.session_report import session_report

PARTS = ("train", "valid", "test")


def main() -> None:
    """Count, and time a share of an epoch where asked."""
    ask = argparse.ArgumentParser(prog="python -m benchmarks.sessions")
    ask.add_argument("dataset")
    ask.add_argument("--split")
    ask.add_argument("--share-of-epoch", type=float, default=0.0)
    ask.add_argument("--set", nargs="*", default=[], metavar="k=v")
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
    if args.share_of_epoch:
        found["epoch"] = epoch(cut, args.share_of_epoch, dict(one.split("=") for one in args.set))
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


def epoch(cut: Split, share: float, settings: dict[str, Any]) -> dict[str, Any]:
    """Seconds of the first batches of an epoch of SR-GNN, of the wall clock and of the processor, and of the whole."""
    import torch

    from gnnrec.recommenders import create

    model = create("sr_gnn", settings)
    model.attach(cut.fitted)
    model.reset(0)
    started = time.process_time()
    questions = len(model.questions()[1])
    built = time.process_time() - started
    optimiser = torch.optim.Adam(model.parameters(), lr=model.config.learning_rate, fused=True)
    model.net.train()
    done, wall, spent = 0, time.monotonic(), time.process_time()
    for batch in model.batches():
        optimiser.zero_grad(set_to_none=True)
        model.loss(batch).backward()
        optimiser.step()
        done += len(batch[1])
        if done >= share * questions:
            break
    wall, spent = time.monotonic() - wall, time.process_time() - spent
    return {
        "settings": model.config.as_dict(),
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "questions": questions,
        "timed": done,
        "seconds_graphs": built,
        "seconds_wall": wall,
        "seconds_processor": spent,
        "epoch_wall": wall * questions / done,
        "epoch_processor": spent * questions / done,
    }


if __name__ == "__main__":
    main()
