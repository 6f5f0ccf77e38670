"""What recommenders that were made elsewhere have in common: they hold results, and nothing here can learn them."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.recommenders.base import Recommender

# What an item scores that the other system said nothing of: below every score there is, so that no list of ours
# fills up with items that were never recommended.
UNSAID = -np.inf


class Imported(Recommender):
    """Results of another system, as they are.

    It answers for people and items that the import named and for nobody else: all other scores are −inf, so that
    their places in a list stay empty. Fitting is refused: there is nothing to learn here.
    """

    trainable: ClassVar[bool] = False

    def _fit(self, data: TrainingData) -> None:
        raise self._cannot("was made elsewhere and learns nothing here")


def taken(
    state: dict[str, Any], name: str, shape: tuple[int | None, ...], kinds: str, finite: bool = True
) -> np.ndarray:
    """One array of a state, after a look that it fits.

    Args:
        state: Named arrays.
        name: Which.
        shape: Length of each axis; None for any.
        kinds: Kinds of numbers allowed, as numpy's letters.
        finite: Whether infinite values and NaN are refused.

    Raises:
        KeyError: There is none.
        ValueError: It does not fit.
    """
    array = state[name]
    fits = isinstance(array, np.ndarray) and array.dtype.kind in kinds and array.ndim == len(shape)
    if not fits or any(
        want is not None and have != want for have, want in zip(array.shape, shape, strict=True)
    ):
        raise ValueError(f"{name} does not fit")
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{name} is not finite")
    return array
