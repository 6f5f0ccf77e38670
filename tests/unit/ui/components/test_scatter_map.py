"""The map element: what is packed for the browser can be read back, and what it sends is not believed blindly."""

from __future__ import annotations

import base64
import json
import math

import numpy as np
import pytest

from gnnrec.figures.map_colours import by_kind
from gnnrec.ui.components.scatter_map import UNITS, MapColours, MapPoints, read_area, read_event

SQUARE = [[0, 0], [UNITS, 0], [UNITS, UNITS]]


def test_places_and_names_come_back_as_they_were() -> None:
    xy = np.random.default_rng(0).random((500, 2))
    sent = json.loads(json.dumps(MapPoints.of(xy, 200, [f"Name {one}" for one in range(500)]).payload))
    found = np.frombuffer(base64.b64decode(sent["xy"]), dtype="<u2").reshape(-1, 2) / 65535
    assert np.allclose(found, xy, atol=1e-5)
    assert sent["people"] == 200 and sent["labels"].split("\n") == [f"Name {one}" for one in range(500)]


def test_seventy_thousand_points_fit_into_two_megabytes() -> None:
    xy = np.random.default_rng(0).random((70_000, 2))
    sent = MapPoints.of(xy, 30_000, [f"Person {one}" for one in range(70_000)]).payload
    assert len(json.dumps(sent)) < 2_000_000
    assert len(json.dumps(MapColours.of(by_kind(30_000, 40_000, ("a", "b"))).payload)) < 200_000


def test_a_name_is_one_line_whatever_is_in_it() -> None:
    labels = ["a\nb", "", "\u2028x\r\ny", "<script>alert(1)</script>", "z" * 500]
    sent = MapPoints.of(np.zeros((5, 2)), 5, labels).payload
    lines = sent["labels"].split("\n")
    assert len(lines) == 5 and all(lines) and max(map(len, lines)) <= 80


def test_what_differs_has_another_name_and_what_is_equal_the_same() -> None:
    xy = np.random.default_rng(0).random((5, 2))
    one, same = (MapPoints.of(xy, 2, "abcde").payload["name"] for _ in range(2))
    assert one == same
    others = [MapPoints.of(xy, 3, "abcde"), MapPoints.of(xy, 2, "abcdf"), MapPoints.of(xy[::-1], 2, "abcde")]
    assert len({one, *(other.payload["name"] for other in others)}) == 4


@pytest.mark.parametrize("point", [-1, 10, 3.5, True, "3", None, [3], math.nan, math.inf, {}])
def test_a_point_there_is_not_is_not_believed(point: object) -> None:
    assert read_event(point, None, 10) is None


def test_a_point_and_a_line_are() -> None:
    assert read_event(3, None, 10).point == 3 and read_event(3.0, None, 10).point == 3
    assert read_event(None, SQUARE, 10).area == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))


@pytest.mark.parametrize(
    "area",
    [
        None,
        "0_0",
        [],
        SQUARE[:2],
        [*SQUARE, [1]],
        [*SQUARE, [1, "2"]],
        [*SQUARE, [1, True]],
        [*SQUARE, [1, math.nan]],
        [*SQUARE, [1, 10**9]],
        SQUARE * 30,
    ],
)
def test_a_line_that_cannot_be_drawn_is_not_believed(area: object) -> None:
    assert read_area(area) is None
