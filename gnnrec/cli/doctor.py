"""The verb `doctor`: what is installed and at hand, and what is wrong, in words."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gnnrec.cli.output import error_line, table
from gnnrec.errors import ConfigError, GnnrecError

PACKAGES = (
    "streamlit",
    "torch",
    "torch-geometric",
    "pyvis",
    "plotly",
    "pandas",
    "numpy",
    "scipy",
    "safetensors",
    "psutil",
    "pyarrow",
    "optuna",
    "captum",
)
_LEAST_TORCH = (2, 10)
_LEAST_FREE_GIB = 1.0


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb."""
    words = "what is installed, which devices, data and models there are, and what is wrong"
    subparsers.add_parser("doctor", help=words, description=words, parents=list(parents))


def run(_args: argparse.Namespace) -> dict[str, Any]:
    """Look at everything, change nothing, and go on past what is broken."""
    import gnnrec

    problems: list[str] = []
    packages = _packages(problems)
    return {
        "gnnrec": gnnrec.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "packages": packages,
        "devices": _devices(packages, problems),
        **_places(problems),
        "store": _store(problems),
        "datasets": _datasets(problems),
        **_checkpoints(problems),
        "problems": problems,
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    installed = ", ".join(f"{name} {found or 'missing'}" for name, found in result["packages"].items())
    devices, store = result["devices"], result["store"]
    rows = [[one["name"], one["present"], one["reason"]] for one in result["datasets"]]
    states = ", ".join(f"{count} {state}" for state, count in store["runs"].items()) or "no runs"
    lines = [
        f"gnnrec {result['gnnrec']}, Python {result['python']}, {result['platform']}",
        f"installed: {installed}",
        f"CPU: {devices['cpu_cores']} cores; CUDA: {'yes' if devices['cuda'] else 'no'}: {devices['reason']}",
        f"mode: {result['mode'] or 'unknown'}",
        f"home: {result['home']}",
        f"data: {result['data']}",
        f"store: {store['path']}: {states if store['present'] else 'not there yet'}",
        "",
        table(rows, ["data set", "present", "reason"]),
        "",
        table([[one] for one in result["checkpoints"]], ["checkpoint"]),
        "",
        "Problems:" if result["problems"] else "No problems found.",
        *(f"- {problem}" for problem in result["problems"]),
    ]
    return "\n".join(lines)


def _packages(problems: list[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
            problems.append(
                f"{package}: not installed. Run `pip install -r requirements.txt` where gnnrec is installed."
            )
    torch = found["torch"]
    if torch and tuple(int(part) for part in torch.split("+")[0].split(".")[:2]) < _LEAST_TORCH:
        problems.append(f"torch: version {torch}; expected 2.10 or newer. Install a newer one.")
    return found


def _devices(packages: dict[str, str | None], problems: list[str]) -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cuda, reason, name = False, "torch is not installed", ""
    if packages["torch"]:
        try:
            from gnnrec.training.device import report

            found = report()
            cuda, reason, name = found.cuda, found.reason, found.device_name
        except (ImportError, OSError) as error:
            reason = f"torch cannot be imported ({error})"
            problems.append(f"torch: {error}. Install it again.")
    return {"cpu_cores": cores, "cuda": cuda, "reason": reason, "device_name": name}


def _places(problems: list[str]) -> dict[str, Any]:
    from gnnrec import places

    mode = None
    try:
        mode = places.mode()
    except ConfigError as error:
        problems.append(error_line(error))
    home, data = places.home(), places.data_root()
    there = _nearest(home)
    if not os.access(there, os.W_OK):
        problems.append(f"home {home}: cannot be written. Set GNNREC_HOME to another folder.")
    free = shutil.disk_usage(there).free / 2**30
    if free < _LEAST_FREE_GIB:
        problems.append(f"home {home}: {free:.1f} GiB of free disk space. Free some before training.")
    if os.environ.get("GNNREC_DATA", "").strip() and not data.is_dir():
        problems.append(f"GNNREC_DATA: no folder {data}. Correct it, or leave it unset.")
    return {"mode": mode, "home": str(home), "data": str(data), "free_disk_gib": free}


def _nearest(folder: Path) -> Path:
    """The folder, or the first of those above it that exists."""
    return next((one for one in (folder, *folder.parents) if one.is_dir()), Path("/"))


def _store(problems: list[str]) -> dict[str, Any]:
    from collections import Counter

    from gnnrec.store import path
    from gnnrec.store.runs import listed

    counts: dict[str, int] = {}
    try:
        counts = dict(Counter(row.state for row in listed()))
    except GnnrecError as error:
        problems.append(error_line(error))
    return {"path": str(path()), "present": path().is_file(), "runs": counts}


def _datasets(problems: list[str]) -> list[dict[str, Any]]:
    from gnnrec.datasets import available, find_source

    cards = []
    try:
        cards = available()
    except GnnrecError as error:
        problems.append(error_line(error))
    for card in cards:
        source = find_source(card.name)
        if card.present and source is not None:
            try:
                source.verify()
            except GnnrecError as error:
                problems.append(error_line(error))
    return [
        {"name": card.name, "title": card.title, "present": card.present, "reason": card.reason}
        for card in cards
    ]


def _checkpoints(problems: list[str]) -> dict[str, Any]:
    from gnnrec.checkpoints import read_library

    library = read_library()
    broken = {name: error_line(error) for name, error in library.broken.items()}
    problems += broken.values()
    if not library.checkpoints:
        problems.append("checkpoints: none at hand. Train one, or run `gnnrec models build demo`.")
    return {"checkpoints": [one.address for one in library.checkpoints], "broken": broken}
