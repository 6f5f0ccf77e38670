"""How long it takes to cut a subgraph, lay it out, find paths and edit an edge.

python benchmarks/subgraph.py                        a made-up graph of the size of MovieLens 100K
python benchmarks/subgraph.py --pairs u.data         a file whose first two columns are user and item
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from gnnrec.graph import ITEM, Graph, k_hop, paths, ring_layout


def made_up(n_users: int, n_items: int, n_edges: int, seed: int) -> Graph:
    """A graph whose users and items have the long tails of real ones."""
    rng = np.random.default_rng(seed)
    user = (n_users * rng.random(3 * n_edges) ** 2).astype(int)
    item = (n_items * rng.random(3 * n_edges) ** 3).astype(int)
    key = np.unique(user * n_items + item)
    key = rng.choice(key, min(n_edges, len(key)), replace=False)
    return Graph.bipartite(n_users, n_items, key // n_items, key % n_items)


def from_pairs(path: str, share: float, seed: int) -> Graph:
    """A random share of the pairs in a file, with users and items numbered in the order of their ids."""
    table = np.loadtxt(path, dtype=int, usecols=(0, 1))
    table = table[np.random.default_rng(seed).random(len(table)) < share]
    users, user = np.unique(table[:, 0], return_inverse=True)
    items, item = np.unique(table[:, 1], return_inverse=True)
    return Graph.bipartite(len(users), len(items), user, item)


def milliseconds(work: Callable[[int], object], people: np.ndarray) -> tuple[float, float]:
    """Median and 95th percentile over people."""
    taken = []
    for person in people.tolist():
        start = time.perf_counter()
        work(person)
        taken.append(1000 * (time.perf_counter() - start))
    return float(np.median(taken)), float(np.percentile(taken, 95))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", help="text file, first two columns user and item")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.pairs:
        graph = from_pairs(options.pairs, 0.8, options.seed)
    else:
        graph = made_up(943, 1682, 80_000, options.seed)
    n_users, n_items = graph.user_item.shape
    start = time.perf_counter()
    graph.edges_into(np.array([0]))
    graph.edge_norm  # noqa: B018 - computed here once, as the app does when it loads
    print(
        f"{n_users:,} users, {n_items:,} items, {graph.watched.n_edges:,} edges; views built in "
        f"{1000 * (time.perf_counter() - start):.0f} ms; {options.people} people, seed {options.seed}"
    )
    rng = np.random.default_rng(options.seed)
    people = rng.choice(np.flatnonzero(np.diff(graph.user_item.indptr)), options.people)
    target = graph.node(ITEM, int(np.argsort(-graph.degrees[n_users:])[50]))
    shown = {person: k_hop(graph, person, 2, 150) for person in people.tolist()}
    row = graph.user_item.indptr
    work: dict[str, Callable[[int], object]] = {
        "2 hops, 150 nodes": lambda person: k_hop(graph, person, 2, 150),
        "3 hops, 300 nodes": lambda person: k_hop(graph, person, 3, 300),
        "2 hops, all nodes": lambda person: k_hop(graph, person, 2, None),
        "layout of 150 nodes": lambda person: ring_layout(shown[person]),
        "five strongest paths": lambda person: paths(graph, person, target),
        "one edge removed": lambda person: graph.edited(
            remove=[(person, graph.user_item.indices[row[person]])]
        ),
        "… and normalised again": lambda person: (
            graph.edited(remove=[(person, graph.user_item.indices[row[person]])]).normalised
        ),
    }
    print(f"{'':24} {'median':>9} {'95 %':>9}   ms")
    for name, step in work.items():
        median, high = milliseconds(step, people)
        print(f"{name:24} {median:9.2f} {high:9.2f}")


if __name__ == "__main__":
    main()
