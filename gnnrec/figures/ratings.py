"""How often each rating was given: a scale used at its top alone says less than it seems to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, nothing
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST_LABELS = 12


def rating_bars(counts: Mapping[float, int], mean: float, mode: Mode, *, height: int = 240) -> go.Figure:
    """One bar per rating, with its share.

    Args:
        counts: Rating → how often it was given, ascending.
        mean: Mean rating.
        mode: `light` or `dark`.
        height: Pixels.
    """
    total = sum(counts.values())
    if not total:
        return nothing(mode, "There are no ratings.")
    colours = tokens(mode)
    names = [f"{value:g}" for value in counts]
    shares = [100 * count / total for count in counts.values()]
    most = names[shares.index(max(shares))]
    figure = blank(mode, height, f"The mean is {mean:.2f}, the most common {most}.")
    few = len(names) <= _MOST_LABELS
    figure.add_bar(
        x=list(range(len(names))),
        y=shares,
        customdata=[[name, count] for name, count in zip(names, counts.values(), strict=True)],
        marker={"color": colours.series[0], "cornerradius": 3},
        width=0.8,
        text=[f"{share:.0f} %" if share >= 0.5 else "" for share in shares] if few else None,
        textposition="outside",
        textfont={"size": SMALL - 1, "color": colours.muted},
        cliponaxis=False,
        hovertemplate="%{customdata[0]}: %{customdata[1]:,} ratings (%{y:.1f} %)<extra></extra>",
    )
    step = 1 if few else -(-len(names) // _MOST_LABELS)
    figure.update_xaxes(
        title_text="Rating",
        tickvals=list(range(0, len(names), step)),
        ticktext=names[::step],
        tickangle=0,
        fixedrange=True,
    )
    figure.update_yaxes(title_text="Share (%)", range=[0, 1.22 * max(shares)], nticks=4, fixedrange=True)
    figure.update_layout(margin={"t": 16, "b": 8})
    return figure
