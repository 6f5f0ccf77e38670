"""The import form of the Data page: files, which column means what, words, and the report."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.datasets.table_columns import ROLES, guess
from gnnrec.datasets.table_files import ENDINGS, TableFile, read_table
from gnnrec.datasets.table_words import words_from
from gnnrec.datasets.tables import ImportReport, import_tables
from gnnrec.errors import DataError, GnnrecError
from gnnrec.ui.data.panels import open_set
from gnnrec.ui.failures import show_failure
from gnnrec.ui.loaders import forget_opened
from gnnrec.ui.text import escape

UPLOAD_MB = 200
LOOK_ROWS = 5
KINDS = "CSV, TSV, Parquet or RecBole files"
PARTS = ("train", "valid", "test")
BESIDE = {"items": "Items", "users": "People", "social": "Friends", "knowledge": "Knowledge"}
_DONE = "import_done"
_ROUND = "import_round"


@dataclass(frozen=True)
class Given:
    """A file as the visitor gave it: uploaded bytes, or a path on this computer."""

    name: str
    content: bytes | None
    path: Path | None = None

    def table_file(self, folder: Path, place: str, encoding: str, header: bool) -> TableFile:
        """The file to read; an upload is written under a name of ours first."""
        path = self.path
        if path is None:
            ending = Path(self.name).suffix.lower()
            path = folder / f"{place}{ending if ending in ENDINGS else '.unknown'}"
            path.write_bytes(self.content)
        return TableFile(path, self.name, encoding, header)


def import_panel() -> None:
    """The whole form; in a public demo the sentence why there is none."""
    if not places.writes_allowed():
        st.info("Nothing can be imported in this public demo. Run gnnrec on your own computer for that.")
        return
    if _DONE in st.session_state:
        _show_done(st.session_state[_DONE])
        return
    st.markdown(f"Tables of who did what with which item: {KINDS}. They stay on this computer.")
    files = _ask_files()
    if not files.keys() & {"interactions", "train"}:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        header = st.toggle("The first line names the columns", value=True, key="import_header")
        encoding = st.selectbox(
            "Text encoding", ["utf-8", "latin-1", "utf-16"], key="import_encoding", width=180
        )
    mapping: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        tables = {
            place: one.table_file(Path(folder), place, encoding, header) for place, one in files.items()
        }
        try:
            for place, table in tables.items():
                if place not in PARTS[1:]:
                    mapping |= _ask_columns("interactions" if place == "train" else place, table)
        except GnnrecError as error:
            show_failure(error)
            return
        _ask_rest_and_import(tables, mapping)


def _ask_files() -> dict[str, Given]:
    options = ["One file of interactions", "Ready-made train, validation and test"]
    parted = (
        st.segmented_control("What do you have?", options, default=options[0], key="import_kind")
        == options[1]
    )
    typed = places.server_paths_allowed() and st.toggle(
        "Type paths on this computer instead of uploading",
        key="import_paths",
        help=f"For files above {UPLOAD_MB} MB.",
    )
    main = dict(zip(PARTS, ("Train", "Validation (optional)", "Test (optional)"), strict=True))
    places_of_files = main if parted else {"interactions": "Interactions"}
    given = {}
    for column, (place, label) in zip(st.columns(len(places_of_files)), places_of_files.items(), strict=True):
        with column:
            given[place] = _ask_file(place, label, typed)
    with st.expander("More about items and people (optional)"):
        for column, (place, label) in zip(st.columns(len(BESIDE)), BESIDE.items(), strict=True):
            with column:
                given[place] = _ask_file(place, label, typed)
    return {place: one for place, one in given.items() if one is not None}


def _ask_file(place: str, label: str, typed: bool) -> Given | None:
    if typed:
        text = st.text_input(
            label, key=_fresh(f"path_{place}"), placeholder="/data/ratings.csv", max_chars=1000
        )
        # Asked again where it is used: what the browser was shown is no permission.
        if not text or not places.server_paths_allowed():
            return None
        return Given(Path(text).name, None, Path(text).expanduser())
    endings = [ending.removeprefix(".") for ending in ENDINGS]
    upload = st.file_uploader(label, type=endings, key=_fresh(f"file_{place}"), max_upload_size=UPLOAD_MB)
    return None if upload is None else Given(upload.name, upload.getvalue())


def _ask_columns(table: str, file: TableFile) -> Mapping[str, str]:
    """One picker per meaning, filled with the best guess, above the first rows."""
    frame = _look(file)
    columns = [str(column) for column in frame.columns]
    guessed = guess(table, columns) if file.header else {}
    required, optional = ROLES[table]
    chosen = {}
    with st.container(border=True):
        st.markdown(f"**Which column is what?** {escape(file.shown)}")
        pickers = st.columns(len(required) + len(optional))
        for column, role in zip(pickers, (*required, *optional), strict=True):
            options = columns if role in required else ["", *columns]
            best = guessed.get(role.name, "")
            chosen[f"{table}.{role.name}"] = (
                column.selectbox(
                    role.label,
                    options,
                    index=options.index(best) if best in options else (None if role in required else 0),
                    format_func=lambda name: name or "none",
                    placeholder="choose",
                    # Another file has other columns: its pickers start afresh.
                    key=f"import_{table}_{role.name}_{file.shown}_{len(columns)}_{file.header}",
                )
                or ""
            )
        st.dataframe(
            frame.head(LOOK_ROWS).astype(str), hide_index=True, alt=f"The first rows of {file.shown}"
        )
    return chosen


def _look(file: TableFile) -> pd.DataFrame:
    return read_table(file, rows=LOOK_ROWS)


def _ask_rest_and_import(tables: Mapping[str, TableFile], mapping: Mapping[str, str]) -> None:
    first = next(iter(tables.values()))
    with st.form("import_form", border=True):
        left, middle, right = st.columns(3)
        title = left.text_input("Title", value=Path(first.shown).stem[:80], max_chars=80)
        item = middle.text_input("What is one item called?", placeholder="film, song, place", max_chars=30)
        person = right.text_input("What is one person called?", placeholder="person, customer", max_chars=30)
        verb = middle.text_input(
            "What do people do with them?", placeholder="watch, play, visit", max_chars=30
        )
        past = right.text_input("The same, in the past", placeholder="watched, played, visited", max_chars=30)
        skip = left.checkbox("Leave out rows that cannot be read", help="They are listed in the report.")
        replace = left.checkbox("Replace an import of the same title")
        if not st.form_submit_button("Check and import", type="primary", icon=":material/upload:"):
            return
    try:
        missing = [
            meaning.partition(".")[2] for meaning in mapping if not mapping[meaning] and _is_required(meaning)
        ]
        if missing:
            raise DataError(
                where="columns",
                found=f"no column chosen for {' and '.join(missing)}",
                expected="one for each meaning without “none”",
                todo="Choose it above.",
            )
        name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]
        with st.spinner("Reading and checking …"):
            _, report = import_tables(
                name,
                **tables,
                columns=mapping,
                title=title,
                words=words_from(item=item, person=person, people=_people(person), verb=verb, past=past),
                skip_bad_rows=skip,
                replace=replace,
            )
    except GnnrecError as error:
        show_failure(error)
        return
    forget_opened()
    st.session_state[_DONE] = report
    st.rerun()


def _people(person: str) -> str:
    return "people" if person.strip().lower() == "person" else ""


def _is_required(meaning: str) -> bool:
    table, _, role = meaning.partition(".")
    return role in {one.name for one in ROLES[table][0]}


def _show_done(report: ImportReport) -> None:
    with st.container(border=True):
        st.markdown(f"#### :material/check_circle: Imported as {escape(report.name)}")
        row = st.container(horizontal=True)
        row.metric("Rows read", f"{report.rows_read:,}")
        row.metric("Interactions kept", f"{report.rows_kept:,}")
        row.metric("Repeated, left out", f"{report.duplicates:,}", help="The latest of each pair is kept.")
        if report.in_two_parts:
            row.metric("In two parts", f"{report.in_two_parts:,}", help="Kept in the earlier part.")
        for line in (*report.skipped, *report.notes):
            st.caption(escape(line))
        with st.container(horizontal=True):
            st.button(
                "Look at it", type="primary", key="import_open", on_click=_open_done, args=(report.name,)
            )
            st.button("Import another", key="import_again", on_click=_start_again)


def _open_done(name: str) -> None:
    _start_again()
    open_set(name)


def _start_again() -> None:
    st.session_state.pop(_DONE, None)
    # New keys make new, empty fields for files; Streamlit cannot empty an upload.
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _fresh(name: str) -> str:
    return f"import_{name}_{st.session_state.get(_ROUND, 0)}"
