"""Ranking losses: how wrong it is when what a person chose does not come first.

Every loss is a mean over pairs of a person and a chosen item; `weights` makes it a weighted one, see
`inverse_propensity`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

# How many logits of the exact softmax are held at a time: a few MiB stay in a processor's cache, but products of
# fewer rows than these are slow (a sixth of an epoch on 43,000 items), up to a bound on memory; a graphics card has
# no use for small pieces.
_LOGITS_AT_ONCE = {"cpu": 1 << 21, "cuda": 1 << 28}
_ROWS_AT_ONCE = 128
_LOGITS_AT_MOST = 1 << 28


def inverse_propensity(popularity: Tensor, exponent: float) -> Tensor:
    """Weight of each chosen pair when popular items are chosen partly because they are seen more.

    popularity^-exponent, divided by its mean over all pairs, so that the size of the loss stays.

    Args:
        popularity: Train interactions of each item.
        exponent: How strongly being seen follows popularity; 0 weighs all pairs alike.

    **Shapes**: [I] → [I].
    **Source**: weights by inverse propensity, Schnabel et al., "Recommendations as Treatments", ICML 2016,
    equation 10; the propensity as a power of popularity, Saito et al., "Unbiased Recommender Learning from
    Missing-Not-At-Random Implicit Feedback", WSDM 2020, section 4. Ours differs: it weighs chosen pairs only,
    and is normalised by its mean.
    """
    weights = popularity.clamp(min=1) ** -exponent
    return weights * popularity.sum() / (weights * popularity).sum()


def exact_softmax(
    users: Tensor,
    items: Tensor,
    positive_rows: Tensor,
    positive_items: Tensor,
    temperature: float,
    log_popularity: Tensor | None = None,
    weights: Tensor | None = None,
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
        weights: Of each positive pair, or None for 1.

    **Shapes**: [B, D], [I, D], [P], [P], [I], [P] → scalar.
    **Source**: softmax loss without sampling; the exponent interpolates between the plain softmax (0) and
    what in-batch negatives do in expectation (1).
    """
    if not bool((positive_rows[1:] >= positive_rows[:-1]).all()):
        order = torch.argsort(positive_rows)
        positive_rows, positive_items = positive_rows[order], positive_items[order]
        weights = None if weights is None else weights[order]
    pulls = torch.ones_like(positive_rows, dtype=users.dtype) if weights is None else weights.to(users)
    return _CatalogueSoftmax.apply(
        users / temperature, items, positive_rows, positive_items, log_popularity, pulls
    )


def _rows_at_once(n_items: int, device: str) -> int:
    wished = max(_LOGITS_AT_ONCE[device] // n_items, _ROWS_AT_ONCE)
    return max(1, min(wished, _LOGITS_AT_MOST // n_items))


class _CatalogueSoftmax(torch.autograd.Function):
    """The loss of `exact_softmax` with its gradient written out: p(j | u) · n_u − [j chosen by u], over P.

    The gradient is computed with the loss, some people at a time: a table of logits for everybody would not
    stay in the processor's cache, and autograd would keep it three times and walk over it ten.
    """

    @staticmethod
    def forward(
        ctx,
        users: Tensor,
        items: Tensor,
        rows: Tensor,
        positives: Tensor,
        log_popularity: Tensor | None,
        pulls: Tensor,
    ) -> Tensor:
        n_users, n_items = len(users), len(items)
        at_once = _rows_at_once(n_items, users.device.type)
        borders = torch.arange(0, n_users + at_once, at_once, device=rows.device)
        ends = torch.searchsorted(rows, borders).tolist()
        counts = torch.bincount(rows, pulls, n_users).to(users)
        of_users, of_items = torch.empty_like(users), torch.zeros_like(items)
        table = users.new_empty(min(at_once, n_users), n_items)
        loss = users.new_zeros(())
        for block, start in enumerate(range(0, n_users, at_once)):
            some, count = users[start : start + at_once], counts[start : start + at_once]
            mine = slice(ends[block], ends[block + 1])
            places, pull = (rows[mine] - start) * n_items + positives[mine], pulls[mine]
            logits = torch.mm(some, items.T, out=table[: len(some)])
            loss -= torch.dot(logits.view(-1)[places], pull)
            if log_popularity is not None:
                logits += log_popularity
            top = logits.amax(1)
            total = logits.sub_(top[:, None]).exp_().sum(1)
            loss += torch.dot(total.log() + top, count)
            logits.mul_((count / total)[:, None]).view(-1).index_add_(0, places, -pull)
            torch.mm(logits, items, out=of_users[start : start + at_once])
            of_items.addmm_(logits.T, some)
        ctx.save_for_backward(of_users, of_items)
        ctx.n_pairs = len(rows)
        return loss / len(rows)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        of_users, of_items = ctx.saved_tensors
        step = gradient / ctx.n_pairs
        return of_users * step, of_items * step, None, None, None, None


def in_batch_softmax(
    users: Tensor,
    items: Tensor,
    rows: Tensor,
    positives: Tensor,
    temperature: float,
    weights: Tensor | None = None,
    log_correction: Tensor | None = None,
) -> Tensor:
    """Softmax of each pair against the items of all pairs of the batch.

    An item that several pairs chose competes as often: equal to the softmax over the batch's distinct items
    with the logarithm of their counts added, which is how it is computed.

    Args:
        users: Vectors of the distinct people of the batch.
        items: Vectors of its distinct items.
        rows: Row in `users` of each pair.
        positives: Row in `items` of each pair.
        temperature: τ.
        weights: Of each pair, or None for 1.
        log_correction: Of each row of `items`, added to its logit as a rival; minus the logarithm of its
            popularity undoes that popular items compete more often (Yi et al., RecSys 2019).

    **Shapes**: [B, D], [C, D], [P], [P], [P], [C] → scalar.
    **Source**: Wu et al., "On the Effectiveness of Sampled Softmax Loss for Item Recommendation", TOIS 2024.
    """
    return exact_softmax(
        users, items, rows, positives, temperature, _log_counts(items, positives, log_correction), weights
    )


def bilateral_softmax(
    users: Tensor,
    items: Tensor,
    rows: Tensor,
    positives: Tensor,
    temperature: float,
    negative_power: float,
    weights: Tensor | None = None,
    log_correction: Tensor | None = None,
) -> Tensor:
    """In-batch softmax that also averages a person's own choices inside the logarithm.

    Mean over pairs of log Σ_j exp(s(u, j)/τ) − 1/q · log mean_i exp(q · s(u, i)/τ), j over the items of all
    pairs of the batch and i over those of the same person: choices the person's others do not support pull
    less. For q → 0, and where everybody is there once, it is the in-batch softmax.

    Args:
        users: Vectors of the distinct people of the batch.
        items: Vectors of its distinct items.
        rows: Row in `users` of each pair.
        positives: Row in `items` of each pair.
        temperature: τ.
        negative_power: q = τ/τ₁, τ₁ being the temperature of the person's own choices; with the loss written
            as one fraction, the sum over rivals is raised to this power.
        weights: Of each pair, or None for 1; the mean inside the logarithm is weighted too.
        log_correction: As for `in_batch_softmax`.

    **Shapes**: [B, D], [C, D], [P], [P], [P], [C] → scalar.
    **Source**: Wu et al., "BSL: Understanding and Improving Softmax Loss for Recommendation", ICDE 2024, the
    bilateral loss divided by τ. Ours differs: the pair's own item stays in the sum over rivals, as in a
    softmax. The authors' program has one temperature on both sides and the power besides; that form is not here.
    """
    logits = users @ items.T / temperature
    rivals = torch.logsumexp(logits + _log_counts(items, positives, log_correction), 1)
    each = logits.new_ones(len(rows)) if weights is None else weights
    chosen = negative_power * logits[rows, positives]
    top = logits.new_zeros(len(users)).scatter_reduce(0, rows, chosen.detach(), "amax", include_self=False)
    size = logits.new_zeros(len(users)).index_add(0, rows, each)
    mass = logits.new_zeros(len(users)).index_add(0, rows, each * (chosen - top[rows]).exp())
    supported = ((mass / size).log() + top) / negative_power
    return (each * (rivals - supported)[rows]).mean()


def _log_counts(items: Tensor, positives: Tensor, correction: Tensor | None) -> Tensor:
    counts = torch.bincount(positives, minlength=len(items)).to(items).log()
    return counts if correction is None else counts + correction


def _weighted(losses: Tensor, weights: Tensor | None) -> Tensor:
    return losses if weights is None else losses * weights


def sampled_softmax(
    users: Tensor,
    positives: Tensor,
    negatives: Tensor,
    collides: Tensor,
    temperature: float,
    weights: Tensor | None = None,
) -> Tensor:
    """Softmax of each positive against one shared set of sampled negatives.

    Args:
        users: Vector of the person of each pair.
        positives: Vector of the item of each pair.
        negatives: Vectors of the sampled items.
        collides: Where a sampled item is the positive of the pair itself; it is left out there.
        temperature: τ.
        weights: Of each pair, or None for 1.

    **Shapes**: [B, D], [B, D], [S, D], [B, S], [B] → scalar.
    """
    positive = (users * positives).sum(1, keepdim=True) / temperature
    negative = (users @ negatives.T / temperature).masked_fill(collides, float("-inf"))
    losses = torch.logsumexp(torch.cat([positive, negative], 1), 1) - positive[:, 0]
    return _weighted(losses, weights).mean()


def bpr(users: Tensor, positives: Tensor, negatives: Tensor, weights: Tensor | None = None) -> Tensor:
    """Bayesian personalised ranking: each positive should score above one sampled negative.

    **Shapes**: three times [B, D], [B] → scalar.
    **Source**: Rendle et al., UAI 2009, equation for BPR-Opt; −log σ(s⁺ − s⁻).
    """
    losses = functional.softplus((users * negatives).sum(1) - (users * positives).sum(1))
    return _weighted(losses, weights).mean()
