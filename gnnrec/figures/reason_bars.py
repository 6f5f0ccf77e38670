"""What each reason counts as bars, and beside each bar what taking it out really does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gnnrec.figures.template import SMALL, blank, bold, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, Tokens, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

Role = Literal["reason", "others", "own", "total"]
_SPLIT = (0.63, 0.7)
_ROW = 34


@dataclass(frozen=True)
class ReasonRow:
    """One bar.

    Args:
        name: What it stands for: a title of the data, or words of ours.
        value: Its length, with sign.
        role: `reason`, or what else adds up: `others`, the person's `own` part, the `total`.
        start: Where the bar begins.
        effect: What the score loses without it; None where that was not worked out.
        effect_words: What is written beside that, such as `rank 1 → 5`.
        agreement: Share of the seeds that agree on it, from 0 to 1; drawn as how solid the bar is.
    """

    name: str
    value: float
    role: Role = "reason"
    start: float = 0.0
    effect: float | None = None
    effect_words: str = ""
    agreement: float = 1.0


def reason_bars(
    rows: Sequence[ReasonRow],
    mode: Mode,
    *,
    axis: str,
    effect_axis: str = "Score lost",
    series: int = 0,
    signed: bool = False,
    percent: bool = False,
    alt: str = "",
) -> go.Figure:
    """Reasons as horizontal bars, the first on top; dots beside them for what deletion does.

    Args:
        rows: From top to bottom.
        mode: `light` or `dark`.
        axis: What the length of a bar is, with its unit.
        effect_axis: What the place of a dot is.
        series: 0 for model A, 1 for model B.
        signed: Whether numbers are written with their sign.
        percent: Whether values are shares, to be written as percentages.
        alt: What the figure says; made of the rows where empty.
    """
    if not rows:
        return nothing(mode, "There is nothing to draw.")
    colours = tokens(mode)
    measured = any(row.effect is not None for row in rows)
    figure = blank(mode, 84 + _ROW * len(rows), alt or _alt(rows, signed, percent))
    _bars(figure, rows, colours, series, signed, percent)
    ends = [0.0, *(row.start for row in rows), *(row.start + row.value for row in rows)]
    figure.update_xaxes(
        range=_room(min(ends), max(ends)),
        title_text=plain(axis),
        tickformat=".2~%" if percent else None,
        nticks=5,
        zeroline=True,
        fixedrange=True,
        domain=[0, _SPLIT[0]] if measured else [0, 1],
    )
    if measured:
        _effects(figure, rows, colours, effect_axis)
    name_rows(figure, [_tick(row) for row in rows], mode)
    figure.update_layout(margin={"t": 14, "r": 14})
    return figure


def number(value: float, signed: bool = False, percent: bool = False) -> str:
    """A value as it stands beside its bar: three digits that count."""
    if percent:
        share = 100 * value
        return f"{share:.0f} %" if abs(share) >= 10 or not value else f"{share:#.2g} %"
    if not value:
        return "0"
    text = f"{value:#.2g}" if abs(value) < 0.1 else f"{value:#.3g}"
    text = text.rstrip(".") if "e" not in text else f"{value:.1e}"
    return f"+{text}" if signed and value > 0 else text


def _bars(
    figure: go.Figure, rows: Sequence[ReasonRow], colours: Tokens, series: int, signed: bool, percent: bool
) -> None:
    for place, row in enumerate(rows):
        words = number(row.value, signed and row.role != "total", percent)
        figure.add_bar(
            x=[row.value],
            base=[row.start],
            y=[place],
            orientation="h",
            width=0.62,
            marker=_look(row, colours, series),
            hovertemplate=f"{plain(row.name)}: {words}<extra></extra>",
        )
        figure.add_scatter(
            x=[max(row.start, row.start + row.value)],
            y=[place],
            mode="text",
            text=[f"  {words}"],
            textposition="middle right",
            textfont={"size": SMALL, "color": colours.text},
            cliponaxis=False,
            hoverinfo="skip",
        )
        if place and rows[place - 1].role != "total" and row.start != 0:
            # The thin line that carries the eye from where one bar ends to where the next begins.
            figure.add_shape(
                type="line",
                x0=row.start,
                x1=row.start,
                y0=place - 0.69,
                y1=place - 0.31,
                line={"color": colours.muted, "width": 1},
            )


def _look(row: ReasonRow, colours: Tokens, series: int) -> dict[str, object]:
    """Colour and pattern: what speaks against is hatched, so that it is not told by colour alone."""
    colour = {
        "reason": colours.series[series],
        "others": colours.series[series],
        "own": colours.baseline,
        "total": colours.muted,
    }[row.role]
    look: dict[str, object] = {"color": colour, "cornerradius": 3, "opacity": 0.25 + 0.75 * row.agreement}
    if row.role == "others":
        look["opacity"] = 0.55
    if row.value < 0:
        look |= {
            "color": colours.danger,
            "pattern": {
                "shape": "/",
                "size": 6,
                "solidity": 0.3,
                "fillmode": "overlay",
                "fgcolor": colours.background,
            },
        }
    return look


def _effects(figure: go.Figure, rows: Sequence[ReasonRow], colours: Tokens, effect_axis: str) -> None:
    known = [(place, row) for place, row in enumerate(rows) if row.effect is not None]
    for place, row in known:
        figure.add_scatter(
            x=[0, row.effect],
            y=[place, place],
            mode="lines+markers",
            line={"color": colours.text, "width": 1.2},
            marker={"size": [0, 10], "color": colours.text, "symbol": "circle"},
            xaxis="x2",
            cliponaxis=False,
            hovertemplate=f"{plain(row.name)} taken out: score lost {number(row.effect)}, "
            f"{plain(row.effect_words)}<extra></extra>",
        )
        if row.effect_words:
            figure.add_scatter(
                x=[max(0.0, row.effect)],
                y=[place],
                mode="text",
                text=[f"   {plain(row.effect_words)}"],
                textposition="middle right",
                textfont={"size": SMALL, "color": colours.muted},
                xaxis="x2",
                cliponaxis=False,
                hoverinfo="skip",
            )
    low, high = min(0.0, *(row.effect for _, row in known)), max(0.0, *(row.effect for _, row in known))
    figure.update_layout(
        xaxis2={
            "domain": [_SPLIT[1], 1],
            "anchor": "y",
            # Room for the words beside the farthest dot.
            "range": [low - 0.06 * ((high - low) or 1), high + 0.8 * ((high - low) or 1)],
            "title": {"text": plain(effect_axis)},
            "nticks": 3,
            "zeroline": True,
            "fixedrange": True,
        }
    )


def _room(low: float, high: float) -> list[float]:
    """The range of an axis with room for the numbers beside bars that end right."""
    width = (high - low) or 1.0
    return [low - (0.03 * width if low < 0 else 0), high + 0.2 * width]


def _tick(row: ReasonRow) -> str:
    name = label(row.name, 24)
    return bold(name) if row.role == "total" else name


def _alt(rows: Sequence[ReasonRow], signed: bool, percent: bool) -> str:
    return ", ".join(f"{row.name} {number(row.value, signed, percent)}" for row in rows) + "."
