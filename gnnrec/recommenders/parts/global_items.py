"""Which items stand near which in all train sessions together."""

from __future__ import annotations

import numpy as np

from gnnrec.data.sessions import Sessions


def nearby_items(sessions: Sessions, n_items: int, window: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The items that stood most often within some clicks of each item, and how often.

    Either order counts, an item beside itself does not. Of items that met as often, the one with the lower number
    comes first; `n_items` and 0 stand where an item has fewer neighbours.

    **Shapes**: S sessions → [I, most], [I, most].
    **Source**: Wang et al., SIGIR 2020, definition 1: the ε-neighbourhood of an item, ε = `window`.
    """
    item, session = sessions.item.astype(np.int64), sessions.session_of_click
    keys = []
    for step in range(1, window + 1):
        one, other = item[:-step], item[step:]
        together = (session[:-step] == session[step:]) & (one != other)
        one, other = one[together], other[together]
        keys += [one * n_items + other, other * n_items + one]
    key, met = np.unique(np.concatenate(keys), return_counts=True)
    near, far = key // n_items, key % n_items
    order = np.lexsort((far, -met, near))
    near, far, met = near[order], far[order], met[order]
    place = np.arange(len(near)) - np.searchsorted(near, near)
    kept = place < most
    neighbours, times = np.full((n_items, most), n_items), np.zeros((n_items, most), dtype=np.int64)
    neighbours[near[kept], place[kept]] = far[kept]
    times[near[kept], place[kept]] = met[kept]
    return neighbours, times
