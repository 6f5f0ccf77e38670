"""Tables of the user's own: checked, converted, told about in a report, and kept as a data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Licence, Words
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.datasets import find_source, imports, table_cells
from gnnrec.datasets.table_cells import Problems
from gnnrec.datasets.table_columns import ROLES, renamed, require_meanings, uses_positions
from gnnrec.datasets.table_files import TableFile, read_table
from gnnrec.errors import ConfigError, DataError

PARTS = {"train": TRAIN, "valid": VALID, "test": TEST}
MAX_CONTEXT = 20

TableInput = str | Path | TableFile


@dataclass
class ImportReport:
    """What an import read, kept and left out, and why.

    Attributes:
        name: Name of the data set.
        files: File as its user calls it → rows read from it.
        rows_read: Interactions read.
        rows_kept: Interactions kept.
        duplicates: Repeated pairs of person and item left out; the latest of each is kept.
        in_two_parts: Pairs left out because an earlier part (train, valid, test) has them already.
        skipped: Rows left out, by file, with reasons and row numbers.
        notes: Everything else worth knowing: units of times, columns that were guessed.
    """

    name: str
    files: dict[str, int] = field(default_factory=dict)
    rows_read: int = 0
    rows_kept: int = 0
    duplicates: int = 0
    in_two_parts: int = 0
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_tables(
    name: str,
    *,
    interactions: TableInput | None = None,
    train: TableInput | None = None,
    valid: TableInput | None = None,
    test: TableInput | None = None,
    items: TableInput | None = None,
    users: TableInput | None = None,
    social: TableInput | None = None,
    knowledge: TableInput | None = None,
    columns: Mapping[str, str] | None = None,
    title: str = "",
    words: Words | None = None,
    licence: Licence | None = None,
    citation: str = "",
    skip_bad_rows: bool = False,
    replace: bool = False,
) -> tuple[Dataset, ImportReport]:
    """Import files as a data set that stays.

    Args:
        name: Its name, small letters, digits and hyphens.
        interactions: One file of interactions; or
        train: ready-made parts instead, which become the published split `parts`,
        valid: optional,
        test: optional.
        items: What is known of items.
        users: What is known of people.
        social: Pairs of people.
        knowledge: Facts about items.
        columns: Meaning → column (`user` → `userId`); `social.user` speaks of one table only.
        title: Name for the screen.
        words: Names used in sentences.
        licence: Terms of use; without, it counts as not to be passed on.
        citation: How to cite.
        skip_bad_rows: Leave rows out that cannot be read, and report them, instead of refusing the file.
        replace: Replace an import of that name.

    Returns:
        The data set and the report.

    Raises:
        ConfigError: In a public demo; a bad name or mapping; both one file and parts.
        DataError: A file or its content does not fit; nothing is saved then.
    """
    imports.require_name(name)
    if find_source(name):
        raise ConfigError(
            where="name of the data set",
            found=f"{name!r} belongs to a data set that gnnrec knows",
            expected="a name of its own",
            todo=f"For example my-{name}.",
        )
    mapping = dict(columns or {})
    require_meanings(mapping)
    given = {"items": items, "users": users, "social": social, "knowledge": knowledge}
    parts = {
        part: file
        for part, file in {"train": train, "valid": valid, "test": test}.items()
        if file is not None
    }
    _require_one_way(interactions, parts)
    report = ImportReport(name)
    reading = _Reading(mapping, skip_bad_rows, report)
    tables = {"interactions": reading.interactions({"": interactions} if interactions is not None else parts)}
    for table, file in given.items():
        if file is not None:
            tables[table] = reading.other(table, file, tables)
    report.skipped = report.skipped[:50]
    known = imports.About(
        title=(title.strip() or name)[:80],
        summary=f"Imported from {', '.join(report.files)}."[:300],
        words=words or Words(),
        licence=licence or imports.OWN,
        citation=citation,
        report=asdict(report),
    )
    # Built before it is saved, so that whatever is saved can be opened.
    dataset = imports.dataset_of(name, tables, known)
    imports.save(name, tables, known, replace=replace)
    return dataset, report


def read_interactions(
    file: TableInput, columns: Mapping[str, str] | None = None, skip_bad_rows: bool = False
) -> tuple[pd.DataFrame, ImportReport]:
    """The rows of a file of interactions, checked as on import and each pair once, without saving anything.

    Args:
        file: The file.
        columns: Meaning → column, as on import.
        skip_bad_rows: Leave rows out that cannot be read, and report them.

    Raises:
        DataError: The file or its content does not fit.
    """
    mapping = dict(columns or {})
    require_meanings(mapping)
    report = ImportReport("")
    rows = _Reading(mapping, skip_bad_rows, report).interactions({"": file})
    report.skipped = report.skipped[:50]
    return rows, report


def _require_one_way(interactions: TableInput | None, parts: Mapping[str, TableInput]) -> None:
    if (interactions is None) == (not parts):
        raise ConfigError(
            where="import",
            found="one file of interactions and parts of a split as well"
            if parts
            else "no file of interactions",
            expected="either one file of interactions, or ready-made parts",
            todo="Pass --interactions FILE, or --train FILE with --valid and --test.",
        )
    if parts and "train" not in parts:
        raise ConfigError(
            where="import",
            found="parts without train",
            expected="at least train",
            todo="Pass --train FILE as well.",
        )


@dataclass
class _Reading:
    """One import while it is read."""

    mapping: Mapping[str, str]
    skip: bool
    report: ImportReport

    def _rows(self, table: str, given: TableInput) -> tuple[pd.DataFrame, Problems]:
        file = given if isinstance(given, TableFile) else TableFile(Path(given))
        if uses_positions(self.mapping):
            file = TableFile(file.path, file.name, file.encoding, header=False, limit_mb=file.limit_mb)
        frame = read_table(file)
        self.report.files[file.shown] = len(frame)
        sequences = frame.attrs.get("sequences", [])
        frame, notes = renamed(frame, table, self.mapping, file.shown)
        frame.attrs["blanks"] = "genres" not in sequences and any(
            one in sequences for one in ("class", "genre")
        )
        self.report.notes += notes
        return frame, Problems(file.shown, self.skip, np.zeros(len(frame), dtype=bool))

    def _good(self, frame: pd.DataFrame, problems: Problems) -> pd.DataFrame:
        self.report.skipped += problems.reasons
        kept = frame[~problems.bad].reset_index(drop=True)
        if not len(kept):
            raise DataError(
                where=problems.shown,
                found="no row that can be used",
                expected="at least one",
                todo="See the reasons above.",
            )
        return kept

    def interactions(self, files: Mapping[str, TableInput]) -> pd.DataFrame:
        """The rows of one file, or of all parts: the latest of each pair, the first part it is in."""
        frames = {part: self._interactions_of(file) for part, file in files.items()}
        shared = set.intersection(*(set(frame.columns) for frame in frames.values()))
        for frame in frames.values():
            for column in sorted(set(frame.columns) - shared):
                self.report.notes.append(f"The column {column} is not in every part and was left out.")
        rows = pd.concat(
            [
                frame[[column for column in frame.columns if column in shared]].assign(
                    **{imports.PART: PARTS.get(part, -1)}
                )
                for part, frame in frames.items()
            ],
            ignore_index=True,
        )
        rows[imports.PART] = rows[imports.PART].astype("int8")
        self.report.rows_read = sum(self.report.files.values())
        rows = self._once(rows)
        self.report.rows_kept = len(rows)
        return rows.drop(columns=imports.PART) if "" in files else rows

    def _once(self, rows: pd.DataFrame) -> pd.DataFrame:
        keys = [rows["user_id"], rows["item_id"]]
        order = np.lexsort(
            (np.arange(len(rows)), rows["timestamp"] if "timestamp" in rows else np.zeros(len(rows)))
        )
        latest = (
            rows.iloc[order].drop_duplicates(["user_id", "item_id", imports.PART], keep="last").sort_index()
        )
        first = (
            latest.sort_values(imports.PART, kind="stable")
            .drop_duplicates(["user_id", "item_id"])
            .sort_index()
        )
        self.report.duplicates = len(keys[0]) - len(latest)
        self.report.in_two_parts = len(latest) - len(first)
        return first.reset_index(drop=True)

    def _interactions_of(self, file: TableInput) -> pd.DataFrame:
        frame, problems = self._rows("interactions", file)
        known = {role.column for group in ROLES["interactions"] for role in group}
        columns = {
            column: table_cells.ids(frame[column], column, problems) for column in ("user_id", "item_id")
        }
        for column in ("rating", "interaction"):
            if column in frame:
                columns[column] = table_cells.numbers(frame[column], column, problems).astype("float32")
        if "timestamp" in frame:
            columns["timestamp"], unit = table_cells.times(frame["timestamp"], "timestamp", problems)
            if unit != "seconds":
                self.report.notes.append(f"{problems.shown}: times were {unit} and are kept as unix seconds.")
        for column in [column for column in frame.columns if column not in known]:
            if len(columns) - 2 >= MAX_CONTEXT or not table_cells.is_plain(frame[column]):
                self.report.notes.append(f"{problems.shown}: the column {column} was left out.")
            elif column != imports.PART:
                columns[column] = _context(frame[column])
        return self._good(pd.DataFrame(columns), problems)

    def other(self, table: str, file: TableInput, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """The rows of a table beside the interactions."""
        frame, problems = self._rows(table, file)
        required = [role.column for role in ROLES[table][0]]
        columns = {}
        for column in frame.columns:
            if column in required and column.endswith("_id"):
                columns[column] = table_cells.ids(frame[column], column, problems)
            elif column == "year":
                columns[column] = pd.to_numeric(frame[column], errors="coerce").round().astype("Int64")
            elif column in required or table in ("items", "users"):
                columns[column] = _feature(frame[column], column, frame.attrs["blanks"])
        if "title" in columns and "year" not in columns:
            dated = table_cells.years_in(columns["title"])
            if dated is not None:
                columns |= {"title": dated["title"], "year": dated["year"]}
                self.report.notes.append(f"{problems.shown}: years were read from the ends of titles.")
        rows = self._good(pd.DataFrame(columns), problems)
        once = rows.drop_duplicates(required, keep="last", ignore_index=True)
        if len(rows) > len(once):
            self.report.notes.append(
                f"{problems.shown}: {len(rows) - len(once):,} repeated rows were left out."
            )
        return self._known_items(once, tables, problems) if table == "knowledge" else once

    def _known_items(
        self, rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], problems: Problems
    ) -> pd.DataFrame:
        known = set().union(
            *(tables[name]["item_id"] for name in ("interactions", "items") if name in tables)
        )
        kept = rows[rows["item_id"].isin(known)].reset_index(drop=True)
        if len(kept) < len(rows):
            self.report.notes.append(
                f"{problems.shown}: {len(rows) - len(kept):,} facts about unknown items were left out."
            )
        return kept


def _context(cells: pd.Series) -> pd.Series:
    values = pd.to_numeric(cells, errors="coerce")
    return values if values.notna().all() else table_cells.texts(cells)


def _feature(cells: pd.Series, column: str, blanks: bool) -> pd.Series:
    if column not in ("genres", "title", "name") and pd.api.types.is_numeric_dtype(cells.dtype):
        return cells
    text = table_cells.texts(cells)
    if column == "genres" and not text.str.contains("|", regex=False).any():
        parted = text.str.contains("[,;]").any()
        text = text.str.split("[,;]" if parted else " " if blanks else "\0", regex=True)
        text = text.map(lambda parts: "|".join(filter(None, (part.strip() for part in parts))))
    return text
