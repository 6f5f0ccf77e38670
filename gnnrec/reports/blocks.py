"""What a report is made of: text, facts, tables, pictures and cards; each writes itself as safe HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from gnnrec.reports.drawings import Drawings
from gnnrec.reports.writing import cell, is_number, lines, text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


class Block(Protocol):
    """A piece of a report."""

    def html(self, drawings: Drawings) -> str:
        """Itself as HTML, every text in it escaped."""


@dataclass(frozen=True)
class Text:
    """Words of ours or of others, never markup.

    Args:
        words: The text; line breaks are kept.
        look: `plain`; `caption` for how to read something; `note` for what somebody wrote; `missing` for what
            is no longer there.
    """

    words: str
    look: Literal["plain", "caption", "note", "missing"] = "plain"

    def html(self, drawings: Drawings) -> str:
        """A paragraph, or a quotation for a note."""
        element = "blockquote" if self.look == "note" else "p"
        return f'<{element} class="{self.look}" dir="auto">{lines(self.words)}</{element}>'


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and a value, such as where a number comes from."""

    pairs: Sequence[tuple[str, object]]

    def html(self, drawings: Drawings) -> str:
        """A list of descriptions."""
        rows = "".join(
            f'<div><dt>{text(name)}</dt><dd dir="auto">{cell(value)}</dd></div>' for name, value in self.pairs
        )
        return f"<dl>{rows}</dl>" if rows else ""


@dataclass(frozen=True)
class Beside:
    """Two pieces side by side; one below the other where the page is narrow."""

    left: Block
    right: Block

    def html(self, drawings: Drawings) -> str:
        """Both in a row."""
        return f'<div class="beside">{self.left.html(drawings)}{self.right.html(drawings)}</div>'


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        columns: Heads.
        rows: Cells; numbers stand on the right.
        caption: What it is and where it comes from.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    caption: str = ""

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, caption: str = "") -> Table:
        """A data frame without its index."""
        rows = [
            [value.item() if hasattr(value, "item") else value for value in row]
            for row in frame.itertuples(index=False, name=None)
        ]
        return cls([str(one) for one in frame.columns], rows, caption)

    def html(self, drawings: Drawings) -> str:
        """A table with a head; wide ones scroll on a narrow screen."""
        heads = "".join(
            f'<th scope="col"{self._side(place)}>{text(one)}</th>' for place, one in enumerate(self.columns)
        )
        body = "".join(
            "<tr>"
            + "".join(f'<td{self._side(place)} dir="auto">{cell(one)}</td>' for place, one in enumerate(row))
            + "</tr>"
            for row in self.rows
        )
        caption = f"<caption>{text(self.caption)}</caption>" if self.caption else ""
        return f'<div class="table"><table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'

    def _side(self, place: int) -> str:
        there = [row[place] for row in self.rows if row[place] is not None]
        return ' class="number"' if there and all(is_number(one) for one in there) else ""


@dataclass(frozen=True)
class Picture:
    """A drawing with a line below it.

    Args:
        svg: A complete SVG document of `gnnrec.figures`; those of others are refused.
        alt: What it says, in a sentence, for those who cannot see it.
        caption: How to read it and where the numbers come from.
    """

    svg: str
    alt: str
    caption: str = ""

    def html(self, drawings: Drawings) -> str:
        """A figure with its caption."""
        caption = f"<figcaption>{text(self.caption)}</figcaption>" if self.caption else ""
        return f"<figure>{drawings.inline(self.svg, self.alt)}{caption}</figure>"


def picture_of(figure: go.Figure, caption: str = "", width: int = 760) -> Picture:
    """One of our charts as a picture.

    Args:
        figure: A figure of `gnnrec.figures`; `layout.meta["alt"]` is its text alternative.
        caption: How to read it and where the numbers come from; plain text.
        width: Pixels it is laid out for.
    """
    from gnnrec.figures.figure_svg import figure_svg

    return Picture(figure_svg(figure, width), (figure.layout.meta or {}).get("alt", caption), caption)


@dataclass(frozen=True)
class PictureCard:
    """One card of a row.

    Args:
        svg: Its poster.
        title: What it shows.
        note: A line below it.
        mark: A short word on it, such as a rank.
        lit: Whether it is the one that is spoken of.
    """

    svg: str
    title: str
    note: str = ""
    mark: str = ""
    lit: bool = False


@dataclass(frozen=True)
class Cards:
    """A row of cards that breaks where the page ends.

    Args:
        cards: In reading order.
        label: What they are, for screen readers.
    """

    cards: Sequence[PictureCard]
    label: str

    def html(self, drawings: Drawings) -> str:
        """An ordered list of pictures."""
        found = "".join(_card(one, drawings) for one in self.cards)
        return f'<ol class="cards" aria-label="{text(self.label)}">{found}</ol>'


def _card(card: PictureCard, drawings: Drawings) -> str:
    lit = ' class="lit"' if card.lit else ""
    mark = f'<span class="mark">{text(card.mark)}</span>' if card.mark else ""
    note = f"<small>{text(card.note)}</small>" if card.note else ""
    picture = drawings.shared(card.svg, card.title)
    return f'<li{lit}>{mark}{picture}<span class="title" dir="auto">{text(card.title)}</span>{note}</li>'
