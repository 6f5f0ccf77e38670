"""Figures of attention: even looks even, the rest is counted, numbers can be read, text is never markup."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.figures.attention_effect import attention_effect
from gnnrec.figures.attention_heads import Even, agreement_grid, evenness_dots
from gnnrec.figures.attention_heat import HeatRow, attention_heat, rows_of
from gnnrec.figures.cells import cell_colour, diverging_scale, luminance, text_colour
from gnnrec.figures.share_bars import share_bars
from gnnrec.figures.smoothing import smoothing_gauge
from gnnrec.figures.tokens import tokens

HOSTILE = "<b>x</b><a href='x'>"
modes = pytest.mark.parametrize("mode", ["light", "dark"])


def heatmap(figure):
    return next(trace for trace in figure.data if trace.type == "heatmap")


def everything(figure) -> str:
    return figure.to_json()


@modes
def test_numbers_can_be_read_on_every_colour(mode: str) -> None:
    scale = diverging_scale(tokens(mode))
    for value in np.linspace(-1, 1, 41):
        behind = cell_colour(value, scale)
        written = tuple(int(text_colour(behind)[place : place + 2], 16) / 255 for place in (1, 3, 5))
        light, dark = sorted((luminance(behind), luminance(written)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@modes
def test_even_shares_have_no_colour_and_extremes_do_not_blank_out_the_rest(mode: str) -> None:
    even = [HeatRow(f"Film {n}", (0.25, 0.25)) for n in range(4)]
    cells = heatmap(attention_heat(even, ["Head 1", "Head 2"], 4, mode))
    assert np.allclose(cells.z, 0) and cells.zmax == 1
    extreme = [HeatRow("All", (0.999999,)), HeatRow("None", (0.000001,))]
    cells = heatmap(attention_heat(extreme, ["Head 1"], 2, mode))
    assert cells.zmax == 4 and np.isfinite(np.array(cells.z, dtype=float)).all()


def test_the_rest_is_one_row_that_counts_its_members() -> None:
    shares = np.array([[0.4, 0.3, 0.1, 0.1, 0.1]])
    rows = rows_of(["a", "b", "c"], shares, np.arange(5), 2, "{} others")
    assert [(row.name, row.members) for row in rows] == [("a", 1), ("b", 1), ("3 others", 3)]
    assert rows[-1].shares == pytest.approx((0.3,))
    cells = heatmap(attention_heat(rows, ["Head 1"], 5, "light"))
    # Three of five that hold 30 % together hold half an even share each.
    assert np.array(cells.z, dtype=float)[-1, 0] == pytest.approx(-1)
    together = rows_of(list("abcde"), shares, np.arange(5), 4, "{} others")
    assert [row.members for row in together] == [1] * 5


def test_many_columns_leave_the_numbers_out() -> None:
    rows = [HeatRow("a", (1 / 16,) * 64)]
    assert len(attention_heat(rows, [str(n) for n in range(64)], 16, "light").data) == 1


@modes
def test_evenness_shows_the_person_beside_everybody(mode: str) -> None:
    nan = float("nan")
    figure = evenness_dots(
        [Even("Head 1", 0.9, 0.8, 0.85, 0.95), Even("Head 2", 0.4, nan, nan, nan)], "Ana", "people", mode
    )
    points = [trace.x[0] for trace in figure.data if trace.mode == "markers" and trace.marker.symbol is None]
    assert points == [0.9, 0.4]
    assert "Ana" in figure.layout.meta["alt"]
    alone = evenness_dots([Even("Head 1", nan, nan, nan, nan)], "Ana", "people", mode)
    assert "no choice" in alone.layout.meta["alt"]


@modes
def test_agreement_leaves_a_head_with_itself_out(mode: str) -> None:
    figure = agreement_grid(np.array([[1, -0.5], [-0.5, 1]]), mode)
    assert np.isnan(np.array(heatmap(figure).z, dtype=float)).tolist() == [[True, False], [False, True]]
    assert "-0.50 to -0.50" in figure.layout.meta["alt"]
    assert "nobody to agree" in agreement_grid(np.ones((1, 1)), mode).layout.meta["alt"]
    assert "without an order" in agreement_grid(np.full((2, 2), np.nan), mode).layout.meta["alt"]


@modes
def test_the_scatter_has_a_dot_for_each_item(mode: str) -> None:
    names = [HOSTILE, "b", "c"]
    figure = attention_effect(np.array([0.5, 0.3, 0.2]), np.array([0.1, -0.2, 0.0]), names, mode)
    dots = figure.data[-1]
    assert list(dots.x) == [50, 30, 20] and list(dots.y) == [0.1, -0.2, 0.0]
    assert "<b>x" not in everything(figure)
    assert "nothing to take out" in attention_effect(np.array([]), np.array([]), [], mode).layout.meta["alt"]


def test_a_name_in_the_scatter_has_room() -> None:
    apart = np.array([0.9, 0.1, 0.0, -0.9])
    named = attention_effect(np.array([0.1, 0.2, 0.3, 0.4]), apart, list("abcd"), "light").layout.annotations
    assert {one.text for one in named} >= {"a", "d"}
    beside = attention_effect(
        np.array([0.1, 0.11, 0.12, 0.67]), np.array([1, 1, 1, 0.0]), list("abcd"), "light"
    )
    assert not {"a", "b"} & {one.text for one in beside.layout.annotations}


@modes
def test_bars_stand_beside_an_even_share(mode: str) -> None:
    rows = [HeatRow(HOSTILE, (0.4,)), HeatRow("3 others", (0.6,), 3)]
    figure = share_bars(rows, 4, mode, what="normalised weight")
    assert list(figure.data[0].x) == pytest.approx([40, 20])
    assert figure.layout.shapes[0].x0 == 25
    assert "<a href" not in everything(figure)
    assert "nobody" in share_bars([], 0, mode, what="x").layout.meta["alt"]


def test_titles_are_never_markup_in_the_heat_map() -> None:
    assert "<a href" not in everything(attention_heat([HeatRow(HOSTILE, (1.0,))], [HOSTILE], 1, "light"))


@modes
def test_the_gauge_says_where_it_stands(mode: str) -> None:
    figure = smoothing_gauge([float("nan"), 0.2, 0.6], 2, "people", mode)
    assert [trace.x[0] for trace in figure.data if trace.type == "scatter"] == [0.2, 0.6]
    assert "after round 2 0.60" in figure.layout.meta["alt"]
    assert (
        "Shown now: before the first round"
        in smoothing_gauge([float("nan"), 0.2], 0, "people", mode).layout.meta["alt"]
    )
    assert "Nothing has reached" in smoothing_gauge([float("nan")], 0, "people", mode).layout.meta["alt"]
    below = smoothing_gauge([-0.2, 0.3], 0, "people", mode)
    assert below.layout.xaxis.range[0] < -0.2
