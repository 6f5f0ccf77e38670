"""The context at an address: what is there is taken, what is not falls back with one notice."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.checkpoints import find
from gnnrec.ui import context as bar
from gnnrec.ui import loaders
from gnnrec.ui.context import Context, address_of, resolve
from tests.hostile import HOSTILE

pytestmark = pytest.mark.usefixtures("hostile")


def at(**values: str) -> Context:
    return resolve({"d": HOSTILE, **values})


def test_an_empty_address_is_filled_and_written_out_in_full() -> None:
    here = at()
    assert not here.notices
    assert here.k == 10 and here.item is None and not here.edited
    written = address_of(here, {})
    assert written["a"] == here.a.address and written["s"] == "random:seed=1"
    assert resolve(written).user == here.user


def test_every_part_of_an_address_comes_back() -> None:
    a, b = (find(f"{HOSTILE}-{name}") for name in ("gat", "popularity"))
    values = {
        "a": a.address,
        "b": b.address,
        "u": "p|3",
        "i": "i|04",
        "k": "7",
        "drop": "i%7C01",
        "add": "i%7C02",
    }
    here = at(**values)
    assert not here.notices
    assert (here.a, here.b) == (a, b)
    written = address_of(here, {"g_hops": "3"})
    assert {key: written[key] for key in values} == values and written["g_hops"] == "3"


def test_model_b_can_be_none_and_stays_none() -> None:
    here = at(b="none")
    assert here.b is None
    assert address_of(here, {"b": "none"})["b"] == "none"


def test_a_and_b_differ_unless_chosen_so() -> None:
    here = at()
    assert here.a is not here.b
    assert "propagates" in here.a.capabilities and "propagates" not in here.b.capabilities


def test_a_model_that_was_trained_again_is_shown_with_a_notice() -> None:
    here = at(a=f"{HOSTILE}-ease@000000000000")
    assert here.a.slug == f"{HOSTILE}-ease"
    assert "was trained again" in here.notices[0]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("u", "nobody", "no person 'nobody'"),
        ("i", "nothing", "no film 'nothing'"),
        ("drop", "i%7C01|nothing", "no film 'nothing'"),
        ("k", "0", "List length '0'"),
        ("a", "gone", "no model 'gone'"),
        ("s", "by:moon=full", "default split is shown"),
    ],
)
def test_what_is_not_there_leaves_a_notice(key: str, value: str, said: str) -> None:
    here = at(**{key: value})
    assert len(here.notices) == 1 and said in here.notices[0]
    assert here.a is not None and here.user is not None


def test_what_is_there_of_a_what_if_is_kept() -> None:
    here = at(drop="i%7C01|nothing")
    assert [here.dataset.items.id(one) for one in here.drop] == ["i|01"]


def test_an_unknown_data_set_is_the_demo() -> None:
    here = resolve({"d": "no-such-data"})
    assert here.dataset.name == "demo" and "The demo is shown instead" in here.notices[0]


@pytest.mark.parametrize("text", ["1", "50"])
def test_lengths_at_the_edge(text: str) -> None:
    assert at(k=text).k == int(text)


def test_nobody_chosen_is_somebody_of_middling_activity_and_always_the_same() -> None:
    here = at()
    counts = np.diff(here.split.matrix("train").indptr)
    assert at().user == here.user
    assert abs(counts[here.user] - np.median(counts)) <= counts.std()


def test_random_hard_and_next() -> None:
    here = at()
    judged = np.flatnonzero(np.diff(here.split.matrix("valid").indptr))
    assert all(bar.random_person(here) in judged for _ in range(10))
    scores = loaders.evaluation(here.a.address, "valid")
    worst = np.quantile(scores.per_user["ndcg@10"], 0.25)
    hard = bar.hard_person(here)
    assert float(scores.per_user["ndcg@10"].to_numpy()[scores.users == hard][0]) <= worst
    seen, user = [], here
    for _ in judged:
        user = at(u=user.dataset.users.id(bar.next_person(user)))
        seen.append(user.user)
    assert sorted(seen) == judged.tolist()
