"""The same person, before and after: what a new model changes for them, against the noise of another seed."""

from __future__ import annotations

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.figures.rank_moves import rank_slope
from gnnrec.runs.before_after import BeforeAfter, compare, seed_pair
from gnnrec.runs.experiments import experiments
from gnnrec.runs.listing import Run
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.context import Context
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.train.start import start


def before_after(context: Context, run: Run) -> None:
    """The slope chart and the sentence for the person of the context bar."""
    after = _model_at(context, run.checkpoint or "")
    before = _model_at(context, run.spec.base) or _other(context, after)
    data = context.dataset
    if run.spec.dataset != data.name:
        st.page_link(
            places.pages_folder() / "train.py",
            label=f"Run {run.id} was trained on {escape(run.spec.dataset)}: go there",
            icon=":material/arrow_forward:",
            query_params={"d": run.spec.dataset, "job": run.id},
        )
        return
    if after is None:
        st.info(
            "The model of this run is not among those of this data set and split; it may have been deleted.",
            icon=":material/inventory_2:",
        )
        return
    if before is None or context.user is None:
        st.info("There is no other model on this split to compare it with.", icon=":material/compare_arrows:")
        return
    _shown(context, before, after, run)


def shipped_before_after(context: Context) -> None:
    """Without a run to show: model A beside another model of the same kind that is already here."""
    before = context.a
    after = next(
        (
            one
            for one in context.models
            if before is not None
            and one is not before
            and one.config["recommender"] == before.config["recommender"]
            and one.config["settings"] != before.config["settings"]
        ),
        None,
    )
    if before is None or after is None or context.user is None:
        return
    st.caption(
        "Nothing was trained from this page yet. Until then, this is a change that was trained before."
    )
    _shown(context, before, after, None)


def _shown(context: Context, before: Checkpoint, after: Checkpoint, run: Run | None) -> None:
    """Sentence, slope chart and ways on, for one pair of models."""
    data, words = context.dataset, context.words
    pair = seed_pair(context.models, before, after)
    found = _compared(
        before.address,
        after.address,
        tuple(one.address for one in pair) if pair else None,
        context.user,
        context.k,
    )
    st.subheader(f"{escape(data.user_name(context.user))}, before and after", anchor=False)
    only_seed = pair is not None and {one.address for one in pair} == {before.address, after.address}
    if only_seed:
        st.markdown(
            f"**{found.changed} of {found.k} changed, and only the seed differs:** this is the noise."
        )
    else:
        st.markdown(f"**{found.sentence()}** {found.reading()}")
    left, right = side_by_side("before-after", (470, 3), (260, 2))
    with left:
        _chart(context, found, before, after)
    with right:
        _accuracy(before, after)
        if run is not None:
            _forgotten(context, run, found)
        if pair is None:
            _offer_seed(context, before)
        st.page_link(
            places.pages_folder() / "recommend.py",
            label=f"Both lists with their {words.items}",
            icon=":material/recommend:",
            query_params=view.link(a=after.address, b=before.address, drop=None, add=None),
        )
        st.page_link(
            places.pages_folder() / "graph.py",
            label="The graph that the new model sees",
            icon=":material/hub:",
            query_params=view.link(a=after.address, b=before.address, drop=None, add=None),
        )


@st.cache_data(max_entries=64, show_spinner="Comparing the lists …")
def _compared(before: str, after: str, pair: tuple[str, str] | None, user: int, k: int) -> BeforeAfter:
    seeds = (loaders.model(pair[0]), loaders.model(pair[1])) if pair else None
    return compare(loaders.model(before), loaders.model(after), seeds, user, k)


def _model_at(context: Context, address: str) -> Checkpoint | None:
    return next((one for one in context.models if one.address == address), None)


def _other(context: Context, after: Checkpoint | None) -> Checkpoint | None:
    """Model A, else the best other one; one of the same task where there is one."""
    if after is None:
        return None
    candidates = [context.a, context.b, *context.models]
    others = [one for one in candidates if one is not None and one is not after]
    same = (one for one in others if tasks.task_of(one) == tasks.task_of(after))
    return next(same, others[0] if others else None)


def _chart(context: Context, found: BeforeAfter, before: Checkpoint, after: Checkpoint) -> None:
    data = context.dataset
    named = data.items.id
    items = {*found.before, *found.after}
    judged = "valid" not in context.split.fitted_parts
    held_out = context.split.matrix("valid")[context.user].indices if judged else ()
    figure = rank_slope(
        [named(one) for one in found.before],
        [named(one) for one in found.after],
        found.k,
        {named(one): data.item_title(one) for one in items},
        mode(),
        hits={named(one) for one in held_out},
    )
    show_figure(
        figure,
        key=f"slope_{before.id}_{after.id}_{context.user}_{found.k}",
        caption=f"Before: {escape(before.title)}. After: {escape(after.title)}. The first {found.k} "
        f"{context.words.items} of each. "
        + (
            f"A check marks what they later {context.words.past} (held out for validation)."
            if judged
            else "On this split the finished models learned from validation too, so no hits are marked."
        ),
    )


def _accuracy(before: Checkpoint, after: Checkpoint) -> None:
    """The number that decides, before and after; two tasks have none in common."""
    deciding = tasks.deciding(after)
    if tasks.task_of(before) != tasks.task_of(after):
        st.caption(
            "The two answer different questions (who might want what, how many stars, or what is clicked on next): no "
            "one number says which is better. The lists can still be compared."
        )
        return
    old, new = (one.metrics["valid"].get(deciding.metric) for one in (before, after))
    if old is None or new is None:
        return
    over = {"rating": "all ratings", "next_item": "all clicks"}.get(tasks.task_of(after), "all people")
    st.metric(
        f"{deciding.title} over {over}, validation",
        f"{new:.4f}",
        f"{new - old:+.4f}",
        delta_color="normal" if deciding.direction == "higher" else "inverse",
        help=f"Before: {old:.4f}. {deciding.direction.capitalize()} is better.",
    )


def _forgotten(context: Context, run: Run, found: BeforeAfter) -> None:
    """Where the forgotten items of this person stand now."""
    data = context.dataset
    mine = [item for user, item in run.spec.forget if user == data.users.id(context.user)]
    for item in data.items.numbers(mine)[:5]:
        rank = found.after.index(item) + 1 if item in found.after else None
        where = f"suggested at rank {rank}" if rank else f"not among the first {len(found.after)}"
        st.caption(f"Forgotten: {escape(data.item_title(item))}, now {where}.")


def _offer_seed(context: Context, before: Checkpoint) -> None:
    """Without a second seed nobody can say how much of a change is chance."""
    st.caption("No second seed of either model is here, so how much of this is chance is not known.")
    if "n_layers" not in before.config["settings"] or not places.writes_allowed():
        return
    wanted = next(
        one
        for one in experiments(context.dataset, before, seeds=[before.config["seed"]])
        if one.key == "seed"
    )
    st.button(
        f"Train {escape(before.title)} with another seed",
        key="train_noise",
        icon=":material/casino:",
        on_click=start,
        args=(wanted.spec(context.dataset, context.split, before),),
    )
