"""The graph of people and items as sparse matrices, and what is cut out of it to look at."""

from __future__ import annotations

from gnnrec.graph.graph import ITEM, USER, Graph, Relation

__all__ = ["ITEM", "USER", "Graph", "Relation"]
