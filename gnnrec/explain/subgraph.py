"""The neighbourhood of a person as a model weighs it: by attention where it has some, else by norm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gnnrec.errors import ConfigError
from gnnrec.explain.attention import attention_view
from gnnrec.graph import USER, Graph, Subgraph, k_hop
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import ATTENTION

NORM = "norm"


def weight_kinds(recommender: Recommender) -> tuple[str, ...]:
    """The weights a model can show on edges, the one to open with first."""
    return (ATTENTION, NORM) if ATTENTION in recommender.capabilities else (NORM,)


def edge_weights(
    recommender: Recommender,
    graph: Graph,
    weight: str | None = None,
    layer: int | None = None,
    head: int | None = None,
) -> tuple[np.ndarray, str]:
    """One weight per directed edge of the whole graph, and what the weights are called.

    Args:
        recommender: A fitted recommender.
        graph: The graph it was fitted on.
        weight: `attention` or `norm`; what the model opens with where None.
        layer: Layer of attention from 0, or None for the average.
        head: Head of attention from 0, or None for the average.

    Raises:
        ConfigError: The model has no such weights, or no such layer or head.

    **Shapes**: [E], in the order of `Graph.edge_index()`.
    """
    kinds = weight_kinds(recommender)
    kind = weight or kinds[0]
    if kind not in kinds:
        raise ConfigError(
            where=f"edge weights of {recommender.title}",
            found=f"'{kind[:40]}'",
            expected=" or ".join(kinds),
            todo="Choose one of these, or a model that has them.",
        )
    if kind == ATTENTION:
        return attention_view(recommender, graph, layer, head), kind
    return graph.edge_norm, kind


def explain_subgraph(
    recommender: Recommender,
    graph: Graph,
    user: int,
    hops: int = 2,
    budget: int | None = 150,
    weight: str | None = None,
    layer: int | None = None,
    head: int | None = None,
    keep: Sequence[int] | np.ndarray = (),
) -> Subgraph:
    """What a model sees around a person: everything within some hops, cut to a budget of nodes by weight.

    Weights come from the whole train graph and are selected, never computed again on the cut-out.

    Args:
        recommender: A fitted recommender.
        graph: The graph it was fitted on.
        user: User number.
        hops: How many steps outwards.
        budget: The most nodes to keep, the person included; None keeps all.
        weight: `attention` or `norm`; what the model opens with where None.
        layer: Layer of attention from 0, or None for the average.
        head: Head of attention from 0, or None for the average.
        keep: Nodes to prefer at their hop, such as those of lit paths.

    Raises:
        ConfigError: Hops or budget below 1, or weights the model does not have.
        DataError: There is no such person.
    """
    values, kind = edge_weights(recommender, graph, weight, layer, head)
    return k_hop(graph, graph.node(USER, int(user)), hops, budget, values, kind, keep=keep)
