"""Vectorised sampling of negatives; everything drawn from one generator, so that runs can be resumed exactly."""

from __future__ import annotations

import torch
from torch import Tensor

_ROUNDS = 4


def unseen_items(users: Tensor, pair_keys: Tensor, n_items: int, generator: torch.Generator) -> Tensor:
    """One uniformly drawn item per person that is not in their train history.

    Collisions are drawn again a few rounds; for a person who has nearly everything one may remain.

    Args:
        users: Person of each draw.
        pair_keys: Sorted user · n_items + item of every train pair.
        n_items: Size of the catalogue.
        generator: Where randomness comes from.

    **Shapes**: [B], [P] → [B].
    """
    drawn = torch.randint(n_items, (len(users),), generator=generator, device=users.device)
    for _ in range(_ROUNDS):
        keys = users * n_items + drawn
        place = torch.searchsorted(pair_keys, keys).clamp_(max=len(pair_keys) - 1)
        seen = pair_keys[place] == keys
        again = torch.randint(n_items, (len(users),), generator=generator, device=users.device)
        drawn = torch.where(seen, again, drawn)
    return drawn
