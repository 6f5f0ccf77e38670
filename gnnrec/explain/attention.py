"""Attention as one weight per edge, a layer and head chosen or averaged, or rolled out over all layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.graph import USER, Graph
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


@dataclass(frozen=True, eq=False)
class RolledOut:
    """What a person's final vector is made of, attention followed back through all layers.

    Attributes:
        items: Item numbers of the history, ascending.
        through: Share that comes in by each item of the history, whatever that item had heard before.
        own: Share that is the person's own vector and never left them; with `through` it adds up to 1.
        origin: Share of the own vector of each node; adds up to 1. The person's is `own` and what comes back to
            them over their history.

    **Shapes**: H items of the history, N nodes: `items` and `through` [H], `origin` [N].
    """

    items: np.ndarray
    through: np.ndarray
    own: float
    origin: np.ndarray


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
    values = whole_attention(recommender, graph)
    n_layers, n_heads, _ = values.shape
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


def whole_attention(recommender: Recommender, graph: Graph) -> np.ndarray:
    """Attention of every layer, head and edge, after a look that the graph is the one it belongs to.

    Raises:
        IncompatibleError: It has no attention, or the graph is not the one it was fitted on.

    **Shapes**: [L, heads, E].
    """
    values, n_edges = recommender.attention(), graph.edge_index().shape[1]
    if values.shape[-1] != n_edges:
        raise IncompatibleError(
            where=f"attention of {recommender.title}",
            found=f"weights of {values.shape[-1]:,} edges for a graph of {n_edges:,}",
            expected="the graph the model was fitted on",
            todo="Choose the data set and split of the checkpoint.",
        )
    return values


def rolled_out(recommender: Recommender, graph: Graph, user: int) -> RolledOut:
    """What a person's final vector is made of, attention followed back through all layers.

    A layer k mixes vectors by Ã_k = diag(β_k) + (I − diag(β_k)) A_k: A_k is attention averaged over heads, each
    of which gives its part of the vector, and β_k what nodes keep of themselves (0 but for gated layers). The
    final vector is the mean of layers 0..L, so the shares are R = 1 / (L + 1) · Σ_k Ã_k ⋯ Ã_1, and the row of the
    person adds up to 1. Split by the first step away from the person it says by which item of the history each
    share came in, which is what an explanation of a history needs; split by the last, whose vector it was.

    Without gates the first split is the average over layers times L / (L + 1): rolling out changes by how much
    each item counts, and not their order. What it adds is the person's own share, and where the rest began.

    It follows weights and not what they are multiplied with: a small share of a long vector may matter more
    than a large one of a short vector, and nothing here depends on what is recommended.

    Args:
        recommender: A fitted recommender with the capability `attention`.
        graph: The graph it was fitted on.
        user: User number.

    Raises:
        IncompatibleError: It has no attention, or the graph is not the one it was fitted on.
        DataError: There is no such person.

    **Source**: Abnar and Zuidema, "Quantifying Attention Flow in Transformers", ACL 2020, section 3 (rollout):
    Ã = 0.5 A + 0.5 I, multiplied over layers. Ours differs: nothing is added to a layer that the model does not
    keep in it, the final vector is the mean of all layers and not the last one, and shares are split by the
    edge they come in by as well as by where they began.
    """
    values, kept = whole_attention(recommender, graph), recommender.kept()
    person = graph.node(USER, int(user))
    _, sources, edges = graph.edges_into(np.array([person]))
    origin = np.zeros(graph.n_nodes)
    if not len(edges):
        origin[person] = 1.0
        return RolledOut(np.empty(0, dtype=np.int64), np.empty(0), 1.0, origin)
    each = 1 / (len(values) + 1)
    stays, through = 0.0, np.zeros(len(edges))
    for weight, keeps in zip(values[::-1], kept[::-1], strict=True):
        stays, origin[person] = stays + each, origin[person] + each
        through += stays * (1 - keeps[person]) * weight[:, edges].mean(0, dtype=np.float64)
        stays *= keeps[person]
        origin = _one_layer_back(graph, origin, weight, keeps)
    origin[person] += each
    return RolledOut(graph.kinds_and_numbers(sources)[1], through, float(stays + each), origin)


def _one_layer_back(graph: Graph, share: np.ndarray, weight: np.ndarray, keeps: np.ndarray) -> np.ndarray:
    """Shares of a layer's vectors as shares of those before. **Shapes**: [N], [heads, E], [N] → [N]."""
    nodes = np.flatnonzero(share)
    place, source, edge = graph.edges_into(nodes)
    sent = (share * (1 - keeps))[nodes][place] * weight[:, edge].mean(0, dtype=np.float64)
    return share * keeps + np.bincount(source, weights=sent, minlength=graph.n_nodes)


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
