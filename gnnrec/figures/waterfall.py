"""A score as a waterfall: the shares of the reasons, what no reason covers, and the sum they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gnnrec.figures.reason_bars import ReasonRow, reason_bars
from gnnrec.figures.tokens import Mode

if TYPE_CHECKING:
    import plotly.graph_objects as go


def waterfall(
    rows: Sequence[ReasonRow], mode: Mode, *, total_name: str, axis: str, series: int = 0
) -> go.Figure:
    """Bars that begin where the one above ends, and the total below them.

    Args:
        rows: The parts, from top to bottom; their values add up to the total.
        mode: `light` or `dark`.
        total_name: What the total is called.
        axis: What is added up, with its unit.
        series: 0 for model A, 1 for model B.
    """
    return reason_bars(stacked(rows, total_name), mode, axis=axis, series=series, signed=True)


def stacked(rows: Sequence[ReasonRow], total_name: str) -> list[ReasonRow]:
    """The same rows, each starting where the one above ends, and the total."""
    placed, end = [], 0.0
    for row in rows:
        placed.append(replace(row, start=end))
        end += row.value
    return [*placed, ReasonRow(total_name, end, "total")]
