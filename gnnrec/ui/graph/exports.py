"""The graph page's pictures and data as files, and the same as tables for keyboard and screen reader."""

from __future__ import annotations

import json
from itertools import pairwise

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.data.relation_names import listed, plural
from gnnrec.figures.drawing import strong_enough
from gnnrec.figures.network import NO_WAY_BACK, UNKNOWN, as_json
from gnnrec.ui.context import Context
from gnnrec.ui.export import file_name
from gnnrec.ui.graph.choice import SIDE, Choice
from gnnrec.ui.graph.scene import Pane, Scene
from gnnrec.ui.theme import mode


def downloads(context: Context, choice: Choice, shown: Scene, caption: str) -> None:
    """Each picture as SVG, as a page of its own, and as data; none on a stage."""
    if not places.developer_controls():
        return
    for place, pane in enumerate(shown.panes):
        which = f" ({'AB'[place]})" if choice.compare == SIDE else ""
        with st.container(horizontal=True, gap="small"):
            _files(context, choice, shown, pane, caption, which)


def _files(context: Context, choice: Choice, shown: Scene, pane: Pane, caption: str, which: str) -> None:
    from gnnrec.figures.network_page import standalone_html
    from gnnrec.figures.network_svg import network_svg

    data = context.dataset
    stem = (data.name, data.users.id(context.user), choice.checkpoint.slug, f"graph{which}")
    title = f"{data.user_name(context.user)} · {pane.title}"
    if shown.sight.off:
        title += f", without {listed([plural(one) for one in shown.sight.off])}"
    now = mode()

    def button(label: str, make, ending: str, mime: str, icon: str) -> None:
        st.download_button(
            f"{label}{which}",
            make,
            file_name=file_name(*stem, ending=ending),
            mime=mime,
            icon=f":material/{icon}:",
            on_click="ignore",
        )

    button(
        "Save as SVG",
        lambda: network_svg(pane.drawing, title, caption, mode=now, **shown.marks),
        "svg",
        "image/svg+xml",
        "image",
    )
    button(
        "Page that opens anywhere (HTML)",
        lambda: standalone_html(pane.drawing, title, caption, mode=now, **shown.marks),
        "html",
        "text/html",
        "download",
    )
    button(
        "Data (JSON)",
        lambda: json.dumps(
            as_json(pane.subgraph, shown.faces, [one["text"] != UNKNOWN for one in pane.drawing.edges]),
            ensure_ascii=False,
            indent=1,
        ),
        "json",
        "application/json",
        "download",
    )


def table(shown: Scene) -> None:
    """The same pictures as tables; edges that the threshold hides are left out here too."""
    nodes = shown.subgraph.nodes
    names = shown.names
    with st.expander("The same as a table", icon=":material/table:"):
        left, right = st.columns(2, gap="large")
        left.dataframe(
            pd.DataFrame(
                {
                    "hop": nodes.hop,
                    "kind": nodes.kind,
                    "name": [face.title for face in shown.faces],
                    "id": [face.id for face in shown.faces],
                    "drawn edges": nodes.drawn,
                    "all edges": nodes.neighbours,
                }
            ),
            hide_index=True,
            alt="Nodes of the picture",
        )
        for pane in shown.panes:
            if len(shown.panes) > 1:
                right.text(pane.title)
            right.dataframe(_edges(shown, pane), hide_index=True, alt=f"Edges of the picture, {pane.title}")
        if shown.lit:
            st.dataframe(
                pd.DataFrame(
                    {
                        "path": [" → ".join(names[int(node)] for node in path.nodes) for path in shown.lit],
                        "weight": [path.weight for path in shown.lit],
                    }
                ),
                hide_index=True,
                alt="Lit paths",
            )


def _edges(shown: Scene, pane: Pane) -> pd.DataFrame:
    pairs = {frozenset(pair) for path in shown.lit for pair in pairwise(path.nodes)}
    lit = (
        {one["id"] for one in pane.drawing.edges if frozenset((one["from"], one["to"])) in pairs}
        if pairs
        else set()
    )
    names = shown.names
    rows = strong_enough(pane.drawing.edges, shown.marks["threshold"], lit | {shown.marks["edge"]})
    return pd.DataFrame(
        {
            "from": [names[edge["from"]] for edge in rows],
            "to": [names[edge["to"]] for edge in rows],
            "weight": [edge["weight"] if edge["text"] != UNKNOWN else None for edge in rows],
            "back": [
                edge["reverse"] if edge["reverse_text"] not in (UNKNOWN, NO_WAY_BACK) else None
                for edge in rows
            ],
        }
        | ({"sort": [edge["relation"] for edge in rows]} if shown.sight.relations else {})
    )
