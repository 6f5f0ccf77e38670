"""The curve of keeping up says what the numbers say, and names of ways stay text."""

from __future__ import annotations

import json

import pytest

from gnnrec.figures.keeping_up import Way, keeping_up
from gnnrec.figures.tokens import Mode, tokens

EVIL = "<a href='https://example.org'>x</a>"
MONTHS = ["Sep 2024", "Oct 2024", "Nov 2024"]


def ways() -> list[Way]:
    low, high = [0.1, None, 0.1], [0.2, None, 0.2]
    return [
        Way("left alone", [0.15, 0.14, 0.12], low, high, [0.0, 0.0, 0.0], band=True),
        Way(EVIL, [0.15, 0.15, 0.15], low, high, [0.0, 2.0, 3.0], series=1),
        Way("most popular", [0.08, 0.07, 0.06], low, high, [0.0, 0.0, 0.0], series=2, beside=True),
    ]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_line_for_each_way_and_the_cost_adds_up(mode: Mode) -> None:
    figure = keeping_up(MONTHS, ways(), "NDCG@10", mode)
    assert "left alone from 0.150 to 0.120" in figure.layout.meta["alt"]
    lines = {one.name: one for one in figure.data if one.name and one.yaxis in (None, "y")}
    assert list(lines["left alone"].y) == [0.15, 0.14, 0.12]
    assert lines["most popular"].line.color == tokens(mode).baseline
    costs = [list(one.y) for one in figure.data if one.yaxis == "y2"]
    assert costs == [[0, 0, 0], [0, 2.0, 5.0]]
    assert len({lines[name].marker.symbol for name in lines}) == 3
    assert "<a href" not in json.dumps(figure.to_plotly_json()["data"], default=str)


def test_without_months_it_says_so() -> None:
    assert "No month" in keeping_up([], [], "NDCG@10", "light").layout.meta["alt"]
