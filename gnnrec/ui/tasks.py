"""What a model's task decides on the screen: which number says how good it is, and how a score is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation import (
    METRICS,
    RATING_METRICS,
    WHOLE_RANKING,
    ChosenOn,
    Metric,
    RatingMetric,
    chosen_on,
)
from gnnrec.recommenders import names, recommender_class

if TYPE_CHECKING:
    from gnnrec.figures.roles import Role

RATING, NEXT_ITEM = "rating", "next_item"
TASK_WORDS = {
    "ranking": "it ranks what somebody might want next",
    "rating": "it predicts the stars somebody would give; its lists are in that order",
    "next_item": "it ranks what comes next in a session",
}


def task_of(one: Checkpoint) -> str:
    """`ranking`, `rating` or `next_item`."""
    return one.config.get("task", "ranking")


def predicts_ratings(one: Checkpoint) -> bool:
    """Whether its scores are ratings in the data's own scale."""
    return task_of(one) == RATING


def foresees_clicks(one: Checkpoint) -> bool:
    """Whether it ranks what comes next in a session; its figures count clicks, not what people chose."""
    return task_of(one) == NEXT_ITEM


def ranks_for_people(one: Checkpoint) -> bool:
    """Whether its lists are judged by what people chose later, as most are."""
    return task_of(one) == "ranking"


def deciding(one: Checkpoint) -> ChosenOn:
    """The validation number it was chosen on."""
    return chosen_on(task_of(one))


def simple(one: Checkpoint) -> bool:
    """Whether it is one of the simple models that are known to be hard to beat."""
    name = one.config["recommender"]
    return name in names() and recommender_class(name).simple


def error_of(one: Checkpoint) -> float | None:
    """How far off its predicted ratings typically are on validation; None for models that rank."""
    found = one.metrics["valid"].get("rmse") if predicts_ratings(one) else None
    return found if found is not None and math.isfinite(found) else None


def score_text(one: Checkpoint, score: float) -> str:
    """A score as it stands on a card: `4.3 ± 0.9` for predicted stars, `0.83` otherwise, `none` without."""
    if not math.isfinite(score):
        return "none"
    if not predicts_ratings(one):
        return f"{score:#.3g}".rstrip(".")
    error = error_of(one)
    return f"{score:.1f}" if error is None else f"{score:.1f} ± {error:.1f}"


def best_first(models: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Models that rank, then those of ratings, then those of the next click, each kind best on validation first."""
    return sorted(models, key=lambda one: (list(TASK_WORDS).index(task_of(one)), -_gain(one)))


def role(one: Checkpoint, a: Checkpoint | None, b: Checkpoint | None) -> Role:
    """How a chart of many models draws one: the oracle that knows the truth, model A, model B, a simple model as a
    baseline, or another model."""
    if knows_truth(one):
        return "oracle"
    if one is a or one is b:
        return "a" if one is a else "b"
    return "baseline" if simple(one) else "model"


def knows_truth(one: Checkpoint) -> bool:
    """Whether it looks at what made-up data knows of people: a limit for models, not one of them."""
    return "truth" in one.config.get("needs", ())


def metric_of(name: str) -> Metric | RatingMetric | None:
    """The metric of a stored column, whatever its list length: title, description, formula, direction."""
    return (METRICS | WHOLE_RANKING | RATING_METRICS).get(name.partition("@")[0])


def metric_words(name: str) -> str:
    """A metric's name for the screen: `ndcg@10` is `NDCG@10`, `rmse` is `RMSE`."""
    plain, _, k = name.partition("@")
    known = metric_of(name)
    title = known.title if known else plain
    return f"{title}@{k}" if k else title


def _gain(one: Checkpoint) -> float:
    score = one.metrics["valid"].get(deciding(one).metric)
    return deciding(one).gain(score) if score is not None and math.isfinite(score) else -math.inf
