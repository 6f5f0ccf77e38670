"""The panels of the Data page: what is in a data set, and which others there are."""

from __future__ import annotations

import streamlit as st

from gnnrec import datasets, places
from gnnrec.data import Dataset
from gnnrec.data.words import listed
from gnnrec.datasets import DatasetCard, Source
from gnnrec.datasets.report import QualityReport, quality
from gnnrec.errors import GnnrecError
from gnnrec.ui import view
from gnnrec.ui.failures import show_failure
from gnnrec.ui.text import escape

TAB = "data_tab"
TABS = ("This data", "How it is split", "All data sets", "Import your own")
KINDS = {
    "ratings": "ratings",
    "timestamps": "times",
    "item_features": "titles and features",
    "user_features": "facts about people",
    "social": "friends",
    "knowledge": "knowledge",
    "sessions": "sessions",
    "context": "context",
}


@st.cache_resource(max_entries=8, show_spinner=False)
def _report(name: str, _stamp: str, _dataset: Dataset) -> QualityReport:
    return quality(_dataset, datasets.duplicates_left_out(name))


def report_of(dataset: Dataset) -> QualityReport:
    """The figures of a data set, counted once per edition of its files."""
    return _report(dataset.name, datasets.stamp(dataset.name), dataset)


def overview(dataset: Dataset, report: QualityReport) -> None:
    """Its size in a row of figures, and what it provides."""
    words = dataset.words
    row = st.container(horizontal=True)
    row.metric(words.people.capitalize(), f"{report.n_users:,}", border=True)
    row.metric(words.items.capitalize(), f"{report.n_items:,}", border=True)
    row.metric("Interactions", f"{report.n_interactions:,}", border=True)
    row.metric(
        "Density",
        _percent(report.density),
        border=True,
        help=f"How many of all pairs of {words.a_person} and {words.an_item} are there",
    )
    if report.first and report.last:
        row.metric("Period", _period(report), border=True)
    kinds = [label for kind, label in KINDS.items() if kind in dataset.provides]
    st.caption(f"It provides {listed(kinds) or 'interactions only'}.")


def terms(dataset: Dataset) -> None:
    """Licence and citation."""
    licence = dataset.licence
    with st.container(border=True):
        st.markdown(f"**Terms: {escape(licence.name)}**")
        st.text(licence.note or _default_note(dataset))
        if dataset.citation:
            st.caption(f"Cite: {escape(dataset.citation)}")
        if licence.url:
            st.caption(escape(licence.url))


def _default_note(dataset: Dataset) -> str:
    passed_on = (
        "may be shown to the public" if dataset.licence.redistributable else "is kept out of a public demo"
    )
    return f"No terms were given on import; the data {passed_on}."


def source_list(current: str) -> None:
    """Every data set that is here or could be, with the way to get those that are not."""
    for card in datasets.available():
        with st.container(border=True):
            text, action = st.columns([5, 1], vertical_alignment="center")
            with text, st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{escape(card.title)}**", width="content")
                _badge(card, current)
            text.caption(escape(f"{card.summary} {card.licence.name}.".strip()))
            known = datasets.find_source(card.name)
            if card.present and card.name != current:
                action.button(
                    "Open", key=f"open_{card.name}", on_click=open_set, args=(card.name,), width="stretch"
                )
            elif not card.present and known and places.writes_allowed():
                _how_to_get(known, action)


def _badge(card: DatasetCard, current: str) -> None:
    if card.name == current:
        st.badge("open", icon=":material/visibility:", color="primary")
    elif card.present:
        st.badge("here", icon=":material/check:", color="green")
    elif places.writes_allowed():
        st.badge(escape(card.reason), icon=":material/cloud_off:", color="gray")
    else:
        st.badge("not in a public demo", icon=":material/lock:", color="gray", help=escape(card.reason))


def _how_to_get(source: Source, action) -> None:
    failed = st.session_state.pop(f"failed_{source.name}", None)
    if source.archive:
        with action.popover("Download", width="stretch", key=f"terms_{source.name}", on_change="rerun"):
            st.markdown(f"**{escape(source.licence.name)}**")
            st.text(source.licence.note)
            st.caption(escape(source.citation))
            st.button(
                f"Accept and download {source.archive.bytes / 1e6:.1f} MB",
                key=f"get_{source.name}",
                type="primary",
                on_click=_fetch,
                args=(source,),
            )
    with st.expander("Put the files there yourself"):
        st.text(f"Publisher: {source.publisher}")
        if source.archive:
            st.text(f"Archive: {source.archive.url}")
            st.text(f"sha256: {source.archive.sha256}")
        st.text(f"Folder: {source.location}")
        st.text(f"Files: {', '.join(source.needed)}")
    if failed is not None:
        show_failure(failed)


def _fetch(source: Source) -> None:
    from gnnrec.datasets.download import download

    # Closed, so that it does not cover what comes of it.
    st.session_state[f"terms_{source.name}"] = False
    try:
        download(source)
    except GnnrecError as error:
        st.session_state[f"failed_{source.name}"] = error
    else:
        open_set(source.name)


def open_set(name: str) -> None:
    """Make a data set the current one and turn to what is in it; for callbacks."""
    st.session_state[TAB] = TABS[0]
    view.go(d=name, **dict.fromkeys(view.OF_THE_DATA))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else f"{100 * share:.2g} %"


def _period(report: QualityReport) -> str:
    first, last = report.first.year, report.last.year
    return f"{first}" if first == last else f"{first}–{last}"
