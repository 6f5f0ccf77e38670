"""Charts as SVG without a browser: everything is drawn, where it belongs, and labels stay text."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest

from gnnrec.figures.board import BoardRow, leaderboard_bars
from gnnrec.figures.figure_svg import figure_svg
from gnnrec.figures.strips import genre_calibration, popularity_strip
from gnnrec.figures.template import blank, nothing

SVG = "{http://www.w3.org/2000/svg}"


def drawn(figure: go.Figure) -> ElementTree.Element:
    return ElementTree.fromstring(figure_svg(figure))


def texts(root: ElementTree.Element) -> list[str]:
    return [one.text for one in root.iter(f"{SVG}text")]


def data(root: ElementTree.Element, element: str) -> list[dict[str, str]]:
    inside = next(one for one in root.iter(f"{SVG}g") if one.get("clip-path"))
    return [dict(one.attrib) for one in inside.iter(f"{SVG}{element}")]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_charts_of_ours_can_be_drawn(mode) -> None:
    rows = [BoardRow("<b>A</b> & co", 0.3, 0.2, 0.4, "a"), BoardRow("oracle", 0.6, role="oracle")]
    board = drawn(leaderboard_bars(rows, "NDCG@10", mode))
    assert "A · <b>A</b> & co" in texts(board) and "oracle 0.600" in texts(board)
    for figure in (
        genre_calibration({"Drama": 0.6, "Crime": 0.4}, {"A": {"Drama": 1.0}, "B": {}}, mode),
        popularity_strip([1, 50, 99], {"A": [5.0, 99.0]}, mode),
        nothing(mode, "There is nothing."),
    ):
        assert drawn(figure).find(f"{SVG}title").text == figure.layout.meta["alt"]


def test_bars_start_at_zero_and_are_as_long_as_their_values() -> None:
    figure = blank("light", 300, "bars").add_bar(x=[0, 1, 2], y=[1.0, 2.0, 4.0])
    found = data(drawn(figure), "rect")
    heights = [float(one["height"]) for one in found]
    feet = {round(float(one["y"]) + float(one["height"])) for one in found}
    assert heights[1] / heights[0] == pytest.approx(2, rel=0.02) and heights[2] / heights[0] == pytest.approx(
        4, rel=0.02
    )
    assert len(feet) == 1


def test_bars_of_two_models_stand_side_by_side() -> None:
    figure = blank("light", 300, "bars")
    for height in (1, 2):
        figure.add_bar(x=["one", "two"], y=[height, height])
    left = sorted(float(one["x"]) for one in data(drawn(figure), "rect"))
    assert len(set(left)) == 4 and "one" in texts(drawn(figure))


def test_a_dot_lies_where_its_value_is_between_the_ticks() -> None:
    figure = blank("light", 300, "dots").add_scatter(x=[0, 5, 10], y=[0, 1, 2], mode="markers")
    figure.update_xaxes(range=[0, 10])
    x = [float(one["cx"]) for one in data(drawn(figure), "circle")]
    assert x[1] == pytest.approx((x[0] + x[2]) / 2, abs=0.2)


def test_a_step_line_goes_on_before_it_goes_up() -> None:
    figure = blank("light", 300, "steps").add_scatter(x=[0, 1], y=[0, 1], mode="lines", line_shape="hv")
    points = [
        tuple(map(float, one.split(","))) for one in data(drawn(figure), "polyline")[0]["points"].split()
    ]
    assert len(points) == 3 and points[1] == (points[2][0], points[0][1])


def test_whiskers_gaps_and_missing_values() -> None:
    figure = blank("light", 300, "gaps").add_scatter(
        x=[0, 1, 2, 3, 4], y=[1, None, float("nan"), 2, 3], mode="lines+markers", error_y={"array": [0.5] * 5}
    )
    root = drawn(figure)
    assert len(data(root, "circle")) == 3 and len(data(root, "line")) == 9
    assert len(data(root, "polyline")) == 1


def test_logarithmic_axes_heat_maps_and_thousands_of_dots() -> None:
    figure = blank("light", 300, "log").add_scatter(x=[1, 10, 100], y=[1, 2, 3], mode="markers")
    figure.update_xaxes(type="log")
    x = [float(one["cx"]) for one in data(drawn(figure), "circle")]
    assert x[1] == pytest.approx((x[0] + x[2]) / 2, abs=0.2)
    heat = drawn(blank("light", 300, "heat").add_heatmap(z=[[0, 1], [2, None]], x=["a", "b"], y=["c", "d"]))
    assert len(data(heat, "rect")) == 3 and {"a", "b", "c", "d"} <= set(texts(heat))
    rng = np.random.default_rng(1)
    many = blank("light", 300, "many").add_scatter(
        x=rng.random(50_000), y=rng.random(50_000) * 0, mode="markers"
    )
    assert len(data(drawn(many), "circle")) < 800


def test_labels_are_text_whatever_they_say() -> None:
    figure = blank("light", 300, "<script>alert(1)</script>").add_bar(x=["<script>alert(1)</script>"], y=[1])
    figure.add_annotation(text="<b>bold</b><br>&lt;i&gt;", x=0, y=1)
    found = texts(drawn(figure))
    assert {"<script>alert(1)</script>", "bold", "<i>"} <= set(found)


def test_what_cannot_be_drawn_says_so() -> None:
    with pytest.raises(ValueError, match="violin"):
        figure_svg(go.Figure().add_violin(y=[1, 2, 3]))


def test_each_point_has_the_colour_size_and_shape_it_was_given() -> None:
    figure = blank("light", 300, "look").add_scatter(
        x=[0, 1, 2],
        y=[0, 1, 2],
        mode="markers",
        marker={
            "color": ["#112233", "#445566", "#778899"],
            "size": [4, 8, 0],
            "symbol": ["circle", "square", "x"],
        },
    )
    root = drawn(figure)
    assert [(one["fill"], float(one["r"])) for one in data(root, "circle")] == [("#112233", 2)]
    assert [(one["fill"], float(one["width"])) for one in data(root, "rect")] == [("#445566", 8)]
    scaled = blank("light", 300, "scale").add_scatter(
        x=[0, 1, 2],
        y=[0, 0, 0],
        mode="markers",
        marker={"color": [0.0, 5.0, 10.0], "colorscale": [[0, "#000000"], [1, "#FFFFFF"]]},
    )
    assert [one["fill"] for one in data(drawn(scaled), "circle")] == ["#000000", "#808080", "#FFFFFF"]
