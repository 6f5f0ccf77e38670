"""Vectorised sampling of negatives, drawn from one generator, so that runs can be resumed exactly."""

from __future__ import annotations

import torch
from torch import Tensor


def unseen_before(indptr: Tensor, indices: Tensor, n_items: int) -> Tensor:
    """For each pair of a train matrix, how many unseen items its person has before it in the catalogue.

    Added to person · n_items, so that the whole is sorted and can be searched at once.

    Args:
        indptr: Where each person's items start.
        indices: Items, ascending for each person, each at most once.
        n_items: Size of the catalogue.

    **Shapes**: [U + 1], [P] → [P].
    """
    counts = indptr.diff()
    users = torch.repeat_interleave(torch.arange(len(counts), device=indptr.device), counts)
    place_in_history = torch.arange(len(indices), device=indptr.device) - indptr[users]
    return users * n_items + indices - place_in_history


def unseen_items(
    users: Tensor, indptr: Tensor, before: Tensor, n_items: int, generator: torch.Generator
) -> Tensor:
    """One uniformly drawn item per person that is not in their train history.

    The place among the person's unseen items is drawn and then looked up, so that no draw is ever wasted. A
    person who has everything gets any item.

    Args:
        users: Person of each draw.
        indptr: Where each person's pairs start in `before`.
        before: From `unseen_before`.
        n_items: Size of the catalogue.
        generator: Where randomness comes from.

    **Shapes**: [B], [U + 1], [P] → [B].
    """
    starts = indptr[users]
    n_unseen = n_items - (indptr[users + 1] - starts)
    drawn = torch.rand(len(users), generator=generator, device=users.device, dtype=torch.float64)
    place = (drawn * torch.where(n_unseen > 0, n_unseen, n_items)).long()
    passed = torch.searchsorted(before, users * n_items + place, right=True) - starts
    return torch.where(n_unseen > 0, place + passed, place)
