"""Negatives: unseen wherever that can be, uniform, and repeatable."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.losses.sampling import unseen_before, unseen_items


def draw(histories: list[list[int]], n_items: int, users: torch.Tensor, seed: int = 0) -> torch.Tensor:
    indptr = torch.tensor([0] + [len(history) for history in histories]).cumsum(0)
    indices = torch.tensor([item for history in histories for item in sorted(history)], dtype=torch.int64)
    before = unseen_before(indptr, indices, n_items)
    return unseen_items(users, indptr, before, n_items, torch.Generator().manual_seed(seed))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), n_items=st.integers(1, 12))
def test_a_seen_item_is_drawn_only_for_a_person_who_has_everything(data, n_items) -> None:
    history = st.sets(st.integers(0, n_items - 1)).map(sorted)
    histories = data.draw(st.lists(history, min_size=1, max_size=5))
    users = torch.arange(len(histories)).repeat(50)
    drawn = draw(histories, n_items, users)
    for user, item in zip(users.tolist(), drawn.tolist(), strict=True):
        assert 0 <= item < n_items
        assert item not in histories[user] or len(histories[user]) == n_items


def test_every_unseen_item_is_drawn_equally_often() -> None:
    histories = [[0, 1, 5, 9], [], [2, 3, 4]]
    users = torch.arange(3).repeat_interleave(20_000)
    drawn = draw(histories, 10, users).view(3, -1)
    for user, history in enumerate(histories):
        counts = torch.bincount(drawn[user], minlength=10)
        unseen = [item for item in range(10) if item not in history]
        assert not counts[history].any()
        expected = 20_000 / len(unseen)
        # Five standard deviations of a count.
        assert (counts[unseen] - expected).abs().max() < 5 * expected**0.5


def test_the_same_generator_state_gives_the_same_items() -> None:
    users = torch.zeros(200, dtype=torch.int64)
    first = draw([[3]], 50, users, seed=4)
    assert torch.equal(first, draw([[3]], 50, users, seed=4))
    assert not torch.equal(first, draw([[3]], 50, users, seed=5))
