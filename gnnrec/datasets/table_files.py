"""Tables as files: CSV, TSV, Parquet and RecBole's atomic files, read as they are or refused in words."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gnnrec.errors import ConfigError, DataError

DEFAULT_LIMIT_MB = 500
MAX_COLUMNS = 200
PARQUET = (".parquet", ".pq")
RECBOLE = (".inter", ".user", ".item", ".kg", ".net", ".link")
TEXT = (".csv", ".tsv", ".txt", *RECBOLE)
ENDINGS = (*TEXT, *PARQUET)

_MB = 1024 * 1024
_DELIMITERS = (",", "\t", ";", "|")
# What a file starts with when it is not the text table its ending says.
_MAGIC = {
    b"PAR1": "a Parquet file (rename it to .parquet)",
    b"PK\x03\x04": "a zip archive or a spreadsheet (save the sheet as CSV)",
    b"\x1f\x8b": "a gzip archive (unpack it first)",
    b"SQLite format 3": "an SQLite database (export the table as CSV)",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "text in UTF-16 (pass encoding utf-16, or save it as UTF-8)",
    b"\xfe\xff": "text in UTF-16 (pass encoding utf-16, or save it as UTF-8)",
}
# What stands for "nothing" in an id, a number or a time.
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>", "\\N")


@dataclass(frozen=True)
class TableFile:
    """A file to read and how to read it.

    Attributes:
        path: Where it is.
        name: What its user calls it; the name of an upload is shown, never used as a path.
        encoding: Of the text.
        header: Whether the first line names the columns; without, they are called 1, 2, 3, …
        limit_mb: Largest size in megabytes that is read; None for the default.
    """

    path: Path
    name: str = ""
    encoding: str = "utf-8"
    header: bool = True
    limit_mb: float | None = None

    @property
    def shown(self) -> str:
        """The name for messages."""
        return self.name or self.path.name

    @property
    def ending(self) -> str:
        """What the file says it is, such as `.csv`."""
        return Path(self.shown).suffix.lower()


def limit_in_mb(given: float | None = None) -> float:
    """The largest file that is read: as given, else $GNNREC_IMPORT_LIMIT_MB, else 500 MB."""
    text = os.environ.get("GNNREC_IMPORT_LIMIT_MB", "").strip() if given is None else str(given)
    try:
        limit = float(text or DEFAULT_LIMIT_MB)
    except ValueError:
        limit = 0
    if not 0 < limit < float("inf"):
        raise ConfigError(
            where="limit on the size of a table",
            found=repr(text[:40]),
            expected="a number of megabytes above 0",
            todo="For example 500.",
        )
    return limit


def read_table(file: TableFile, rows: int | None = None) -> pd.DataFrame:
    """The rows of a table file; cells of a text file are text, missing ones NaN.

    Args:
        file: What to read.
        rows: Read this many rows only, to look at; None for all.

    Raises:
        DataError: It is absent, empty, too large, not what its ending says, wrongly encoded, or its rows do
            not match its header.
    """
    _require_readable(file)
    frame = _read_parquet(file, rows) if file.ending in PARQUET else _read_text(file, rows)
    if not len(frame):
        raise DataError(
            where=file.shown,
            found="no rows below the header",
            expected="at least one row",
            todo="Check that this is the right file.",
        )
    if len(frame.columns) > MAX_COLUMNS:
        raise DataError(
            where=file.shown,
            found=f"{len(frame.columns):,} columns",
            expected=f"at most {MAX_COLUMNS}: one row per interaction, not one column per item",
            todo="Turn the table into rows of user and item first.",
        )
    return frame


def _require_readable(file: TableFile) -> None:
    if not file.path.is_file():
        raise DataError(where=file.shown, found="no such file", expected="a file", todo="Check the path.")
    if file.ending not in ENDINGS:
        raise DataError(
            where=file.shown,
            found=f"the ending {file.ending or '(none)'}",
            expected=f"one of {', '.join(ENDINGS)}",
            todo="Save the table as CSV, TSV or Parquet.",
        )
    size, limit = file.path.stat().st_size, limit_in_mb(file.limit_mb)
    if not size:
        raise DataError(where=file.shown, found="an empty file", expected="a table", todo="Check the export.")
    if size > limit * _MB:
        raise _too_large(file, size, limit)
    with open(file.path, "rb") as raw:
        start = raw.read(_MB)
    kind = next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")
    if file.ending in PARQUET:
        if start.startswith(b"PAR1"):
            return
        kind = kind or "something else"
    elif kind.startswith("text in") and file.encoding.lower().startswith("utf-16"):
        return
    elif start.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        kind = "a web page (the download probably failed)"
    elif not kind and b"\0" in start and not file.encoding.lower().startswith(("utf-16", "utf-32")):
        kind = "no text: it has zero bytes"
    if kind:
        raise DataError(
            where=file.shown,
            found=f"not what its ending says: {kind}",
            expected=f"a {'Parquet file' if file.ending in PARQUET else 'text table'} behind {file.ending}",
            todo="Give the file its right ending, or save it again.",
        )


def _too_large(file: TableFile, size: int, limit: float, found: str = "") -> DataError:
    return DataError(
        where=file.shown,
        found=found or f"{size / _MB:,.0f} MB",
        expected=f"at most {limit:,.0f} MB",
        todo="Take a part of the rows, leave columns out, or raise the limit (--max-size, or "
        "GNNREC_IMPORT_LIMIT_MB) if this computer has about four times that much memory.",
    )


def _read_parquet(file: TableFile, rows: int | None) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        packed = pq.ParquetFile(file.path)
        groups = range(packed.metadata.num_row_groups)
        unpacked, limit = (
            sum(packed.metadata.row_group(n).total_byte_size for n in groups),
            limit_in_mb(file.limit_mb),
        )
        if unpacked > 4 * limit * _MB:
            raise _too_large(
                file, unpacked, limit, f"{unpacked / _MB:,.0f} MB once unpacked, four times the limit"
            )
        if rows is None:
            return packed.read().to_pandas()
        first = next(packed.iter_batches(batch_size=rows), None)
        return first.to_pandas() if first is not None else packed.schema_arrow.empty_table().to_pandas()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            where=file.shown,
            found=f"a damaged Parquet file ({str(error).partition(chr(10))[0][:120]})",
            expected="a whole one",
            todo="Write or download it again.",
        ) from None


def _read_text(file: TableFile, rows: int | None) -> pd.DataFrame:
    delimiter, quoting = _dialect(file)
    try:
        frame = pd.read_csv(
            file.path,
            sep=delimiter,
            quoting=quoting,
            header=0 if file.header else None,
            dtype=str,
            keep_default_na=False,
            index_col=False,
            encoding="utf-8-sig" if file.encoding.lower() in ("utf-8", "utf8") else file.encoding,
            nrows=rows,
        )
    except UnicodeDecodeError:
        raise _wrong_encoding(file) from None
    except LookupError:
        raise ConfigError(
            where="encoding",
            found=f"{file.encoding[:40]!r}",
            expected="the name of an encoding",
            todo="For example latin-1.",
        ) from None
    except pd.errors.EmptyDataError:
        raise DataError(
            where=file.shown, found="an empty file", expected="a table", todo="Check the export."
        ) from None
    except (pd.errors.ParserError, ValueError) as error:
        raise _ragged(file, str(error)) from None
    if not file.header:
        frame.columns = [str(number + 1) for number in frame.columns]
    # RecBole writes the kind of a column behind its name.
    kinds = {str(column): str(column).rpartition(":") for column in frame.columns if ":" in str(column)}
    frame.columns = [str(column).strip() for column in frame.columns]
    if file.ending in RECBOLE:
        frame = frame.rename(columns={column: name for column, (name, _, _) in kinds.items()})
        frame.attrs["sequences"] = [name for name, _, kind in kinds.values() if kind == "token_seq"]
    return frame


def _dialect(file: TableFile) -> tuple[str, int]:
    """The delimiter, by the first line, and how quotes are read (as letters in tab separated files)."""
    with open(file.path, "rb") as raw:
        line = raw.readline(_MB).decode(file.encoding if _known(file.encoding) else "utf-8", errors="replace")
    bare = re.sub(r'"[^"]*"', "", line)
    counts = {delimiter: bare.count(delimiter) for delimiter in _DELIMITERS}
    delimiter = max(counts, key=counts.get)
    if file.ending in (".tsv", *RECBOLE):
        if not counts["\t"] and counts[delimiter]:
            raise DataError(
                where=file.shown,
                found=f"not what its ending says: columns parted by {delimiter!r}, not by tabs",
                expected="tab separated columns",
                todo="Rename the file to .csv.",
            )
        return "\t", 3
    return (delimiter if counts[delimiter] else ","), 0


def _known(encoding: str) -> bool:
    try:
        "".encode(encoding)
    except LookupError:
        return False
    return True


def _wrong_encoding(file: TableFile) -> DataError:
    """Which byte, in which line, is not in the encoding."""
    place = "a byte"
    with open(file.path, "rb") as raw:
        for number, line in enumerate(raw, start=1):
            try:
                line.decode(file.encoding)
            except UnicodeDecodeError as error:
                place = f"byte 0x{line[error.start]:02x} in line {number:,}"
                break
    return DataError(
        where=file.shown,
        found=f"{place} is not {file.encoding.upper()}",
        expected=f"text in {file.encoding.upper()}",
        todo="Save the file as UTF-8, or say how it is encoded (--encoding latin-1 for many older files).",
    )


def _ragged(file: TableFile, message: str) -> DataError:
    fields = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    quote = re.search(r"EOF inside string starting at row (\d+)", message)
    if fields:
        found = f"{fields[3]} columns in line {int(fields[2]):,}"
        expected = f"{fields[1]}, as in the header"
    elif quote:
        found, expected = (
            f"a quotation mark opened in row {int(quote[1]) + 1:,} is never closed",
            "closed quotations",
        )
    else:
        found, expected = f"it cannot be read ({message.partition(chr(10))[0][:120]})", "a table"
    return DataError(
        where=file.shown, found=found, expected=expected, todo="Correct that line, or export the table again."
    )
