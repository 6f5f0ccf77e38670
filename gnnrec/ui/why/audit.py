"""Is the explanation true? The work that checks it, and the card with what the audit found."""

from __future__ import annotations

import math

import streamlit as st

from gnnrec.explain.audit import Audit, verdict_words
from gnnrec.explain.methods import Method
from gnnrec.figures.deletion_curve import deletion_curve
from gnnrec.ui.context import Context
from gnnrec.ui.long_work import worked
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.why.asked import Why
from gnnrec.ui.why.findings import DELETION, Findings, can_check, check_key, seconds_of, slow, work


def check(context: Context, why: Why, method: Method) -> None:
    """Do what is quick; draw the button, the progress or what went wrong for what is not."""
    if not can_check(why):
        return
    n = context.words.count_items(len(why.history))
    what = f"Taking out each of {n}" if method.name == DELETION else f"Checking it on {n}"
    if slow(method):
        what = f"Working out {method.title} and checking it on {n}"
    worked(
        check_key(why, method),
        seconds_of(context, why, method),
        work(context, why, method),
        what,
        widget=f"why_check_{method.name}",
        button="Work it out",
    )


def audit_card(context: Context, why: Why, found: Findings) -> None:
    """The audit beside the explanation, or why there is none."""
    if not can_check(why):
        st.text(
            f"{why.checkpoint.title} cannot be asked what would be without some of the history, so no explanation "
            "of it can be tested here."
        )
    elif found.method.name == DELETION:
        st.text("Deletion is what the other methods are judged by, so it is not judged itself.")
    elif found.audit is None:
        st.text(
            f"Not checked yet: some {context.words.items} have to be taken out first, to see whether what it names "
            "is what the score hangs on."
        )
    else:
        _found(context, why, found.audit)


def _found(context: Context, why: Why, one: Audit) -> None:
    words = context.words
    st.text(verdict_words(one, words))
    if len(one.curve.removed):
        curve = one.curve
        show_figure(
            deletion_curve(
                curve.removed,
                curve.drop,
                curve.chance,
                curve.chance_low,
                curve.chance_high,
                curve.truth,
                mode(),
                series=why.series,
                items=words.items,
            ),
            key=f"why_curve_{one.method}",
            caption=f"What the score has lost once the first {words.items} that an order names are taken out. Above the "
            "grey band (95 % of random orders) it is better than chance; the dashed line is the true order.",
        )
    st.caption(_numbers(context, one))


def _numbers(context: Context, one: Audit) -> str:
    """The figures of the audit, one line each."""
    words = context.words
    rows = [
        ("Deletion area", _interval(one.area, one.low, one.high), "1 is the true order, 0 chance"),
        (
            "Rank correlation",
            _interval(one.spearman, one.spearman_low, one.spearman_high),
            "with the true effects (Spearman)",
        ),
        ("Agreement of seeds", _interval(one.stability), "rank correlation between two seeds"),
        (
            "Half is held by",
            words.count_items(one.half) if one.half else "",
            f"of {words.count_items(one.n)}",
        ),
        (
            "Sum error",
            f"{one.sum_error:.0e}" if math.isfinite(one.sum_error) else "",
            "of the sum of all parts",
        ),
    ]
    return "  \n".join(f"{name} **{escape(value)}** · {escape(said)}" for name, value, said in rows if value)


def _interval(value: float, low: float = math.nan, high: float = math.nan) -> str:
    if not math.isfinite(value):
        return ""
    return f"{value:.2f} ({low:.2f} to {high:.2f})" if math.isfinite(low) and low != high else f"{value:.2f}"
