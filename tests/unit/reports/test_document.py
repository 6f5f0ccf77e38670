"""A report as HTML: valid, closed to the network and to scripts, and other people's text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape

import pandas as pd
import pytest

from gnnrec.figures.poster import poster_svg
from gnnrec.reports import Cards, Facts, Picture, PictureCard, Report, Section, Table, Text, page
from tests.hostile import TITLES
from tests.unit.reports.checking import checked

NASTY = (
    *TITLES,
    "\x00\x07 control \ud800 half \ufdd0 \uffff none",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<!-- --> ]]> &#x3c;script&#x3e; &amp;",
    "<style>*{display:none}</style>",
    "<svg onload=alert(1)>",
    "<base href=https://example.org>",
    "<meta http-equiv=refresh content=0>",
)


def poster(title: str) -> str:
    return poster_svg(title, title, title, title, "light")


def report(text: str) -> Report:
    blocks = [
        Text(text),
        Text(f"{text}\n\nsecond line\r\nthird", "note"),
        Facts([(text, text), ("n", 3), ("none", None)]),
        Table([text, "n"], [[text, 1.5], ["", float("nan")]], text),
        Picture(poster(text), text, text),
        Cards([PictureCard(poster(text), text, text, text, True), PictureCard(poster(text), text)], text),
    ]
    return Report(
        text, text, [(text, text)], [Section(text, blocks), Section(text, blocks, True)], [Text(text)]
    )


def shape(text: str) -> list[str]:
    """The elements of the page without those of drawings, whose titles may have more lines."""
    found = []

    def walk(element) -> None:
        found.append(element.tag)
        for child in element:
            if child.tag != "svg":
                walk(child)

    walk(checked(page(report(text))))
    return found


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_stays_text(text: str) -> None:
    assert shape(text) == shape("plain")


def test_text_is_there_to_be_read() -> None:
    html = page(report("<b>Bold</b> & co"))
    tree = checked(html)
    assert tree.find(".//h1").text == "<b>Bold</b> & co"
    assert tree.find(".//blockquote").text == "<b>Bold</b> & co\n\nsecond line\nthird"
    assert tree.find("head/title").text == "<b>Bold</b> & co"


def test_its_policy_allows_its_own_style_alone() -> None:
    html = page(report("x"))
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1])
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "url(" not in style and "@import" not in style


def test_a_picture_that_comes_again_is_written_once() -> None:
    cards = Cards([PictureCard(poster("One"), "One")] * 5 + [PictureCard(poster("Two"), "Two")], "List")
    tree = checked(page(Report("r", "", [], [Section("s", [cards])])))
    assert len(tree.findall(".//symbol")) == 2
    uses = [one.get("href") or one.get("xlink:href") for one in tree.findall(".//use")]
    assert uses == ["#s1"] * 5 + ["#s2"]


@pytest.mark.parametrize(
    "svg",
    [
        "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "<svg xmlns='http://www.w3.org/2000/svg'><image href='https://example.org/x.png'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'><rect style='fill:red'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'><rect fill='url(https://example.org/x)'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'><a href='#x'/></svg>",
        "<div>no drawing</div>",
    ],
)
def test_a_drawing_that_could_do_something_is_refused(svg: str) -> None:
    with pytest.raises(ValueError, match="a drawing"):
        page(Report("r", "", [], [Section("s", [Picture(svg, "x")])]))


def test_drawings_take_the_colours_of_the_page() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="#17172B"/><rect fill="#123456"/></svg>'
    html = page(Report("r", "", [], [Section("s", [Picture(svg, "x")])]))
    assert 'fill="var(--text)"' in html and 'fill="#123456"' in html


def test_a_frame_becomes_a_table_with_numbers_on_the_right() -> None:
    table = Table.of_frame(
        pd.DataFrame({"model": ["EASE", "GAT"], "n": [1200, 3], "NDCG": [0.29625001, None]})
    )
    tree = checked(page(Report("r", "", [], [Section("s", [table])])))
    cells = [one.text for one in tree.findall(".//td")]
    assert cells == ["EASE", "1,200", "0.2963", "GAT", "3", "–"]
    assert [one.get("class") for one in tree.findall(".//th")] == [None, "number", "number"]


def test_an_empty_report_is_one_too() -> None:
    tree = checked(page(Report("", "", [], [])))
    assert tree.find("head/title").text == "Report" and tree.find(".//nav") is None
