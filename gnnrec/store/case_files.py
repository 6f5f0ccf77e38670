"""Cases as files: JSON lines that lose nothing, CSV for a spreadsheet, and both of them back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gnnrec.data.names import clean
from gnnrec.data.spreadsheets import restored, safe_csv
from gnnrec.data.whole_files import write_named
from gnnrec.errors import ConfigError, DataError, GnnrecError
from gnnrec.store.case import NEEDED, Case
from gnnrec.store.cases import merge
from gnnrec.store.verdicts import WANTS, Verdict, verdicts

FORMAT = 1
KINDS = ("jsonl", "csv")
_LARGEST_BYTES = 200 * 2**20
_WHOLE = ("version", "rank", "k")
_YES = {"yes": True, "no": False}


def to_jsonl(cases: Iterable[Case]) -> bytes:
    """One JSON object on each line, with all of a case and what its verdict is called."""
    # Escapes keep each line whole: a note may hold signs that some programs take for the end of a line.
    lines = [json.dumps({"format": FORMAT, **values}, ensure_ascii=True) for values in _with_verdicts(cases)]
    return "".join(f"{line}\n" for line in lines).encode()


def to_csv(cases: Iterable[Case]) -> bytes:
    """A table for a spreadsheet; what it could take for a formula has an apostrophe in front."""
    import pandas as pd

    columns = [*Case("d", "p", "good").as_dict(), "verdict_title", "verdict_wants"]
    rows = [{name: _cell(value) for name, value in values.items()} for values in _with_verdicts(cases)]
    return safe_csv(pd.DataFrame(rows, columns=columns, dtype=object))


def export_file(path: Path, cases: Iterable[Case]) -> None:
    """Write cases to a file, whole or not at all; its ending says in which form.

    Raises:
        ConfigError: The ending is unknown, or the file cannot be written.
    """
    write_named(path, to_jsonl(cases) if _kind(path) == "jsonl" else to_csv(cases))


def import_file(path: Path) -> dict[str, int]:
    """Take in the cases of a file; its ending says in which form it is. Returns and raises as `import_bytes` does."""
    kind = _kind(path)
    try:
        _require_small(path.stat().st_size, path.name)
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            where=str(path),
            found=error.strerror or str(error),
            expected="a file of cases",
            todo="Correct the path.",
        ) from error
    return import_bytes(data, kind, path.name)


def import_bytes(data: bytes, kind: str, name: str = "cases") -> dict[str, int]:
    """Take in the cases of a file; those that are here already, by uid, are not doubled.

    Args:
        data: The file.
        kind: `jsonl` or `csv`.
        name: What it is called in errors.

    Returns:
        How many were `added`, `updated`, `unchanged`, or `kept` because the one here was changed later.

    Raises:
        DataError: It cannot be read; the line is named and nothing was taken in.
        ConfigError: The mode does not allow it.
    """
    _require_small(len(data), name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _damaged(name, f"no UTF-8 at byte {error.start:,}", "UTF-8 text") from error
    cases: list[Case] = []
    named: dict[str, Verdict] = {}
    lines_of: dict[str, int] = {}
    for line, values in _of_jsonl(text, name) if kind == "jsonl" else _of_csv(text, name):
        try:
            case = Case.from_dict(values)
            verdict = _verdict(case.verdict, values)
        except GnnrecError as error:
            raise _damaged(f"{name}, line {line}, {error.where}", error.found, error.expected) from error
        if case.uid in lines_of:
            first = lines_of[case.uid]
            raise _damaged(f"{name}, line {line}", f"the uid of line {first} again", "each case once")
        lines_of[case.uid] = line
        cases.append(case)
        if verdict is not None:
            named.setdefault(verdict.key, verdict)
    return merge(cases, named.values())


def _with_verdicts(cases: Iterable[Case]) -> Iterator[dict[str, Any]]:
    known = {one.key: one for one in verdicts(retired=True)}
    for case in cases:
        verdict = known.get(case.verdict)
        yield case.as_dict() | {
            "verdict_title": verdict.title if verdict else case.verdict,
            "verdict_wants": verdict.wants if verdict else None,
        }


def _of_jsonl(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    # splitlines would also cut at signs that stand in notes of files made elsewhere.
    for line, one in enumerate(text.split("\n"), 1):
        if not one.strip():
            continue
        try:
            values = json.loads(one)
        except (ValueError, RecursionError) as error:
            raise _damaged(
                f"{name}, line {line}", f"no JSON ({type(error).__name__})", "an object"
            ) from error
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            found = f"format {values.get('format')!r}" if isinstance(values, dict) else "no object"
            raise _damaged(f"{name}, line {line}", clean(found)[:60], f"an object of format {FORMAT}")
        yield line, values


def _of_csv(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = next(rows, [])
        lacking = [one for one in NEEDED if one not in columns]
        if lacking:
            shown = clean(", ".join(columns))[:100]
            raise _damaged(name, f"no column '{lacking[0]}' (found: {shown})", "the columns of an export")
        for row in rows:
            if not row:
                continue
            if len(row) != len(columns):
                raise _damaged(
                    f"{name}, line {rows.line_num}", f"{len(row)} cells", f"{len(columns)}, as in the head"
                )
            cells = zip(columns, row, strict=True)
            yield rows.line_num, {column: _value(column, restored(cell)) for column, cell in cells}
    except csv.Error as error:
        raise _damaged(f"{name}, line {rows.line_num}", str(error), "CSV with commas") from error


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def _value(column: str, text: str) -> Any:
    if not text:
        return "" if column in ("note", "view", "who", "hidden") else None
    if column in _WHOLE:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else text
    return _YES.get(text, text) if column == "in_list" else text


def _verdict(key: str, values: dict[str, Any]) -> Verdict | None:
    title, wants = values.get("verdict_title"), values.get("verdict_wants")
    if title is None:
        return None
    if not isinstance(title, str) or wants not in (None, *WANTS):
        raise DataError(
            where="verdict_title and verdict_wants",
            found=f"{title!r} and {wants!r}"[:100],
            expected="text, and in, out or nothing",
        )
    return Verdict(key, title, wants)


def _kind(path: Path) -> str:
    kind = path.suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise ConfigError(
            where=path.name or str(path),
            found=f"the ending '.{kind}'" if kind else "no ending",
            expected=".jsonl, which keeps everything, or .csv",
            todo="For example cases.jsonl.",
        )
    return kind


def _require_small(n_bytes: int, name: str) -> None:
    if n_bytes > _LARGEST_BYTES:
        raise _damaged(name, f"{n_bytes / 2**20:,.0f} MiB", f"at most {_LARGEST_BYTES // 2**20} MiB")


def _damaged(where: str, found: str, expected: str) -> DataError:
    return DataError(
        where=where,
        found=found,
        expected=expected or "a case as exported",
        todo="Export the cases again, or correct that line. Nothing was taken in.",
    )
