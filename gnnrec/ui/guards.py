"""Guard states in words: what is missing, and the one thing to do about it."""

from __future__ import annotations

import streamlit as st

from gnnrec import places
from gnnrec.ui import view
from gnnrec.ui.context import Context


def need_model(context: Context) -> None:
    """End the page with a sentence and a button where no model is trained on this data."""
    if context.a is not None:
        return
    with st.container(border=True):
        st.markdown("#### :material/inventory_2: No model knows this data yet")
        st.text(f"{context.dataset.title} is open, but no model has been trained on split {context.split}.")
        st.page_link(
            places.pages_folder() / "models.py",
            label="Train the standard set on the Models page",
            icon=":material/model_training:",
            query_params=view.link(),
        )
    st.stop()


def need_person(context: Context) -> None:
    """End the page where the data set has nobody."""
    if context.user is None:
        st.info("This data set has no people.", icon=":material/person_off:")
        st.stop()


def part_switch(key: str) -> str:
    """Which held-out part is shown: validation, unless the final test is asked for. Kept in the address."""
    name = f"{key}_final"
    wanted = view.read().get(name) == "1"
    st.session_state[name] = wanted
    st.toggle(
        "Test (final)",
        key=name,
        on_change=lambda: view.go(**{name: "1" if st.session_state[name] else None}),
        help="Off: hits are counted on validation, which models were chosen on. On: on the final test, which chose nothing. "
        "Lists then hide what was held out for validation.",
    )
    return "test" if wanted else "valid"
