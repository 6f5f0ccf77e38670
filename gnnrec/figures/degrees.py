"""How much is known about each person and each item: most have little, a few have very much."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def histogram_of_degrees(
    per_user: Sequence[int],
    per_item: Sequence[int],
    mode: Mode,
    *,
    person: str = "person",
    people: str = "people",
    item: str = "item",
    items: str = "items",
    events: str = "interactions",
) -> go.Figure:
    """How many people, and how many items, have how many interactions.

    Classes double in width, so that both the many with few and the few with many can be seen.

    Args:
        per_user: Number of interactions of each person.
        per_item: Number of interactions of each item.
        mode: `light` or `dark`.
        person: One of the people.
        people: What the people are called.
        item: One of the items.
        items: What the items are called.
        events: What an interaction is called, such as `ratings`.
    """
    if not len(per_user) and not len(per_item):
        return nothing(mode, f"There are no {events} yet.")
    colours = tokens(mode)
    panels = ((per_user, people, person, colours.series[2]), (per_item, items, item, colours.series[3]))
    said = " ".join(_said(values, one, events) for values, _, one, _ in panels)
    figure = blank(mode, 490, said)
    for n, (values, many, one, colour) in enumerate(panels):
        names, counts = _doubling(values)
        axis = "" if n == 0 else "2"
        top = 1.0 - 0.63 * n
        figure.add_bar(
            x=names,
            y=counts,
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
            marker={"color": colour, "cornerradius": 3},
            width=0.86,
            text=[f"{count:,}" if count else "" for count in counts],
            textposition="outside",
            textfont={"size": SMALL - 1, "color": colours.muted},
            cliponaxis=False,
            customdata=[name.replace("<br>", "") for name in names],
            hovertemplate=f"%{{customdata}} {plain(events)}: %{{y:,}} {plain(many)}<extra></extra>",
        )
        figure.update_layout(
            {
                f"xaxis{axis}": {
                    "type": "category",
                    "anchor": f"y{axis}",
                    "title": {"text": f"{plain(events).capitalize()} per {plain(one)}", "standoff": 6},
                    "tickangle": 0,
                    "tickfont": {"size": SMALL - 1, "color": colours.muted},
                    "fixedrange": True,
                },
                f"yaxis{axis}": {
                    "domain": [top - 0.37, top],
                    "anchor": f"x{axis}",
                    "range": [0, 1.18 * max([1, *counts])],
                    "title": {"text": f"Number of {plain(many)}"},
                    "nticks": 4,
                    "fixedrange": True,
                },
            }
        )
        figure.add_annotation(
            text=plain(_said(values, one, events)),
            x=0,
            xref="paper",
            xanchor="left",
            y=top,
            yref="paper",
            yanchor="bottom",
            yshift=6,
            showarrow=False,
            font={"size": SMALL, "color": colours.text},
        )
    figure.update_layout(margin={"t": 34, "b": 10}, bargap=0.1)
    return figure


def _said(values: Sequence[int], one: str, events: str) -> str:
    if not len(values):
        return f"No {events} per {one}."
    return f"Half have at most {median(values):,.0f} {events} per {one}; the most is {max(values):,}."


def _doubling(values: Sequence[int]) -> tuple[list[str], list[int]]:
    """Classes 0, 1, 2–3, 4–7, … from the smallest to the largest value, and how many fall into each."""
    classes = [int(value).bit_length() for value in values]
    if not classes:
        return [], []
    shown = range(min(classes), max(classes) + 1)
    bounds = [(0, 0) if width == 0 else (2 ** (width - 1), 2**width - 1) for width in shown]
    return [_class_name(low, high) for low, high in bounds], [classes.count(width) for width in shown]


def _class_name(low: int, high: int) -> str:
    # Long ones on two lines: they would run into each other on a narrow page.
    gap = "<br>" if high >= 100 else ""
    return f"{low}" if low == high else f"{_short(low)}–{gap}{_short(high)}"


def _short(number: int) -> str:
    return f"{number}" if number < 1000 else f"{number / 1000:.0f}k"
