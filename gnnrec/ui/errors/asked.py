"""What the Errors page is asked: which metric, of which model, which range of it and which slice; all in the address."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

import numpy as np
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation import METRICS, RATING_METRICS, WHOLE_RANKING
from gnnrec.evaluation.slices import Slice, missing, named_conditions, slice_where
from gnnrec.evaluation.trait_groups import Trait
from gnnrec.figures.distribution import in_range
from gnnrec.store.named_slices import MOST_CONDITIONS, Conditions
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.context import Context
from gnnrec.ui.errors.numbers import Numbers, numbers
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape

A, B, DIFFERENCE = "a", "b", "diff"
PARTS = {"valid": "validation", "test": "test (final)"}


@dataclass(frozen=True, eq=False)
class Asked:
    """One look.

    Attributes:
        part: `valid` or `test`.
        metric: Name of the metric, such as `ndcg@10`.
        look: `a`, `b` or `diff`.
        a: The model looked at, or the first of the difference.
        b: The second of the difference, else None.
        numbers: The value of each person.
    """

    part: str
    metric: str
    look: str
    a: Checkpoint
    b: Checkpoint | None
    numbers: Numbers

    @property
    def key(self) -> Hashable:
        """What everything that is worked out from the values depends on."""
        return (self.a.address, self.b.address if self.b else None, self.part, self.metric)

    @property
    def rule(self):
        """The metric: title, description, formula, direction."""
        return tasks.metric_of(self.metric)

    @property
    def direction(self) -> str:
        """Which way is better for the model looked at; for a difference, for model A."""
        return self.rule.direction

    @property
    def title(self) -> str:
        """`NDCG@10`."""
        return tasks.metric_words(self.metric)

    @property
    def what(self) -> str:
        """`NDCG@10`, or `NDCG@10, A − B`."""
        return f"{self.title}, A − B" if self.b else self.title

    @property
    def series(self) -> int | None:
        """Colour of the model looked at; None for a difference."""
        return None if self.b else int(self.look == B)

    @property
    def signed(self) -> np.ndarray:
        """The values with their sign turned where lower is better: smaller is worse. **Shapes**: [people]."""
        return self.numbers.values if self.direction == "higher" else -self.numbers.values


@dataclass(frozen=True, eq=False)
class Chosen:
    """The people chosen by brush and slice.

    Attributes:
        brush: Lowest and highest value, or None.
        slice: The slice, or None.
        conditions: Its conditions by name.
        of_slice: Which of the people judged are in the slice; None without one. **Shapes**: [people] bool.
        inside: Which of them are chosen: in the range and in the slice. **Shapes**: [people] bool.
    """

    brush: tuple[float, float] | None
    slice: Slice | None
    conditions: Conditions
    of_slice: np.ndarray | None
    inside: np.ndarray

    @property
    def narrowed(self) -> bool:
        """Whether anything is chosen at all."""
        return self.brush is not None or self.slice is not None


def question(context: Context, part: str) -> Asked:
    """The pickers of metric and model, and what they say."""
    values = view.read()
    metrics = _metrics(context.a, part)
    # Figures of the next click share names with those of lists, and nothing else.
    alike = context.b is not None and tasks.foresees_clicks(context.b) == tasks.foresees_clicks(context.a)
    others = _metrics(context.b, part) if alike else []
    metric = values.get("e_metric", "")
    if metric and metric not in metrics:
        st.info(
            f"{escape(context.a.title)} has no stored metric '{escape(metric[:40])}'; "
            f"{escape(tasks.metric_words(metrics[0]))} is shown.",
            icon=":material/info:",
        )
    metric = metric if metric in metrics else metrics[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = pick(
            "Metric", "e_metric", metrics, metric, tasks.metric_words, width=170, forget=("e_range",)
        )
        looks = [A, B, DIFFERENCE] if metric in others else [A]
        look = values.get("e_look") if values.get("e_look") in looks else A
        if len(looks) > 1:
            names = {A: "Model A", B: "Model B", DIFFERENCE: "A − B"}
            picked = pick(
                "Look at",
                "e_look",
                looks,
                look,
                names.get,
                control=st.segmented_control,
                forget=("e_range",),
            )
            look = picked or look
    if context.b and not alike:
        st.caption(
            f"One of {escape(context.a.title)} and {escape(context.b.title)} is asked what is clicked on next, the other "
            "what somebody chooses in the long run: no number compares them."
        )
    elif context.b and metric not in others:
        st.caption(
            f"{escape(context.b.title)} has no {escape(tasks.metric_words(metric))}, so the two cannot be compared here."
        )
    first = context.b if look == B else context.a
    second = context.b if look == DIFFERENCE else None
    found = numbers(first.address, second.address if second else None, part, metric)
    return Asked(part, metric, look, first, second, found)


def chosen(asked: Asked, traits: Sequence[Trait] | None) -> Chosen:
    """The people that the address chooses; what of it cannot be is told."""
    values = view.read()
    found = asked.numbers
    inside = np.ones(len(found.users), dtype=bool)
    brush = range_of(values.get("e_range", ""))
    if values.get("e_range") and brush is None:
        st.info(f"'{escape(values['e_range'][:40])}' is no range of values; all are shown.")
    if brush is not None:
        inside &= in_range(found.values, *brush)
    one, of_slice, conditions = None, None, ()
    if traits is not None and values.get("e_slice"):
        wanted = conditions_of(values["e_slice"])
        gone = missing(traits, wanted)
        if gone:
            st.info(
                f"No group '{escape(gone[0][1][:80])}' is known in this data"
                f"{f', and {len(gone) - 1} more' if len(gone) > 1 else ''}; left out.",
                icon=":material/info:",
            )
        made = slice_where(traits, wanted)
        if made.conditions:
            one = made
            conditions = tuple(pair for pair in wanted if pair not in gone)
            flags = np.zeros(len(traits[0].codes), dtype=bool)
            flags[made.members] = True
            of_slice = flags[found.users]
            inside = inside & of_slice
    return Chosen(brush, one, conditions, of_slice, inside)


def range_of(text: str) -> tuple[float, float] | None:
    """A range of the address, such as `0.0~0.25`."""
    low, _, high = text.partition("~")
    try:
        ends = float(low), float(high)
    except ValueError:
        return None
    return ends if all(map(math.isfinite, ends)) and ends[0] <= ends[1] else None


def range_text(low: float, high: float) -> str:
    """A range for the address."""
    return f"{round(low, 6)!r}~{round(high, 6)!r}"


def conditions_of(text: str) -> Conditions:
    """Conditions of the address: key of a trait and name of a group."""
    parts = (one.partition("=") for one in view.ids(text, MOST_CONDITIONS))
    return tuple((unquote(key), name) for key, _, name in parts)


def conditions_text(conditions: Conditions) -> str:
    """Conditions for the address."""
    # The key of a trait may itself hold the sign that ends it.
    return view.joined([f"{quote(key, safe=' ')}={name}" for key, name in conditions], MOST_CONDITIONS)


def slice_text(traits: Sequence[Trait], one: Slice) -> str:
    """A slice for the address."""
    return conditions_text(named_conditions(traits, one))


def _metrics(one: Checkpoint, part: str) -> list[str]:
    """The metrics stored for a model, the one it was chosen on first."""
    stored = list(loaders.evaluation(one.address, part).per_user.columns)
    order = {name: place for place, name in enumerate((*METRICS, *WHOLE_RANKING, *RATING_METRICS))}
    first = tasks.deciding(one).metric
    known = [name for name in stored if name.partition("@")[0] in order]
    return sorted(known, key=lambda name: (name != first, order[name.partition("@")[0]], len(name), name))
