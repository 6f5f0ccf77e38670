"""Explanations: why a model gives this person this item, and which paths of the graph carry it."""

from gnnrec.explain.attention import Incoming, attention_view, evenness, incoming
from gnnrec.explain.because import Drop, Reason, because, drop
from gnnrec.explain.paths import lit_paths
from gnnrec.explain.sentence import Sentence, sentence
from gnnrec.explain.subgraph import edge_weights, explain_subgraph, weight_kinds

__all__ = [
    "Drop",
    "Incoming",
    "Reason",
    "Sentence",
    "attention_view",
    "because",
    "drop",
    "edge_weights",
    "evenness",
    "explain_subgraph",
    "incoming",
    "lit_paths",
    "sentence",
    "weight_kinds",
]
