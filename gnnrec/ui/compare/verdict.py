"""The verdict of the Compare page: plain words first, then the difference beside what another seed changes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.errors import GnnrecError
from gnnrec.figures.differences import DifferenceRow, difference_rows
from gnnrec.figures.person_scatter import better_bar
from gnnrec.figures.tokens import Mode
from gnnrec.runs.spec import RunSpec
from gnnrec.ui import tasks, view
from gnnrec.ui.compare.asked import PARTS, Asked, against, depends_on_seed, metric_picker, twins_of
from gnnrec.ui.compare.words import answer_words, numbers_words
from gnnrec.ui.context import Context
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Other models offered by name where none is chosen.
_OFFERED = 3


def title(context: Context, asked: Asked | None) -> None:
    """The question, or what is missing to ask it."""
    if asked is not None:
        st.title(f"Is {escape(asked.a.title)} better than {escape(asked.b.title)}?", anchor=False)
        return
    st.title("Is A better than B?", anchor=False)
    if context.b is not None:
        st.info(
            f"No {context.words.person} has something held out that both models were judged by, so nobody can say which "
            "is better. Choose another split or part.",
            icon=":material/person_off:",
        )
        return
    if len(context.models) > 1:
        st.info(
            "Choose model B in the side bar: one model alone is neither better nor worse.",
            icon=":material/add:",
        )
        others = [one for one in context.models if one is not context.a and not tasks.knows_truth(one)]
        with st.container(horizontal=True):
            for one in others[:_OFFERED]:
                st.page_link(
                    places.pages_folder() / "compare.py",
                    label=f"Compare with {escape(one.title)}",
                    icon=":material/compare_arrows:",
                    query_params=view.link(b=one.address),
                )
        return
    with st.container(border=True):
        st.markdown(
            f"#### :material/compare_arrows: {escape(context.a.title)} is the only model here\n\nOne model alone is neither "
            "better nor worse. A simple baseline trained on the same split says what its figures are worth."
        )
        _train_link(context, "Train a second model")


def headline(context: Context, asked: Asked) -> None:
    """The answer in words, the numbers behind it, and of 100 people how many each serves better."""
    words = context.words
    with st.container(border=True):
        answer, why = answer_words(context, asked)
        st.markdown(f"### {escape(answer)}")
        st.markdown(escape(why))
        if asked.versus.n > 1:
            a, b = asked.a.title, asked.b.title
            show_figure(better_bar(asked.versus.of_100, a, b, words.people, mode()), key="compare_of_100")
        st.caption(escape(numbers_words(context, asked)))
        metric_picker(asked)


def evidence(context: Context, asked: Asked) -> None:
    """The difference with its interval, beside the same with other seeds; or how to get another seed."""
    left, right = side_by_side("compare-evidence", (430, 3), (250, 2))
    with left:
        show_figure(
            difference_figure(asked, mode()),
            key="compare_difference",
            caption=escape(difference_caption(context, asked)),
        )
    with right:
        st.markdown("**How sure is that?**")
        st.caption(
            f"Two kinds of chance can make one model look better: which {context.words.people} were asked, which the "
            "bar shows, and the seed it was trained with, which only training it again can show."
        )
        if not (asked.noise and asked.noise.n_seeds > 2):
            _another_seed(context, asked)


def difference_figure(asked: Asked, mode: Mode) -> go.Figure:
    """The difference, the same with other seeds, and seeds among themselves."""
    axis = f"{asked.title}, difference on {PARTS[asked.part]}"
    return difference_rows(_rows(asked), axis, mode, gap=asked.gap)


def _rows(asked: Asked) -> list[DifferenceRow]:
    main = asked.difference
    rows = [DifferenceRow("A less B", main.mean, main.low, main.high)]
    for one in asked.twins:
        of_a = one in twins_of(list(asked.twins), asked.a)
        first, second = (one, asked.b) if of_a else (asked.a, one)
        if tasks.predicts_ratings(first) == tasks.predicts_ratings(second):
            found = against(asked, first, second)
            name = (
                f"seed {one.config['seed']} of A, less B"
                if of_a
                else f"A less seed {one.config['seed']} of B"
            )
            rows.append(DifferenceRow(name, found.mean, found.low, found.high, "same"))
        mine = asked.a if of_a else asked.b
        found = against(asked, mine, one)
        letter = "A" if of_a else "B"
        rows.append(
            DifferenceRow(
                f"{letter} less its seed {one.config['seed']}", found.mean, found.low, found.high, "seed"
            )
        )
    return rows


def difference_caption(context: Context, asked: Asked) -> str:
    """How to read it; plain text."""
    side = "left" if asked.versus.lower_is_better else "right"
    whose = "" if asked.noise or not asked.pair else f" of {asked.pair_title}, for want of others"
    band = f" The band reaches as far as two seeds{whose} lie apart." if asked.gap else ""
    return (
        f"Dots {side} of 0 are better for A; bars are 95 % intervals over {context.words.count_people(asked.versus.n)}, "
        f"drawn again 2,000 times in pairs. A bar that crosses 0 shows no difference.{band}"
    )


def _another_seed(context: Context, asked: Asked) -> None:
    """What to do for a better estimate of seed noise."""
    wanting = [one for one in (asked.a, asked.b) if depends_on_seed(one)]
    if not wanting:
        st.caption("Neither A nor B depends on a seed, so only the first kind is left.")
        return
    one = wanting[0]
    there = {two.config["seed"] for two in [one, *twins_of(context.models, one)]}
    known = "Only one seed" if len(there) == 1 else "Only two seeds"
    st.caption(
        f"{known} of {escape(one.title)} {'is' if len(there) == 1 else 'are'} here; another one says more."
    )
    _train_link(context, "Train it with another seed", a=one.address)
    command = seed_command(context, one, there)
    if command and places.developer_controls():
        with st.popover("The command", icon=":material/terminal:"):
            st.code(command, language="bash", wrap_lines=True)


def seed_command(context: Context, one: Checkpoint, there: set[int]) -> str | None:
    """What trains the same model with a seed that is not there; None where it cannot be trained again."""
    config, seed = one.config, next(seed for seed in range(len(there) + 1) if seed not in there)
    try:
        spec = RunSpec.of(context.dataset, config["recommender"], split=context.split, seed=seed)
    except GnnrecError:
        return None
    changed = [
        f"{name}={value}" for name, value in config["settings"].items() if spec.settings.get(name) != value
    ]
    parts = [
        "python",
        "-m",
        "gnnrec",
        "train",
        "--dataset",
        context.dataset.name,
        "--model",
        config["recommender"],
    ]
    parts += ["--split", str(context.split), *(["--set", *changed] if changed else [])]
    return shlex.join([*parts, "--seed", str(seed), "--out", f"models/{one.slug}-seed{seed}"])


def _train_link(context: Context, label: str, **changes: object) -> None:
    st.page_link(
        places.pages_folder() / "train.py",
        label=label,
        icon=":material/model_training:",
        query_params=view.link(**changes),
    )
