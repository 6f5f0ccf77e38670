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
    name_length: int = 22,
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
        name_length: Longest name shown, in characters; the chart needs about
            420 pixels with 12, 600 with 22.
    """
    colours = tokens(mode)
    left, right = list(before)[:k], list(after)[:k]
    if not left and not right:
        return nothing(mode, "There is nothing to compare yet.")
    places = {item: rank for rank, item in enumerate(before, start=1)}
    moved = {item: rank for rank, item in enumerate(after, start=1)}
    new = [item for item in right if item not in left]
    shown = max(len(left), len(right))
    figure = blank(mode, 28 + _ROW * (shown + 1), _alt(left, right, new, titles))
    for item in left:
        if item in right:
            _line(figure, item, places[item], moved[item], names, colours)
        else:
            _stub(figure, 0.0, places[item], f"{_name(item, names)}<br>{_now(moved.get(item))}", colours)
    for item in new:
        _stub(figure, 1.0, moved[item], f"{_name(item, names)}<br>{_was(places.get(item))}", colours)
    # Plotly draws an axis only where a trace is on it.
    figure.add_scatter(x=[None], y=[None], yaxis="y2")
    side = {
        "range": [shown + 0.6, -0.5],
        "tickmode": "array",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "ticklabelstandoff": 6,
        "tickfont": {"size": SMALL, "color": colours.text},
    }
    # The headings are tick labels too: only for those does plotly keep enough margin in every width.
    heads = [
        _coloured(bold(label(title, name_length)), colours.series_text[n] if models else colours.text)
        for n, title in enumerate(titles)
    ]
    check = frozenset(hits)
    gone = {item: _now(moved.get(item)) for item in left if item not in right}
    came = {item: _was(places.get(item)) for item in new}
    first = [
        _tick(rank, item, names, name_length, check, _coloured(gone.get(item, ""), colours.muted))[::-1]
        for rank, item in enumerate(left, start=1)
    ]
    second = [
        _tick(rank, item, names, name_length, check, _coloured(came.get(item, ""), colours.series_text[0]))
        for rank, item in enumerate(right, start=1)
    ]
    figure.update_xaxes(range=[-0.03, 1.03], visible=False, fixedrange=True)
    figure.update_layout(
        margin={"t": 8, "b": 8},
        yaxis={
            **side,
            "tickvals": list(range(len(left) + 1)),
            "ticktext": [heads[0], *map("  ".join, first)],
        },
        yaxis2={
            **side,
            "overlaying": "y",
            "side": "right",
            "automargin": True,
            "tickvals": list(range(len(right) + 1)),
            "ticktext": [heads[1], *map("  ".join, second)],
        },
    )
    return figure


def _name(item: str, names: Mapping[str, str]) -> str:
    return plain(names.get(item) or item)


def _tick(
    rank: int, item: str, names: Mapping[str, str], length: int, hits: frozenset[str], change: str
) -> list[str]:
    """Rank, name, check and change, from the line outwards."""
    parts = [bold(str(rank)), label(names.get(item) or item, length), "✓" if item in hits else "", change]
    return [part for part in parts if part]


def _line(
    figure: go.Figure, item: str, start: int, end: int, names: Mapping[str, str], colours: Tokens
) -> None:
    moved = start != end
    figure.add_scatter(
        x=[0, 0.12, 0.88, 1],
        y=[start, start, end, end],
        mode="lines+markers",
        line={
            "color": colours.model_a if moved else colours.baseline,
            "width": 2.2 if end < start else 1.5,
            "shape": "spline",
            "smoothing": 0.6,
        },
        marker={"size": [8, 0, 0, 8], "color": colours.model_a if moved else colours.baseline},
        opacity=1.0 if end < start else 0.62,
        cliponaxis=False,
        hovertemplate=f"{_name(item, names)}<br>rank {start} → {end}<extra></extra>",
    )


def _stub(figure: go.Figure, x: float, rank: int, words: str, colours: Tokens) -> None:
    inner = x + (_STUB if x == 0.0 else -_STUB)
    came = x == 1.0
    colour = colours.model_a if came else colours.muted
    figure.add_scatter(
        x=[x, inner],
        y=[rank, rank],
        mode="lines+markers",
        line={"color": colour, "width": 1.5, "dash": "dot"},
        marker={
            "size": [8, 0],
            "color": colour if came else colours.background,
            "line": {"color": colour, "width": [1.5, 0]},
        },
        cliponaxis=False,
        hovertemplate=f"{words}<extra></extra>",
    )


def _now(rank: int | None) -> str:
    return f"now {rank}" if rank else "out"


def _was(rank: int | None) -> str:
    return f"was {rank}" if rank else "new"


def _coloured(text: str, colour: str) -> str:
    return f'<span style="color:{colour}">{text}</span>' if text else ""


def _alt(left: list[str], right: list[str], new: list[str], titles: tuple[str, str]) -> str:
    same = sum(a == b for a, b in zip(left, right, strict=False))
    return (
        f"{titles[0]} against {titles[1]}: of {len(right)} places, {len(new)} have an item that is not in "
        f"the first list, {same} are unchanged."
    )
