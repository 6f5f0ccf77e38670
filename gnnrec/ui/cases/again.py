"""Cases as a regression test: hold them all against another checkpoint; what is fixed, still wrong or newly broken."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pandas as pd
import streamlit as st

from gnnrec.checkpoints import find
from gnnrec.reports.cases_checked import ORDER, in_words, place_words
from gnnrec.store import cases
from gnnrec.store.cases_check import CasesCheck, Finding, cases_check
from gnnrec.ui import loaders, view
from gnnrec.ui.cases.asked import Asked, opener, person_and_item
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.long_work import worked
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape

_SHOWN = 300
_LENGTHS = ("", "5", "10", "20", "50")


def again(context: Context, asked: Asked) -> tuple[str, CasesCheck] | None:
    """Choose a checkpoint; then how many cases it fixes and breaks. Gives its title and what became of each case."""
    st.subheader("Would another model do better?", anchor=False)
    models = {one.address: one.title for one in loaders.models_of(context.dataset.name)}
    if not models:
        st.caption("No model is trained on this data, so the cases cannot be held against one.")
        return None
    values = view.read()
    wanted = values.get("n_check", "")
    # A name alone stands for the checkpoint that has it today.
    chosen = next((one for one in models if wanted in (one, one.partition("@")[0])), "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pick(
            "Hold all cases against",
            "n_check",
            ["", *models],
            chosen,
            lambda one: models.get(one, "Choose a model"),
            forget=("n_became",),
            width=300,
        )
        k = values.get("n_k", "")
        k = k if k in _LENGTHS else ""
        pick(
            "Length of lists",
            "n_k",
            _LENGTHS,
            k,
            lambda one: one or "as noted",
            width=150,
        )
    if not chosen:
        st.caption(
            "Each case says whether its item belongs into the list. Here all of them are asked again: fixed, still wrong, "
            "newly broken. In a pipeline: gnnrec cases check CHECKPOINT."
        )
        return None
    name = context.dataset.name
    key: tuple[Hashable, ...] = (chosen, "cases", k, cases.stamp(name))
    found = worked(
        key,
        _seconds(context, asked.total),
        lambda tell: cases_check(
            find(chosen), cases.listed(dataset=name), k=int(k) if k else None, tell=tell
        ),
        f"Asking {models[chosen]} about {asked.total:,} cases",
        "n_work",
        "Ask again",
    )
    if found is None:
        return None
    with st.container(horizontal=True, gap="small"):
        for outcome in ORDER:
            st.metric(outcome.capitalize(), f"{found.counts[outcome]:,}", width="content")
    st.markdown(escape(in_words(models[chosen], found)))
    return models[chosen], found


def _seconds(context: Context, n: int) -> float:
    """About: the data is opened and cut, the model is loaded, and each person is scored once."""
    return 0.5 + len(context.dataset.interactions) / 400_000 + n * max(0.002, context.dataset.n_items / 4e6)


def became(context: Context, asked: Asked, title: str, found: CasesCheck) -> None:
    """Every case with what became of it; a row opens it."""
    counts, n = found.counts, len(found.findings)
    there = [one for one in ORDER if counts[one]]
    wanted = view.read().get("n_became", "")
    if len(there) > 1:
        pick(
            "Show",
            "n_became",
            ["", *there],
            wanted if wanted in there else "",
            lambda one: f"{one.capitalize()} ({counts[one]:,})" if one else f"All ({n:,})",
            control=st.segmented_control,
            required=True,
            label_visibility="collapsed",
            width="content",
        )
    listed = sorted(
        (one for one in found.findings if wanted not in there or one.outcome == wanted),
        key=lambda one: ORDER.index(one.outcome),
    )
    shown = listed[:_SHOWN]
    uids = [one.case.uid for one in shown]
    name = f"n_again_{found.checkpoint}_{wanted}_{len(uids)}_{uids[0][:8] if uids else ''}"
    st.dataframe(
        _table(context, asked, shown),
        hide_index=True,
        key=name,
        on_select=opener(name, uids),
        selection_mode="single-row",
        alt=f"What became of the cases with {title}",
        placeholder="–",
        height="content" if len(shown) <= 10 else 380,
    )
    more = f" The first {_SHOWN:,} of {len(listed):,} are drawn." if len(listed) > _SHOWN else ""
    st.caption(
        "Then is where the item stood when the case was noted, now where it stands with this model, over the same length of "
        f"list. Nobody can tell where an item is hidden from lists or a verdict says nothing about it.{more}"
    )
    download_table(
        lambda: _table(context, asked, listed),
        (context.dataset.name, "cases", found.checkpoint),
        key="n_again_csv",
    )


def _table(context: Context, asked: Asked, found: Sequence[Finding]) -> pd.DataFrame:
    about = [person_and_item(context, one.case) for one in found]
    return pd.DataFrame(
        {
            "became": [one.outcome for one in found],
            context.words.item: [item for _, item in about],
            "then": [place_words(one.then) for one in found],
            "now": [place_words(one.now) for one in found],
            context.words.person: [person for person, _ in about],
            "verdict": [asked.titles.get(one.case.verdict, one.case.verdict) for one in found],
            "why not told": [one.reason for one in found],
        }
    )
