"""Grids of coloured cells around a middle that says nothing, with numbers that can be read on every colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.template import SMALL
from gnnrec.figures.tokens import Tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Black, as nothing softer stands out enough from the colours half way.
_ON_LIGHT, _ON_DARK = "#000000", "#FFFFFF"


def diverging_scale(colours: Tokens) -> list[str]:
    """The diverging colours with a neutral middle, from negative to positive, at even distances."""
    return [*colours.diverging[:5], colours.raised, *colours.diverging[5:]]


def add_cells(
    figure: go.Figure,
    values: np.ndarray,
    reach: float,
    colours: Tokens,
    text: list[list[str]] | None,
    **heatmap,
) -> None:
    """Cells coloured from -reach to reach.

    Args:
        figure: Where to; columns and rows lie at 0, 1, ….
        values: NaN leaves a cell empty.
        reach: The value of the strongest colour; what lies beyond has it too.
        colours: Of the mode.
        text: Written on the cells; None for none.
        heatmap: Further settings of the trace, such as its hover text.

    **Shapes**: values and text [rows, columns].
    """
    scale = diverging_scale(colours)
    n_rows, n_columns = values.shape
    figure.add_heatmap(
        z=values,
        x=list(range(n_columns)),
        y=list(range(n_rows)),
        zmin=-reach,
        zmax=reach,
        colorscale=[[place / (len(scale) - 1), colour] for place, colour in enumerate(scale)],
        xgap=2,
        ygap=2,
        hoverongaps=False,
        **heatmap,
    )
    if text is None:
        return
    rows, columns = np.nonzero(np.isfinite(values))
    # Plotly chooses a colour for its own text in cells, and grey on orange cannot be read.
    figure.add_scatter(
        x=columns.tolist(),
        y=rows.tolist(),
        mode="text",
        text=[text[row][column] for row, column in zip(rows, columns, strict=True)],
        textfont={
            "size": SMALL,
            "color": [
                text_colour(cell_colour(values[row, column] / reach, scale))
                for row, column in zip(rows, columns, strict=True)
            ],
        },
        hoverinfo="skip",
    )


def cell_colour(value: float, scale: list[str]) -> tuple[float, float, float]:
    """The colour of a value between -1 and 1, as red, green and blue from 0 to 1."""
    place = (np.clip(value, -1, 1) + 1) / 2 * (len(scale) - 1)
    low = min(int(place), len(scale) - 2)
    first, second = (np.array(_rgb(scale[one])) for one in (low, low + 1))
    return tuple((first + (place - low) * (second - first)).tolist())


def text_colour(background: tuple[float, float, float]) -> str:
    """Dark or light, whichever stands out more."""
    level = luminance(background)
    dark, light = luminance(_rgb(_ON_LIGHT)), luminance(_rgb(_ON_DARK))
    return _ON_LIGHT if (level + 0.05) / (dark + 0.05) >= (light + 0.05) / (level + 0.05) else _ON_DARK


def luminance(colour: tuple[float, float, float]) -> float:
    """How bright a colour looks, from 0 to 1, as the web accessibility guidelines count it."""
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
