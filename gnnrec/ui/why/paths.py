"""The strongest paths from the person to the item, as a table, and lit in the graph."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.explain.paths import lit_paths
from gnnrec.graph import Graph
from gnnrec.ui import loaders
from gnnrec.ui.context import Context
from gnnrec.ui.why.asked import Why
from gnnrec.ui.why.findings import Findings
from gnnrec.ui.why.reasons import graph_link

_SHOWN = 5


def paths_table(context: Context, why: Why, found: Findings) -> None:
    """The paths behind the bars, for the method that follows them."""
    if found.method.name != "paths" or found.given is None:
        return
    graph = loaders.graph(context.dataset.name, str(context.split))
    words = context.words
    reasons = [
        int(found.given.items[place]) for place in found.given.order[:_SHOWN] if found.given.values[place] > 0
    ]
    paths = lit_paths(graph, why.query.user, why.item, reasons, top=_SHOWN)
    if not paths:
        st.info(
            f"No path of {words.item} – {words.person} – {words.item} leads to it: nobody who shares a {words.item} "
            f"with them {words.past} it.",
            icon=":material/route:",
        )
        return
    st.dataframe(
        pd.DataFrame(
            {
                f"{words.past} by both": [_name(context, graph, path.nodes[1]) for path in paths],
                f"other {words.person}": [_name(context, graph, path.nodes[2]) for path in paths],
                "weight": [path.weight for path in paths],
            }
        ),
        hide_index=True,
        alt="The strongest paths to the item",
        column_config={"weight": st.column_config.NumberColumn(format="%.2e")},
    )
    st.caption(
        f"The best path of each of the first {words.items}: {context.words.person} → {words.item} → other "
        f"{words.person} → this {words.item}. The weight is the product of 1 / √(degrees of both ends) along the way."
    )
    st.page_link(
        places.pages_folder() / "graph.py",
        label="See the paths in the graph",
        icon=":material/hub:",
        query_params=graph_link(context, why),
    )


def _name(context: Context, graph: Graph, node: int) -> str:
    kind, number = graph.kind_and_number(node)
    data = context.dataset
    return data.user_name(number) if kind == "user" else data.item_title(number)
