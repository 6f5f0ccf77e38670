"""The graph of people and items as sparse matrices, and what is cut out of it to look at."""

from __future__ import annotations

from gnnrec.graph.graph import ITEM, USER, Graph, Relation
from gnnrec.graph.layout import RingLayout, ring_layout
from gnnrec.graph.paths import Path, paths
from gnnrec.graph.subgraph import Coverage, Subgraph, SubgraphEdges, SubgraphNodes, k_hop, reweighted

__all__ = [
    "ITEM",
    "USER",
    "Coverage",
    "Graph",
    "Path",
    "Relation",
    "RingLayout",
    "Subgraph",
    "SubgraphEdges",
    "SubgraphNodes",
    "k_hop",
    "paths",
    "reweighted",
    "ring_layout",
]
