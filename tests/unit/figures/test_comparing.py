"""Charts that put two models, or all of them, side by side."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from gnnrec.figures.agreement import Shared, agreement_histogram, sameness_scale
from gnnrec.figures.by_length import Curve, lorenz_curves, metric_by_length
from gnnrec.figures.differences import DifferenceRow, difference_rows
from gnnrec.figures.pareto import Measured, pareto, unbeaten
from gnnrec.figures.person_scatter import MOST_DOTS, better_bar, gathered, person_scatter
from gnnrec.figures.tokens import Mode, tokens

EVIL = "<a href='https://example.org'>x</a><script>"
RNG = np.random.default_rng(0)
VALUES = np.round(RNG.random(60), 1)
MODELS = [
    Measured("Popular", 0.1, 0.2, "baseline"),
    Measured(EVIL, 0.3, 0.5, "a", (0.28, 0.32)),
    Measured("B", 0.4, 0.4, "b", (0.38, 0.42), (0.39, 0.41)),
    Measured("Worse", 0.2, 0.4),
    Measured("Oracle", 0.9, 0.9, "oracle"),
]
CURVES = [
    Curve(EVIL, "a", [1, 2, 3], [0.1, 0.2, 0.3], [0.05, 0.1, 0.2], [0.2, 0.3, 0.4]),
    Curve("B", "b", [1, 2, 3], [0.1, 0.1, 0.2], [None] * 3, [None] * 3),
    Curve("in train", "baseline", [0, 0.5, 1], [0, 0.1, 1]),
]


def figures(mode: Mode) -> dict[str, go.Figure]:
    rows = [
        DifferenceRow("A less B", 0.013, 0.006, 0.02),
        DifferenceRow(EVIL, -0.003, None, None, "seed"),
    ]
    dots = gathered(VALUES, VALUES[::-1])
    return {
        "difference_rows": difference_rows(rows, EVIL, mode, gap=0.003),
        "person_scatter": person_scatter(dots, "NDCG@10", EVIL, "B", "people", mode, marked=np.array([0])),
        "better_bar": better_bar((58, 20, 22), EVIL, "B", EVIL, mode),
        "metric_by_length": metric_by_length(CURVES[:2], "NDCG", mode, apart=CURVES[0], chosen=2),
        "lorenz_curves": lorenz_curves(CURVES[2:], EVIL, mode),
        "agreement_histogram": agreement_histogram(VALUES, VALUES[:30], "In common", EVIL, mode),
        "sameness_scale": sameness_scale([Shared(EVIL, 0.3, "a"), Shared("B", 0.9, "baseline")], mode),
        "pareto": pareto(MODELS, EVIL, "Coverage", mode, y_lower=True),
    }


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_chart_has_our_look_and_a_text_alternative(mode: Mode) -> None:
    for name, figure in figures(mode).items():
        assert figure.layout.template.layout.paper_bgcolor == tokens(mode).background, name
        assert figure.layout.meta["alt"], name
        # WebGL needs 'unsafe-eval', which the content security policy does not give.
        assert {trace.type for trace in figure.data} <= {"scatter", "bar"}, name


@pytest.mark.parametrize("name", list(figures("light")))
def test_text_of_the_data_is_never_markup(name: str) -> None:
    layout = json.loads(figures("light")[name].to_json())
    layout["layout"].pop("meta")
    layout["layout"].pop("template")
    drawn = json.dumps(layout, ensure_ascii=False)
    assert "<script" not in drawn and "<a " not in drawn
    assert "&lt;a " in drawn


def test_nothing_to_draw_is_said() -> None:
    nobody = gathered(np.empty(0), np.empty(0))
    for figure in (
        difference_rows([], "NDCG", "light"),
        person_scatter(nobody, "NDCG", "A", "B", "people", "light"),
        metric_by_length([], "NDCG", "light"),
        lorenz_curves([], "items", "light"),
        agreement_histogram(np.empty(0), None, "In common", "people", "light"),
        sameness_scale([Shared("A", float("nan"), "a")], "light"),
        pareto([Measured("A", float("nan"), 1.0)], "x", "y", "light"),
    ):
        assert figure.layout.annotations and not figure.data


def test_people_with_the_same_values_share_a_dot() -> None:
    dots = gathered(np.array([0.0, 0.0, 1.0, 0.0]), np.array([0.0, 0.0, 0.5, 0.5]))
    assert sorted(dots.n.tolist()) == [1, 1, 2]
    assert dots.of[0] == dots.of[1] != dots.of[2]
    assert dots.x[dots.of].tolist() == [0, 0, 1, 0]


def test_many_people_are_gathered_and_stay_on_their_side_of_the_diagonal() -> None:
    a, b = RNG.random(30_000), RNG.random(30_000)
    b[:5000] = a[:5000]
    dots = gathered(a, b)
    assert len(dots.n) <= MOST_DOTS // 2 and dots.n.sum() == 30_000
    side = np.sign(np.round(a - b, 6))
    assert np.array_equal(np.sign(np.round((dots.x - dots.y)[dots.of], 6)), side)
    figure = person_scatter(dots, "NDCG", "A", "B", "people", "light")
    assert len(figure.to_json()) < 300_000


def test_the_customdata_of_a_dot_is_its_place() -> None:
    dots = gathered(VALUES, VALUES[::-1])
    figure = person_scatter(dots, "NDCG", "A", "B", "people", "light")
    for trace in figure.data:
        for place, x, y in zip(trace.customdata, trace.x, trace.y, strict=True):
            assert (dots.x[int(place[0])], dots.y[int(place[0])]) == (x, y)
            assert dots.n[int(place[0])] == place[1]


def test_with_errors_the_lower_right_belongs_to_b() -> None:
    dots = gathered(np.array([0.2, 0.9]), np.array([0.9, 0.2]))
    figure = person_scatter(dots, "RMSE", "One", "Two", "people", "light", lower_is_better=True)
    by_name = {trace.name: list(trace.x) for trace in figure.data}
    assert by_name["A better: One"] == [0.2] and by_name["B better: Two"] == [0.9]


def test_the_pareto_line_holds_those_that_nobody_beats_in_both() -> None:
    assert [one.name for one in unbeaten(MODELS)] == [EVIL, "B"]
    assert [one.name for one in unbeaten(MODELS, y_lower=True)] == ["Popular", "B"]
    assert [one.name for one in unbeaten(MODELS, x_lower=True, y_lower=True)] == ["Popular"]


def test_equal_models_do_not_beat_each_other() -> None:
    same = [Measured("One", 0.3, 0.3), Measured("Two", 0.3, 0.3)]
    assert len(unbeaten(same)) == 2


@pytest.mark.parametrize(("x_lower", "y_lower"), [(False, True), (True, False)])
def test_axes_are_turned_so_that_up_and_to_the_right_is_better(x_lower: bool, y_lower: bool) -> None:
    layout = pareto(MODELS, "x", "y", "light", x_lower=x_lower, y_lower=y_lower).layout
    for axis, lower in ((layout.xaxis, x_lower), (layout.yaxis, y_lower)):
        assert (axis.range[0] > axis.range[1]) == lower


def test_the_bar_of_a_hundred_is_a_hundred_long() -> None:
    figure = better_bar((58, 20, 22), "One", "Two", "people", "light")
    assert [trace.x[0] for trace in figure.data] == [58, 20, 22]
    assert [trace.base[0] for trace in figure.data] == [0, 58, 78]


def test_seed_noise_is_a_band_only_where_it_is_known() -> None:
    row = [DifferenceRow("A less B", 0.01, 0.0, 0.02)]
    band = [
        one for one in difference_rows(row, "NDCG", "light", gap=0.004).layout.shapes if one.type == "rect"
    ]
    assert (band[0].x0, band[0].x1) == (-0.004, 0.004)
    assert not [one for one in difference_rows(row, "NDCG", "light").layout.shapes if one.type == "rect"]


def test_a_limit_far_away_does_not_press_the_models_together() -> None:
    figure = pareto(MODELS, "x", "y", "light")
    assert figure.layout.xaxis.range[1] < 0.9
    assert any("Oracle: 0.900 and 0.900" in one.text for one in figure.layout.annotations)
    near = pareto([*MODELS[:4], Measured("Oracle", 0.45, 0.55, "oracle")], "x", "y", "light")
    assert near.layout.xaxis.range[1] > 0.45
    assert any(one.text == "Oracle" for one in near.layout.annotations)


def test_the_two_compared_are_named_in_any_crowd() -> None:
    crowd = [Measured(f"Model {place}", 0.3, 0.3) for place in range(9)]
    figure = pareto(
        [*crowd, Measured("One", 0.3, 0.3, "a"), Measured("Two", 0.3, 0.3, "b")], "x", "y", "light"
    )
    named = {one.text for one in figure.layout.annotations}
    assert {"A · One", "B · Two"} <= named and len(named) < 11
