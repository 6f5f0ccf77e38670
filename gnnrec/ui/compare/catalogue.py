"""What are the lists like, beyond being right: whether all get the same, which items are shown, how varied they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.beyond import BEYOND, Shown
from gnnrec.evaluation.bootstrap import Interval, mean_intervals
from gnnrec.evaluation.everybody import lorenz
from gnnrec.figures.agreement import Shared, sameness_scale
from gnnrec.figures.by_length import Curve, lorenz_curves
from gnnrec.ui.compare.asked import Asked
from gnnrec.ui.compare.lists import lists_of, part_of
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.home.panels import popularity
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

# From these parts on of what two people share where all are suggested the same.
_KINDS = ((0.8, "nearly the same for everyone"), (0.5, "much the same for all"), (0.25, "partly alike"))


def panel(context: Context, asked: Asked) -> None:
    """The collapse gauge, exposure of the catalogue, and every measure as a table."""
    words, k = context.words, context.k
    same = popularity(context)
    beside = [same] if same is not None and same not in (asked.a, asked.b) else []
    found = lists_of(context, [asked.a, asked.b, *beside], asked.part, "compare_catalogue")
    if found is None:
        return
    values = {
        one.address: measures(found[one.address], one.address, asked.part, k)
        for one in (asked.a, asked.b, *beside)
    }
    shares = {address: 1 - float(told["personalisation"]) for address, told in values.items()}
    n = words.count_people(len(found[asked.a.address].users))
    st.markdown(f"**{_collapse(context, asked, shares, same, k)}**")
    left, right = side_by_side("compare-catalogue", (380, 1), (380, 1))
    with left:
        roles = {asked.a.address: "a", asked.b.address: "b"}
        show_figure(
            sameness_scale(
                [
                    Shared(one.title, shares[one.address], roles.get(one.address, "baseline"))
                    for one in (asked.a, asked.b, *beside)
                ],
                mode(),
            ),
            key="compare_sameness",
            caption=f"Of the first {k} {words.items}, what two {words.people} have in common on average, over all pairs of "
            f"{n}."
            + (
                f" {escape(same.title)} suggests the same to everybody, less what each {words.past}."
                if beside
                else ""
            ),
        )
    with right:
        show_figure(
            lorenz_curves(_exposures(asked, found, k), words.items, mode()),
            key="compare_lorenz",
            caption=f"Which part of all places in lists goes to which part of the catalogue: the further below the dotted "
            f"line, the fewer {words.items} are shown. Dashed: what {words.people} {words.past} in train.",
        )
    a, b = asked.a.address, asked.b.address
    frame = _table(values[a], values[b], a, b, asked.part, k)
    # Plain HTML: a sentence wraps in it.
    st.table(frame, border="horizontal", hide_index=True, alt="Measures of the lists of A and B")
    learned = part_of(context.split, asked.part).learned
    st.caption(
        f"Lists of {k} of {n}; 95 % bootstrap intervals over {words.people}, in pairs for the difference. Coverage, Gini "
        "and personalisation are one number for all lists together and have none."
        + (
            " Tail recall needs something held out, which the finished models of this split learned from."
            if learned
            else ""
        )
    )
    download_table(
        lambda: frame,
        (context.dataset.name, asked.a.slug, asked.b.slug, "lists"),
        key="compare_catalogue_csv",
    )


@st.cache_resource(max_entries=128, show_spinner=False)
def measures(_shown: Shown, address: str, part: str, k: int) -> dict[str, float | np.ndarray]:
    """Everything in `BEYOND` that can be said of the first k places: a number for all, or one for each person."""
    shown = _shown.first(k)
    return {name: one.measure(shown) for name, one in BEYOND.items() if one.needs <= shown.provides}


def _collapse(
    context: Context, asked: Asked, shares: dict[str, float], same: Checkpoint | None, k: int
) -> str:
    """Whether everybody gets the same, in words; beside the model that suggests the same to all where there is one."""
    words, told = context.words, []
    # The same suggestions for all are not the same lists: what somebody has already is left out.
    whole = shares.get(same.address, 1.0) if same is not None else 1.0
    for letter, one in (("A", asked.a), ("B", asked.b)):
        share = shares[one.address]
        if not np.isfinite(share):
            return f"With one {words.person} nobody can say whether all get the same."
        of_whole = share / whole if whole > 0 else 0.0
        kind = next((word for least, word in _KINDS if of_whole >= least), "a list of their own for each")
        told.append(f"{letter}: {kind}, two {words.people} share {share * k:.1f} of {k}")
    beside = f" (with {escape(same.title)} {whole * k:.1f})" if same is not None else ""
    return "; ".join(told) + f"{beside}."


def _exposures(asked: Asked, found: dict[str, Shown], k: int) -> list[Curve]:
    """How places are shared out: A, B, and what people have in train."""
    a, b = asked.a, asked.b
    curves = _curves(found[a.address], found[b.address], a.address, b.address, asked.part, k)
    names = ((a.title, "a"), (b.title, "b"), ("in train", "baseline"))
    return [Curve(name, role, x, y) for (name, role), (x, y) in zip(names, curves, strict=True)]


@st.cache_data(max_entries=64, show_spinner=False)
def _curves(_a: Shown, _b: Shown, a: str, b: str, part: str, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return [lorenz(one) for one in (_a.first(k).exposure, _b.first(k).exposure, _a.popularity)]


@st.cache_data(max_entries=64, show_spinner="Drawing people again …")
def _table(
    _mine: dict[str, float | np.ndarray],
    _other: dict[str, float | np.ndarray],
    a: str,
    b: str,
    part: str,
    k: int,
) -> pd.DataFrame:
    """Every measure of both, with the difference person by person where it has persons."""
    rows = []
    for name, value in _mine.items():
        one, both = BEYOND[name], _apart(value, _other[name])
        rows.append(
            {
                "measure": one.title,
                "A": _interval(both[0]),
                "B": _interval(both[1]),
                "A less B": _interval(both[2], sign=True),
                "what it says": f"{one.description}; {one.direction} is usually wanted",
            }
        )
    return pd.DataFrame(rows)


def _apart(a: float | np.ndarray, b: float | np.ndarray) -> list[Interval]:
    """Of A, of B and of A less B: over the people that both say something about, or one number for all lists."""
    if np.ndim(a) == 0:
        return [Interval(float(one), None, None, 0) for one in (a, b, float(a) - float(b))]
    table = np.column_stack([a, b, np.subtract(a, b)])
    return mean_intervals(table[~np.isnan(table).any(1)], draws=1000)


def _interval(value: Interval, sign: bool = False) -> str:
    if not np.isfinite(value.mean):
        return "–"
    how = "+" if sign else ""
    # Large counts need no decimals, small shares do.
    digits = 1 if abs(value.mean) >= 10 or (value.high or 0) >= 100 else 3
    mean = f"{value.mean:{how},.{digits}f}"
    text = (
        mean
        if value.low is None
        else f"{mean} ({value.low:{how},.{digits}f} to {value.high:{how},.{digits}f})"
    )
    return text.replace("-", "−")
