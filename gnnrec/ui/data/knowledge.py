"""What is known about items on the Data page: each sort of fact, and whether sharing one means anything."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gnnrec.data import Dataset
from gnnrec.datasets.report import QualityReport
from gnnrec.ui.text import escape

# As many rows as are seen without scrolling inside the table.
_ROWS_AT_ONCE = 8


def what_is_known(dataset: Dataset, report: QualityReport) -> None:
    """The sorts of facts with how far they reach; nothing for a data set without facts."""
    known, words = report.knowledge, dataset.words
    if known is None or not known.facts:
        return
    st.subheader(f"What is known about each {escape(words.item)}", anchor=False)
    share = 100 / max(report.n_items, 1)
    table = pd.DataFrame(
        [
            {
                "relation": one.name,
                "items": share * one.items,
                "alike": one.alike / known.alike_by_chance
                if one.alike is not None and known.alike_by_chance
                else None,
                "facts": one.facts,
                "shared": one.shared,
                "entities": one.entities,
            }
            for one in known.relations
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= _ROWS_AT_ONCE else 35 * (_ROWS_AT_ONCE + 1),
        column_config={
            "relation": "Sort of fact",
            "facts": st.column_config.NumberColumn("Facts", format="localized"),
            "items": st.column_config.ProgressColumn(
                f"{words.items.capitalize()} with one", format="%.0f %%", min_value=0, max_value=100
            ),
            "entities": st.column_config.NumberColumn(
                "Different ones",
                format="localized",
                help="How many different directors, genres, … there are: entities of the knowledge graph",
            ),
            "shared": st.column_config.NumberColumn(
                "Shared",
                format="localized",
                help=f"How many of these two or more {words.items} have: only they join {words.items}",
            ),
            "alike": st.column_config.NumberColumn(
                "Same audience",
                format="%.1f ×",
                help=f"How alike the audiences of two {words.items} are that share such a fact (mean cosine), "
                f"against two {words.items} drawn at random ({known.alike_by_chance:.3f})",
            ),
        },
    )
    st.caption(
        f"The knowledge graph: {known.facts:,} facts join {words.count_items(known.with_facts)} "
        f"({share * known.with_facts:.0f} % of all) to {known.entities:,} entities; {words.an_item} with facts has "
        f"{known.median_facts:g} in the middle, {known.most_facts:,} at most. Same audience: 1 × means that sharing "
        f"such a fact says nothing about who {words.past} both."
    )
