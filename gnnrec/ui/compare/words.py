"""What a comparison says, in plain words: the answer, its reason, and the figures behind it."""

from __future__ import annotations

import numpy as np

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation import seed_noise
from gnnrec.evaluation.seed_noise import says
from gnnrec.ui import loaders, tasks
from gnnrec.ui.compare.asked import PARTS, Asked, twins_of
from gnnrec.ui.context import Context


def answer_words(context: Context, asked: Asked) -> tuple[str, str]:
    """The answer and its reason, for a stakeholder."""
    words, found = context.words, asked.versus
    said = says(asked.difference, asked.noise, found.identical)
    a_ahead = (asked.difference.mean > 0) != found.lower_is_better
    winner, loser = (one.title for one in ((asked.a, asked.b) if a_ahead else (asked.b, asked.a)))
    better, equal, worse = found.of_100
    share = (
        f"{asked.a.title} is better for {better} of 100 {words.people}, equal for {equal}, worse for {worse}."
    )
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
            f"{truth.title} is the limit, not a rival",
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
    holds = f"The difference would very likely be there with other {words.people} too"
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
            f"{holds}, and it is larger than between any two seeds; {few} are few, so that is a sign and no proof. {share}",
        )
    seeds = (
        ", and it is larger than what another seed changes"
        if asked.noise.means
        else ", and neither depends on a seed"
    )
    return f"{winner} is better", f"{holds}{seeds}. {share}"


def _by_hint(asked: Asked) -> str:
    """What the seeds of another model let expect, where A and B have none."""
    if not asked.hint:
        return ""
    larger = abs(asked.difference.mean) > asked.hint.gap
    told = "larger than" if larger else "no larger than"
    return f"It is {told} what two seeds of {asked.pair_title} differ by. "


def _count(n: int) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(n, str(n))


def numbers_words(context: Context, asked: Asked) -> str:
    """The figures, for the engineer; one line."""
    found, difference = asked.versus, asked.difference
    name = asked.title
    means = [mean_of(asked, one, values) for one, values in ((asked.a, found.a), (asked.b, found.b))]
    told = f"{name} on {PARTS[asked.part]}: A {means[0]:.4f}, B {means[1]:.4f}, A less B {signed(difference.mean)}"
    if difference.low is not None:
        told += f" (95 % paired bootstrap {signed(difference.low)} to {signed(difference.high)})"
    direction = "Lower is better. " if found.lower_is_better else ""
    test = " Models were chosen on validation, not on this." if asked.part == "test" else ""
    return f"{told}, {context.words.count_people(found.n)}. {direction}{_noise_words(asked)}{test}"


def mean_of(asked: Asked, one: Checkpoint, values: np.ndarray) -> float:
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
        other = asked.pair_title
        return (
            "No second seed of either is here, so their seed noise is not known; two seeds of "
            f"{other} lie {asked.hint.gap:.4f} apart."
        )
    if noise is None:
        return "Seed noise is not known: no second seed of either is here."
    if not noise.means:
        return "Neither depends on a seed: both are computed in closed form or were imported."
    seeds = f"{_count(noise.n_seeds).capitalize()} seeds of {_whose(asked)}"
    return f"{seeds} lie up to {noise.gap:.4f} apart: that is the seed noise."


def _whose(asked: Asked) -> str:
    """The names of A and B where there are several seeds of them, without the seed in the name."""
    groups = [[one, *twins_of([*asked.twins, asked.a, asked.b], one)] for one in (asked.a, asked.b)]
    names = {min((one.title for one in group), key=len): None for group in groups if len(group) > 1}
    return " and ".join(names)
