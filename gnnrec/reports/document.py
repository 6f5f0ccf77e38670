"""The HTML document of a report: title page, contents, sections; its own policy lets nothing run and nothing load."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import gnnrec
from gnnrec.data.whole_files import write_named
from gnnrec.errors import ConfigError
from gnnrec.figures.tokens import FONT_STACK, SERIF_STACK
from gnnrec.reports.blocks import Block, Facts
from gnnrec.reports.drawings import Drawings, variables
from gnnrec.reports.writing import text


@dataclass(frozen=True)
class Section:
    """A part of a report with a heading of its own.

    Args:
        title: Its heading.
        blocks: What is in it.
        apart: Whether it starts on a new sheet of paper.
    """

    title: str
    blocks: Sequence[Block]
    apart: bool = False


@dataclass(frozen=True)
class Report:
    """What is handed to somebody who has nothing installed.

    Args:
        title: On the title page.
        subtitle: A sentence below it: what this is about.
        facts: On the title page: data, models, split, part, date.
        sections: In their order.
        summary: On the title page below the facts.
    """

    title: str
    subtitle: str
    facts: Sequence[tuple[str, object]]
    sections: Sequence[Section]
    summary: Sequence[Block] = ()


def page(report: Report) -> str:
    """A report as one HTML document.

    It loads nothing and runs nothing: its own content security policy allows its one style sheet, by hash, and
    nothing else. Every text is escaped, every drawing looked through.
    """
    drawings = Drawings()
    front = _front(report, drawings)
    body = "".join(
        _section(number, section, drawings) for number, section in enumerate(report.sections, start=1)
    )
    style = _style()
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f'<meta name="generator" content="gnnrec {text(gnnrec.__version__)}">'
        f"<title>{text(report.title) or 'Report'}</title><style>{style}</style></head>\n"
        f"<body>{drawings.definitions}<main>{front}{body}</main>"
        f"<footer><p>Written by gnnrec {text(gnnrec.__version__)}. This file holds everything it shows: it loads "
        "nothing and runs nothing.</p></footer></body></html>\n"
    )


def save_page(report: Report, path: Path) -> int:
    """Write a report to a file, whole or not at all; gives its size in bytes.

    Raises:
        ConfigError: The file does not end in .html, or cannot be written.
    """
    require_html(path)
    data = page(report).encode()
    write_named(path, data)
    return len(data)


def require_html(path: Path) -> None:
    """Refuse a file that nobody would take for a page.

    Raises:
        ConfigError: It does not end in .html.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise ConfigError(
            where=path.name or str(path),
            found=f"the ending '{path.suffix}'" if path.suffix else "no ending",
            expected=".html",
            todo="For example report.html.",
        )


def _front(report: Report, drawings: Drawings) -> str:
    subtitle = f'<p class="subtitle" dir="auto">{text(report.subtitle)}</p>' if report.subtitle else ""
    summary = "".join(one.html(drawings) for one in report.summary)
    entries = "".join(
        f'<li><a href="#part-{number}" dir="auto">{text(section.title)}</a></li>'
        for number, section in enumerate(report.sections, start=1)
    )
    contents = f'<nav aria-label="Contents"><ol>{entries}</ol></nav>' if len(report.sections) > 1 else ""
    return (
        f'<header class="front"><h1 dir="auto">{text(report.title)}</h1>{subtitle}'
        f"{Facts(report.facts).html(drawings)}{summary}{contents}</header>"
    )


def _section(number: int, section: Section, drawings: Drawings) -> str:
    apart = ' class="apart"' if section.apart else ""
    blocks = "\n".join(one.html(drawings) for one in section.blocks)
    return (
        f'\n<section id="part-{number}"{apart}><h2 dir="auto">{text(section.title)}</h2>\n{blocks}</section>'
    )


@cache
def _style() -> str:
    colours = {
        mode: "".join(f"--{name}:{colour};" for name, colour in names.items())
        for mode, names in variables().items()
    }
    fonts = f"--sans:{FONT_STACK};--serif:{SERIF_STACK};"
    sheet = (files("gnnrec.reports") / "report.css").read_text(encoding="utf-8")
    # Paper is light whatever the screen is.
    return (
        f":root{{color-scheme:light dark;{fonts}{colours['light']}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{colours['dark']}}}}}\n{sheet}"
    )


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
