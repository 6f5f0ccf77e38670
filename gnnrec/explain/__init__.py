"""Explanations: why a model gives this person this item, and which paths of the graph carry it."""

from gnnrec.explain.attention import Incoming, attention_view, evenness, incoming
from gnnrec.explain.audit import Audit, audit, audit_together, verdict_words
from gnnrec.explain.audit_people import audit_many
from gnnrec.explain.because import Drop, Reason, because, drop
from gnnrec.explain.paths import lit_paths
from gnnrec.explain.sentence import Sentence, sentence
from gnnrec.explain.subgraph import edge_weights, explain_subgraph, weight_kinds

__all__ = [
    "Audit",
    "Drop",
    "Incoming",
    "Reason",
    "Sentence",
    "attention_view",
    "audit",
    "audit_many",
    "audit_together",
    "because",
    "drop",
    "edge_weights",
    "evenness",
    "explain_subgraph",
    "incoming",
    "lit_paths",
    "sentence",
    "verdict_words",
    "weight_kinds",
]
