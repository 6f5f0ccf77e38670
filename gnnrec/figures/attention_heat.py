"""Where one node looks: its neighbours by layer and head, coloured by how far each is from an even share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.cells import add_cells
from gnnrec.figures.template import SMALL, blank, bold, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Up to this many columns a number fits into each cell.
_NUMBERS = 10
# Colours run to half and double an even share at least, so that what is nearly even looks it; and to sixteen
# times at most, so that one extreme cell does not blank out the rest.
_LEAST, _MOST = 1.0, 4.0


@dataclass(frozen=True)
class HeatRow:
    """One row: a neighbour, or several together.

    Args:
        name: Its title.
        shares: What it holds in each column, its part of all that flows in.
        members: How many neighbours it stands for; more than one for the rest.
    """

    name: str
    shares: tuple[float, ...]
    members: int = 1

    @property
    def label(self) -> str:
        """Its name beside the row; several together stand out."""
        return label(self.name, 30) if self.members == 1 else bold(label(self.name, 30))


def attention_heat(rows: Sequence[HeatRow], columns: Sequence[str], neighbours: int, mode: Mode) -> go.Figure:
    """Neighbours by column, as multiples of an even share.

    Args:
        rows: Strongest first, the rest together last.
        columns: Names of layers and heads, or of their average.
        neighbours: How many neighbours there are; an even share is one over this.
        mode: `light` or `dark`.
    """
    if not rows:
        return nothing(mode, "There is nobody to look at.")
    colours = tokens(mode)
    shares = np.array([row.shares for row in rows], dtype=np.float64)
    members = np.array([row.members for row in rows])[:, None]
    times = shares * neighbours / members
    logs = np.log2(np.maximum(times, 2.0**-_MOST))
    reach = float(np.clip(np.abs(logs).max(), _LEAST, _MOST))
    figure = blank(mode, 74 + 26 * len(rows), _alt(rows, times, neighbours))
    written = [[f"{value:.1f}×" for value in line] for line in times] if len(columns) <= _NUMBERS else None
    add_cells(
        figure,
        logs,
        reach,
        colours,
        written,
        customdata=[
            [
                [plain(row.name), plain(column), f"{100 * share:.2f} %", f"{value:.2f}"]
                for column, share, value in zip(columns, line, of_row, strict=True)
            ]
            for row, line, of_row in zip(rows, shares, times, strict=True)
        ],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}: %{customdata[2]}, "
        "%{customdata[3]} times an even share<extra></extra>",
        colorbar={
            "title": {
                "text": "Times an even share",
                "font": {"size": SMALL, "color": colours.muted},
                "side": "right",
            },
            "tickvals": [-reach, 0, reach],
            "ticktext": [f"{2**-reach:.2g}×", "1×", f"{2**reach:.2g}×"],
            "tickfont": {"size": SMALL, "color": colours.muted},
            "thickness": 10,
            "outlinewidth": 0,
            "len": min(1.0, 220 / (26 * len(rows) + 1)),
            "lenmode": "fraction",
        },
    )
    figure.update_xaxes(
        side="top",
        tickvals=list(range(len(columns))),
        ticktext=[label(column, 24) for column in columns],
        tickangle=0 if len(columns) <= _NUMBERS else -90,
        showgrid=False,
        fixedrange=True,
    )
    name_rows(figure, [row.label for row in rows], mode, below=0.5)
    figure.update_layout(margin={"t": 8, "b": 4, "r": 8})
    return figure


def _alt(rows: Sequence[HeatRow], times: np.ndarray, neighbours: int) -> str:
    single = [place for place, row in enumerate(rows) if row.members == 1]
    if not single:
        return f"Attention over {neighbours} neighbours."
    top = max(single, key=lambda place: float(times[place].mean()))
    low, high = float(times.min()), float(times.max())
    return (
        f"Attention over {neighbours} neighbours as multiples of an even share: from {low:.1f} to "
        f"{high:.1f} times; most on {plain(rows[top].name)}."
    )


def rows_of(
    names: Sequence[str], shares: np.ndarray, order: np.ndarray, most: int, rest_name: str
) -> list[HeatRow]:
    """The first neighbours of an order as rows, and all others as one.

    Args:
        names: Of the neighbours in `order`, as many as are shown.
        shares: Shares of all neighbours.
        order: Places of the neighbours, the first first.
        most: How many rows of their own at most.
        rest_name: Name of the last row; `{}` becomes how many there are.

    **Shapes**: shares [columns, n], order [n].
    """
    # A rest of one is as well shown by its own name.
    shown = len(order) if len(order) <= most + 1 else most
    rows = [
        HeatRow(name, tuple(float(one) for one in shares[:, place]))
        for name, place in zip(names[:shown], order[:shown], strict=True)
    ]
    if shown < len(order):
        rest = order[shown:]
        together = tuple(float(one) for one in shares[:, rest].sum(1))
        rows.append(HeatRow(rest_name.format(f"{len(rest):,}"), together, len(rest)))
    return rows
