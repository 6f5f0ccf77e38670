"""Starting a training: experiments as cards, the full form, the device, and what it will take."""

from __future__ import annotations

import streamlit as st

from gnnrec import places, runs
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Dataset
from gnnrec.errors import GnnrecError
from gnnrec.recommenders import recommender_class
from gnnrec.runs.estimates import Estimate, estimate, finished_fits
from gnnrec.runs.experiments import FORGET, Experiment, base_for, experiments
from gnnrec.runs.spec import RunSpec
from gnnrec.training import device as devices
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.failures import show_failure
from gnnrec.ui.families import about, by_family, family_of, why_not
from gnnrec.ui.tasks import task_of
from gnnrec.ui.text import escape
from gnnrec.ui.toasts import toast_next
from gnnrec.ui.train.config_form import config_form

_DEVICES = {"auto": "Automatic", "cpu": "CPU", "cuda": "GPU (CUDA)"}
_FAILED = "_train_failed"
_CARD_WIDTH = 178


@st.cache_resource(ttl=600, show_spinner="Looking for a GPU …")
def _report() -> devices.DeviceReport:
    return devices.report()


def device_choice() -> str:
    """Which device trains, with the reason why CUDA is or is not there."""
    found = _report()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        device = st.segmented_control(
            "Train on",
            list(_DEVICES),
            default="auto",
            format_func=_DEVICES.get,
            key="train_device",
            width="content",
        )
        if found.cuda:
            st.caption(f":material/memory: A GPU is there: {escape(found.reason)}")
        else:
            st.caption(f":material/memory: No GPU is used here: {escape(found.reason)}")
    return device or "auto"


def base_of(context: Context) -> Checkpoint | None:
    """The model that experiments change: model A where it can be trained, else the best one that can."""
    return base_for([one for one in (context.a, context.b, *context.models) if one is not None])


def experiment_cards(context: Context, device: str) -> None:
    """The experiments, each with what to expect, what it takes and a button."""
    base = base_of(context)
    if base is not None:
        st.caption(
            f"Changes to {escape(base.title)} ({escape(base.slug)}); each is trained as a model of its own."
        )
    earlier = finished_fits(context.dataset.name)
    with st.container(horizontal=True, gap="small"):
        for one in experiments(context.dataset, base, _forget(context), _seeds(context, base)):
            with st.container(border=True, width=_CARD_WIDTH, height=290, key=f"experiment_{one.key}"):
                st.markdown(f"**{escape(one.title)}**")
                st.caption(one.expected, width="stretch")
                _card_button(context, one, base, device, earlier)


def own_form(context: Context, device: str) -> None:
    """Any model with any settings."""
    data = context.dataset
    base = base_of(context)
    families = by_family()
    able = [name for members in families.values() for name in members if not why_not(name, data)]
    first = base.config["recommender"] if base else "lightgcn"
    _all_families(data, families)
    left, middle, right = st.columns([2, 1, 1], gap="medium", vertical_alignment="bottom")
    recommender = left.selectbox(
        "Model",
        able,
        index=able.index(first) if first in able else 0,
        format_func=lambda name: recommender_class(name).title,
        key=f"train_model_{data.name}",
    )
    seed = middle.number_input(
        "Seed",
        0,
        2**32 - 1,
        int(base.config["seed"]) if base else 0,
        help="Of the model; the split has its own.",
    )
    minutes = right.number_input(
        "Longest time (minutes)",
        0,
        43_200,
        0,
        help="0 for no limit. The best epoch so far is kept.",
    )
    st.caption(f"{escape(family_of(recommender))} · {escape(about(recommender))}")
    same = base is not None and base.config["recommender"] == recommender
    values = dict(base.config["settings"]) if same else {}
    settings = config_form(
        recommender, values, f"train_{data.name}_{recommender}_{base.id if same else 'default'}"
    )
    try:
        spec = RunSpec.of(
            data,
            recommender,
            split=context.split,
            settings=settings,
            seed=int(seed),
            device=device,
            max_seconds=60 * minutes or None,
            base=_compared_with(context, recommender, base),
        )
    except GnnrecError as error:
        show_failure(error)
        return
    needed = estimate(spec, finished_fits(data.name))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Start training",
            type="primary",
            icon=":material/play_arrow:",
            key="train_start",
            on_click=start,
            args=(spec,),
        )
        st.caption(f"{_takes(needed)}, from {needed.basis}.")
    _twin(spec)


def start(spec: RunSpec) -> None:
    """Queue a training and show it; for callbacks. What goes wrong is shown on the next run of the page."""
    try:
        run_id, new = runs.submit(spec)
    except GnnrecError as error:
        st.session_state[_FAILED] = (error, spec)
        return
    if not new:
        toast_next(
            f"This training is already active as {run_id}; it was not started twice.", ":material/info:"
        )
    view.go(job=run_id)


def show_start_failure() -> None:
    """Why the last start did not work, with an offer of the CPU where a GPU was the trouble."""
    error, spec = st.session_state.pop(_FAILED, (None, None))
    if error is None:
        return
    show_failure(error)
    if spec.device == "cuda":
        st.button(
            "Train on the CPU instead",
            icon=":material/memory:",
            key="train_cpu_instead",
            on_click=start,
            args=(_on_cpu(spec),),
        )


def _compared_with(context: Context, recommender: str, base: Checkpoint | None) -> str:
    """Address of the model that stands beside the new one afterwards: of the same task where there is one."""
    candidates = [one for one in (base, context.a, context.b, *context.models) if one is not None]
    task = recommender_class(recommender).task
    same = next((one for one in candidates if task_of(one) == task), None)
    beside = same or base
    return beside.address if beside else ""


def _all_families(data: Dataset, families: dict[str, list[str]]) -> None:
    """Every recommender by family with a line on what it is; greyed out with the reason where it does not fit."""
    key = f"train_model_{data.name}"
    count = sum(map(len, families.values()))
    with st.popover(f"What is there? {count} models by family", icon=":material/category:"):
        for family, members in families.items():
            st.markdown(f"**{family}**")
            for name in members:
                reason = why_not(name, data)
                model = recommender_class(name)
                st.button(
                    escape(model.title),
                    key=f"choose_{name}",
                    disabled=bool(reason),
                    help=escape(model.paper) or None,
                    on_click=_chosen,
                    args=(key, name),
                )
                st.caption(f":material/block: {reason}" if reason else escape(about(name)))


def _chosen(key: str, name: str) -> None:
    st.session_state[key] = name


def _on_cpu(spec: RunSpec) -> RunSpec:
    return RunSpec.from_dict(spec.as_dict() | {"device": "cpu"})


def _card_button(
    context: Context, one: Experiment, base: Checkpoint | None, device: str, earlier: list[dict]
) -> None:
    if one.missing:
        st.caption(f":material/info: {one.missing}")
        if one.key == FORGET:
            st.page_link(
                places.pages_folder() / "recommend.py",
                label="Choose them",
                icon=":material/arrow_forward:",
                query_params=view.link(),
            )
        return
    try:
        spec = one.spec(context.dataset, context.split, base, device)
    except GnnrecError as error:
        st.caption(f":material/info: {escape(error)}")
        return
    needed = estimate(spec, earlier)
    st.button(
        f"Train, {needed.time_words.partition(',')[0]}",
        key=f"train_{one.key}",
        icon=":material/play_arrow:",
        help=f"{_takes(needed)}, from {needed.basis}.",
        on_click=start,
        args=(spec,),
        width="stretch",
    )


def _takes(needed: Estimate) -> str:
    words = f"{needed.time_words} and {needed.memory_words}"
    return words[0].upper() + words[1:]


def _forget(context: Context) -> tuple[tuple[str, str], ...]:
    """What is unticked on the Recommend page, as far as a model learned from it."""
    if context.user is None:
        return ()
    data, learned = context.dataset, set(context.split.fitted.history(context.user))
    user = data.users.id(context.user)
    return tuple((user, data.items.id(item)) for item in context.drop if item in learned)


def _seeds(context: Context, base: Checkpoint | None) -> list[int]:
    from gnnrec.runs.before_after import kind

    return [one.config["seed"] for one in context.models if base is not None and kind(one) == kind(base)]


def _twin(spec: RunSpec) -> None:
    twin = runs.finished_twin(spec)
    if twin is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"This was trained before, as {twin.id}. Open it, or run it again.")
        st.button(
            "Open",
            key="train_open_twin",
            icon=":material/open_in_new:",
            on_click=lambda: view.go(job=twin.id),
        )
