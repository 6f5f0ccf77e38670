"""The verdict of the Compare page: plain words first, then the difference beside what another seed changes."""

from __future__ import annotations

import shlex

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.errors import GnnrecError
from gnnrec.evaluation import seed_noise
from gnnrec.evaluation.seed_noise import says
from gnnrec.figures.differences import DifferenceRow, difference_rows
from gnnrec.figures.person_scatter import better_bar
from gnnrec.runs.spec import RunSpec
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.compare.asked import PARTS, Asked, against, depends_on_seed, metric_picker, twins_of
from gnnrec.ui.context import Context
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure


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
        st.markdown(f"### {answer}")
        st.markdown(why)
        if asked.versus.n > 1:
            a, b = asked.a.title, asked.b.title
            show_figure(better_bar(asked.versus.of_100, a, b, words.people, mode()), key="compare_of_100")
        st.caption(numbers_words(context, asked))
        metric_picker(asked)


def answer_words(context: Context, asked: Asked) -> tuple[str, str]:
    """The answer and its reason, for a stakeholder; both are Markdown."""
    words, found = context.words, asked.versus
    said = says(asked.difference, asked.noise, found.identical)
    a_ahead = (asked.difference.mean > 0) != found.lower_is_better
    winner, loser = (escape(one.title) for one in ((asked.a, asked.b) if a_ahead else (asked.b, asked.a)))
    better, equal, worse = found.of_100
    share = f"{escape(asked.a.title)} is better for {better} of 100 {words.people}, equal for {equal}, worse for {worse}."
    if said == seed_noise.TOO_FEW:
        return "Cannot tell", f"Only {words.count_people(found.n)} could be judged by both; that is too few."
    if said == seed_noise.SAME:
        return (
            "No: both do the same for everybody",
            f"The two serve each of {words.count_people(found.n)} exactly alike: the difference is 0.",
        )
    truth = next((one for one in (asked.a, asked.b) if tasks.knows_truth(one)), None)
    if truth is not None:
        return (
            f"{escape(truth.title)} is the limit, not a rival",
            f"It knows what this made-up data knows of people, which no model can. {share}",
        )
    if asked.only_seed:
        return (
            "These two differ in nothing but their seed",
            f"What they differ by is the noise of training. {share}",
        )
    if said == seed_noise.OPEN:
        return (
            "No difference is shown",
            f"{share} Over all of them the difference is small enough that with other {words.people} it could point the "
            "other way.",
        )
    holds = f"The difference holds for other {words.people} too"
    if said == seed_noise.WITHIN:
        return (
            "Within seed noise",
            f"{winner} is ahead of {loser} for these {words.people}, but the same model trained with another seed differs "
            f"from itself by as much. {share}",
        )
    if said == seed_noise.NO_SEEDS:
        return f"{winner} is better, as far as one seed of each tells", f"{holds}. {_by_hint(asked)}{share}"
    if said == seed_noise.FEW_SEEDS:
        few = _count(asked.noise.n_seeds)
        return (
            f"{winner} is better, by more than seeds differ here",
            f"{holds} and is larger than between any two seeds; {few} are few, so that is a sign and no proof. {share}",
        )
    seeds = (
        "and is larger than what another seed changes"
        if asked.noise.means
        else "and neither depends on a seed"
    )
    return f"{winner} is better", f"{holds} {seeds}. {share}"


def _by_hint(asked: Asked) -> str:
    """What the seeds of another model let expect, where A and B have none."""
    if not asked.hint:
        return ""
    larger = abs(asked.difference.mean) > asked.hint.gap
    told = "larger than" if larger else "no larger than"
    return f"It is {told} what two seeds of {escape(asked.pair_title)} differ by. "


def _count(n: int) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(n, str(n))


def numbers_words(context: Context, asked: Asked) -> str:
    """The figures, for the engineer; one line."""
    found, difference = asked.versus, asked.difference
    name = escape(asked.title)
    means = [mean_of(asked, one, values) for one, values in ((asked.a, found.a), (asked.b, found.b))]
    told = f"{name} on {PARTS[asked.part]}: A {means[0]:.4f}, B {means[1]:.4f}, A less B {signed(difference.mean)}"
    if difference.low is not None:
        told += f" (95 % paired bootstrap {signed(difference.low)} to {signed(difference.high)})"
    direction = "Lower is better. " if found.lower_is_better else ""
    test = " Models were chosen on validation, not on this." if asked.part == "test" else ""
    return f"{told}, {context.words.count_people(found.n)}. {direction}{_noise_words(asked)}{test}"


def mean_of(asked: Asked, one: Checkpoint, values) -> float:
    """The mean as the leaderboard has it: over ratings for errors, over people for lists."""
    if asked.versus.lower_is_better:
        return float(loaders.evaluation(one.address, asked.part).means[asked.metric])
    return float(values.mean())


def signed(value: float) -> str:
    """A difference with its sign and a real minus."""
    if value == 0:
        return "0"
    return f"{value:+.4f}".replace("-", "−")


def _noise_words(asked: Asked) -> str:
    noise = asked.noise
    if noise is None and asked.hint and asked.pair:
        other = escape(asked.pair_title)
        return (
            "There is only one seed of each, so their seed noise is not known; two seeds of "
            f"{other} lie {asked.hint.gap:.4f} apart."
        )
    if noise is None:
        return "Seed noise is not known: there is only one seed of each."
    if not noise.means:
        return "Neither depends on a seed: both are computed in closed form or were imported."
    seeds = f"{_count(noise.n_seeds).capitalize()} seeds of {_whose(asked)}"
    return f"{seeds} lie up to {noise.gap:.4f} apart: that is the seed noise."


def _whose(asked: Asked) -> str:
    """The names of A and B where there are several seeds of them, without the seed in the name."""
    groups = [[one, *twins_of([*asked.twins, asked.a, asked.b], one)] for one in (asked.a, asked.b)]
    names = {min((one.title for one in group), key=len): None for group in groups if len(group) > 1}
    return " and ".join(escape(one) for one in names)


def evidence(context: Context, asked: Asked) -> None:
    """The difference with its interval, beside the same with other seeds; or how to get another seed."""
    with st.container():
        left, right = side_by_side("compare-evidence", (430, 3), (250, 2))
        with left:
            show_figure(
                difference_rows(
                    _rows(asked),
                    f"{asked.title}, difference on {PARTS[asked.part]}",
                    mode(),
                    gap=asked.gap,
                ),
                key="compare_difference",
                caption=_difference_caption(context, asked),
            )
        with right:
            st.markdown("**How sure is that?**")
            st.caption(
                f"Two kinds of chance can make one model look better: which {context.words.people} were asked, which the "
                "bar shows, and the seed it was trained with, which only training it again can show."
            )
            if not (asked.noise and asked.noise.n_seeds > 2):
                _another_seed(context, asked)


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


def _difference_caption(context: Context, asked: Asked) -> str:
    side = "left" if asked.versus.lower_is_better else "right"
    whose = "" if asked.noise or not asked.pair else f" of {escape(asked.pair_title)}, for want of others"
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
