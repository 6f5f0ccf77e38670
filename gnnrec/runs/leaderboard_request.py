"""What a leaderboard is asked for, its rows in the making, and all that its table is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gnnrec.data import Dataset, Split
from gnnrec.runs.cell import Cell
from gnnrec.runs.search import Search
from gnnrec.runs.variants import Variant


@dataclass(frozen=True)
class Request:
    """What is compared.

    Attributes:
        dataset: Name of the data set.
        splits: Addresses of its splits; the data set's own where there are none.
        models: Variants as on the command line; every recommender of the task where empty.
        task: `ranking`, `rating` or `next_item`; that of the named models, else `ranking`, where empty.
        seeds: How many seeds a model with chance in it has on each split: 0, 1, …
        one_seed: Rows that have the first seed alone, as they take long; named as in `models`.
        trials: Tries of the search for each model; none where None.
        trial_seconds: Longest time of a try.
        trial_people: How many people a try is judged on; all where None.
        max_seconds: Longest time of a fit.
        jobs: Most processes at a time; as many as there are cores for where None.
        threads: Threads of each process.
        memory_mib: What all processes together may use; most of what is free where None.
        device: `cpu` or `cuda`.
        fresh: Whether to make results anew that are there.
        write_settings: Whether what a search finds goes into the table that every fit reads.
        pairs: Rows whose difference is asked for, as `xsimgcl vs lightgcn`, named as in `models`.
    """

    dataset: str
    splits: tuple[str, ...] = ()
    models: str = ""
    task: str = ""
    seeds: int = 3
    one_seed: tuple[str, ...] = ()
    trials: int | None = None
    trial_seconds: float | None = None
    trial_people: int | None = None
    max_seconds: float | None = None
    jobs: int | None = None
    threads: int = 1
    memory_mib: float | None = None
    device: str = "cpu"
    fresh: bool = False
    write_settings: bool = False
    pairs: tuple[str, ...] = ()

    def pair(self, text: str) -> tuple[str, str]:
        """The two rows of a pair, first and reference."""
        first, _, second = (part.strip() for part in text.partition(" vs "))
        return first, second


@dataclass(eq=False)
class Entry:
    """One row in the making.

    Attributes:
        variant: The recommender with what is fixed.
        label: Its name for the screen.
        settings: The whole Config it is fitted with.
        settings_from: Where the settings come from.
        tried: How many settings were tried on validation to find them, where known.
        search: The search, where there is one.
        cells: Its fits.
        reason: Why it has no figures, in words.
    """

    variant: Variant
    label: str
    settings: dict[str, Any] = field(default_factory=dict)
    settings_from: str = ""
    tried: int | None = None
    search: Search | None = None
    cells: list[Cell] = field(default_factory=list)
    reason: str = ""


@dataclass(eq=False)
class Finished:
    """All that a table is made of."""

    request: Request
    dataset: Dataset
    task: str
    splits: list[Split]
    entries: list[Entry]
