"""Two ranked lists side by side: which items rose, fell, came in and dropped out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, bold, label, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, Tokens, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ROW = 30
# How far the stub of an item that comes or goes reaches into the figure.
_STUB = 0.1


def rank_slope(
    before: Sequence[str],
    after: Sequence[str],
    k: int,
    names: Mapping[str, str],
    mode: Mode,
    *,
    titles: tuple[str, str] = ("Before", "After"),
    hits: Collection[str] = (),
    models: bool = False,
) -> go.Figure:
    """How the first `k` places of a list changed.

    Args:
        before: Item ids, best first. Give more than `k` and the chart says where newcomers were before.
        after: Item ids, best first. Give more than `k` and the chart says where dropped ones are now.
        k: Number of places shown.
        names: Title of each item id; an id without one is shown as it is.
        mode: `light` or `dark`.
        titles: What the two lists are.
        hits: Ids that the person later had; their names carry a check.
        models: Whether the lists are those of model A and model B, whose colours the titles then have.
    """
    colours = tokens(mode)
    left, right = list(before)[:k], list(after)[:k]
    if not left and not right:
        return nothing(mode, "There is nothing to compare yet.")
    places = {item: rank for rank, item in enumerate(before, start=1)}
    moved = {item: rank for rank, item in enumerate(after, start=1)}
    new = [item for item in right if item not in left]
    shown = max(len(left), len(right))
    figure = blank(mode, 74 + _ROW * shown, _alt(left, right, new, titles))
    for item in left:
        if item in right:
            _line(figure, item, places[item], moved[item], names, colours)
        else:
            _stub(figure, 0.0, places[item], _gone(moved.get(item)), f"{_name(item, names)}", colours)
    for item in new:
        _stub(figure, 1.0, moved[item], _came(places.get(item)), f"{_name(item, names)}", colours)
    figure.update_xaxes(range=[-0.02, 1.02], visible=False, fixedrange=True)
    side = {
        "range": [shown + 0.6, 0.4],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickmode": "array",
        "ticklabelstandoff": 6,
        "tickfont": {"size": SMALL, "color": colours.text},
    }
    check = frozenset(hits)
    figure.update_layout(
        margin={"t": 40, "b": 8},
        yaxis={
            **side,
            "tickvals": list(range(1, len(left) + 1)),
            "ticktext": _ticks(left, names, check, True),
        },
        yaxis2={
            **side,
            "overlaying": "y",
            "side": "right",
            "automargin": True,
            "tickvals": list(range(1, len(right) + 1)),
            "ticktext": _ticks(right, names, check, False),
        },
    )
    _heading(
        figure, titles[0], 0.0, "left" if len(titles[0]) > 24 else "center", colours.series_text[0], models
    )
    _heading(
        figure, titles[1], 1.0, "right" if len(titles[1]) > 24 else "center", colours.series_text[1], models
    )
    return figure


def _name(item: str, names: Mapping[str, str]) -> str:
    return plain(names.get(item) or item)


def _ticks(items: list[str], names: Mapping[str, str], hits: frozenset[str], left: bool) -> list[str]:
    texts = []
    for rank, item in enumerate(items, start=1):
        check = "✓" if item in hits else ""
        name = label(names.get(item) or item, 27)
        parts = [check, name, bold(str(rank))] if left else [bold(str(rank)), name, check]
        texts.append("  ".join(part for part in parts if part))
    return texts


def _line(
    figure: go.Figure, item: str, start: int, end: int, names: Mapping[str, str], colours: Tokens
) -> None:
    moved = start != end
    figure.add_scatter(
        x=[0, 0.12, 0.88, 1],
        y=[start, start, end, end],
        mode="lines+markers",
        line={
            "color": colours.primary if moved else colours.baseline,
            "width": 2.2 if end < start else 1.5,
            "shape": "spline",
            "smoothing": 0.6,
        },
        marker={"size": [8, 0, 0, 8], "color": colours.primary if moved else colours.baseline},
        opacity=1.0 if end < start else 0.62,
        hovertemplate=f"{_name(item, names)}<br>rank {start} → {end}<extra></extra>",
    )


def _stub(figure: go.Figure, x: float, rank: int, words: str, name: str, colours: Tokens) -> None:
    inner = x + (_STUB if x == 0.0 else -_STUB)
    came = x == 1.0
    colour = colours.primary if came else colours.muted
    figure.add_scatter(
        x=[x, inner],
        y=[rank, rank],
        mode="lines+markers+text",
        line={"color": colour, "width": 1.5, "dash": "dot"},
        marker={"size": [8, 0], "color": colour, "symbol": "circle" if came else "circle-open"},
        text=["", words],
        textposition="middle left" if came else "middle right",
        textfont={"size": SMALL - 1, "color": colour},
        cliponaxis=False,
        hovertemplate=f"{name}<br>{words}<extra></extra>",
    )


def _gone(rank: int | None) -> str:
    return f"out, now {rank}" if rank else "out"


def _came(rank: int | None) -> str:
    return f"new, was {rank}" if rank else "new"


def _heading(figure: go.Figure, text: str, x: float, anchor: str, colour: str, coloured: bool) -> None:
    figure.add_annotation(
        text=bold(label(text, 40)),
        x=x,
        xref="paper",
        xanchor=anchor,
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=8,
        showarrow=False,
        **({"font_color": colour} if coloured else {}),
    )


def _alt(left: list[str], right: list[str], new: list[str], titles: tuple[str, str]) -> str:
    same = sum(a == b for a, b in zip(left, right, strict=False))
    return (
        f"{titles[0]} against {titles[1]}: of {len(right)} places, {len(new)} have an item that was not in the "
        f"first list, {same} are unchanged."
    )
