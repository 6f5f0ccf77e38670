"""Leaderboard: any set of recommenders on one data set, with several splits and seeds, in parallel, resumable."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from gnnrec import places
from gnnrec.data import Dataset, Split
from gnnrec.data import split as cut
from gnnrec.datasets import open_dataset
from gnnrec.errors import ConfigError, GnnrecError
from gnnrec.runs.cell import CELL, SEARCH, Cell, code_hash
from gnnrec.runs.estimates import estimate, finished_fits
from gnnrec.runs.leaderboard_request import Entry, Finished, Request
from gnnrec.runs.leaderboard_settings import in_words, search_settings
from gnnrec.runs.pool import Job, Pool, Progress
from gnnrec.runs.spec import RunSpec
from gnnrec.runs.variants import Variant, default_variants, labels, parse_variants
from gnnrec.training import is_trained
from gnnrec.training.device import choose
from gnnrec.training.memory import free_memory_mib

# What stays for the system and everybody else, of the memory that is free at the start.
_SHARE_OF_FREE = 0.8
_MOST_SEEDS = 100


def make(
    request: Request,
    listener: Callable[[str, Progress], None] = lambda stage, progress: None,
    say: Callable[[str], None] = lambda line: None,
) -> Finished:
    """Search where asked, fit every cell that is not there yet, and collect what a table is made of.

    Args:
        request: What is compared.
        listener: Told the stage (`search` or `fit`) and how far it is, now and then.
        say: Takes lines worth keeping: what is reused, left out, or chosen.

    Raises:
        ConfigError: A model, setting or number is wrong, or the app runs as a public demo.
        IncompatibleError: The data set lacks a split.
        DataError: The data set is not here.
    """
    places.require_writes("Making a leaderboard")
    _check(request)
    dataset = open_dataset(request.dataset)
    splits = [cut(dataset, one) for one in request.splits or (None,)]
    _each_once([str(one) for one in splits])
    variants, task = _variants(request, dataset)
    rows = [one.text for one in variants]
    for text in request.pairs:
        _check_rows(f"--pair {text[:80]}", request.pair(text), rows, f'--pair "{rows[-1]} vs {rows[0]}"')
    for text in request.one_seed:
        _check_rows(f"--one-seed {text[:80]}", (text,), rows, f'--one-seed "{rows[-1]}"')
    entries = [Entry(*one) for one in zip(variants, labels(variants, dataset), strict=True)]
    pool = Pool(
        request.jobs or max(1, (os.cpu_count() or 1) // request.threads),
        request.memory_mib or free_memory_mib() * _SHARE_OF_FREE,
        request.threads,
    )
    if request.trials is not None:
        pool.listener = lambda progress: listener(SEARCH, progress)
        search_settings(request, dataset, splits[0], entries, pool, say)
    for entry in entries:
        _plan(request, dataset, splits, entry)
    earlier = finished_fits(dataset.name)
    jobs = [job for entry in entries for job in _jobs(entry, earlier)]
    if request.fresh:
        for job in jobs:
            job.folder.drop_result()
    _tell_reuse(entries, say)
    pool.listener = lambda progress: listener(CELL, progress)
    pool.run(jobs)
    for entry in entries:
        reasons = [pool.reasons.get(cell.folder.path) for cell in entry.cells]
        found = next(filter(None, reasons), None)
        if found and not entry.reason:
            entry.reason = in_words(found)
    return Finished(request, dataset, task, splits, entries)


def _check(request: Request) -> None:
    _in_range("--seeds", request.seeds, 1, _MOST_SEEDS)
    _in_range("--threads", request.threads, 1, 256)
    for name, value in (("--jobs", request.jobs), ("--trials", request.trials)):
        if value is not None:
            _in_range(name, value, 1, 10_000)
    for name, value in (
        ("--memory", request.memory_mib),
        ("--max-seconds", request.max_seconds),
        ("--trial-seconds", request.trial_seconds),
        ("--trial-people", request.trial_people),
    ):
        if value is not None:
            _in_range(name, value, 1, 1e9)
    choose(request.device)


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(
            where=name,
            found=str(value),
            expected=f"{low} or more" if value < low else f"at most {high:g}",
            todo=f"For example {name} {max(low, 3)}.",
        )


def _each_once(splits: list[str]) -> None:
    for one in splits:
        if splits.count(one) > 1:
            raise ConfigError(
                where="--split", found=f"{one} twice", expected="each split once", todo="Drop one of them."
            )


def _check_rows(where: str, named: Sequence[str], rows: list[str], example: str) -> None:
    for row in named:
        if row not in rows:
            raise ConfigError(
                where=where,
                found=f"'{row[:40]}'" if row else "one model",
                expected=f"{'two' if len(named) > 1 else 'one'} of {', '.join(rows)}",
                todo=f"For example {example}.",
            )


def _variants(request: Request, dataset: Dataset) -> tuple[list[Variant], str]:
    """The models and their one task."""
    if not request.models:
        task = request.task or "ranking"
        return default_variants(dataset, task), task
    variants = parse_variants(request.models, dataset.name)
    task = request.task or variants[0].model.task
    for one in variants:
        if one.model.task != task:
            raise ConfigError(
                where=f"--models, '{one.text[:60]}'",
                found=f"a model for the task {one.model.task}",
                expected=f"models for one task, here {task}: others are measured in other units",
                todo="Compare the models of each task in a leaderboard of their own.",
            )
    return variants, task


def _plan(request: Request, dataset: Dataset, splits: list[Split], entry: Entry) -> None:
    """The fits of a row, or why it has none."""
    if entry.reason:
        return
    name = entry.variant.recommender
    try:
        if not entry.settings:
            entry.settings, entry.settings_from, entry.tried = entry.variant.settings(dataset.name)
        # Nothing is left to chance in a closed form: further seeds would give the same figures again.
        several = is_trained(name) and entry.variant.text not in request.one_seed
        entry.cells = [
            Cell(
                RunSpec.of(
                    dataset,
                    name,
                    split=one,
                    settings=entry.settings,
                    seed=seed,
                    device=request.device,
                    max_seconds=request.max_seconds,
                ),
                request.threads,
            )
            for one in splits
            for seed in range(request.seeds if several else 1)
        ]
    except GnnrecError as error:
        entry.reason = str(error)


def _jobs(entry: Entry, earlier: list[dict[str, Any]]) -> list[Job]:
    jobs = []
    for cell in entry.cells:
        cost = estimate(cell.spec, earlier)
        shown = f"{entry.label} on {cell.spec.split}" + (f", seed {cell.spec.seed}" if cell.spec.seed else "")
        jobs.append(
            Job(
                shown,
                cell.folder,
                cell.task(),
                lambda cell=cell: bool(cell.folder.result()),
                cost.memory_mib,
                cost.seconds,
                entry.variant.text,
                cost.epochs,
            )
        )
    return jobs


def _tell_reuse(entries: list[Entry], say: Callable[[str], None]) -> None:
    cells = [cell for entry in entries for cell in entry.cells]
    there = [cell for cell in cells if cell.folder.result()]
    if there:
        say(f"{len(there)} of {len(cells)} fits are there already.")
    for entry in entries:
        code = code_hash(entry.variant.recommender)
        if any(cell.folder.result().get("code", code) != code for cell in entry.cells):
            say(f"{entry.label}: its code has changed since it was measured; --fresh makes its results anew.")
