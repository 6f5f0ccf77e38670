"""Charts say what the numbers say, in our look, and titles of the data stay text."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from gnnrec.figures.charts import (
    BoardRow,
    Point,
    genre_calibration,
    histogram_of_degrees,
    leaderboard_bars,
    popularity_strip,
    rank_slope,
    trade_off_curve,
    training_curves,
)
from gnnrec.figures.template import PLOTLY_CONFIG, nothing
from gnnrec.figures.tokens import Mode, tokens

EVIL = "<a href='https://example.org'>x</a><script>"
BEFORE = ["a", "b", "c", "d", "e"]
AFTER = ["b", "a", "e", "f", "c", "d"]
NAMES = {"a": "Up", "b": EVIL, "c": "The Lighthouse Keeper's Daughter and her Brother", "f": "שלום"}
ROWS = [
    BoardRow("Popularity", 0.16, 0.15, 0.17, "baseline"),
    BoardRow("LightGCN", 0.32, 0.31, 0.34, "a"),
    BoardRow(EVIL, 0.30, role="b"),
    BoardRow("Oracle", 0.44, role="oracle"),
]
TURNED = [
    Point("Correction", "0", 0.3, 0.05, (0.28, 0.32), (0.04, 0.06)),
    Point("Correction", EVIL, 0.2, 0.15),
    Point(EVIL, "alone", 0.25, 0.1),
]


def figures(mode: Mode) -> dict[str, go.Figure]:
    shares = {"Drama": 0.5, EVIL: 0.3, "Comedy": 0.2}
    return {
        "rank_slope": rank_slope(BEFORE, AFTER, 4, NAMES, mode, titles=("A", EVIL), models=True, hits={"a"}),
        "training_curves": training_curves([1, 2, 3], [0.7, 0.5, 0.4], [0.1, None, 0.2], 3, EVIL, mode),
        "popularity_strip": popularity_strip([10, 90], {EVIL: [50, 60]}, mode, titles={EVIL: [EVIL, "y"]}),
        "genre_calibration": genre_calibration(shares, {EVIL: {"Drama": 1.0}}, mode),
        "leaderboard_bars": leaderboard_bars(ROWS, EVIL, mode),
        "histogram_of_degrees": histogram_of_degrees([0, 1, 5, 300], [2, 2, 9], mode, events=EVIL),
        "trade_off_curve": trade_off_curve(TURNED, EVIL, "Tail recall", mode),
        "nothing": nothing(mode, EVIL),
    }


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_chart_has_our_look_and_a_text_alternative(mode: Mode) -> None:
    for name, figure in figures(mode).items():
        assert figure.layout.template.layout.paper_bgcolor == tokens(mode).background, name
        assert figure.layout.meta["alt"], name
        assert figure.layout.height >= 120, name
        # WebGL needs 'unsafe-eval', which the content security policy does not give.
        assert {trace.type for trace in figure.data} <= {"scatter", "bar"}, name
        for trace in figure.data:
            assert "webgl" not in (trace.type or "") and trace.type != "scattergl"


@pytest.mark.parametrize("name", list(figures("light")))
def test_text_of_the_data_is_never_markup(name: str) -> None:
    layout = json.loads(figures("light")[name].to_json())
    # The alternative is no label: Streamlit puts it into the page as text.
    layout["layout"].pop("meta")
    layout["layout"].pop("template")
    drawn = json.dumps(layout, ensure_ascii=False)
    assert "<script" not in drawn and "<a " not in drawn
    assert "&lt;a " in drawn


def test_every_visible_axis_has_a_title_or_names_its_ticks() -> None:
    for name, figure in figures("light").items():
        layout = json.loads(figure.to_json())["layout"]
        for key, axis in layout.items():
            shown = key.startswith(("xaxis", "yaxis")) and axis.get("visible", True)
            if shown and axis.get("showticklabels", True):
                assert axis.get("title", {}).get("text") or axis.get("ticktext"), (name, key)


def test_the_bar_of_plotly_offers_a_picture_and_nothing_else() -> None:
    assert PLOTLY_CONFIG["modeBarButtons"] == [["toImage"]]
    assert PLOTLY_CONFIG["displaylogo"] is False


def slope_ticks(**options: object) -> tuple[list[str], list[str]]:
    figure = rank_slope(BEFORE, AFTER, 4, NAMES, "light", **options)
    return list(figure.layout.yaxis.ticktext), list(figure.layout.yaxis2.ticktext)


def test_slope_names_both_lists_in_order_and_says_who_came_and_went() -> None:
    left, right = slope_ticks()
    assert len(left) == len(right) == 5
    assert "Up" in left[1] and "<b>1</b>" in left[1]
    assert "Up" in right[2] and "<b>2</b>" in right[2]
    assert "now 5" in left[3] and "now 6" in left[4]
    assert "was 5" in right[3] and "new" in right[4]
    assert "now" not in left[1] and "was" not in right[1]


def test_slope_checks_hits_on_both_sides() -> None:
    left, right = slope_ticks(hits={"a"})
    assert [("✓" in tick) for tick in left] == [False, True, False, False, False]
    assert [("✓" in tick) for tick in right] == [False, False, True, False, False]


def test_slope_draws_one_line_per_item_that_stayed() -> None:
    figure = rank_slope(BEFORE, AFTER, 4, NAMES, "light")
    through = [trace for trace in figure.data if len(trace.x) == 4]
    stubs = [trace for trace in figure.data if len(trace.x) == 2]
    assert sorted((trace.y[0], trace.y[-1]) for trace in through) == [(1, 2), (2, 1)]
    assert sorted((trace.x[0], trace.y[0]) for trace in stubs) == [(0.0, 3), (0.0, 4), (1.0, 3), (1.0, 4)]


def test_slope_of_nothing_and_of_one_empty_list() -> None:
    assert "nothing to compare" in rank_slope([], [], 10, {}, "dark").layout.meta["alt"]
    assert len(rank_slope(["a"], [], 10, {}, "dark").layout.yaxis2.ticktext) == 1


def test_curves_mark_the_best_epoch_in_both_panels() -> None:
    figure = training_curves([1, 2, 3, 4], [4, 3, 2, 1], [0.1, 0.3, 0.2, None], 2, "NDCG@10", "light")
    assert [shape.x0 for shape in figure.layout.shapes] == [2]
    assert figure.layout.shapes[0].yref == "paper"
    assert "epoch 2" in figure.layout.annotations[0].text and "0.300" in figure.layout.annotations[0].text
    assert (figure.data[-1].x, figure.data[-1].y) == ((2,), (0.3,))


@pytest.mark.parametrize("valid", [[None, None], [float("nan"), 0.2]])
def test_curves_before_the_first_validation(valid: list[float | None]) -> None:
    figure = training_curves([1, 2], [0.7, 0.6], valid, 1, "NDCG@10", "light")
    assert not figure.layout.annotations


def test_curves_wait_for_the_first_epoch() -> None:
    assert "Waiting" in training_curves([], [], [], None, "NDCG@10", "light").layout.meta["alt"]


def test_popularity_says_the_median_of_each_row() -> None:
    figure = popularity_strip([0, 10, 100], {"A": [80, 90]}, "light", history_name="Watched")
    assert ["median 10" in tick for tick in figure.layout.yaxis.ticktext] == [True, False]
    assert "median 85" in figure.layout.yaxis.ticktext[1]
    assert "A 85" in figure.layout.meta["alt"]


def test_popularity_leaves_out_empty_rows() -> None:
    figure = popularity_strip([], {"A": [80], "B": []}, "light")
    assert len(figure.layout.yaxis.ticktext) == 1
    assert "no items" in popularity_strip([], {}, "light").layout.meta["alt"]


def test_model_b_keeps_its_colour_when_a_has_nothing() -> None:
    figure = popularity_strip([5], {"A": [], "B": [80]}, "light")
    assert figure.data[-1].marker.color == tokens("light").model_b


def test_genres_are_in_order_of_the_history_and_the_rest_is_summed_up() -> None:
    history = {f"g{n}": (10 - n) / 55 for n in range(10)}
    figure = genre_calibration(history, {"A": {"g9": 0.4, "g8": 0.6}}, "light", top=3)
    assert list(figure.layout.yaxis.ticktext) == ["g0", "g1", "g2", "other genres"]
    assert sum(figure.data[0].x) == pytest.approx(100)
    assert list(figure.data[1].x) == pytest.approx([0, 0, 0, 100])


def bars_of(figure) -> list:
    return [trace for trace in figure.data if trace.type == "bar"]


def test_bars_start_at_zero_and_are_in_order_with_the_oracle_as_a_line() -> None:
    figure = leaderboard_bars(ROWS, "NDCG@10", "light")
    placed = dict(pair for bar in bars_of(figure) for pair in zip(bar.y, bar.x, strict=True))
    assert placed == {0: 0.32, 1: 0.30, 2: 0.16}
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.range[1] > 0.44
    assert [shape.x0 for shape in figure.layout.shapes] == [0.44]
    assert figure.layout.shapes[0].line.dash == "dash"
    assert "A · LightGCN" in figure.layout.yaxis.ticktext[0]


def test_models_have_their_colours_and_baselines_are_grey() -> None:
    bars = bars_of(leaderboard_bars(ROWS, "NDCG@10", "dark"))
    colours = tokens("dark")
    placed = dict(pair for bar in bars for pair in zip(bar.y, bar.marker.color, strict=True))
    assert placed == {0: colours.model_a, 1: colours.model_b, 2: colours.baseline}


def test_whiskers_are_the_interval() -> None:
    bar = bars_of(leaderboard_bars(ROWS, "NDCG@10", "light"))[0]
    assert bar.x[0] + bar.error_x.array[0] == pytest.approx(0.34)
    assert bar.x[0] - bar.error_x.arrayminus[0] == pytest.approx(0.31)


def test_degrees_fall_into_classes_that_double() -> None:
    figure = histogram_of_degrees([0, 1, 2, 3, 4, 7, 8, 1500], [20], "light")
    people, items = figure.data
    assert list(people.customdata)[:5] == ["0", "1", "2–3", "4–7", "8–15"]
    assert list(people.y)[:5] == [1, 1, 2, 2, 1]
    assert sum(people.y) == 8
    assert list(items.customdata) == ["16–31"] and list(items.y) == [1]
    assert people.customdata[-1] == "1k–2k"


def test_a_dial_is_a_curve_and_a_single_model_a_grey_point() -> None:
    turned, alone = trade_off_curve(TURNED, "Recall", "Tail recall", "light").data
    assert (list(turned.x), list(turned.y)) == ([0.3, 0.2], [0.05, 0.15])
    assert turned.line.color == tokens("light").series[0]
    assert (alone.marker.symbol, alone.line.color) == ("diamond", tokens("light").baseline)


def test_whiskers_of_a_curve_are_the_intervals_and_nothing_where_there_is_none() -> None:
    turned, alone = trade_off_curve(TURNED, "Recall", "Tail recall", "light").data
    assert turned.error_x.array == pytest.approx((0.02, 0))
    assert turned.error_y.arrayminus == pytest.approx((0.01, 0))
    assert alone.error_x.visible is False


def test_every_point_of_a_curve_has_its_label_and_room() -> None:
    figure = trade_off_curve(TURNED, "Recall", "Tail recall", "dark")
    assert [one.text for one in figure.layout.annotations][:1] == ["0"]
    assert len(figure.layout.annotations) == 3
    low, high = figure.layout.xaxis.range
    assert low < 0.2 and high > 0.32
    assert "from 0.050 to 0.150" in figure.layout.meta["alt"]
    assert trade_off_curve(TURNED[2:], "Recall", "Tail recall", "light").layout.xaxis.range[0] < 0.25
    unnamed = trade_off_curve([Point("c", "", 0, 0), Point("c", "1", 1, 1)], "x", "y", "light")
    assert [one.text for one in unnamed.layout.annotations] == ["1"]
    assert "from the start to 1" in unnamed.layout.meta["alt"]
    assert "nothing to compare" in trade_off_curve([], "x", "y", "light").layout.meta["alt"]
