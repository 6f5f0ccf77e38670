"""Writes the tables and lists of README.md from measured results and from the code: `python docs/readme_tables.py`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gnnrec.data.protocol import parse_protocol  # noqa: E402
from gnnrec.datasets import sources  # noqa: E402
from gnnrec.recommenders import names  # noqa: E402
from gnnrec.runs.leaderboard_table import leading  # noqa: E402
from gnnrec.runs.leaderboard_words import interval_words, metric_title  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
# Leaderboards that README shows; of the others it tells what friends, facts, sessions and time add.
SHOWN = ("movielens-100k", "movielens-100k-rating", "gowalla", "lastfm-lightgcn")


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
decides most of the first figures.

| | |
| --- | ---: |
| `make run` until a page is served, everything to be installed | {result["make_run_seconds"]:.0f} s |
| `make run` the second time | {result["second_start_seconds"]:.1f} s |
| `pip install -r requirements.txt` into an empty environment | {result["pip_install_seconds"]:.0f} s |
| `streamlit run app.py` until a page is served | {result["streamlit_run_seconds"]:.1f} s |
| size of the environment with the CPU build of torch | {result["environment_gib"]:.1f} GiB |
{_download(result)}
On Linux the pinned torch is the CUDA build unless an index says otherwise, which is several times as large.
"""


def _download(result: dict[str, Any]) -> str:
    if "download_gb" not in result:
        return ""
    return f"| to download, with the CPU build of torch | {result['download_gb']:.2f} GB |\n"


def filled(text: str) -> str:
    """README with its generated parts made anew."""
    text = _between(text, "results: made by docs/readme_tables.py", "end of results", f"\n{_results()}\n")
    text = _between(text, "recommenders", "end of recommenders", ", ".join(f"`{name}`" for name in names()))
    return _between(text, "sources", "end of sources", ", ".join(f"`{source.name}`" for source in sources()))


def _between(text: str, start: str, end: str, inner: str) -> str:
    pattern = re.compile(f"(<!-- {re.escape(start)} -->).*?(<!-- {re.escape(end)} -->)", re.DOTALL)
    return pattern.sub(lambda match: match.group(1) + inner + match.group(2), text)


def _results() -> str:
    return "\n\n".join([*_leaderboards(), *(part for part in (_demo(), _command()) if part)])


def _read(name: str) -> dict[str, Any] | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _leaderboards() -> list[str]:
    """The best of some stored leaderboards, simple models beside the others; the whole is in docs/benchmarks.md."""
    others = [
        path
        for path in sorted(RESULTS.glob("leaderboard-*.json"))
        if path.stem not in {f"leaderboard-{one}" for one in SHOWN}
    ]
    return [
        *(_leaderboard(_read(f"leaderboard-{one}")) for one in SHOWN),
        _with_and_without([json.loads(path.read_text(encoding="utf-8")) for path in others]),
    ]


def _with_and_without(tables: list[dict[str, Any]]) -> str:
    """One line for each model that was measured with and without what it hears beside choices."""
    lines = ["| data | model | less | difference on test (95 %) |", "| --- | --- | --- | ---: |"]
    for table in tables:
        for pair in table["pairs"]:
            own, other = (pair[one].partition(":")[0] for one in ("variant", "reference"))
            if own == other:
                metric = table["chosen_on"]["metric"]
                told = interval_words(pair["difference"][metric])
                lines.append(
                    f"| {_data(table)} | {pair['models'][0]} | {pair['models'][1]} | {metric_title(metric)} {told} |"
                )
    return "\n".join(
        [
            "What friends, facts, the order of clicks and the age of choices add to the same model without them; more in",
            "[friends](docs/friends.md), [facts](docs/knowledge.md), [sessions](docs/sessions.md),",
            "[time](docs/over-time.md), [typed graphs](docs/typed-graphs.md) and [newcomers](docs/newcomers.md):",
            "",
            *lines,
        ]
    )


def _data(table: dict[str, Any]) -> str:
    """The data of a table, with the share of the train part where it is not the whole."""
    share = getattr(parse_protocol(table["splits"][0]["split"]), "share", 100)
    return table["title"] if share == 100 else f"{table['title']}, {share} % of train"


def _leaderboard(table: dict[str, Any]) -> str:
    metrics = table["metrics"][:2]
    rows = leading(table)
    heads = [
        table["title"],
        *(metric_title(one) for one in metrics),
        "difference to the best simple one (95 %)",
    ]
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for row in rows:
        figures = [f"{row['test'][one]['mean']:.4f}" for one in metrics]
        gap = interval_words(row["to_best_simple"]) if row["to_best_simple"] else "–"
        mine = "reference" if row["variant"] == table["best_simple"] else gap
        name = row["model"] + (" ·" if row["simple"] else "")
        lines.append("| " + " | ".join([name, *figures, mine]) + " |")
    splits = ", ".join(f"`{one['split']}`" for one in table["splits"])
    return "\n".join(
        [
            *lines,
            "",
            f"Test of {splits}; · marks simple models, the five best of either kind on validation are listed. "
            f"{table['sentences'][0]} All rows: [docs/benchmarks.md](docs/benchmarks.md).",
        ]
    )


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
