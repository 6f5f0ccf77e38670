"""Explanations: why a model gives this person this item, and which paths of the graph carry it."""

from gnnrec.explain.because import Drop, Reason, because, drop
from gnnrec.explain.sentence import Sentence, sentence

__all__ = ["Drop", "Reason", "Sentence", "because", "drop", "sentence"]
