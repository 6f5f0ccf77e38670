"""The table of a leaderboard: means, deviations, costs, differences with intervals, and what they say in words."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gnnrec.data.whole_files import plain, write_object
from gnnrec.evaluation import ChosenOn, chosen_on
from gnnrec.evaluation.bootstrap import Interval
from gnnrec.recommenders import create, recommender_class
from gnnrec.runs.comparison import difference
from gnnrec.runs.leaderboard_request import Entry, Finished
from gnnrec.runs.leaderboard_words import metric_title, sentences
from gnnrec.runs.published import published_for

# What a table shows, of all that was measured; the first is what epochs and settings were chosen on.
SHOWN = {
    "ranking": ("ndcg@10", "recall@10", "recall@20", "ndcg@20"),
    "next_item": ("ndcg@10", "hit@20", "mrr@20", "hit@10"),
    "rating": ("rmse", "mae"),
}
# On lists, differences to this one are given too: few published models beat it.
_YARDSTICK = "ease"
_HOME_WORDS = {"rating": ": predicted ratings", "next_item": ": what comes next"}
# Rows of simple models, and of the others, where a table has to be short.
_LEADING = 5
_PARTS = ("train", "valid", "test")
_PACKAGES = ("torch", "torch-geometric", "numpy", "scipy")


def table_of(finished: Finished, command: str) -> dict[str, Any]:
    """The whole table as plain values for JSON.

    Args:
        finished: What was measured.
        command: What makes the same table again.
    """
    chosen = chosen_on(finished.task)
    rows = [_row(finished, one) for one in finished.entries if _results(one)]
    people = {one.variant.text: _people(one) for one in finished.entries if _results(one)}
    yardstick = next((row for row in rows if row["recommender"] == _YARDSTICK), None)
    best_simple = _best_simple(rows, chosen)
    for row in rows:
        for name, reference in (("to_best_simple", best_simple), ("to_yardstick", yardstick)):
            comparable = reference is not None and reference is not row and _same_splits(row, reference)
            row[name] = (
                _interval(difference(people[row["variant"]], people[reference["variant"]], chosen.metric))
                if comparable
                else None
            )
            if name == "to_yardstick" and reference is not None and finished.task == "ranking":
                row["share_of_yardstick"] = _mean(row) / _mean(reference)
    rows.sort(key=lambda row: -chosen.gain(_mean(row)))
    data = finished.dataset
    found = {
        "made_by": command,
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "versions": {package: version(package) for package in _PACKAGES},
        "title": data.title,
        "dataset": data.name,
        "task": finished.task,
        "users": data.n_users,
        "items": data.n_items,
        "interactions": len(data.interactions),
        "fingerprint": data.fingerprint("interactions"),
        "splits": [
            {"split": str(one), "hash": one.hash, **{part: len(one.rows(part)) for part in _PARTS}}
            for one in finished.splits
        ],
        "refits": finished.splits[0].refits,
        "seeds": finished.request.seeds,
        "threads": finished.request.threads,
        "trials": finished.request.trials,
        "metrics": list(SHOWN[finished.task]),
        "chosen_on": {"metric": chosen.metric, "direction": chosen.direction, "title": chosen.title},
        "best_simple": best_simple and best_simple["variant"],
        "yardstick": yardstick and yardstick["variant"],
        "rows": rows,
        "left_out": [
            {"model": one.label, "variant": one.variant.text, "reason": one.reason}
            for one in finished.entries
            if not _results(one)
        ],
    }
    found["pairs"] = [
        _pair(*finished.request.pair(one), rows, people, SHOWN[finished.task])
        for one in finished.request.pairs
    ]
    found["sentences"] = sentences(found)
    return plain(found | {"home": _home(found)})


def write_table(path: Path, table: Mapping[str, Any]) -> None:
    """Write a table as JSON in one step."""
    write_object(path, table)


def leading(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The best rows by validation of simple models and of the others, in the order of the table."""
    metric, chosen = table["chosen_on"]["metric"], chosen_on(table["task"])
    kept: list[str] = []
    for simple in (True, False):
        rows = [row for row in table["rows"] if row["simple"] is simple]
        rows.sort(key=lambda row: -chosen.gain(row["valid"][metric]["mean"]))
        kept += [row["variant"] for row in rows[:_LEADING]]
    return [row for row in table["rows"] if row["variant"] in kept]


def _home(table: Mapping[str, Any]) -> dict[str, Any]:
    """What the Home page shows of it."""
    shown, splits = table["metrics"][:2], len(table["splits"])
    yardstick = next((row["model"] for row in table["rows"] if row["variant"] == table["yardstick"]), "")
    return {
        "title": table["title"] + _HOME_WORDS.get(table["task"], ""),
        "note": f"Test, mean of {splits} {'split' if splits == 1 else 'splits'}; settings chosen on validation. "
        + " ".join(table["sentences"][:2]),
        "rows": [
            {"model": row["model"]}
            | {metric_title(one): row["test"][one]["mean"] for one in shown}
            | ({f"share of {yardstick}": row["share_of_yardstick"]} if "share_of_yardstick" in row else {})
            for row in leading(table)
        ],
    }


def _pair(
    first: str,
    second: str,
    rows: Sequence[Mapping[str, Any]],
    people: Mapping[str, list[pd.DataFrame]],
    metrics: Sequence[str],
) -> dict[str, Any]:
    """The difference of two rows that was asked for, on every metric shown; none where one has no figures."""
    titles = {row["variant"]: row["model"] for row in rows}
    there = first in people and second in people
    return {
        "variant": first,
        "reference": second,
        "models": [titles.get(first, first), titles.get(second, second)],
        "difference": {one: _interval(difference(people[first], people[second], one)) for one in metrics}
        if there
        else None,
    }


def _results(entry: Entry) -> list[dict[str, Any]]:
    return list(filter(None, (cell.folder.result() for cell in entry.cells)))


def _people(entry: Entry) -> list[pd.DataFrame]:
    return [cell.folder.people() for cell in entry.cells if cell.folder.result()]


def _row(finished: Finished, entry: Entry) -> dict[str, Any]:
    cells, model = _results(entry), recommender_class(entry.variant.recommender)
    defaults = create(entry.variant.recommender).config.as_dict()
    shown = SHOWN[finished.task]
    return {
        "model": entry.label,
        "variant": entry.variant.text,
        "recommender": entry.variant.recommender,
        "paper": model.paper,
        "simple": model.simple,
        "settings": entry.settings,
        "changed": {name: value for name, value in entry.settings.items() if value != defaults[name]},
        "settings_from": entry.settings_from,
        "tried": entry.tried,
        "valid": _summary(cells, "valid", shown),
        "test": _summary(cells, "test", shown),
        "best_epochs": [one["best_epoch"] for one in cells if one["best_epoch"]],
        "seconds": {
            "wall": _average(one["seconds_wall"] for one in cells),
            "cpu": _average(one["seconds_cpu"] for one in cells),
            **{
                stage: _average(one["seconds_by_stage"].get(stage, 0.0) for one in cells)
                for stage in ("choose", "train", "evaluate")
            },
        },
        "seconds_search": _search_seconds(entry),
        "peak_rss_mib": max(one["peak_rss_mib"] for one in cells),
        "devices": sorted({one["device_name"] or one["device"] for one in cells}),
        "notes": sorted({one["note"] for one in cells if one["note"]}),
        "missing": len(entry.cells) - len(cells),
        "reason": entry.reason,
        "published": [
            one | {"here": _on_splits(cells, one["splits"], one["values"])}
            for one in published_for(finished.dataset.name, finished.splits, entry.variant, entry.settings)
        ],
        "cells": [
            {
                "split": one["split"],
                "seed": one["seed"],
                "best_epoch": one["best_epoch"],
                "valid": {name: one["valid"].get(name) for name in shown},
                "test": one["test"],
                "seconds_wall": one["seconds_wall"],
                "seconds_cpu": one["seconds_cpu"],
                "peak_rss_mib": one["peak_rss_mib"],
                "made": one["made"],
            }
            for one in cells
        ],
    }


def _summary(
    cells: Sequence[Mapping[str, Any]], part: str, shown: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Mean over all fits, and their deviation where there are several."""
    found = {}
    for name in shown:
        values = np.array([one[part].get(name) for one in cells], dtype=np.float64)
        deviation = float(values.std(ddof=1)) if len(values) > 1 else None
        found[name] = {"mean": float(values.mean()), "deviation": deviation}
    return found


def _on_splits(
    cells: Sequence[Mapping[str, Any]], splits: Sequence[str], metrics: Mapping[str, float]
) -> dict[str, float]:
    """What was measured on the splits of a published figure, for the metrics it gives."""
    return {
        name: _average(one["test"][name] for one in cells if one["split"] in splits)
        for name in metrics
        if all(name in one["test"] for one in cells)
    }


def _best_simple(rows: list[dict[str, Any]], chosen: ChosenOn) -> dict[str, Any] | None:
    """The best of the simple models by validation: test has no say in what others are compared with."""
    simple = [row for row in rows if row["simple"] and not row["missing"]]
    return max(simple, key=lambda row: chosen.gain(row["valid"][chosen.metric]["mean"]), default=None)


def _same_splits(row: dict[str, Any], other: dict[str, Any]) -> bool:
    return {one["split"] for one in row["cells"]} == {one["split"] for one in other["cells"]}


def _mean(row: dict[str, Any]) -> float:
    return next(iter(row["test"].values()))["mean"]


def _search_seconds(entry: Entry) -> float | None:
    if entry.search is None:
        return None
    return sum(one.get("seconds") or 0.0 for one in entry.search.tries())


def _average(values: Any) -> float:
    return float(np.mean(list(values)))


def _interval(value: Interval) -> dict[str, float | int | None]:
    return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n}
