"""Posters are well-formed pictures whatever the title is, and nothing in them runs or is cut."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.figures.hues import Tone, oklch
from gnnrec.figures.poster import HEIGHT, WIDTH, avatar_svg, poster_svg
from gnnrec.figures.text import width
from tests.unit.figures.test_tokens import contrast

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg",
    "title",
    "defs",
    "linearGradient",
    "stop",
    "rect",
    "circle",
    "g",
    "text",
    "clipPath",
    "ellipse",
}


def parts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def title_lines(svg: str) -> list[ElementTree.Element]:
    group = next(g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if g.get("font-weight"))
    return list(group)


@given(st.text(), st.text(), st.text(), st.text(), st.sampled_from(["light", "dark"]))
def test_any_text_gives_a_picture_of_allowed_parts(
    item: str, title: str, subtitle: str, genres: str, mode: str
) -> None:
    svg = poster_svg(item, title, subtitle, genres, mode)
    elements = parts(svg)
    assert {element.tag.removeprefix(SVG) for element in elements} <= ALLOWED
    assert not any(name.startswith("on") or "href" in name for e in elements for name in e.attrib)
    svg.encode("utf-8")


@given(st.text(), st.text())
def test_any_name_gives_a_portrait_of_allowed_parts(person: str, name: str) -> None:
    elements = parts(avatar_svg(person, name))
    assert {element.tag.removeprefix(SVG) for element in elements} <= ALLOWED


def test_markup_in_a_title_is_text() -> None:
    svg = poster_svg("1", "</title><script>alert('href')</script>", "<b>", "Drama", "light")
    assert "<script" not in svg
    assert "".join(line.text or "" for line in title_lines(svg)).startswith("</title>")


@pytest.mark.parametrize(
    "title",
    [
        "Up",
        "The Lighthouse Keeper's Daughter",
        "Supercalifragilisticexpialidociously" * 3,
        "A very long title that goes on " * 12,
        "🎬🎥 Reel ❤️ Love 👩\u200d👩\u200d👧 " * 6,
        "שלום עולם סרט ארוך מאוד על הים ועל הרוח " * 4,
        "七人の侍雨の夜の物語" * 5,
        "W" * 200,
    ],
)
def test_titles_have_at_most_four_lines_that_fit(title: str) -> None:
    svg = poster_svg("1", title, "Drama · 1995", "Drama", "light")
    group = next(g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if g.get("font-weight"))
    size = float(group.get("font-size", "0"))
    lines = list(group)
    assert 1 <= len(lines) <= 4
    for line in lines:
        assert width(line.text or "") * size <= WIDTH - 30 + 1e-6
        assert size < float(line.get("y", "0")) < HEIGHT
    if len(title) > 150:
        assert (lines[-1].text or "").endswith("…")


def test_short_titles_are_set_larger_than_long_ones() -> None:
    short = next(g for g in parts(poster_svg("1", "Up", "", "", "light")) if g.get("font-weight"))
    long = next(g for g in parts(poster_svg("1", "The slow " * 9, "", "", "light")) if g.get("font-weight"))
    assert float(short.get("font-size", "0")) > float(long.get("font-size", "0"))


def test_right_to_left_titles_stand_at_the_right() -> None:
    line = title_lines(poster_svg("1", "שלום עולם", "", "Drama", "light"))[0]
    assert line.get("direction") == "rtl" and line.get("x") == str(WIDTH - 15)
    assert title_lines(poster_svg("1", "Up", "", "Drama", "light"))[0].get("direction") is None


def test_the_id_gives_the_drawing_and_the_genre_the_colour() -> None:
    same = poster_svg("1", "Up", "", "Drama", "light")
    assert same == poster_svg("1", "Up", "", "Drama", "light")
    circles = [
        [e.get("cx") for e in parts(poster_svg(i, "Up", "", "Drama", "light")) if "circle" in e.tag]
        for i in "12"
    ]
    assert circles[0] != circles[1]
    stops = [
        [e.get("stop-color") for e in parts(poster_svg("1", "Up", "", g, "light")) if "stop" in e.tag]
        for g in ("Drama", "Comedy")
    ]
    assert stops[0] != stops[1]


def test_two_posters_on_one_page_do_not_share_gradients() -> None:
    ids = [
        {e.get("id") for e in parts(poster_svg(i, "Up", "", "Drama", "light")) if e.get("id")} for i in "12"
    ]
    assert ids[0] and not ids[0] & ids[1]


def test_item_without_a_title_shows_its_id() -> None:
    assert title_lines(poster_svg("venue 4711", "", "", "", "dark"))[0].text == "venue"


@pytest.mark.parametrize("hue", range(0, 360, 15))
def test_white_type_can_be_read_where_it_stands(hue: int) -> None:
    # Half way down, before the shade that lies over the gradient there makes it darker still.
    assert contrast("#FFFFFF", oklch(0.50, 0.14, Tone(hue))) >= 4.5


def test_initials_of_names() -> None:
    def letters(name: str) -> str:
        return next(e for e in parts(avatar_svg("1", name)) if e.tag == f"{SVG}text").text or ""

    assert letters("Ada Lindqvist") == "AL"
    assert letters("ada maria de souza") == "AS"
    assert letters("196") == "196"
    assert letters("👩\u200d👧 Élise") == "É"
    assert letters("") == ""
