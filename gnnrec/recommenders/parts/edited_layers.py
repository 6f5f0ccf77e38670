"""Layers after a change of edges: only what the change reaches is passed again, with the exact result."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
from scipy import sparse

Value = TypeVar("Value")


class LastFew:
    """The last few answers to expensive questions; pages ask the same one several times in a run.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The answer to a question, made now unless it is still there. Two at once may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def degrees_after(degrees: np.ndarray, add: np.ndarray, remove: np.ndarray) -> np.ndarray:
    """Degrees of all nodes when some edges come and some go. **Shapes**: [N], pairs of nodes [n, 2] → [N]."""
    changed = degrees.copy()
    np.add.at(changed, add.ravel(), 1)
    np.subtract.at(changed, remove.ravel(), 1)
    return changed


def layer_changes(
    matrix: sparse.csr_matrix,
    layers: Sequence[np.ndarray],
    degrees: np.ndarray,
    add: np.ndarray,
    remove: np.ndarray,
) -> list[np.ndarray]:
    """How layers 1..L of E^(k+1) = Â E^(k) differ when edges are added and removed.

    With Â = D^-1/2 A D^-1/2, new degrees D', r = √(D / D') and s = 1 / √D', the changed product is
    Â' X = r ⊙ Â (r ⊙ X) + s ⊙ (Δ (s ⊙ X)), Δ being +1 and -1 at the edges that come and go. The change of a
    layer needs one product of Â with what changed before, in which most rows are zero near the edited edges:
    rows that are zero are left out, so that a click in a large graph does not pay for the whole of it.

    Args:
        matrix: Â before the change, symmetric.
        layers: Layers 0..L before the change.
        degrees: Before the change.
        add: Edges that come, as pairs of nodes; none of them exists.
        remove: Edges that go; all of them exist.

    Returns:
        What is to be added to layers 1..L.

    **Shapes**: matrix [N, N], layers L + 1 times [N, D], degrees [N], add and remove [n, 2] → L times [N, D].
    """
    after = degrees_after(degrees, add, remove)
    ends = np.unique(np.concatenate([add.ravel(), remove.ravel()]))
    # A node without edges has an empty row in Â, so any ratio does.
    ratio = np.sqrt(degrees[ends] / np.maximum(after[ends], 1)).astype(np.float32)[:, None]
    ratio[after[ends] == 0] = 0
    scale = np.zeros(len(degrees), dtype=np.float32)
    scale[ends] = np.where(after[ends] > 0, 1 / np.sqrt(np.maximum(after[ends], 1)), 0)
    edges = np.concatenate([add, remove])
    signs = np.concatenate([np.ones(len(add)), -np.ones(len(remove))]).astype(np.float32)
    weights = (signs * scale[edges[:, 0]] * scale[edges[:, 1]])[:, None]
    places = np.searchsorted(ends, edges)

    difference = np.zeros_like(layers[0])
    reached, found = ends, []
    for before, product in pairwise(layers):
        now = before[ends] + difference[ends]
        # r ⊙ E' - E, which is the difference itself everywhere but at the ends of edited edges.
        sent = difference[reached]
        sent[np.searchsorted(reached, ends)] = ratio * now - before[ends]
        rows = matrix[reached]
        difference = rows.T @ sent
        difference[ends] = ratio * difference[ends] + (ratio - 1) * product[ends]
        for here, there in ((0, 1), (1, 0)):
            np.add.at(difference, edges[:, here], weights * now[places[:, there]])
        touched = np.zeros(len(degrees), dtype=bool)
        touched[rows.indices] = True
        touched[ends] = True
        reached = np.flatnonzero(touched)
        found.append(difference)
    return found
