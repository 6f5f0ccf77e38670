"""One run as it goes, and the list of all runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from gnnrec import places, runs
from gnnrec.errors import GnnrecError, RunError
from gnnrec.evaluation import ChosenOn, chosen_on
from gnnrec.figures.curves import training_curves
from gnnrec.recommenders import recommender_class
from gnnrec.runs.estimates import about_memory, about_seconds
from gnnrec.runs.listing import SILENCE_S, Run
from gnnrec.runs.spec import setting_words
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.failures import LABELS, show_failure
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

_FAILED = "_run_failed"
_CLICKED = "_run_clicked"
_BADGES = {
    "queued": ("gray", "schedule"),
    "running": ("blue", "play_arrow"),
    "stopping": ("orange", "pause"),
    "stopped": ("gray", "pause"),
    "failed": ("red", "error"),
    "lost": ("orange", "help"),
    "done": ("green", "check"),
}
_DEVICES = {"auto": "Automatic", "cpu": "CPU", "cuda": "GPU"}
_MOST_POINTS = 500


def chosen_run(context: Context, listed: list[Run]) -> str | None:
    """The run of the address, else the active one of this data set."""
    wanted = view.read().get("job", "")
    if wanted:
        return wanted
    active = [one for one in listed if one.active]
    return active[-1].id if active else None


def run_panel(run_id: str) -> Run | None:
    """A run with its curve; it looks again every second while active, and reruns the page once at the end."""
    try:
        one = runs.run(run_id)
    except RunError as error:
        show_failure(error)
        st.button("Show the list of runs", key="run_forget", on_click=lambda: view.go(job=None))
        return None
    failure = st.session_state.pop(_FAILED, None)
    if failure is not None:
        show_failure(failure)

    def look() -> None:
        # After a click in here the whole page has to know whether to go on looking.
        if st.session_state.pop(_CLICKED, False):
            st.rerun()
        now = runs.run(run_id)
        _draw(now)
        if one.active and not now.active:
            st.rerun()

    st.fragment(look, run_every="1s" if one.active else None)()
    return one


def run_list(listed: list[Run]) -> None:
    """All runs of the data set as a table; a picked row is shown above."""
    if not listed:
        st.caption(
            "No runs yet." + (" Start one of the experiments above." if places.writes_allowed() else "")
        )
        return
    differing = runs.differing_settings(listed)
    scores = {
        f"{title} (valid)": [one.best_score if _chosen(one).title == title else None for one in listed]
        for title in dict.fromkeys(_chosen(one).title for one in listed)
    }
    frame = pd.DataFrame(
        {
            "run": [one.id for one in listed],
            "state": [one.state for one in listed],
            "model": [recommender_class(one.spec.recommender).title for one in listed],
            "differs in": [_differences(one, differing[one.id]) for one in listed],
            **scores,
            "best epoch": [one.best_epoch or None for one in listed],
            "device": [one.device for one in listed],
            "seconds": [one.seconds for one in listed],
            "memory (MiB)": [one.memory_mib for one in listed],
            "GPU memory (MiB)": [one.device_memory_mib for one in listed],
        }
    )
    if frame["GPU memory (MiB)"].isna().all():
        frame = frame.drop(columns="GPU memory (MiB)")
    whole = st.column_config.NumberColumn(format="%d")
    event = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"runs_{listed[0].spec.dataset}_{listed[0].id}_{len(listed)}",
        alt="Training runs, newest first",
        placeholder="–",
        column_config={
            **{name: st.column_config.NumberColumn(format="%.4f") for name in scores},
            "seconds": whole,
            "memory (MiB)": whole,
            "GPU memory (MiB)": whole,
        },
    )
    st.caption(
        "Newest first; pick a row to see it above. Seconds are wall time over all attempts, memory is the "
        "peak of the run's own process. Nothing here is chosen on the final test."
    )
    rows = event["selection"]["rows"]
    if rows:
        picked = listed[rows[0]].id
        if st.session_state.get("_picked_run") != picked:
            st.session_state["_picked_run"] = picked
            view.go(job=picked)
            st.rerun()


def _draw(one: Run) -> None:
    colour, icon = _BADGES[one.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"{one.id} · {escape(one.spec.label)}", anchor=False, width="stretch")
            st.badge(one.state_words, icon=f":material/{icon}:", color=colour)
        # Every part has a place of its own, so that none moves when another one comes or goes.
        progress, error, figures, curve, buttons, log = (st.container() for _ in range(6))
    with progress:
        _progress(one)
    if one.error:
        with error:
            _why_failed(one.error)
    with figures:
        _figures(one)
    if one.epochs_most:
        with curve:
            _curve(one)
    with buttons:
        _buttons(one)
    # A log names folders of the server, which are nobody's business in a public demo.
    if places.mode() != "workbench":
        return
    with log, st.expander("Log", icon=":material/terminal:", key=f"log_{one.id}"):
        st.code(one.log_tail() or "Nothing was printed yet.", language=None, height=240)


def _progress(one: Run) -> None:
    if one.state == "queued":
        st.caption("Another run is at work; this one starts by itself when it ends.")
    if one.state in ("running", "stopping") and one.epochs_most:
        share = min(1.0, one.epoch / one.epochs_most)
        st.progress(share, text=f"Epoch {one.epoch} of at most {one.epochs_most}{_left(one)}")
    if one.silent_s > SILENCE_S:
        st.warning(
            f"No news for {one.silent_s:.0f} s. Its process still lives; a large step can take that long."
        )
    if one.note:
        st.info(escape(one.note), icon=":material/warning:")
    if one.state in ("lost", "stopped") or (one.state == "failed" and one.saved_epoch):
        kept = f"from epoch {one.saved_epoch}" if one.saved_epoch else "from the beginning"
        st.caption(f"It can go on {kept} and will end where an uninterrupted run ends.")


def _why_failed(error: Mapping[str, str]) -> None:
    with st.container(border=True):
        st.markdown("**:material/error_outline: Why it failed**")
        for part, label in LABELS.items():
            if error.get(part):
                name, words = st.columns([1, 6])
                name.caption(label)
                # Plain text: the parts quote names of files and data, which must not become markup.
                words.text(error[part])


def _chosen(one: Run) -> ChosenOn:
    """What its epochs are chosen on."""
    return chosen_on(recommender_class(one.spec.recommender).task)


def _left(one: Run) -> str:
    history = one.epochs()[-50:]
    if len(history) < 5:
        return ""
    spent = history[-1].seconds_train - history[0].seconds_train
    spent += history[-1].seconds_evaluate - history[0].seconds_evaluate
    seconds = spent / (history[-1].epoch - history[0].epoch) * (one.epochs_most - one.epoch)
    return f", {about_seconds(seconds)} left if it does not stop early"


def _figures(one: Run) -> None:
    gone = one.seconds
    shown = {
        "Best epoch": str(one.best_epoch) if one.best_epoch else "–",
        f"{_chosen(one).title}, validation": f"{one.best_score:.4f}" if one.best_score is not None else "–",
        "Time": "–" if gone is None else f"{gone:.0f} s" if gone < 600 else f"{gone / 60:.0f} min",
        "Device": _DEVICES.get(one.device, one.device),
        "Memory": "–" if one.memory_mib is None else about_memory(one.memory_mib).removeprefix("about "),
    }
    if one.device_memory_mib:
        shown["GPU memory"] = about_memory(one.device_memory_mib).removeprefix("about ")
    with st.container(horizontal=True, gap="large"):
        for label, value in shown.items():
            st.metric(label, value, width="content")
    if one.state in ("running", "stopping"):
        st.caption(f"Last news {one.silent_s:.0f} s ago.")


def _curve(one: Run) -> None:
    chosen = _chosen(one)
    history = one.epochs()
    step = max(1, len(history) // _MOST_POINTS)
    kept = [epoch for epoch in history if epoch.epoch % step == 0 or epoch.epoch == one.best_epoch]
    figure = training_curves(
        [epoch.epoch for epoch in kept],
        [epoch.loss for epoch in kept],
        [epoch.valid for epoch in kept],
        one.best_epoch or None,
        chosen.title,
        mode(),
    )
    lower = ", lower is better" if chosen.direction == "lower" else ""
    show_figure(
        figure,
        key=f"curve_{one.id}",
        caption=f"Above: the loss on train. Below: {chosen.title} on validation{lower}, which chooses the epoch (dashed).",
    )


def _buttons(one: Run) -> None:
    if not places.writes_allowed():
        return
    with st.container(horizontal=True):
        if one.state in ("running", "stopping") and one.epoch:
            _button(
                "Finish now",
                "check",
                one,
                lambda: runs.stop(one.id, finish=True),
                "Keep the best epoch so far as a model",
            )
        if one.active:
            _button("Stop", "stop", one, lambda: runs.stop(one.id), "Save and end; it can go on later")
        if one.resumable:
            _button(
                "Resume",
                "play_arrow",
                one,
                lambda: runs.resume(one.id),
                "Go on from the last saved epoch",
                True,
            )
        if one.offers_cpu:
            _button(
                "Run again on the CPU",
                "memory",
                one,
                lambda: _again(one, device="cpu"),
                "The same on the CPU",
                True,
            )
        if not one.active:
            _button("Run again", "replay", one, lambda: _again(one), "The same training as a new run")
            _button("Delete", "delete", one, lambda: _delete(one), "Remove the run; a model it made stays")


def _button(
    label: str, icon: str, one: Run, action: Callable[[], object], about: str, first: bool = False
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=f"{label}_{one.id}",
        help=about,
        type="primary" if first else "secondary",
        on_click=_tried,
        args=(action,),
    )


def _tried(action: Callable[[], object]) -> None:
    try:
        action()
    except GnnrecError as error:
        st.session_state[_FAILED] = error
    st.session_state[_CLICKED] = True


def _again(one: Run, **changes: object) -> None:
    view.go(job=runs.again(one.id, **changes)[0])


def _delete(one: Run) -> None:
    runs.delete(one.id)
    view.go(job=None)


def _differences(one: Run, different: dict) -> str:
    fields = {entry["name"]: entry for entry in recommender_class(one.spec.recommender).Config.describe()}
    return ", ".join(
        setting_words(fields.get(name, {"name": name, "unit": ""}), value)
        for name, value in different.items()
    )
