"""Evaluation: full ranking, predicted ratings, metrics, intervals and comparisons."""

from gnnrec.evaluation.chosen import ChosenOn, chosen_on, deciding_score
from gnnrec.evaluation.metrics import METRICS, Metric
from gnnrec.evaluation.ranking import Evaluation, evaluate
from gnnrec.evaluation.rating import RATING_METRICS, RatingMetric
from gnnrec.evaluation.whole_ranking import WHOLE_RANKING

__all__ = [
    "METRICS",
    "RATING_METRICS",
    "WHOLE_RANKING",
    "ChosenOn",
    "Evaluation",
    "Metric",
    "RatingMetric",
    "chosen_on",
    "deciding_score",
    "evaluate",
]
