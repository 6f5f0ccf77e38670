"""Reasons for misses as bars: one model or two, with what a click says, intervals, and words for those who cannot see."""

from __future__ import annotations

import pytest

from gnnrec.figures.miss_bars import MissRow, MissShare, miss_bars

ROWS = [
    MissRow("Just missed", [MissShare(300, 0.3, 0.28, 0.33), MissShare(120, 0.6, 0.5, 0.7)], chosen=True),
    MissRow("Unlike <b>them</b>", [MissShare(700, 0.7, 0.66, 0.72), MissShare(1, 0.005, None, None)]),
]


def test_two_models_stand_beside_each_other() -> None:
    figure = miss_bars(ROWS, ["Light", "EASE"], [0, 1], "light")
    bars = [one for one in figure.data if one.type == "bar"]
    assert [one.name for one in bars] == ["Light", "EASE"]
    assert list(bars[0].x) == pytest.approx([30, 70]) and list(bars[1].x) == pytest.approx([60, 0.5])
    assert [list(one)[:2] for one in bars[1].customdata] == [[0, 1], [1, 1]]
    assert list(bars[0].error_x.array) == pytest.approx([3, 2])
    assert list(bars[0].error_x.arrayminus) == pytest.approx([2, 4])
    # Without an interval no whisker.
    assert bars[1].error_x.array[1] == bars[1].error_x.arrayminus[1] == 0
    assert bars[0].marker.color != bars[1].marker.color
    assert figure.layout.showlegend
    assert all(bars[0].y[place] < bars[1].y[place] for place in (0, 1))
    written = [text for one in figure.data if one.type == "scatter" for text in one.text]
    assert " 30 %  <i>300</i>" in written and " under 1 %  <i>1</i>" in written


def test_one_model_needs_no_legend_and_model_b_keeps_its_colour() -> None:
    both = miss_bars(ROWS, ["Light", "EASE"], [0, 1], "dark")
    alone = miss_bars([MissRow(row.name, row.shares[1:]) for row in ROWS], ["EASE"], [1], "dark")
    assert not alone.layout.showlegend
    assert alone.data[0].marker.color == both.data[2].marker.color
    assert list(alone.data[0].y) == [0, 1]


def test_names_are_no_markup_and_the_chosen_one_is_bold() -> None:
    figure = miss_bars(ROWS, ["<i>x</i>", "EASE"], [0, 1], "light")
    names = figure.layout.yaxis.ticktext
    assert names[0] == "<b>Just missed</b>"
    assert "<b>" not in names[1]
    assert "<i>x" not in figure.data[0].name and "<i>x" not in figure.data[0].hovertemplate


def test_it_is_told_to_those_who_cannot_see_it() -> None:
    alt = miss_bars(ROWS, ["Light", "EASE"], [0, 1], "light").layout.meta["alt"]
    assert alt.startswith("Misses of Light: 70 % Unlike")
    assert "Misses of EASE: 60 % Just missed, under 1 % Unlike" in alt


def test_nothing_to_draw_is_said() -> None:
    assert miss_bars([], [], [], "light").layout.meta["alt"] == "Nothing was missed."
