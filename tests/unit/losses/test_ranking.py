"""Ranking losses: against plain loops, and their gradients against automatic ones."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.losses.ranking import bpr, exact_softmax, sampled_softmax

TEMPERATURE = 0.3


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def pairs(n_users: int, n_items: int, share: float = 0.4, seed: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Random choices; the first person has every item, the last has none."""
    chosen = torch.rand(n_users, n_items, generator=torch.Generator().manual_seed(seed)) < share
    chosen[0] = True
    chosen[-1] = False
    return torch.nonzero(chosen, as_tuple=True)


def by_loops(users, items, rows, positives, temperature, bias=None) -> float:
    total = 0.0
    for row, positive in zip(rows.tolist(), positives.tolist(), strict=True):
        logits = [
            sum(float(a * b) for a, b in zip(users[row], item, strict=True)) / temperature for item in items
        ]
        rivals = [
            math.exp(logit + (0.0 if bias is None else float(bias[n]))) for n, logit in enumerate(logits)
        ]
        total += math.log(sum(rivals)) - logits[positive]
    return total / len(rows)


@settings(max_examples=20, deadline=None)
@given(
    n_users=st.integers(2, 5),
    n_items=st.integers(1, 6),
    temperature=st.floats(0.1, 3.0),
    exponent=st.sampled_from([None, 0.5, 1.0]),
)
def test_exact_softmax_is_the_double_loop(n_users, n_items, temperature, exponent) -> None:
    users, items = draw(n_users, 3), draw(n_items, 3, seed=5)
    rows, positives = pairs(n_users, n_items)
    bias = None if exponent is None else exponent * draw(n_items, seed=9)
    loss = exact_softmax(users, items, rows, positives, temperature, bias)
    assert float(loss) == pytest.approx(by_loops(users, items, rows, positives, temperature, bias), rel=1e-9)


@pytest.mark.parametrize("bias", [None, draw(7, seed=3)])
def test_the_gradient_of_exact_softmax_is_the_automatic_one(bias) -> None:
    rows, positives = pairs(5, 7)

    def plain(users, items):
        logits = users @ items.T / TEMPERATURE
        rivals = logits if bias is None else logits + bias
        return (torch.logsumexp(rivals, 1)[rows] - logits[rows, positives]).mean()

    def ours(users, items):
        return exact_softmax(users, items, rows, positives, TEMPERATURE, bias)

    gradients = []
    for loss in (plain, ours):
        users, items = draw(5, 4).requires_grad_(), draw(7, 4, seed=2).requires_grad_()
        # A factor in front shows whether the incoming gradient is passed on.
        (3 * loss(users, items)).backward()
        gradients.append((users.grad, items.grad))
    for expected, found in zip(*gradients, strict=True):
        assert expected.abs().max() > 1e-3
        torch.testing.assert_close(found, expected)


def test_exact_softmax_stays_finite_where_logits_are_huge() -> None:
    users, items = 1e4 * draw(3, 2), draw(4, 2)
    users.requires_grad_()
    loss = exact_softmax(users, items, torch.tensor([0, 1]), torch.tensor([0, 3]), 0.01)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(users.grad).all()


def test_a_pair_named_twice_counts_twice() -> None:
    users, items = draw(2, 3), draw(4, 3)
    once = exact_softmax(users, items, torch.tensor([0, 1]), torch.tensor([2, 1]), 1.0)
    other = exact_softmax(users, items, torch.tensor([0]), torch.tensor([2]), 1.0)
    twice = exact_softmax(users, items, torch.tensor([0, 0, 1]), torch.tensor([2, 2, 1]), 1.0)
    assert float(twice) == pytest.approx(float(2 * once + other) / 3)


def test_a_popularity_exponent_of_one_makes_the_popular_a_harder_rival() -> None:
    users = torch.zeros(1, 2, dtype=torch.float64, requires_grad=True)
    items = torch.eye(2, dtype=torch.float64)
    log_popularity = torch.tensor([0.9, 0.1], dtype=torch.float64).log()
    exact_softmax(users, items, torch.tensor([0]), torch.tensor([1]), 1.0, log_popularity).backward()
    # The person is pushed away from the popular item by its share of popularity.
    torch.testing.assert_close(users.grad[0], torch.tensor([0.9, -0.9], dtype=torch.float64))


def test_sampled_softmax_with_every_other_item_is_the_exact_one() -> None:
    users, items = draw(3, 4), draw(5, 4, seed=2)
    rows, positives = torch.tensor([0, 1, 1, 2]), torch.tensor([3, 0, 4, 2])
    everything = torch.arange(5)
    sampled = sampled_softmax(
        users[rows], items[positives], items, positives[:, None] == everything[None], TEMPERATURE
    )
    exact = exact_softmax(users, items, rows, positives, TEMPERATURE)
    assert float(sampled) == pytest.approx(float(exact))


def test_sampled_softmax_counts_a_collision_once() -> None:
    users, items = draw(1, 4), draw(2, 4, seed=2)
    collides = torch.tensor([[True, False]])
    loss = sampled_softmax(users, items[:1], items, collides, 1.0)
    scores = (users @ items.T)[0].exp()
    assert float(loss) == pytest.approx(-math.log(float(scores[0] / scores.sum())))


def test_bpr_by_hand() -> None:
    users = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    positives = torch.tensor([[2.0, 5.0], [7.0, 0.5]])
    negatives = torch.tensor([[1.0, 5.0], [7.0, 1.0]])
    # Differences of scores: 2 − 1 = 1 and 1 − 2 = −1.
    expected = -(math.log(1 / (1 + math.exp(-1))) + math.log(1 / (1 + math.exp(1)))) / 2
    assert float(bpr(users, positives, negatives)) == pytest.approx(expected, rel=1e-6)
