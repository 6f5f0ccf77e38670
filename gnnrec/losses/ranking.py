"""Ranking losses: how wrong it is when what a person chose does not come first."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional


def exact_softmax(
    users: Tensor,
    items: Tensor,
    positive_rows: Tensor,
    positive_items: Tensor,
    temperature: float,
    log_popularity: Tensor | None = None,
) -> Tensor:
    """Softmax over the whole catalogue, computed once per distinct person.

    Mean over pairs of logsumexp_j(s(u, j)/τ + b_j) − s(u, i)/τ, where s is the product of the vectors given
    (normalise them first for cosine) and b_j = exponent · log popularity of j corrects towards rarer items.

    Args:
        users: Vectors of the people of the batch.
        items: Vectors of the whole catalogue.
        positive_rows: Row in `users` of each positive pair.
        positive_items: Item of each positive pair.
        temperature: τ.
        log_popularity: b_j, or None.

    **Shapes**: [B, D], [I, D], [P], [P], [I] → scalar.
    **Source**: softmax loss without sampling; the exponent interpolates between the plain softmax (0) and
    what in-batch negatives do in expectation (1).
    """
    places = positive_rows * len(items) + positive_items
    return _CatalogueSoftmax.apply(users / temperature, items, places, log_popularity)


class _CatalogueSoftmax(torch.autograd.Function):
    """The loss of `exact_softmax` with its gradient written out: p(j | u) · n_u − [j chosen by u], over P.

    Autograd would keep the table of logits three times and walk over it ten; here it is kept once.
    """

    @staticmethod
    def forward(ctx, users: Tensor, items: Tensor, places: Tensor, log_popularity: Tensor | None) -> Tensor:
        logits = users @ items.T
        chosen = logits.view(-1)[places].sum()
        if log_popularity is not None:
            logits += log_popularity
        top = logits.amax(1, keepdim=True)
        shares = logits.sub_(top).exp_()
        total = shares.sum(1, keepdim=True)
        n_positives = torch.bincount(places // len(items), minlength=len(users))[:, None]
        ctx.save_for_backward(users, items, places, shares, n_positives / total)
        return (((total.log() + top) * n_positives).sum() - chosen) / len(places)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        users, items, places, shares, weights = ctx.saved_tensors
        each = gradient / len(places)
        pull = shares * (weights * each)
        pull.view(-1).index_add_(0, places, (-each).expand(len(places)))
        return pull @ items, pull.T @ users, None, None


def sampled_softmax(
    users: Tensor, positives: Tensor, negatives: Tensor, collides: Tensor, temperature: float
) -> Tensor:
    """Softmax of each positive against one shared set of sampled negatives.

    Args:
        users: Vector of the person of each pair.
        positives: Vector of the item of each pair.
        negatives: Vectors of the sampled items.
        collides: Where a sampled item is the positive of the pair itself; it is left out there.
        temperature: τ.

    **Shapes**: [B, D], [B, D], [S, D], [B, S] → scalar.
    """
    positive = (users * positives).sum(1, keepdim=True) / temperature
    negative = (users @ negatives.T / temperature).masked_fill(collides, float("-inf"))
    return (torch.logsumexp(torch.cat([positive, negative], 1), 1) - positive[:, 0]).mean()


def bpr(users: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    """Bayesian personalised ranking: each positive should score above one sampled negative.

    **Shapes**: three times [B, D] → scalar.
    **Source**: Rendle et al., UAI 2009, equation for BPR-Opt; −log σ(s⁺ − s⁻).
    """
    return functional.softplus((users * negatives).sum(1) - (users * positives).sum(1)).mean()
