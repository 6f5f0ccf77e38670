"""The standard set: the five models that every data set is looked at with, trained from the page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gnnrec import places, runs
from gnnrec.recommenders import recommender_class
from gnnrec.runs.standard import LEFT_OUT, QUEUED, THERE, TRAINING, WAITING, StandardModel, time_words
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.failures import show_failure

_STATE_WORDS = {THERE: "at hand", WAITING: "not trained yet", QUEUED: "in the queue", TRAINING: "training"}


def standard_set(context: Context) -> None:
    """What the data set lacks of its standard set, how long that takes, and the button that trains it."""
    if not places.writes_allowed():
        return
    plan = runs.plan_standard_set(context.dataset, context.split)
    active = [one for one in runs.runs(context.dataset.name) if one.active]
    if all(one.state == THERE for one in plan) and not active:
        return
    with st.container(border=True):
        st.subheader("The standard set", anchor=False)
        st.caption(
            "Three simple models and two graph networks, so that no graph network is looked at "
            "without a strong simple one beside it."
        )
        if active:
            _progress(context)
            return
        _table(plan)
        waiting = [one for one in plan if one.state == WAITING]
        if waiting:
            st.button(
                f"Train the {len(waiting)} missing, {time_words(plan)}",
                key="train_standard",
                type="primary",
                icon=":material/model_training:",
                on_click=_start,
                args=(context,),
            )


def _start(context: Context) -> None:
    try:
        runs.queue_standard_set(context.dataset, context.split)
    except Exception as error:
        show_failure(error)


def _table(plan: list[StandardModel]) -> None:
    frame = pd.DataFrame(
        {
            "model": [one.title for one in plan],
            "state": [
                one.reason if one.state == LEFT_OUT else _STATE_WORDS.get(one.state, one.state)
                for one in plan
            ],
        }
    )
    st.dataframe(frame, hide_index=True, alt="The standard set of this data")


def _progress(context: Context) -> None:
    """The runs of this data set, looked at every second; the page is drawn anew when one of them ends."""
    before = len([one for one in runs.runs(context.dataset.name) if one.active])

    def look() -> None:
        listed = [one for one in runs.runs(context.dataset.name) if one.active]
        if len(listed) != before:
            st.rerun()
        for one in sorted(listed, key=lambda one: one.row.created):
            done = one.status.get("epoch")
            told = f"epoch {done}" if done else runs.listing.STATE_WORDS[one.state].lower()
            st.markdown(
                f":material/model_training: **{recommender_class(one.spec.recommender).title}** · {told}"
            )

    st.fragment(look, run_every="1s")()
    st.page_link(
        places.pages_folder() / "train.py",
        label="All runs",
        icon=":material/arrow_forward:",
        query_params=view.link(),
    )
