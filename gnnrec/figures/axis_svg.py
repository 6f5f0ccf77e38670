"""One axis of a chart drawn as SVG: its range, where its ticks are, what they say, and where a value lies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_TICKS = 6
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
# Room that plotly leaves around points.
_PADDING = 0.05


@dataclass(frozen=True)
class Axis:
    """A range of values and the pixels it is drawn on.

    Attributes:
        low: Value at the start; its logarithm where the axis is logarithmic.
        high: Value at the end; smaller than `low` where the axis runs backwards.
        start: Pixel of `low`.
        end: Pixel of `high`.
        log: Whether it is logarithmic.
        categories: Names that stand for 0, 1, …
        ticks: Values that have a tick, with its text.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool
    categories: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: object) -> float:
        """The pixel of a value; NaN where it has none."""
        number = self.number(value)
        if self.log:
            number = math.log10(number) if number > 0 else math.nan
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((number - self.low) / span if span else 0.5)

    def number(self, value: object) -> float:
        """A value as a number; a name by its place."""
        if isinstance(value, str):
            return float(self.categories.index(value)) if value in self.categories else math.nan
        return math.nan if value is None else float(value)

    @property
    def ends(self) -> tuple[float, float]:
        """First and last pixel, the smaller first."""
        return min(self.start, self.end), max(self.start, self.end)


def axis_of(layout: Any, values: Sequence[object], bars: bool, start: float, end: float) -> Axis:
    """The axis that plotly would draw for some values.

    Args:
        layout: Its description in the layout of a figure.
        values: Everything that is drawn along it.
        bars: Whether bars start at zero on it.
        start: First pixel of the plot.
        end: Last pixel; smaller than the first for a vertical axis.
    """
    first, last = layout.domain or (0.0, 1.0)
    start, end = start + first * (end - start), start + last * (end - start)
    log = layout.type == "log"
    categories = _categories(layout, values)
    numbers = _numbers(values, categories)
    low, high = _range(layout, numbers, bars, bool(categories), log)
    axis = Axis(low, high, start, end, log, categories, ())
    return Axis(low, high, start, end, log, categories, tuple(_ticks(layout, axis)))


def _categories(layout: Any, values: Iterable[object]) -> tuple[str, ...]:
    if layout.type not in (None, "-", "category"):
        return ()
    every = layout.type == "category"
    named = [str(one) for one in values if every or isinstance(one, str)]
    return tuple(dict.fromkeys([*(map(str, layout.categoryarray or ())), *named]))


def _numbers(values: Iterable[object], categories: Sequence[str]) -> np.ndarray:
    if categories:
        return np.arange(len(categories), dtype=float)
    found = np.array([math.nan if one is None else float(one) for one in values], dtype=float)
    return found[np.isfinite(found)]


def _range(layout: Any, numbers: np.ndarray, bars: bool, named: bool, log: bool) -> tuple[float, float]:
    if layout.range is not None and None not in layout.range:
        return float(layout.range[0]), float(layout.range[1])
    if log:
        numbers = np.log10(numbers[numbers > 0])
    if not len(numbers):
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    if named:
        low, high = low - 0.5, high + 0.5
    else:
        zero = bars or layout.rangemode == "tozero"
        padding = _PADDING * ((high - low) or abs(high) or 1.0)
        low, high = low - padding, high + padding
        if zero and not log:
            low, high = (0.0 if low + padding >= 0 else low), (0.0 if high - padding <= 0 else high)
    return (high, low) if layout.autorange == "reversed" else (low, high)


def _ticks(layout: Any, axis: Axis) -> Iterable[tuple[float, str]]:
    if layout.showticklabels is False or layout.visible is False:
        return
    low, high = min(axis.low, axis.high), max(axis.low, axis.high)
    if layout.tickvals is not None:
        texts = layout.ticktext if layout.ticktext is not None else [None] * len(layout.tickvals)
        for value, words in zip(layout.tickvals, texts, strict=False):
            number = axis.number(value)
            if low - 1e-9 <= (math.log10(number) if axis.log and number > 0 else number) <= high + 1e-9:
                yield number, str(words) if words is not None else _words(layout, number, 0)
        return
    if axis.categories:
        yield from ((float(place), name) for place, name in enumerate(axis.categories))
        return
    if axis.log:
        yield from (
            (10.0**power, f"{10.0**power:,g}") for power in range(math.ceil(low), math.floor(high) + 1)
        )
        return
    step = layout.dtick if isinstance(layout.dtick, int | float) else _step(high - low)
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) + (
        round(step / 10 ** math.floor(math.log10(step)), 3) == 2.5
    )
    for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield place * step, _words(layout, place * step, int(digits))


def _step(span: float) -> float:
    rough = (span or 1.0) / _TICKS
    size = 10 ** math.floor(math.log10(rough))
    return next(nice * size for nice in _NICE if nice * size >= rough * 0.999)


def _words(layout: Any, value: float, digits: int) -> str:
    """A number as d3 would write it, for the few formats that charts use."""
    wanted = layout.tickformat
    try:
        if wanted:
            words = format(round(value) if wanted.endswith("d") else value, wanted)
        else:
            words = f"{value + 0.0:,.{digits}f}"
    except (ValueError, TypeError):
        words = f"{value:g}"
    return f"{layout.tickprefix or ''}{words}{layout.ticksuffix or ''}"
