"""Writes the tables and lists of README.md from measured results and from the code: `python docs/readme_tables.py`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gnnrec.datasets import sources  # noqa: E402
from gnnrec.recommenders import names  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"


def main() -> None:
    """Bring README.md and docs/setup.md up to date."""
    readme = ROOT / "README.md"
    readme.write_text(filled(readme.read_text(encoding="utf-8")), encoding="utf-8")
    (ROOT / "docs" / "setup.md").write_text(setup_page(), encoding="utf-8")


def setup_page() -> str:
    """docs/setup.md: what a first start costs, as measured."""
    result = _read("setup")
    if result is None:
        return "# Setup\n\nNot measured yet: `python -m benchmarks.setup`.\n"
    return f"""# Setup

Measured on {result["cores"]} cores with Python {result["python"]} and torch {result["versions"]["torch"]} by
`{result["made_by"]}` on {result["date"]}, in a fresh clone with an empty environment. How fast packages arrive
decides most of the first figures; here they came from a near mirror.

| | |
| --- | ---: |
| `make run` until a page is served, everything to be installed | {result["make_run_seconds"]:.0f} s |
| `make run` the second time | {result["second_start_seconds"]:.1f} s |
| `pip install -r requirements.txt` into an empty environment | {result["pip_install_seconds"]:.0f} s |
| `streamlit run app.py` until a page is served | {result["streamlit_run_seconds"]:.1f} s |
| size of the environment with the CPU build of torch | {result["environment_gib"]:.1f} GiB |

With the CPU build of torch about 0.4 GB are downloaded. On Linux the pinned torch is the CUDA build: about 2.9 GB to
download, as the sizes published on the package index add up.
"""


def filled(text: str) -> str:
    """README with its generated parts made anew."""
    text = _between(text, "results: made by docs/readme_tables.py", "end of results", f"\n{_results()}\n")
    text = _between(text, "recommenders", "end of recommenders", ", ".join(f"`{name}`" for name in names()))
    return _between(text, "sources", "end of sources", ", ".join(f"`{source.name}`" for source in sources()))


def _between(text: str, start: str, end: str, inner: str) -> str:
    pattern = re.compile(f"(<!-- {re.escape(start)} -->).*?(<!-- {re.escape(end)} -->)", re.DOTALL)
    return pattern.sub(lambda match: match.group(1) + inner + match.group(2), text)


def _results() -> str:
    return "\n\n".join(part for part in (_movielens(), _demo(), _command()) if part)


def _read(name: str) -> dict[str, Any] | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _movielens() -> str:
    result = _read("movielens-100k")
    if result is None:
        return ""
    lines = ["| MovieLens 100K | NDCG@10 | recall@10 | share of EASE |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {row['model']} | {row['test']['ndcg@10']:.4f} | {row['test']['recall@10']:.4f} | {row['ratio']:.3f} |"
        for row in result["rows"]
    ]
    return "\n".join([*lines, "", f"{result['note']} Made by `{result['made_by']}`."])


def _demo() -> str:
    result = _read("demo")
    if result is None:
        return ""
    lines = ["| Demo film club | NDCG@10 (95 % interval) | by true taste |", "| --- | ---: | ---: |"]
    for row in result["rows"]:
        test = row["test"]
        lines.append(
            f"| {row['model']} | {test['mean']:.4f} ({test['low']:.3f} to {test['high']:.3f}) "
            f"| {row['true_taste']['mean']:.4f} |"
        )
    share = f"The best model reaches {result['best_of_oracle']:.0%} of the oracle on what people watched."
    return "\n".join(
        [*lines, "", f"Test part of `{result['split']}`. {share} Made by `{result['made_by']}`."]
    )


def _command() -> str:
    result = _read("command-line")
    if result is None:
        return ""
    one = result["train lightgcn on movielens-100k"]
    stages = one["seconds_by_stage"]
    return (
        f"Training LightGCN on MovieLens 100K from the command line takes {one['seconds_command']:.1f} s in all "
        f"(median of {one['runs']}, {one['environment']['cores']} cores): {stages['start']:.1f} s to start, "
        f"{stages['load']:.1f} s to open the data, {stages['train']:.1f} s to train to the best epoch, "
        f"{stages['evaluate']:.1f} s to evaluate; {one['peak_rss_mib']:.0f} MiB at most."
    )


if __name__ == "__main__":
    main()
