"""Cases as files: JSON lines and CSV out and in, and the report for somebody who has nothing installed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from gnnrec import places
from gnnrec.errors import GnnrecError
from gnnrec.reports import page
from gnnrec.reports.cases import MOST, case_report
from gnnrec.reports.cases_checked import checked_section
from gnnrec.store import cases
from gnnrec.store.case_files import KINDS, import_bytes, to_csv, to_jsonl
from gnnrec.store.cases_check import CasesCheck
from gnnrec.ui.cases.asked import Asked, person_and_item
from gnnrec.ui.context import Context
from gnnrec.ui.export import download
from gnnrec.ui.failures import show_failure
from gnnrec.ui.long_work import worked
from gnnrec.ui.text import escape

_UPLOAD_MB = 20
_ROUND, _DONE = "_case_import_round", "_case_imported"


def exports(context: Context, asked: Asked) -> None:
    """The cases that fit the filters, as files; none on a stage."""
    if not places.developer_controls() or not asked.n:
        return
    which = f"the {asked.n:,} cases that fit" if asked.filtered else f"all {asked.n:,} cases"
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, ending, make in (
            ("Download as JSON lines", "jsonl", to_jsonl),
            ("Download as CSV", "csv", to_csv),
        ):
            download(
                lambda make=make: make(asked.all()),
                (context.dataset.name, "cases"),
                ending,
                key=f"n_{ending}",
                label=label,
                help=f"Takes {which}.",
            )


def report(context: Context, asked: Asked, checked: tuple[str, CasesCheck] | None) -> None:
    """The report in a fold-out, because it takes a while to make; none on a stage.

    Args:
        context: What the visitor looks at.
        asked: Which cases.
        checked: Title of another model and what became of all cases with it, where that was asked for.
    """
    if not places.developer_controls() or not asked.n:
        return
    panel = st.expander("Report (HTML)", icon=":material/description:", key="n_report", on_change="rerun")
    if not panel.open:
        return
    with panel:
        licence = context.dataset.licence
        st.caption(
            "One file with pictures, lists, graphs, notes and where everything comes from. It opens anywhere, prints well, "
            f"and needs neither network nor gnnrec. It holds the cases that fit the filters, {MOST} at most one by one."
        )
        confirmed = licence.redistributable
        if not confirmed:
            confirmed = st.checkbox(
                f"I may pass on people and {context.words.items} of {escape(context.dataset.title)}",
                key="n_may_pass_on",
                help=f"Its licence ({escape(licence.name)}) does not allow it to everybody. Without this, the report only "
                "counts the cases.",
            )
        title = st.text_input("Title", key="n_report_title", placeholder=f"{asked.n:,} cases", max_chars=200)
        n, name = min(asked.n, MOST), context.dataset.name
        wishes = repr((sorted(asked.wishes.items(), key=str), asked.titles))
        key = (name, "report", wishes, cases.stamp(name), confirmed)
        made = worked(
            key,
            1.0 + len(context.dataset.interactions) / 200_000 + 0.25 * n * confirmed,
            lambda tell: case_report(asked.all(), confirmed=confirmed, tell=tell),
            f"The report on {n:,} cases",
            "n_report_work",
            "Make the report",
        )
        if made is not None:
            if checked is not None:
                about = partial(person_and_item, context) if confirmed else None
                section = checked_section(*checked, about)
                made = replace(made, sections=[section, *made.sections])
            download(
                lambda: page(replace(made, title=title.strip() or made.title)).encode(),
                (name, "cases", "report"),
                "html",
                key="n_report_file",
                label="Download the report",
                type="primary",
            )


def imports() -> None:
    """Take in cases of a file, with a report of what became of them; in a workbench alone."""
    if places.mode() != "workbench":
        return
    panel = st.expander("Import cases", icon=":material/upload:", key="n_import", on_change="rerun")
    if not panel.open:
        return
    with panel:
        done = st.session_state.pop(_DONE, None)
        if done is not None:
            _told(*done)
        st.caption(
            "A file that was exported here or elsewhere. New cases are added; of two with one uid the one changed later "
            "stays. All are taken in, or none if one cannot be read."
        )
        number = st.session_state.get(_ROUND, 0)
        given = st.file_uploader(
            "JSON lines or CSV", type=list(KINDS), key=f"n_file_{number}", max_upload_size=_UPLOAD_MB
        )
        if given is None or not st.button("Take them in", key="n_take_in", type="primary"):
            return
        try:
            counts = import_bytes(given.getvalue(), Path(given.name).suffix.lower().lstrip("."), given.name)
        except GnnrecError as error:
            show_failure(error)
            return
        st.session_state[_DONE] = (given.name, counts)
        st.session_state[_ROUND] = number + 1
        st.rerun()


def _told(name: str, counts: dict[str, int]) -> None:
    st.success(
        f"{escape(name)}: {counts['added']:,} added, {counts['updated']:,} changed, "
        f"{counts['unchanged']:,} were here already, {counts['kept']:,} left as they are because they were changed here "
        "later.",
        icon=":material/check_circle:",
    )
