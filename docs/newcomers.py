"""Writes the tables of docs/newcomers.md from the stored figures: `python docs/newcomers.py`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULTS = ROOT / "docs" / "newcomers.md", ROOT / "benchmarks" / "results"


def main() -> None:
    """Fill the page."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def filled(text: str) -> str:
    """The page with every table between its two marks made anew."""

    def table(match: re.Match) -> str:
        name = match.group(1)
        read = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        return f"<!-- {name} -->\n{(new_films if name == 'new-films' else cold_start)(read)}\n<!-- end -->"

    return re.sub(r"<!-- ([a-z0-9-]+) -->\n.*?<!-- end -->", table, text, flags=re.DOTALL)


def cold_start(read: dict[str, Any]) -> str:
    """Rows and pairs of every split."""
    parts = []
    for one in read["splits"]:
        names = list(dict.fromkeys(part for row in one["rows"] for part in row["test"]))
        counts = next(row["test"] for row in one["rows"] if len(row["test"]) == len(names))
        heads = [
            f"{name} ({counts[name]['people']:,} people, {counts[name]['held_out']:,} held out, "
            f"{counts[name]['items']:,} items)"
            for name in names
        ]
        lines = [f"Split `{one['split']}`, NDCG@10 on test:", "", *head("model", *heads, "tried", "CPU s")]
        for row in one["rows"]:
            cells = [of(row["test"].get(name)) for name in names]
            lines.append(line(row["row"], *cells, row["tried"], f"{row['seconds_cpu']:.0f}"))
        lines += ["", *head("difference, person by person", *names)]
        for pair in one["pairs"]:
            cells = [of(pair.get(name), signed=True) for name in names]
            lines.append(line(f"{pair['pair'][0]} less {pair['pair'][1]}", *cells))
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, f"Made by `{read['made_by']}`."])


def new_films(read: dict[str, Any]) -> str:
    """Rows and pairs of the planted films."""
    lines = head("model", f"pairs of the {read['new_films']} new films in the right order")
    lines += [line(row["row"], of(row)) for row in read["rows"]]
    lines += ["", *head("difference, person by person", "")]
    lines += [line(f"{one['pair'][0]} less {one['pair'][1]}", of(one, signed=True)) for one in read["pairs"]]
    return "\n".join([*lines, "", f"Made by `{read['made_by']}`."])


def head(*cells: str) -> list[str]:
    """The first two lines of a table."""
    return [line(*cells), line("---", *["---:"] * (len(cells) - 1))]


def line(*cells: object) -> str:
    """One row of a table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def of(one: dict[str, Any] | None, signed: bool = False) -> str:
    """A mean with its interval."""
    if one is None:
        return "–"
    form = "+.3f" if signed else ".3f"
    return f"{one['mean']:{form}} ({one['low']:{form}} to {one['high']:{form}})"


if __name__ == "__main__":
    main()
