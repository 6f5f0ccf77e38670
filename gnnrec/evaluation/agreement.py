"""How much the lists of two models agree, for all people at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_CELLS_AT_ONCE = 20_000_000


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`lists.overlap` of each row: share of the longer list that the other one holds too.

    **Shapes**: [B, K], [B, K] → [B].
    """
    shared = np.concatenate([same.any(2).sum(1) for same in _same(a, b)] or [np.empty(0)])
    longer = np.maximum((a >= 0).sum(1), (b >= 0).sum(1))
    return np.divide(shared, longer, out=np.ones(len(a)), where=longer > 0)


def rbos(a: np.ndarray, b: np.ndarray, p: float = 0.9) -> np.ndarray:
    """`lists.rbo` of each row: agreement of two rankings, where the top places count most.

    Args:
        a: Item numbers, best first; -1 for empty places at the end.
        b: The same.
        p: How patient the reader is, between 0 and 1.

    **Shapes**: [B, K], [B, K] → [B].
    **Source**: Webber, Moffat and Zobel, TOIS 2010, equation 32.
    """
    k = a.shape[1]
    # A common item counts from the deeper of its two places on.
    deeper = np.maximum.outer(np.arange(k), np.arange(k)).ravel()
    # One column per depth: which pairs of places begin to count there.
    starts = (deeper[:, None] == np.arange(k)[None, :]).astype(np.float32)
    new = [same.reshape(len(same), -1).astype(np.float32) @ starts for same in _same(a, b)]
    common = np.cumsum(np.concatenate(new or [np.empty((0, k))]), axis=1)
    lengths = np.sort(np.stack([(a >= 0).sum(1), (b >= 0).sum(1)]), axis=0)
    short, long = lengths
    depth = np.arange(1, k + 1)
    at_short = common[np.arange(len(a)), np.maximum(short - 1, 0)] * (short > 0)
    at_long = common[np.arange(len(a)), np.maximum(long - 1, 0)] * (long > 0)
    agreement = common / depth
    # Below the end of the shorter list its agreement is taken to go on.
    beyond = np.clip(depth[None, :] - short[:, None], 0, None)
    agreement += at_short[:, None] * beyond / (np.maximum(short, 1)[:, None] * depth)
    agreement *= depth[None, :] <= long[:, None]
    known = (1 - p) / p * (agreement * p**depth).sum(1)
    rest = (at_long - at_short) / np.maximum(long, 1) + at_short / np.maximum(short, 1)
    return np.where(short > 0, known + rest * p**long, (long == 0).astype(float))


def _same(a: np.ndarray, b: np.ndarray) -> Iterator[np.ndarray]:
    """Which place of one list holds what which place of the other holds, some people at a time.

    **Shapes**: [B, K, K] of bool in blocks.
    """
    step = max(_CELLS_AT_ONCE // max(a.shape[1] ** 2, 1), 1)
    for start in range(0, len(a), step):
        left, right = a[start : start + step, :, None], b[start : start + step, None, :]
        yield (left == right) & (left >= 0)
