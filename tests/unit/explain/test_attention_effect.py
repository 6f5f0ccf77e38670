"""Attention against deletion: the sentence follows from what was measured, by rule."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import FILMS
from gnnrec.explain.attention_effect import (
    AGAINST,
    LITTLE,
    MUCH,
    NOTHING,
    SOMETHING,
    UNKNOWN,
    Matters,
    matters,
    matters_words,
)


def test_the_same_order_and_the_reverse() -> None:
    weights = np.arange(20.0)
    assert matters(weights, weights**3).verdict == MUCH
    assert matters(weights, -weights).verdict == AGAINST


def test_unrelated_values_say_nothing() -> None:
    found = matters(np.arange(40.0), np.arange(40) * 7 % 10)
    assert found.low < 0 < found.high
    assert found.verdict == NOTHING
    assert "chance" in matters_words(found, FILMS)


@pytest.mark.parametrize(
    ("found", "verdict", "said"),
    [
        (Matters(0.9, 0.8, 0.95, 40), MUCH, "says much"),
        (Matters(0.5, 0.2, 0.7, 40), SOMETHING, "leaves much open"),
        (Matters(0.2, 0.1, 0.3, 400), LITTLE, "says little"),
        (Matters(0.6, -0.1, 0.9, 8), NOTHING, "that chance would not say"),
        (Matters(-0.4, -0.6, -0.2, 40), AGAINST, "needs least"),
        (Matters(-0.35, -0.63, -0.004, 33), NOTHING, "−0.00, 33 films"),
        (Matters(1.0, 1.0, 1.0, 3), UNKNOWN, "3 films are too few"),
        (Matters(float("nan"), float("nan"), float("nan"), 30), UNKNOWN, "weigh the same"),
    ],
)
def test_the_words_claim_what_the_interval_carries(found: Matters, verdict: str, said: str) -> None:
    assert found.verdict == verdict
    sentence = matters_words(found, FILMS)
    assert said in sentence
    if verdict != UNKNOWN:
        assert f"{found.correlation:.2f}".replace("-", "−") in sentence and f"{found.n} films" in sentence


def test_weights_that_nobody_learned_do_not_look() -> None:
    assert "What the graph weighs most" in matters_words(Matters(0.9, 0.8, 0.95, 40), FILMS, learned=False)


def test_constant_weights_have_no_order() -> None:
    assert matters(np.ones(10), np.arange(10.0)).verdict == UNKNOWN
