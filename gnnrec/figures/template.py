"""How every chart looks: one plotly template per mode, made from the tokens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from textwrap import wrap

import plotly.graph_objects as go

from gnnrec.figures.text import plain, shorten
from gnnrec.figures.tokens import FONT_STACK, Mode, tokens

# Nothing but "save as a picture": the rest of the bar distracts, and one of its buttons names another host.
PLOTLY_CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "svg"},
    "showTips": False,
}

FONT_SIZE = 14
SMALL = 13


@cache
def template(mode: Mode) -> go.layout.Template:
    """The plotly template of a mode: our colours, quiet grid, no frame."""
    colours = tokens(mode)
    axis = {
        "gridcolor": colours.border,
        "linecolor": colours.border,
        "zerolinecolor": colours.border,
        "zerolinewidth": 1,
        "ticks": "",
        "tickfont": {"size": SMALL, "color": colours.muted},
        "title": {"font": {"size": SMALL, "color": colours.muted}, "standoff": 10},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT_STACK, "size": FONT_SIZE, "color": colours.text},
            "paper_bgcolor": colours.background,
            "plot_bgcolor": colours.background,
            "colorway": list(colours.series),
            "colorscale": {
                "sequential": _scale(colours.sequential),
                "sequentialminus": _scale(colours.sequential[::-1]),
                "diverging": _scale(colours.diverging),
            },
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 12, "r": 16, "t": 16, "b": 12},
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.0,
                "yanchor": "bottom",
                "font": {"size": SMALL, "color": colours.text},
                "bgcolor": "rgba(0,0,0,0)",
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "hoverlabel": {
                "bgcolor": colours.raised,
                "bordercolor": colours.border,
                "font": {"family": FONT_STACK, "size": SMALL, "color": colours.text},
                "align": "left",
            },
            "hovermode": "closest",
            "dragmode": False,
            "separators": ".,",
        }
    )


def blank(mode: Mode, height: int, alt: str) -> go.Figure:
    """An empty figure of our look.

    Args:
        mode: `light` or `dark`.
        height: Pixels.
        alt: What the figure says, in one sentence, for those who cannot see it; kept in `layout.meta["alt"]`.
    """
    figure = go.Figure()
    figure.update_layout(template=template(mode), height=height, showlegend=False, meta={"alt": alt})
    return figure


def nothing(mode: Mode, sentence: str, height: int = 160) -> go.Figure:
    """A figure for the case that there is nothing to draw: one sentence where the chart would be."""
    figure = blank(mode, height, sentence)
    figure.update_xaxes(visible=False).update_yaxes(visible=False)
    figure.add_annotation(
        text="<br>".join(wrap(plain(sentence), 26)),
        showarrow=False,
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        font_color=tokens(mode).muted,
    )
    return figure


def label(text: object, length: int = 28) -> str:
    """Text of the data as a short plotly label that cannot be markup."""
    return plain(shorten(text, length))


def bold(text: str) -> str:
    """A plotly label in bold; the text has to be `plain` already."""
    return f"<b>{text}</b>"


def name_rows(figure: go.Figure, names: Sequence[str], mode: Mode, below: float = 0.4) -> None:
    """Write names beside rows that lie at 0, 1, … from top to bottom.

    Args:
        figure: Where to.
        names: From top to bottom, as `label` or `bold` makes them.
        mode: `light` or `dark`.
        below: Room below the middle of the last row, in rows; what is left of one is above the first.
    """
    figure.update_yaxes(
        range=[len(names) - below, below - 1],
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=list(names),
        tickfont={"size": SMALL, "color": tokens(mode).text},
        ticklabelstandoff=6,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )


def _scale(colours: tuple[str, ...]) -> list[list[object]]:
    return [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]
