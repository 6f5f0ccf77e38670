"""Bars of reasons: they add up where they should, say their sign without colour, and keep titles as text."""

from __future__ import annotations

import json

import pytest

from gnnrec.figures.deletion_curve import deletion_curve
from gnnrec.figures.reason_bars import ReasonRow, number, reason_bars
from gnnrec.figures.tokens import Mode, tokens
from gnnrec.figures.waterfall import stacked, waterfall

EVIL = "<a href='https://example.org'>x</a><script>"
ROWS = [
    ReasonRow(EVIL, 0.3, effect=0.2, effect_words="rank 1 → 5"),
    ReasonRow("Solaris", -0.1, effect=-0.05),
    ReasonRow("7 others", 0.25, "others"),
    ReasonRow("Own", 0.15, "own"),
]


def drawn(rows=ROWS, mode: Mode = "light"):
    return waterfall(rows, mode, total_name="Score", axis="Score")


def bars(figure) -> list:
    return [trace for trace in figure.data if trace.type == "bar"]


def test_each_bar_begins_where_the_one_above_ends_and_the_total_is_their_sum() -> None:
    rows = stacked(ROWS, "Score")
    assert [row.start for row in rows] == pytest.approx([0, 0.3, 0.2, 0.45, 0])
    assert rows[-1].value == pytest.approx(sum(row.value for row in ROWS))
    assert [(bar.base[0], bar.x[0]) for bar in bars(drawn())] == [(row.start, row.value) for row in rows]


def test_what_speaks_against_is_told_by_its_sign_and_pattern_too() -> None:
    figure = drawn()
    against = bars(figure)[1]
    assert against.marker.pattern.shape and against.marker.color == tokens("light").danger
    assert "  -0.100" in [trace.text[0] for trace in figure.select_traces("scatter") if trace.mode == "text"]
    assert all(not bar.marker.pattern.shape for place, bar in enumerate(bars(figure)) if place != 1)


def test_dots_stand_where_the_true_effect_is_and_only_where_it_is_known() -> None:
    dots = [
        trace
        for trace in drawn().select_traces("scatter")
        if trace.xaxis == "x2" and trace.mode == "lines+markers"
    ]
    assert [(trace.x[1], trace.y[1]) for trace in dots] == [(0.2, 0), (-0.05, 1)]
    plain_rows = [ReasonRow("Heat", 0.3)]
    assert not [trace for trace in reason_bars(plain_rows, "light", axis="x").data if trace.xaxis == "x2"]


def test_seeds_that_disagree_make_a_bar_pale() -> None:
    rows = [ReasonRow("a", 0.5), ReasonRow("b", 0.5, agreement=1 / 3)]
    sure, pale = (bar.marker.opacity for bar in bars(reason_bars(rows, "light", axis="x")))
    assert sure == 1.0 and pale == pytest.approx(0.5)


def test_nothing_to_draw_is_said() -> None:
    assert "nothing to draw" in reason_bars([], "light", axis="x").layout.meta["alt"]
    assert "nothing to take out" in deletion_curve([], [], [], [], [], [], "light").layout.meta["alt"]


def test_the_curve_begins_at_nothing_lost() -> None:
    figure = deletion_curve([1, 2], [0.2, 0.3], [0.1, 0.1], [0.0, 0.0], [0.2, 0.2], [0.2, 0.4], "light")
    lines = [trace for trace in figure.select_traces("scatter") if trace.mode == "lines+markers"]
    assert [trace.name for trace in lines] == ["at random", "true order", "this explanation"]
    assert all(trace.x[0] == 0 and trace.y[0] == 0 for trace in lines)
    assert "0.3 in the order of the explanation" in figure.layout.meta["alt"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_our_look_a_text_alternative_and_no_markup(mode: Mode) -> None:
    for figure in (
        drawn(mode=mode),
        reason_bars(ROWS, mode, axis=EVIL, percent=True),
        deletion_curve([1], [0.2], [0.1], [0.0], [0.2], [0.2], mode, items=EVIL),
    ):
        assert figure.layout.template.layout.paper_bgcolor == tokens(mode).background
        assert figure.layout.meta["alt"] and figure.layout.height >= 120
        layout = json.loads(figure.to_json())
        layout["layout"].pop("meta")
        text = json.dumps(layout, ensure_ascii=False)
        assert "<script" not in text and "<a " not in text


@pytest.mark.parametrize(
    ("value", "signed", "percent", "text"),
    [
        (0.123456, False, False, "0.123"),
        (0.5, True, False, "+0.500"),
        (-0.5, True, False, "-0.500"),
        (0.012345, False, False, "0.012"),
        (0.00001, False, False, "1.0e-05"),
        (4.0, False, False, "4.00"),
        (123.4, False, False, "123"),
        (0.0, True, False, "0"),
        (0.46, False, True, "46 %"),
        (0.0273, False, True, "2.7 %"),
        (0.0, False, True, "0 %"),
    ],
)
def test_numbers_have_the_digits_that_count(value: float, signed: bool, percent: bool, text: str) -> None:
    assert number(value, signed, percent) == text
