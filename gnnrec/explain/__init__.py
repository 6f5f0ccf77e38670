"""Explanations: why a model gives this person this item, and which paths of the graph carry it."""

from gnnrec.explain.attention import (
    Incoming,
    RolledOut,
    attention_view,
    evenness,
    incoming,
    rolled_out,
)
from gnnrec.explain.attention_effect import Matters, matters, matters_words
from gnnrec.explain.attention_heads import HeadAgreement, Looks, head_agreement, looks
from gnnrec.explain.audit import Audit, audit, audit_together, verdict_words
from gnnrec.explain.audit_people import audit_many
from gnnrec.explain.because import Drop, Reason, because, drop
from gnnrec.explain.messages import Formula, edge_formula
from gnnrec.explain.methods import METHODS, Asked, Importance, importance, methods_of
from gnnrec.explain.paths import lit_paths
from gnnrec.explain.sentence import Sentence, sentence
from gnnrec.explain.subgraph import edge_weights, explain_subgraph, weight_kinds

__all__ = [
    "METHODS",
    "Asked",
    "Audit",
    "Drop",
    "Formula",
    "HeadAgreement",
    "Importance",
    "Incoming",
    "Looks",
    "Matters",
    "Reason",
    "RolledOut",
    "Sentence",
    "attention_view",
    "audit",
    "audit_many",
    "audit_together",
    "because",
    "drop",
    "edge_formula",
    "edge_weights",
    "evenness",
    "explain_subgraph",
    "head_agreement",
    "importance",
    "incoming",
    "lit_paths",
    "looks",
    "matters",
    "matters_words",
    "methods_of",
    "rolled_out",
    "sentence",
    "verdict_words",
    "weight_kinds",
]
