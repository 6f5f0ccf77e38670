"""How a metric is spread over people: bars that can be brushed, with those of a slice in front."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.template import SMALL, blank, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_BARS = 24
# As many different values as this get a bar each.
_FEW_VALUES = 12
_FADED = 0.28
_HEIGHT = 280
# Values come from a file with single precision; what differs by less is the same value.
_PLACES = 6


@dataclass(frozen=True, eq=False)
class Bars:
    """Values put into bars of equal width, from low to high; exact zeros are a bar of their own.

    Attributes:
        of: Bar of each value. **Shapes**: [n].
        lows: Lowest value that is in each bar, NaN in an empty one. **Shapes**: [bars].
        highs: Highest value likewise.
        names: What each bar holds, for its label.
        ticks: Places on the axis that get a number, with that number.
        step: Width of a bar in units of the metric; 0 where each bar is one value.
        zero: Bar of the exact zeros, or None.
        first: Place of the axis where the value 0 ends a bar.
    """

    of: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    names: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    step: float
    zero: int | None
    first: float

    def __len__(self) -> int:
        return len(self.names)

    def counts(self, inside: np.ndarray | None = None) -> np.ndarray:
        """How many values are in each bar, of all or of some. **Shapes**: [n] → [bars]."""
        return np.bincount(self.of if inside is None else self.of[inside], minlength=len(self))

    def place(self, value: float) -> float:
        """Where a value is on the axis, on which bar number b reaches from b − 0.5 to b + 0.5."""
        if not self.step:
            return float(np.interp(value, self.lows, np.arange(len(self))))
        if value == 0 and self.zero is not None:
            return float(self.zero)
        gap = 1 if self.zero is not None and value > 0 else 0
        return self.first + value / self.step + gap

    def between(self, low: float, high: float) -> tuple[float, float] | None:
        """The lowest and the highest value in the bars whose middle is between two places of the axis."""
        numbers = np.arange(len(self))
        chosen = (numbers >= min(low, high)) & (numbers <= max(low, high)) & np.isfinite(self.lows)
        if not chosen.any():
            return None
        return float(self.lows[chosen].min()), float(self.highs[chosen].max())


def in_range(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Which values are between two, both included. **Shapes**: [n] → [n]."""
    rounded = np.round(values, _PLACES)
    return (rounded >= round(low, _PLACES)) & (rounded <= round(high, _PLACES))


def bars_of(values: np.ndarray, most: int = MOST_BARS) -> Bars:
    """Put values into bars.

    Args:
        values: One value per person, all finite.
        most: About how many bars.

    **Shapes**: [n].
    """
    rounded = np.round(np.asarray(values, dtype=np.float64), _PLACES)
    different = np.unique(rounded)
    if len(different) <= _FEW_VALUES:
        of = np.searchsorted(different, rounded)
        names = _numbers(different.tolist())
        ticks = tuple((float(place), name) for place, name in enumerate(names))
        zero = int(np.flatnonzero(different == 0)[0]) if 0 in different else None
        return Bars(of, different, different, names, ticks, 0.0, zero, 0.0)
    step = _nice((different[-1] - different[0]) / most)
    # Bars end at multiples of the step: (0, step], (step, 2 step] …, and the same below zero.
    away = np.ceil(np.round(np.abs(rounded) / step, _PLACES)).astype(np.int64) * np.sign(rounded).astype(
        np.int64
    )
    zeros = bool((rounded == 0).any())
    below, above = int(-min(away.min(), 0)), int(max(away.max(), 0))
    # A metric that begins far above zero needs no empty bars down to it.
    skip_below = int(np.abs(away).min()) - 1 if away.max() < 0 else 0
    skip_above = int(away.min()) - 1 if away.min() > 0 else 0
    of = np.where(away < 0, below + away, np.where(away == 0, below, below + away - 1 + zeros)) - skip_above
    count = below - skip_below + zeros + above - skip_above
    lows, highs = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(lows, of, rounded)
    np.maximum.at(highs, of, rounded)
    empty = ~np.isfinite(lows)
    lows[empty], highs[empty] = np.nan, np.nan
    first = below - 0.5 - skip_above
    made = Bars(of, lows, highs, ("",) * count, (), step, below if zeros else None, first)
    return replace(made, names=_names(made), ticks=_ticks(made))


def distribution(
    bars: Bars,
    mode: Mode,
    *,
    what: str,
    people: str,
    mean: float,
    series: int | None = 0,
    inside: np.ndarray | None = None,
    inside_name: str = "",
    chosen: tuple[float, float] | None = None,
) -> go.Figure:
    """How many people have which value of a metric.

    Args:
        bars: All people.
        mode: `light` or `dark`.
        what: The metric, such as `NDCG@10`.
        people: What they are called.
        mean: Mean of the values, marked with a line.
        series: 0 for model A, 1 for model B, None for A − B: each side in the colour of the model that is better.
        inside: The people of a slice, drawn in front of all. **Shapes**: [n] bool.
        inside_name: What that slice is called.
        chosen: Lowest and highest value of a brush; the bars beside it are faded.
    """
    counts = bars.counts()
    if not len(counts):
        return nothing(mode, f"No {people} to show.")
    colours = tokens(mode)
    lit = np.ones(len(bars), dtype=bool)
    if chosen is not None:
        lit = (np.nan_to_num(bars.highs, nan=-np.inf) >= chosen[0] - 1e-9) & (
            np.nan_to_num(bars.lows, nan=np.inf) <= chosen[1] + 1e-9
        )
    figure = blank(mode, _HEIGHT, _said(bars, counts, what, people, inside, inside_name))
    hues = _hues(bars, series, mode)
    layers = [(counts, hues, 1.0, "all")]
    if inside is not None:
        everybody = (counts, [colours.baseline] * len(bars), 0.45, "all")
        layers = [everybody, (bars.counts(inside), hues, 1.0, inside_name)]
    for values, fill, opacity, name in layers:
        figure.add_bar(
            x=list(range(len(bars))),
            y=values,
            width=0.92,
            marker={
                "color": fill,
                "opacity": [opacity if one else opacity * _FADED for one in lit],
                "cornerradius": 2,
            },
            # A selection dims what is not in it; the brush of the address does that already.
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 0.5}},
            customdata=[[plain(one), plain(name)] for one in bars.names],
            hovertemplate=f"{plain(what)} %{{customdata[0]}}: %{{y:,}} {plain(people)}"
            + (" (%{customdata[1]})" if inside is not None else "")
            + "<extra></extra>",
        )
    figure.add_vline(
        x=bars.place(mean),
        line={"color": colours.text, "width": 1.5, "dash": "dot"},
        annotation={
            "text": f"mean {_number(round(mean, 3))}",
            "font": {"size": SMALL, "color": colours.text},
            "yanchor": "bottom",
            "xanchor": "left" if bars.place(mean) < 0.8 * len(bars) else "right",
            "y": 1,
            "showarrow": False,
        },
    )
    figure.update_xaxes(
        range=[-0.6, max(len(bars), 3) - 0.4],
        tickvals=[place for place, _ in bars.ticks],
        ticktext=[text for _, text in bars.ticks],
        title_text=plain(what),
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        range=[0, 1.06 * max(1, counts.max())],
        title_text=f"Number of {plain(people)}",
        nticks=5,
        tickformat=",d",
        fixedrange=True,
    )
    figure.update_layout(barmode="overlay", margin={"t": 28}, selectdirection="h")
    return figure


def _hues(bars: Bars, series: int | None, mode: Mode) -> list[str]:
    colours = tokens(mode)
    if series is not None:
        # Exact zeros are people who get nothing: grey, as misses are everywhere.
        return [
            colours.baseline if number == bars.zero and bars.step else colours.series[series]
            for number in range(len(bars))
        ]
    return [
        colours.baseline if number == bars.zero else colours.model_a if high > 0 else colours.model_b
        for number, high in enumerate(bars.highs.tolist())
    ]


def _said(
    bars: Bars, counts: np.ndarray, what: str, people: str, inside: np.ndarray | None, name: str
) -> str:
    n = int(counts.sum())
    parts = [f"{what} of {n:,} {people}"]
    if bars.zero is not None:
        parts.append(f"{counts[bars.zero]:,} have exactly 0")
    fullest = int(counts.argmax())
    parts.append(f"the fullest bar, {bars.names[fullest]}, holds {counts[fullest]:,}")
    if inside is not None:
        parts.append(f"{int(inside.sum()):,} of them with {name} stand in front")
    return f"{parts[0]}: {', '.join(parts[1:])}."


def _names(bars: Bars) -> tuple[str, ...]:
    gap = 1 if bars.zero is not None else 0
    ends = [round((place - 0.5 - bars.first) * bars.step, 9) for place in range(len(bars) + 1 - gap)]
    said = _numbers(ends)
    names = [f"{low} to {high}" for low, high in pairwise(said)]
    if bars.zero is not None:
        names.insert(bars.zero, "0")
    return tuple(names)


def _ticks(bars: Bars) -> tuple[tuple[float, str], ...]:
    whole = bars.step * len(bars)
    every = max(1, round(_nice(whole / 6) / bars.step)) * bars.step
    shift = 1 if bars.zero is not None else 0
    lowest = math.ceil(round((-0.5 - bars.first) * bars.step / every, _PLACES))
    highest = math.floor(round((len(bars) - 0.5 - bars.first - shift) * bars.step / every, _PLACES))
    values = [round(one * every, 9) for one in range(lowest, highest + 1)]
    return tuple(zip(map(bars.place, values), _numbers(values), strict=True))


def _nice(step: float) -> float:
    """The next larger one of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return round(next(one * power for one in (1, 2, 5, 10) if step <= one * power * (1 + 1e-9)), 12)


def _numbers(values: list[float]) -> tuple[str, ...]:
    """Different values in different words: three digits, or as many more as tell them apart."""
    exact = 17
    for digits in range(3, exact + 1):
        said = tuple(_number(one, digits) for one in values)
        if len(set(said)) == len(set(values)):
            break
    return said


def _number(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}g}".replace("-", "−")
