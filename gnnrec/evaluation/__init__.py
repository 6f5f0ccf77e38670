"""Evaluation: full ranking, metrics, intervals and comparisons."""

from gnnrec.evaluation.metrics import METRICS, Metric
from gnnrec.evaluation.ranking import Evaluation, evaluate

__all__ = ["METRICS", "Evaluation", "Metric", "evaluate"]
