"""Ranking losses: against plain loops, and their gradients against automatic ones."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.losses import ranking
from gnnrec.losses.ranking import (
    bilateral_softmax,
    bpr,
    exact_softmax,
    in_batch_softmax,
    inverse_propensity,
    sampled_softmax,
)

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


def test_exact_softmax_in_pieces_and_with_pairs_in_any_order_is_the_same(monkeypatch) -> None:
    rows, positives = pairs(5, 7)
    weights, mixed = draw(len(rows), seed=8).exp(), torch.randperm(len(rows))

    def values(*of_pairs):
        users, items = draw(5, 4).requires_grad_(), draw(7, 4, seed=2).requires_grad_()
        loss = exact_softmax(users, items, *of_pairs[:2], TEMPERATURE, draw(7, seed=3), of_pairs[2])
        return loss.detach(), *torch.autograd.grad(loss, (users, items))

    whole = values(rows, positives, weights)
    # Two people at a time, so that the last piece is a shorter one.
    monkeypatch.setitem(ranking._LOGITS_AT_ONCE, "cpu", 15)
    monkeypatch.setattr(ranking, "_ROWS_AT_ONCE", 1)
    for of_pairs in ((rows, positives, weights), (rows[mixed], positives[mixed], weights[mixed])):
        for expected, found in zip(whole, values(*of_pairs), strict=True):
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


# Weighted pairs


def test_weights_by_propensity_by_hand() -> None:
    popularity = torch.tensor([1.0, 4.0, 0.0])
    # Pairs: one of weight 1, four of weight 1/2: the mean over the five is 3/5. An item nobody chose is as rare as can be.
    expected = torch.tensor([1.0, 0.5, 1.0]) / 0.6
    torch.testing.assert_close(inverse_propensity(popularity, 0.5), expected)
    torch.testing.assert_close(inverse_propensity(popularity, 0.0), torch.ones(3))


@pytest.mark.parametrize("bias", [None, draw(7, seed=3)])
def test_weights_of_the_exact_softmax_and_its_gradient(bias) -> None:
    rows, positives = pairs(5, 7)
    weights = draw(len(rows), seed=8).exp()

    def plain(users, items):
        logits = users @ items.T / TEMPERATURE
        rivals = logits if bias is None else logits + bias
        return (weights * (torch.logsumexp(rivals, 1)[rows] - logits[rows, positives])).mean()

    def ours(users, items):
        return exact_softmax(users, items, rows, positives, TEMPERATURE, bias, weights)

    found = []
    for loss in (plain, ours):
        users, items = draw(5, 4).requires_grad_(), draw(7, 4, seed=2).requires_grad_()
        value = loss(users, items)
        value.backward()
        found.append((value.detach(), users.grad, items.grad))
    for expected, value in zip(*found, strict=True):
        torch.testing.assert_close(value, expected)


def every_loss(weights: torch.Tensor | None) -> list[torch.Tensor]:
    users, items = draw(4, 3), draw(5, 3, seed=2)
    rows, positives = torch.tensor([0, 0, 1, 3, 2]), torch.tensor([4, 1, 0, 2, 3])
    collides = positives[:, None] == torch.arange(5)[None]
    return [
        exact_softmax(users, items, rows, positives, 0.3, None, weights),
        in_batch_softmax(users, items, rows, positives, 0.3, weights),
        sampled_softmax(users[rows], items[positives], items, collides, 0.3, weights),
        bpr(users[rows], items[positives], items[(positives + 1) % 5], weights),
    ]


# The bilateral loss averages inside a logarithm: its weights are in the double loop below.
def test_weights_of_one_are_no_weights_and_a_pair_of_weight_two_counts_twice() -> None:
    ones = torch.ones(5, dtype=torch.float64)
    for plain, weighted in zip(every_loss(None), every_loss(ones), strict=True):
        assert float(weighted) == pytest.approx(float(plain), rel=1e-12)
    heavy = torch.tensor([1.0, 1.0, 2.0, 1.0, 1.0], dtype=torch.float64)
    alone = torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0], dtype=torch.float64)
    for plain, weighted, one in zip(every_loss(None), every_loss(heavy), every_loss(alone), strict=True):
        assert float(weighted) == pytest.approx(float(plain + one), rel=1e-12)


# The batch's own items


def in_batch_by_loops(users, items, rows, positives, temperature) -> list[float]:
    """For each pair, the logarithm of the sum over the items of all pairs."""
    rivals = []
    for row in rows.tolist():
        total = 0.0
        for item in positives.tolist():
            total += math.exp(float(users[row] @ items[item]) / temperature)
        rivals.append(math.log(total))
    return rivals


@settings(max_examples=20, deadline=None)
@given(
    n_pairs=st.integers(1, 9),
    temperature=st.floats(0.1, 3.0),
    power=st.floats(0.5, 1.5),
    seed=st.integers(0, 99),
)
def test_losses_in_the_batch_are_the_double_loop(n_pairs, temperature, power, seed) -> None:
    users, items = draw(4, 3, seed=seed), draw(5, 3, seed=seed + 1)
    generator = torch.Generator().manual_seed(seed)
    # Items and people repeat, and some of either are in no pair.
    rows = torch.randint(4, (n_pairs,), generator=generator)
    positives = torch.randint(5, (n_pairs,), generator=generator)
    rivals = in_batch_by_loops(users, items, rows, positives, temperature)
    chosen = [float(users[u] @ items[i]) / temperature for u, i in zip(rows, positives, strict=True)]
    plain = sum(rival - one for rival, one in zip(rivals, chosen, strict=True)) / n_pairs
    assert float(in_batch_softmax(users, items, rows, positives, temperature)) == pytest.approx(
        plain, rel=1e-9
    )
    for weights in (None, draw(n_pairs, seed=seed).exp()):
        each = [1.0] * n_pairs if weights is None else weights.tolist()
        bilateral = 0.0
        for place, row in enumerate(rows.tolist()):
            mine = [n for n, owner in enumerate(rows.tolist()) if owner == row]
            mean = sum(each[n] * math.exp(power * chosen[n]) for n in mine) / sum(each[n] for n in mine)
            bilateral += each[place] * (rivals[place] - math.log(mean) / power)
        found = bilateral_softmax(users, items, rows, positives, temperature, power, weights)
        assert float(found) == pytest.approx(bilateral / n_pairs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("power", [0.3, 1.0])
def test_with_one_choice_each_bilateral_is_in_batch(power: float) -> None:
    users, items, rows, positives = draw(3, 4), draw(3, 4, seed=2), torch.arange(3), torch.tensor([2, 0, 0])
    one = bilateral_softmax(users, items, rows, positives, TEMPERATURE, power)
    assert float(one) == pytest.approx(float(in_batch_softmax(users, items, rows, positives, TEMPERATURE)))


def test_a_bilateral_loss_with_a_power_near_nothing_is_in_batch() -> None:
    users, items = draw(2, 4), draw(3, 4, seed=2)
    rows, positives = torch.tensor([0, 0, 1]), torch.tensor([0, 1, 2])
    near = bilateral_softmax(users, items, rows, positives, TEMPERATURE, 1e-6)
    assert float(near) == pytest.approx(
        float(in_batch_softmax(users, items, rows, positives, TEMPERATURE)), rel=1e-4
    )


def test_in_the_bilateral_loss_an_unsupported_choice_pulls_less() -> None:
    users = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    items = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    pulls = []
    for loss in (in_batch_softmax, lambda *given: bilateral_softmax(*given, 1.0)):
        moved = items.clone().requires_grad_()
        loss(users, moved, torch.tensor([0, 0]), torch.tensor([0, 1]), 0.5).backward()
        pulls.append(float(-moved.grad[1, 0]))
    assert pulls[1] < pulls[0] - 0.1


def test_the_bilateral_gradient_is_finite_where_a_person_of_the_table_has_no_pair() -> None:
    users, items = draw(3, 2).requires_grad_(), draw(4, 2).requires_grad_()
    bilateral_softmax(users, items, torch.tensor([0, 0]), torch.tensor([1, 2]), 0.2, 0.9).backward()
    assert torch.isfinite(users.grad).all()
    assert torch.isfinite(items.grad).all()
