"""The graph of people and items as sparse matrices, and what is cut out of it to look at."""

from __future__ import annotations

from gnnrec.graph.graph import ITEM, USER, Graph, Relation
from gnnrec.graph.growing import MOST_NODES, STEP, Grown, grown, more_neighbours
from gnnrec.graph.layout import RingLayout, ring_layout
from gnnrec.graph.paths import Path, paths
from gnnrec.graph.placing import with_added
from gnnrec.graph.session_order import CLICKED, NEXT_CLICK, click_places, pointing, session_graph
from gnnrec.graph.subgraph import Coverage, Subgraph, SubgraphEdges, SubgraphNodes, k_hop, reweighted
from gnnrec.graph.surroundings import FRIEND, Surroundings, relations_of, surroundings
from gnnrec.graph.switching import edges_of_both, hubs, left_of

__all__ = [
    "CLICKED",
    "FRIEND",
    "ITEM",
    "MOST_NODES",
    "NEXT_CLICK",
    "STEP",
    "USER",
    "Coverage",
    "Graph",
    "Grown",
    "Path",
    "Relation",
    "RingLayout",
    "Subgraph",
    "SubgraphEdges",
    "SubgraphNodes",
    "Surroundings",
    "click_places",
    "edges_of_both",
    "grown",
    "hubs",
    "k_hop",
    "left_of",
    "more_neighbours",
    "paths",
    "pointing",
    "relations_of",
    "reweighted",
    "ring_layout",
    "session_graph",
    "surroundings",
    "with_added",
]
