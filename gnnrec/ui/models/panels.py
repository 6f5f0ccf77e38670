"""The panels of the Models page."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint, delete, rename
from gnnrec.recommenders import recommender_class
from gnnrec.recommenders.capabilities import CAPABILITIES
from gnnrec.recommenders.query import FOLD_IN
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.context import Context
from gnnrec.ui.failures import show_failure
from gnnrec.ui.families import about, by_family, why_not
from gnnrec.ui.text import escape

PARTS = {"valid": "validation", "test": "test (final)"}
RESULTS = ("ndcg@10", "recall@10", "rmse", "mae")
NEXT_CLICK = ("hit@20", "mrr@20")


def table(context: Context, part: str) -> Checkpoint | None:
    """All checkpoints of this data set with their results; returns the one picked."""
    found = loaders.models_of(context.dataset.name)
    if not found:
        return None
    # A metric that no model here has is no column; where some have it, the others show a gap.
    # What counts next clicks has columns of its own: its NDCG@10 is no NDCG@10 of lists.
    columns = {
        name: [None if tasks.foresees_clicks(one) else one.metrics[part].get(name) for one in found]
        for name in RESULTS
    }
    clicks = {
        f"{tasks.metric_words(name)}, next click": [
            one.metrics[part].get(name) if tasks.foresees_clicks(one) else None for one in found
        ]
        for name in NEXT_CLICK
    }
    results = {
        tasks.metric_words(name): values
        for name, values in columns.items()
        if any(value is not None for value in values)
    } | {name: values for name, values in clicks.items() if any(value is not None for value in values)}
    frame = pd.DataFrame(
        {
            "model": [one.title for one in found],
            **results,
            "split": [one.config["split"] for one in found],
            "seed": [one.config["seed"] for one in found],
            "best epoch": [str(one.config["best_epoch"] or "–") for one in found],
            "seconds": [one.config["seconds_by_stage"].get("train") for one in found],
            "device": [one.config.get("device_name") or one.config["device"] for one in found],
            "trained": [one.config["created"][:10] for one in found],
        }
    )
    digits = {name: st.column_config.NumberColumn(format="%.3f") for name in results}
    event = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"models_{context.dataset.name}_{part}_{'-'.join(one.id[:4] for one in found)[:80]}",
        alt="Models at hand",
        placeholder="–",
        height="content",
        column_config={
            **digits,
            "seconds": st.column_config.NumberColumn(format="%.1f"),
        },
    )
    rated, clicked = (
        any(is_so(one) for one in found) for is_so in (tasks.predicts_ratings, tasks.foresees_clicks)
    )
    st.caption(
        f"Results on {PARTS[part]}, best on validation first"
        + (
            "; models that predict ratings come after and have an error (RMSE and MAE, lower is better) instead"
            if rated
            else ""
        )
        + ("; models of the next click come last, counted in clicks, not people" if clicked else "")
        + ". Seconds are training alone. Pick a row for the model card."
    )
    rows = event["selection"]["rows"]
    # The place is turned into a model at once: the table may hold others on the next run.
    return found[rows[0]] if rows else None


def model_card(context: Context, one: Checkpoint) -> None:
    """What one checkpoint is, what it can do, and what may be done with it."""
    with st.container(border=True):
        st.subheader(escape(one.title), anchor=False)
        st.caption(
            escape(f"{one.address} · {one.config['recommender']} · settings: {one.config['settings_from']}")
        )
        if origin := one.config.get("updated_from"):
            st.caption(f":material/update: {escape(_origin(context, origin))}")
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown(f"**Its task** · {tasks.TASK_WORDS[tasks.task_of(one)]}")
            if one.config.get("note"):
                st.caption(f":material/info: {escape(one.config['note'])}")
            st.markdown("**It can**")
            able = [words for name, words in CAPABILITIES.items() if name in one.capabilities]
            missing = [words for name, words in CAPABILITIES.items() if name not in one.capabilities]
            st.markdown("  \n".join(f":material/check: {words}" for words in able))
            if missing:
                st.markdown("**It cannot**")
                st.caption("  \n".join(missing))
        with right:
            st.markdown("**Settings**")
            settings = pd.DataFrame(
                {
                    "setting": list(one.config["settings"]),
                    "value": [str(value) for value in one.config["settings"].values()],
                }
            )
            st.dataframe(
                settings,
                hide_index=True,
                alt=f"Settings of {one.title}",
                height=min(36 * (len(settings) + 1), 320),
            )
        with st.container(horizontal=True):
            st.button("Use as model A", key="use_a", on_click=lambda: view.go(a=one.address), type="primary")
            st.button("Use as model B", key="use_b", on_click=lambda: view.go(b=one.address))
        _own_actions(one)


def _origin(context: Context, origin: dict[str, Any]) -> str:
    """Which model an updated one came from, and what was new."""
    rows, words = origin["rows"], context.words
    learned = "nothing learned again" if origin["how"] == FOLD_IN else "learning went on"
    return (
        f"Updated from {origin['checkpoint']} by {origin['how']} ({learned}): {rows['added']:,} new rows of "
        f"{rows['file']}, with {words.count_people(rows['new_people'])} and {words.count_items(rows['new_items'])} "
        "not there before."
    )


def _own_actions(one: Checkpoint) -> None:
    if not places.developer_controls():
        return
    if one.folder.parent != places.trained_models() or not places.writes_allowed():
        st.caption(
            "Shipped with the project: it cannot be renamed or deleted."
            if places.writes_allowed()
            else "Read-only here."
        )
        return
    name, action, confirm, remove = st.columns([3, 1, 2, 1], vertical_alignment="bottom")
    new = name.text_input("New name", value=one.slug, key=f"rename_{one.id}", max_chars=80)
    action.button(
        "Rename", key="do_rename", disabled=new == one.slug, on_click=_renamed, args=(one.address, new)
    )
    sure = confirm.checkbox("Yes, delete it for good", key=f"sure_{one.id}")
    remove.button(
        "Delete",
        key="do_delete",
        disabled=not sure,
        on_click=_deleted,
        args=(one.address,),
        icon=":material/delete:",
    )


def _renamed(address: str, slug: str) -> None:
    try:
        made = rename(address, slug)
        view.go(a=made.address)
    except Exception as error:
        show_failure(error)


def _deleted(address: str) -> None:
    try:
        delete(address)
        values = view.read()
        view.go(**{key: None for key in ("a", "b") if values.get(key) == address})
    except Exception as error:
        show_failure(error)


def broken() -> None:
    """Folders that look like a checkpoint and cannot be opened, with the reason."""
    found = loaders.library().broken
    if not found or places.mode() != "workbench":
        return
    with st.expander(
        f"{len(found)} {'folder' if len(found) == 1 else 'folders'} could not be opened",
        icon=":material/error_outline:",
    ):
        for name, error in found.items():
            st.text(f"{name}: {error}")


def compatibility(context: Context) -> None:
    """Every recommender, and whether this data set has what it needs."""
    with st.expander("All recommenders, and what each needs", icon=":material/rule:"):
        rows = []
        for family, members in by_family().items():
            for name in members:
                one = recommender_class(name)
                rows.append(
                    {
                        "family": family,
                        "recommender": one.title,
                        "fits this data": why_not(name, context.dataset) or "yes",
                        "what it is": about(name),
                        "name": name,
                        "source": one.paper,
                    }
                )
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, height="content", alt="Recommenders and what they need"
        )
