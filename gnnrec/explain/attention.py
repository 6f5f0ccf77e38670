"""Attention as one weight per edge, a layer and head chosen or averaged; where a node looks, how evenly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.graph import Graph
from gnnrec.recommenders import Recommender


@dataclass(frozen=True, eq=False)
class Incoming:
    """What flows into one node, the strongest first.

    Attributes:
        source: Nodes the edges come from.
        edge: The directed edges, as columns of `Graph.edge_index()`.
        share: Part of everything flowing into the node that each holds; they add up to 1.
    """

    source: np.ndarray
    edge: np.ndarray
    share: np.ndarray


def attention_view(
    recommender: Recommender, graph: Graph, layer: int | None = None, head: int | None = None
) -> np.ndarray:
    """Attention of every directed edge, taken from the whole train graph and never computed on a cut-out.

    For each target node the weights of arriving edges add up to 1 in every layer and head, and so do their
    averages. An average over heads says where the layer looks; one over layers as well says where the model
    looks, although the layers see different things: choose one to read it exactly.

    Args:
        recommender: A fitted recommender with the capability `attention`.
        graph: The graph it was fitted on.
        layer: Which layer, counted from 0; the average over layers where None.
        head: Which head, counted from 0; the average over heads where None.

    Raises:
        IncompatibleError: It has no attention, or the graph is not the one it was fitted on.
        ConfigError: There is no such layer or head.

    **Shapes**: [E], in the order of `Graph.edge_index()`.
    """
    values = recommender.attention()
    n_layers, n_heads, n_edges = values.shape
    if n_edges != graph.edge_index().shape[1]:
        raise IncompatibleError(
            where=f"attention of {recommender.title}",
            found=f"weights of {n_edges:,} edges for a graph of {graph.edge_index().shape[1]:,}",
            expected="the graph the model was fitted on",
            todo="Choose the data set and split of the checkpoint.",
        )
    for name, chosen, count in (("layer", layer, n_layers), ("head", head, n_heads)):
        if chosen is not None and not 0 <= chosen < count:
            raise ConfigError(
                where=f"attention {name}",
                found=str(chosen),
                expected=f"0 to {count - 1}",
                todo="Leave it out for the average.",
            )
    picked = values[slice(None) if layer is None else [layer]]
    return picked[:, slice(None) if head is None else [head]].mean((0, 1))


def incoming(graph: Graph, weight: np.ndarray, node: int) -> Incoming:
    """Where a node looks: its arriving edges with their share, the strongest first; equal ones by node.

    **Shapes**: weight [E].
    """
    _, source, edge = graph.edges_into(np.array([node]))
    flow = np.abs(np.asarray(weight, dtype=np.float64)[edge])
    order = np.lexsort((source, -flow))
    total = flow.sum()
    share = flow / total if total else np.zeros(len(flow))
    return Incoming(source[order].astype(np.int64), edge[order], share[order])


def evenness(graph: Graph, weight: np.ndarray) -> np.ndarray:
    """How evenly each node takes in its neighbours: 1 where all count alike, 0 where one counts alone.

    Entropy of the shares of arriving edges over that of equal shares; NaN for nodes with fewer than two
    neighbours, which have no choice.

    **Shapes**: weight [E] → [N].
    """
    target = graph.edge_index()[1]
    flow = np.abs(np.asarray(weight, dtype=np.float64))
    total = np.bincount(target, weights=flow, minlength=graph.n_nodes)
    share = np.divide(flow, total[target], out=np.zeros_like(flow), where=total[target] > 0)
    terms = np.multiply(share, np.log(share, out=np.zeros_like(share), where=share > 0))
    entropy = -np.bincount(target, weights=terms, minlength=graph.n_nodes)
    chooses = (graph.degrees > 1) & (total > 0)
    most = np.log(graph.degrees, out=np.ones(graph.n_nodes), where=graph.degrees > 1)
    return np.where(chooses, entropy / most, np.nan)
