"""The bars of ratings add up, and say in a sentence what they show."""

from __future__ import annotations

import pytest

from gnnrec.figures.ratings import rating_bars


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_shares_add_up_and_the_sentence_says_them(mode) -> None:
    figure = rating_bars({1: 1, 2.5: 1, 4: 2}, 2.875, mode)
    assert list(figure.data[0].y) == [25, 25, 50]
    assert list(figure.layout.xaxis.ticktext) == ["1", "2.5", "4"]
    assert figure.layout.meta["alt"] == "The mean is 2.88, the most common 4."


def test_many_values_share_labels() -> None:
    figure = rating_bars({float(n): n + 1 for n in range(40)}, 20.0, "dark")
    assert len(figure.layout.xaxis.ticktext) <= 12
    assert figure.data[0].text is None


def test_nothing_is_said_in_words() -> None:
    assert "no ratings" in rating_bars({}, 0.0, "light").layout.meta["alt"]
