"""Can it be better? Change the model or its data, watch it train, and meet the same person again."""

import streamlit as st

from gnnrec import places, runs
from gnnrec.ui.context import current
from gnnrec.ui.router import require_router
from gnnrec.ui.train import panels
from gnnrec.ui.train.before_after import before_after, shipped_before_after
from gnnrec.ui.train.keeping_up import keeping_up_panel
from gnnrec.ui.train.start import device_choice, experiment_cards, own_form, show_start_failure

require_router()
context = current()
listed = runs.runs(context.dataset.name)

st.title("Can it be better?", anchor=False)
if places.writes_allowed():
    show_start_failure()

job = panels.chosen_run(context, listed)
if job:
    # What a finished run changed comes first, how it got there below.
    result, progress = st.container(), st.container()
    with progress:
        run = panels.run_panel(job)
    if run is not None and run.state == "done":
        with result:
            before_after(context, run)
elif not listed:
    shipped_before_after(context)

if places.writes_allowed():
    st.subheader("Try a change", anchor=False)
    device = device_choice()
    experiment_cards(context, device)
    if places.developer_controls():
        with st.expander(
            "Any model, any setting", icon=":material/tune:", key="train_own", on_change="rerun"
        ) as own:
            if own.open:
                own_form(context, device)
else:
    with st.container(border=True):
        st.markdown("#### :material/lock: Training is off in this public demo")
        st.text("Run gnnrec on your own computer to train; the README has the two commands.")

keeping_up_panel(context)
st.subheader("Runs", anchor=False)
panels.run_list(listed)
