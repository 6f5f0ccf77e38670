"""Figures of the Errors page: bars hold what they say, a brush gives back values, lines and dots say their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gnnrec.figures.cumulative import Line, cumulative
from gnnrec.figures.distribution import Bars, bars_of, distribution, in_range
from gnnrec.figures.slice_dots import SliceRow, slice_dots
from gnnrec.figures.tokens import Mode, tokens

EVIL = "<a href='https://example.org'>x</a><script>"
ROWS = [
    SliceRow(EVIL, 120, 0.2, 0.15, 0.25, differs=True, chosen=True),
    SliceRow("many", 300, 0.3, 0.28, 0.33),
    SliceRow("nobody", 3, 0.9, None, None, said=f"3 people judged: too few {EVIL}"),
]
floats = st.floats(-5, 5, allow_nan=False, width=32)


def check(bars: Bars, values: np.ndarray) -> None:
    assert bars.counts().sum() == len(values)
    assert len(bars.names) == len(set(bars.names)) == len(bars.lows)
    rounded = np.round(values, 6)
    for number in range(len(bars)):
        mine = rounded[bars.of == number]
        assert not len(mine) or (mine.min(), mine.max()) == (bars.lows[number], bars.highs[number])
        assert number != bars.zero or set(mine) == {0.0}
    for value, bar in zip(rounded, bars.of, strict=True):
        assert abs(bars.place(float(value)) - bar) <= 0.5 + 1e-4


@settings(max_examples=200, deadline=None)
@given(st.lists(floats, min_size=1, max_size=80))
@example([-3.640625, -3.63671875])
@example(np.linspace(1000, 1001, 30).tolist())
def test_every_value_is_in_the_bar_that_the_axis_shows_it_in(values: list[float]) -> None:
    found = np.array(values, dtype=np.float64)
    check(bars_of(found), found)


def test_zeros_are_a_bar_of_their_own_on_either_side() -> None:
    rng = np.random.default_rng(0)
    for values in (
        np.concatenate([np.zeros(40), rng.random(200)]),
        np.concatenate([np.zeros(40), rng.normal(size=200)]),
        np.concatenate([np.zeros(40), -rng.random(200)]),
        rng.random(200) + 3,
    ):
        bars = bars_of(values)
        check(bars, values)
        assert (bars.zero is None) == (0 not in values)
        if bars.zero is not None:
            assert bars.counts()[bars.zero] == 40 and bars.names[bars.zero] == "0"


def test_few_different_values_get_a_bar_each() -> None:
    bars = bars_of(np.array([0.0, 1.0, 1.0, 0.5]))
    assert bars.names == ("0", "0.5", "1") and bars.counts().tolist() == [1, 1, 2]
    assert bars.place(0.75) == pytest.approx(1.5)


def test_a_brush_gives_the_values_of_the_bars_it_covers_and_their_people() -> None:
    values = np.concatenate([np.zeros(10), np.linspace(0.01, 1, 100)])
    bars = bars_of(values)
    low, high = bars.between(0.4, 3.3)
    assert (low, high) == (0.01, pytest.approx(0.15))
    inside = in_range(values, low, high)
    assert inside.sum() == bars.counts()[1:4].sum()
    assert bars.between(-0.4, 0.2) == (0.0, 0.0)
    assert bars.between(3.3, 0.4) == (low, high), "dragged from right to left"
    assert bars.between(500, 600) is None
    assert in_range(np.float64(np.float32([0.1, 0.3])), 0.1, 0.3).all(), "single precision"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_each_has_our_look_a_text_alternative_and_no_markup_of_the_data(mode: Mode) -> None:
    values = np.concatenate([np.zeros(5), np.linspace(-1, 1, 60)])
    inside = values > 0
    drawn = [
        distribution(
            bars_of(values),
            mode,
            what=EVIL,
            people="people",
            mean=0.1,
            series=None,
            inside=inside,
            inside_name=EVIL,
            chosen=(0.0, 0.2),
        ),
        cumulative(
            [Line(EVIL, values, 0), Line("b", values[inside], None)],
            mode,
            what=EVIL,
            people="people",
            chosen=(0, 1),
        ),
        slice_dots(ROWS, 0.28, mode, what=EVIL, people="people"),
    ]
    for figure in drawn:
        assert figure.layout.template.layout.paper_bgcolor == tokens(mode).background
        assert figure.layout.meta["alt"]
        told = figure.to_dict()
        told["layout"].pop("meta")
        assert "<script" not in str(told) and "<a href" not in str(told)


def test_nothing_to_draw_is_said() -> None:
    assert "No people" in cumulative([], "light", what="x", people="people").layout.meta["alt"]
    assert "no groups" in slice_dots([], 0.1, "light", what="x", people="people").layout.meta["alt"]


def test_lines_step_at_their_values() -> None:
    drawn = cumulative([Line("a", np.array([0.0, 0.0, 1.0, 3.0]), 0)], "light", what="x", people="people")
    line = drawn.data[0]
    assert list(line.x) == [0, 0, 1, 3] and list(line.y) == [0, 50, 75, 100]
    many = np.random.default_rng(0).random(30_000)
    line = cumulative([Line("a", many, 0)], "light", what="x", people="people").data[0]
    assert len(line.x) < 400 and line.y[-1] == 100
    for x, y in list(zip(line.x, line.y, strict=True))[5::40]:
        assert y == pytest.approx(100 * (many <= x).mean(), abs=0.01)


def test_groups_too_small_are_said_and_not_drawn() -> None:
    figure = slice_dots(ROWS, 0.28, "light", what="NDCG@10", people="people")
    dots = figure.data[0]
    assert list(dots.x) == [0.2, 0.3] and [row[0] for row in dots.customdata] == [0, 1]
    assert list(dots.marker.symbol) == ["circle", "circle-open"]
    assert any("too few" in one.text for one in figure.layout.annotations)
    assert figure.layout.yaxis.ticktext[0].startswith("<b>")
    assert "0.200 for the 120 with" in figure.layout.meta["alt"]
