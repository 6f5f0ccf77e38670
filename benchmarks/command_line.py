"""What one training costs from the command line, stage by stage, in wall clock, CPU time and memory.

python benchmarks/command_line.py                          LightGCN on MovieLens 100K, the median of five runs
python benchmarks/command_line.py --model ease --runs 3    another model

Writes benchmarks/results/command-line.json, where each model and data set has an entry of its own. MovieLens
100K has to be there (`gnnrec data download movielens-100k`). Every run is a process of its own, measured from
outside too: `seconds_command` is what somebody waits who types the command, the interpreter's end included.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "command-line.json"
PACKAGES = ("torch", "numpy", "scipy", "pandas")


def one_run(words: list[str], out: Path) -> dict[str, Any]:
    """Run the command once; what it says of itself, and what it looked like from outside."""
    command = [sys.executable, "-m", "gnnrec", "train", *words, "--out", str(out), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # The command runs elsewhere: a relative folder of data sets would be looked for there.
    if "GNNREC_DATA" in environment:
        environment["GNNREC_DATA"] = str(Path(environment["GNNREC_DATA"]).resolve())
    before, started = _children_cpu(), time.monotonic()
    result = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, cwd=out.parent, env=environment
    )
    seconds = time.monotonic() - started
    found = json.loads(result.stdout.splitlines()[-1])
    return found | {"seconds_command": seconds, "seconds_command_cpu": _children_cpu() - before}


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of every measurement, and the smallest and largest whole command."""

    def median(values: list[float], digits: int = 2) -> float:
        return round(statistics.median(values), digits)

    names = ("seconds_command", "seconds_command_cpu", "seconds_wall", "seconds_cpu")
    stages = runs[0]["seconds_by_stage"]
    return {
        "split": runs[0]["split"],
        "seed": runs[0]["seed"],
        "settings": runs[0]["settings_from"],
        "device": runs[0]["device"],
        "runs": len(runs),
        "best_epoch": runs[0]["best_epoch"],
        "epochs": runs[0]["epochs"],
        "valid_ndcg@10": round(runs[0]["valid"]["ndcg@10"], 4),
        **{name: median([run[name] for run in runs]) for name in names},
        "seconds_command_range": [
            round(extreme(run["seconds_command"] for run in runs), 2) for extreme in (min, max)
        ],
        "seconds_by_stage": {
            stage: median([run["seconds_by_stage"][stage] for run in runs]) for stage in stages
        },
        "peak_rss_mib": median([run["peak_rss_mib"] for run in runs], 0),
        "load_average_before": [round(run["load_before"], 1) for run in runs],
        "environment": _environment(),
    }


def _environment() -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        "cores": cores,
        "threads": os.environ.get("OMP_NUM_THREADS", "not limited"),
    }


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", default="movielens-100k")
    parser.add_argument("--model", default="lightgcn")
    parser.add_argument("--split", default="random:seed=1")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    words = ["--dataset", options.dataset, "--model", options.model, "--split", options.split]
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.runs):
            load = os.getloadavg()[0]
            run = one_run(words, Path(folder) / f"run-{number}") | {"load_before": load}
            runs.append(run)
            stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in run["seconds_by_stage"].items())
            print(f"run {number + 1}: {run['seconds_command']:.1f} s ({stages}), load {load:.1f}", flush=True)
    if len({json.dumps([run["settings_from"], run["epochs"], run["valid"]]) for run in runs}) > 1:
        # A median of two different trainings (code or settings changed meanwhile) would describe neither.
        raise SystemExit("The runs differ in settings, epochs or result; nothing was written. Start again.")
    entry = summary(runs)
    kept = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    kept[f"train {options.model} on {options.dataset}"] = entry
    RESULT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    print(json.dumps(entry, indent=1))


if __name__ == "__main__":
    main()
