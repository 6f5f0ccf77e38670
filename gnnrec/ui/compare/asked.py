"""What the Compare page is asked: two models, one metric, one part; and what follows for each person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation import METRICS, RATING_METRICS, Evaluation
from gnnrec.evaluation.bootstrap import Interval, paired_difference
from gnnrec.evaluation.everybody import judged
from gnnrec.evaluation.seed_noise import SeedNoise
from gnnrec.evaluation.versus import Versus, versus
from gnnrec.recommenders import names
from gnnrec.runs.before_after import kind
from gnnrec.runs.comparison import difference
from gnnrec.training import is_trained
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.compare.lists import lists_of, part_of
from gnnrec.ui.context import Context
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape

PARTS = {"valid": "validation", "test": "the final test"}
_AT = (10, 20)


@dataclass(frozen=True, eq=False)
class Asked:
    """One comparison.

    Attributes:
        part: `valid` or `test`.
        metric: Such as `ndcg@10` or `rmse`.
        a: Model A.
        b: Model B.
        versus: Both for each person.
        difference: A less B over people, with its interval.
        twins: Models that differ from A or B in their seed alone.
        noise: What the seed alone changes A or B by; None where neither has a second seed.
        pair: Two models that differ in their seed alone: A or B and a twin of it, or any others of this split where
            neither has one.
        hint: What the seed alone changes that other pair by; None where it is not needed.
    """

    part: str
    metric: str
    a: Checkpoint
    b: Checkpoint
    versus: Versus
    difference: Interval
    twins: tuple[Checkpoint, ...]
    noise: SeedNoise | None
    pair: tuple[Checkpoint, Checkpoint] | None
    hint: SeedNoise | None

    @property
    def title(self) -> str:
        """The metric's name for the screen."""
        return tasks.metric_words(self.metric)

    @property
    def only_seed(self) -> bool:
        """Whether A and B differ in their seed alone."""
        return self.b in twins_of([self.a, self.b], self.a)

    @property
    def pair_title(self) -> str:
        """What the pair is called but for its seeds: the shorter of the two names."""
        return min((one.title for one in self.pair or ()), key=len, default="")

    @property
    def gap(self) -> float | None:
        """The largest difference between two seeds, of A or B or else of another model; None where unknown."""
        known = self.noise or self.hint
        return known.gap if known else None


def question(context: Context, part: str) -> Asked | None:
    """The comparison that the address asks for; None, with words, where there is none."""
    a, b = context.a, context.b
    if b is None:
        return None
    pickable = metrics_of(a, b)
    wanted = view.read().get("c_metric", "")
    metric = wanted if wanted in pickable else pickable[0]
    if tasks.foresees_clicks(a) != tasks.foresees_clicks(b):
        _two_questions(context)
        st.stop()
    mixed = tasks.predicts_ratings(a) != tasks.predicts_ratings(b)
    evaluations = _evaluations(context, part, mixed)
    if evaluations is None:
        st.stop()
    found = _versus(evaluations, a.address, b.address, part, metric)
    if not found.n:
        return None
    twins = tuple(
        one
        for model in (a, b)
        for one in twins_of(context.models, model)
        if one is not a and one is not b and metric in _stored(one, part)
    )
    stored = [one for one in context.models if metric in _stored(one, part)]
    noise, pair = _noise((a, b, *twins), part, metric), _pair(stored, a, b)
    if noise is None and not any(depends_on_seed(one) for one in (a, b)):
        noise = SeedNoise(())
    return Asked(
        part=part,
        metric=metric,
        a=a,
        b=b,
        versus=found,
        difference=_difference(found, a.address, b.address, part, metric),
        twins=twins,
        noise=noise,
        pair=pair,
        hint=_noise(pair, part, metric) if noise is None and pair else None,
    )


def _two_questions(context: Context) -> None:
    """Says why a model of the next click and another one have no number in common."""
    first, second = (context.a, context.b) if tasks.foresees_clicks(context.a) else (context.b, context.a)
    st.title("Is A better than B?", anchor=False)
    st.info(
        f"{escape(first.title)} is asked what is clicked on next in a session, {escape(second.title)} what somebody "
        "chooses in the long run. No number answers both, so the two are not compared. Choose two models of one kind; "
        "their lists for a person stand side by side on Recommend.",
        icon=":material/compare_arrows:",
    )


def metrics_of(a: Checkpoint, b: Checkpoint) -> list[str]:
    """What two models can be compared by, the deciding one first."""
    if tasks.foresees_clicks(a):
        return [f"{name}@{k}" for k in _AT for name in ("ndcg", "hit", "mrr")]
    if tasks.predicts_ratings(a) and tasks.predicts_ratings(b):
        return list(RATING_METRICS)
    return [f"{name}@{k}" for k in _AT for name in sorted(METRICS, key=lambda one: one != "ndcg")]


def metric_picker(asked: Asked) -> None:
    """Another metric."""
    pick(
        "Compare by",
        "c_metric",
        metrics_of(asked.a, asked.b),
        asked.metric,
        tasks.metric_words,
        forget=("c_dot",),
        width=180,
    )


def twins_of(models: list[Checkpoint], one: Checkpoint) -> list[Checkpoint]:
    """Models that differ from one in their seed alone."""
    if not depends_on_seed(one):
        return []
    return [
        other for other in models if other.config["seed"] != one.config["seed"] and kind(other) == kind(one)
    ]


def depends_on_seed(one: Checkpoint) -> bool:
    """Whether another seed would give another model: closed forms and imported ones know no seed."""
    name = one.config["recommender"]
    # One that this version does not have is taken to be trained, so that no certainty is claimed for it.
    return name not in names() or is_trained(name)


@st.cache_data(max_entries=256, show_spinner=False)
def _difference(_found: Versus, a: str, b: str, part: str, metric: str) -> Interval:
    """A less B over people, with its interval; kept, because the bootstrap takes a while for many people."""
    if loaders.evaluation(a, part).counts is None or loaders.evaluation(b, part).counts is None:
        return paired_difference(_found.a, _found.b)
    tables = []
    for address in (a, b):
        told = loaders.evaluation(address, part)
        tables.append(told.per_user.assign(held_out=told.counts).set_index(told.users))
    return difference([tables[0]], [tables[1]], metric)


def against(asked: Asked, one: Checkpoint, other: Checkpoint) -> Interval:
    """The same difference for two other models that rank or predict like these."""
    found = _versus(
        (loaders.evaluation(one.address, asked.part), loaders.evaluation(other.address, asked.part)),
        one.address,
        other.address,
        asked.part,
        asked.metric,
    )
    return _difference(found, one.address, other.address, asked.part, asked.metric)


@st.cache_resource(max_entries=32, show_spinner=False)
def _versus(_both: tuple[Evaluation, Evaluation], a: str, b: str, part: str, metric: str) -> Versus:
    return versus(*_both, metric)


def _evaluations(context: Context, part: str, mixed: bool) -> tuple[Evaluation, Evaluation] | None:
    """The stored results; a model of ratings beside one that ranks is judged by its lists."""
    both = (context.a, context.b)
    rating = [one for one in both if mixed and tasks.predicts_ratings(one)]
    shown = None
    if rating:
        if part_of(context.split, part).learned:
            st.title("Is A better than B?", anchor=False)
            st.info(
                "One of the two ranks and the other predicts stars, and on this split the finished models learned from "
                "validation too, so their lists cannot be judged by it. Switch on “Test (final)”, or choose two models of "
                "one kind.",
                icon=":material/compare_arrows:",
            )
            return None
        above = st.container()
        shown = lists_of(context, rating, part, "compare_judge")
        if shown is None:
            above.title("Is A better than B?", anchor=False)
            return None
    return tuple(
        _judged(shown[one.address], one.address, part)
        if one in rating
        else loaders.evaluation(one.address, part)
        for one in both
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _judged(_shown, address: str, part: str) -> Evaluation:
    return judged(_shown, part, _AT)


def _stored(one: Checkpoint, part: str) -> dict[str, float | None]:
    return one.metrics.get(part) or {}


def _pair(models: list[Checkpoint], a: Checkpoint, b: Checkpoint) -> tuple[Checkpoint, Checkpoint] | None:
    """A or B and a twin; where neither has one, the best other model that has."""
    pairs = ((one, two) for one in (a, b, *models) for two in twins_of(models, one))
    return next(pairs, None)


def _noise(models: tuple[Checkpoint, ...], part: str, metric: str) -> SeedNoise | None:
    """From the stored means of those that there are several seeds of."""
    groups = {}
    for one in models:
        value = _stored(one, part).get(metric)
        if depends_on_seed(one) and value is not None and np.isfinite(value):
            groups.setdefault(kind(one), []).append(float(value))
    several = tuple(tuple(means) for means in groups.values() if len(means) > 1)
    return SeedNoise(several) if several else None
