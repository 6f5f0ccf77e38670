"""What became of cases with another model, as a section of their report."""

from __future__ import annotations

from collections.abc import Callable

from gnnrec.reports.blocks import Block, Table, Text
from gnnrec.reports.document import Section
from gnnrec.store.case import Case, Standing
from gnnrec.store.cases_check import CANNOT_TELL, FIXED, NEWLY_BROKEN, STILL_RIGHT, STILL_WRONG, CasesCheck
from gnnrec.store.verdicts import verdicts

ORDER = (NEWLY_BROKEN, STILL_WRONG, FIXED, STILL_RIGHT, CANNOT_TELL)
"""Outcomes, those that need a look first."""
_MOST = 200


def checked_section(
    title: str, check: CasesCheck, about: Callable[[Case], tuple[str, str | None]] | None
) -> Section:
    """Counts of fixed, still wrong and newly broken, and each case with what became of it.

    Args:
        title: What the model is called.
        check: From `cases_check`.
        about: Name of the person and title of the item of a case; without it nothing but numbers is told.
    """
    counts = check.counts
    blocks: list[Block] = [
        Text(in_words(title, check)),
        Table(["Became", "Cases"], [(one.capitalize(), counts[one]) for one in ORDER]),
        Text(
            f"All {len(check.findings):,} cases on this data, held against {check.checkpoint}: whether the item stands "
            "where its verdict wants it, then and now.",
            "caption",
        ),
    ]
    if about is not None:
        named = {one.key: one.title for one in verdicts(retired=True)}
        found = sorted(check.findings, key=lambda one: ORDER.index(one.outcome))
        rows = [
            (
                one.outcome.capitalize(),
                *about(one.case),
                named.get(one.case.verdict, one.case.verdict),
                place_words(one.then),
                place_words(one.now) or one.reason,
            )
            for one in found[:_MOST]
        ]
        more = f"The first {_MOST} of {len(found):,}." if len(found) > _MOST else ""
        blocks.append(Table(["Became", "Person", "Item", "Verdict", "Then", "Now"], rows, more))
    return Section(f"With {title}", blocks)


def in_words(title: str, check: CasesCheck) -> str:
    """What a model fixes and breaks, in a sentence."""
    counts = check.counts
    if not check.judged:
        return f"None of the {len(check.findings):,} cases can be told with {title}."
    wrong = counts[FIXED] + counts[STILL_WRONG]
    right = counts[NEWLY_BROKEN] + counts[STILL_RIGHT]
    told = []
    if wrong:
        told.append(f"of {wrong:,} that were wrong it fixes {counts[FIXED]:,}")
    if right:
        told.append(f"of {right:,} that were right it breaks {counts[NEWLY_BROKEN]:,}")
    return f"{title}: {' and '.join(told)} (n = {check.judged:,} that can be told)."


def place_words(standing: Standing | None) -> str:
    """`rank 3`, `rank 30, not in 10`, `hidden`; empty where nobody knows."""
    if standing is None or standing.in_list is None:
        return ""
    if standing.rank is None:
        return "hidden"
    return f"rank {standing.rank:,}{'' if standing.in_list else f', not in {standing.k}'}"
