"""The panels of the Graph page."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.because import because
from gnnrec.explain.paths import lit_paths
from gnnrec.explain.subgraph import NORM, edge_weights, explain_subgraph, weight_kinds
from gnnrec.figures.network import Face, as_json, faces, network, weight_text
from gnnrec.graph import ITEM, USER, Coverage, Graph, Path, Subgraph
from gnnrec.graph import paths as strongest_paths
from gnnrec.recommenders.base import ATTENTION, DECOMPOSES, PROPAGATES
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.export import file_name
from gnnrec.ui.graph_view import graph_view
from gnnrec.ui.item_cards import card
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode

BUDGETS = (30, 60, 100, 150, 300)
_KIND_NAMES = {ATTENTION: "Attention", NORM: "Normalised weight"}


@dataclass(frozen=True)
class Choice:
    """What the visitor asked to see; layer and head are None for the average."""

    checkpoint: Checkpoint
    hops: int
    budget: int
    weight: str
    layer: int | None
    head: int | None


@dataclass(frozen=True)
class Scene:
    """What is shown: the subgraph with names for its nodes, and the lit paths."""

    graph: Graph
    subgraph: Subgraph
    faces: list[Face]
    lit: list[Path]


def controls(context: Context) -> Choice:
    """Model, hops, budget and edge weights, all kept in the address."""
    values = view.read()
    able = [one for one in context.models if PROPAGATES in one.capabilities] or [context.a]
    addresses = [one.address for one in able]
    opens_on = next((one.address for one in able if ATTENTION in one.capabilities), addresses[0])
    wanted = values.get("g_model", "")
    if wanted and wanted not in addresses:
        st.info(
            f"There is no model '{escape(wanted[:80])}' that passes messages; another one is shown.",
            icon=":material/info:",
        )
    titles = {one.address: one.title for one in able}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        address = _pick(
            "Model", "g_model", addresses, wanted if wanted in addresses else opens_on, titles.get, 235
        )
        checkpoint = next(one for one in able if one.address == address)
        # A suggestion lies three steps away: an item of the person, another person, the suggestion.
        hops = _pick(
            "Hops",
            "g_hops",
            [1, 2, 3],
            _number(values.get("g_hops"), (1, 2, 3), 2 if context.item is None else 3),
            str,
            80,
        )
        budget = _pick(
            "Nodes at most", "g_budget", list(BUDGETS), _number(values.get("g_budget"), BUDGETS, 60), str, 125
        )
        model = loaders.model(checkpoint.address)
        kinds = list(weight_kinds(model))
        kind = values.get("g_weight", "")
        weight = _pick(
            "Edges show", "g_weight", kinds, kind if kind in kinds else kinds[0], _KIND_NAMES.get, 190
        )
        layer = head = None
        if weight == ATTENTION:
            n_layers, n_heads, _ = model.attention().shape
            layer, head = (
                _one_of(values, *asked)
                for asked in (("Layer", "g_layer", n_layers), ("Head", "g_head", n_heads))
            )
    return Choice(checkpoint, hops, budget, weight, layer, head)


def _one_of(values: dict[str, str], label: str, key: str, count: int) -> int | None:
    options = ["average", *map(str, range(1, count + 1))]
    text = values.get(key, "")
    picked = _pick(label, key, options, text if text in options else "average", str, 115)
    return None if picked == "average" else int(picked) - 1


def _pick(label: str, key: str, options: list, value, named, width: int):
    widget = f"pick_{key}"
    st.session_state[widget] = value
    return st.selectbox(
        label,
        options,
        key=widget,
        format_func=named,
        width=width,
        on_change=lambda: view.go(**{key: st.session_state[widget]}),
    )


def _number(text: str | None, allowed: tuple[int, ...], default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and int(text) in allowed else default


def scene(context: Context, choice: Choice) -> Scene:
    """The subgraph around the person, with the paths to the item in focus where there is one."""
    model = loaders.model(choice.checkpoint.address)
    graph = loaders.graph(context.dataset.name, str(context.split))
    lit = _lit(context, choice, graph) if context.item is not None else []
    keep = [node for path in lit for node in path.nodes]
    subgraph = explain_subgraph(
        model,
        graph,
        context.user,
        choice.hops,
        choice.budget,
        choice.weight,
        choice.layer,
        choice.head,
        keep=keep,
    )
    drawn = set(subgraph.nodes.node.tolist())
    return Scene(
        graph, subgraph, faces(subgraph, context.dataset), [path for path in lit if set(path.nodes) <= drawn]
    )


def _lit(context: Context, choice: Choice, graph: Graph) -> list[Path]:
    model = loaders.model(choice.checkpoint.address)
    weights, _ = edge_weights(model, graph, choice.weight, choice.layer, choice.head)
    if DECOMPOSES in choice.checkpoint.capabilities:
        reason = because(model, context.user, [context.item])[0]
        return lit_paths(graph, context.user, context.item, [item for item, _ in reason.top], weight=weights)
    return strongest_paths(
        graph, graph.node(USER, context.user), graph.node(ITEM, context.item), top=5, weight=weights
    )


def headline(context: Context, choice: Choice, shown: Scene) -> None:
    """How much of the neighbourhood is drawn, and what the edges mean."""
    subgraph, words = shown.subgraph, context.words
    st.title(f"What the model sees around {escape(context.dataset.user_name(context.user))}", anchor=False)
    share = subgraph.coverage(subgraph.centre)
    drawn = (
        f"{len(subgraph.nodes):,} of {subgraph.total_nodes:,} nodes within {choice.hops} "
        f"{'hop' if choice.hops == 1 else 'hops'} are drawn"
    )
    st.caption(f"{drawn}; beside the {words.person} {_held(share)}. {_meaning(choice)}")
    if context.item is None:
        return
    title = escape(context.dataset.item_title(context.item))
    if shown.lit:
        through = "the reasons" if DECOMPOSES in choice.checkpoint.capabilities else "the strongest ways"
        st.markdown(
            f":material/route: Lit: {through} from {words.items} they {words.past} over other {words.people} to **{title}**."
        )
    else:
        st.info(
            f"No path of {words.item} – {words.person} – {words.item} leads to {title} within this "
            f"picture; more hops or nodes may show one."
        )


def _held(coverage: Coverage) -> str:
    """`the 12 drawn of 58 neighbours hold 71 % of what flows in`."""
    return f"{coverage} of what flows in" if coverage.drawn < coverage.neighbours else str(coverage)


def _meaning(choice: Choice) -> str:
    if choice.weight == ATTENTION:
        where = (
            "averaged over layers and heads"
            if choice.layer is None and choice.head is None
            else "of the chosen layer or head"
        )
        return f"Edge width is attention {where}: the shares flowing into one node sum to 100 %, counted on the whole graph."
    if ATTENTION in choice.checkpoint.capabilities:
        return "Edge width is the normalised weight 1 / √(degrees of both ends), not attention."
    return (
        "This model has no attention: edge width is its normalised weight 1 / √(degrees of both "
        "ends), fixed by the graph."
    )


def picture(context: Context, choice: Choice, shown: Scene) -> int | None:
    """The clickable picture; returns the selected node."""
    drawing = network(shown.subgraph, shown.faces, mode())
    text = view.read().get("g_node", "")
    selected = int(text) if text.isdecimal() and shown.subgraph.place(int(text)) is not None else None
    clicked = graph_view(
        drawing, key=f"graph_{context.dataset.name}", height=600, lit=shown.lit, selected=selected
    )
    if clicked is not None and clicked != selected:
        view.go(g_node=clicked)
        st.rerun()
    return selected


def details(context: Context, choice: Choice, shown: Scene, selected: int | None) -> None:
    """What is known of the clicked node, and where to go from it."""
    data, words, subgraph = context.dataset, context.words, shown.subgraph
    node = subgraph.centre if selected is None else selected
    kind, number = shown.graph.kind_and_number(node)
    with st.container(border=True):
        if kind == ITEM:
            st.markdown(f"**{escape(data.item_title(number))}**")
            st.caption(
                escape(
                    f"{card(data, number).subtitle} · "
                    f"{words.count_people(int(shown.graph.degrees[node]))} {words.past} it in train"
                )
            )
            st.button(
                "Light the paths to it",
                key="light",
                icon=":material/route:",
                on_click=lambda: view.go(i=data.items.id(number)),
            )
        else:
            st.markdown(f"**{escape(data.user_name(number))}**")
            st.caption(
                f"{words.past.capitalize()} {words.count_items(int(shown.graph.degrees[node]))} in train"
            )
            if number != context.user:
                st.button(
                    f"Put this {words.person} in the middle",
                    key="centre",
                    icon=":material/center_focus_strong:",
                    on_click=lambda: view.go(
                        u=data.users.id(number), i=None, drop=None, add=None, g_node=None
                    ),
                )
        held = _held(subgraph.coverage(node))
        even = ""
        if choice.weight == ATTENTION and shown.graph.degrees[node]:
            # Attention close to this says that the model hardly chooses among neighbours.
            even = f" If all its neighbours counted alike, each would hold {100 / shown.graph.degrees[node]:.1f} %."
        st.caption(f"{held[0].upper()}{held[1:]}.{even}")
        small = st.column_config.TextColumn(width="small")
        st.dataframe(
            _neighbours(shown, node),
            hide_index=True,
            height=250,
            alt="Its drawn neighbours, strongest first",
            column_config={"neighbour": st.column_config.TextColumn(width=150), "in": small, "out": small},
        )
    with st.container(horizontal=True):
        if context.item is not None:
            st.button(
                "Clear paths",
                key="clear_paths",
                on_click=lambda: view.go(i=None),
                icon=":material/layers_clear:",
            )
        if selected is not None:
            st.button(
                "Deselect", key="deselect", on_click=lambda: view.go(g_node=None), icon=":material/deselect:"
            )
    _legend(context)


def _legend(context: Context) -> None:
    st.caption(
        f":material/radio_button_checked: the {context.words.person} in the middle · "
        f":material/circle: {context.words.people} · "
        f":material/square: {context.words.items} in the colour of their first genre · rings are hops · wider is stronger"
    )


def _neighbours(shown: Scene, node: int) -> pd.DataFrame:
    edges = shown.subgraph.edges
    names = {int(one): face.title for one, face in zip(shown.subgraph.nodes.node, shown.faces, strict=True)}
    touching = np.flatnonzero((edges.source == node) | (edges.target == node))
    inward = np.where(edges.target[touching] == node, edges.weight[touching], edges.reverse_weight[touching])
    outward = np.where(edges.target[touching] == node, edges.reverse_weight[touching], edges.weight[touching])
    other = np.where(edges.target[touching] == node, edges.source[touching], edges.target[touching])
    order = np.argsort(-inward, kind="stable")
    kind = shown.subgraph.weight_kind
    return pd.DataFrame(
        {
            "neighbour": [names[int(one)] for one in other[order]],
            "in": [weight_text(float(one), kind) for one in inward[order]],
            "out": [weight_text(float(one), kind) for one in outward[order]],
        }
    )


def table(context: Context, choice: Choice, shown: Scene) -> None:
    """The same picture as tables, for keyboard and screen reader, and its exports."""
    nodes = shown.subgraph.nodes
    names = {int(one): face.title for one, face in zip(nodes.node, shown.faces, strict=True)}
    files = ", and as files" if places.developer_controls() else ""
    with st.expander(f"The same as a table{files}", icon=":material/table:"):
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
        edges = shown.subgraph.edges
        right.dataframe(
            pd.DataFrame(
                {
                    "from": [names[int(one)] for one in edges.source],
                    "to": [names[int(one)] for one in edges.target],
                    "weight": edges.weight,
                    "back": edges.reverse_weight,
                }
            ),
            hide_index=True,
            alt="Edges of the picture",
        )
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
        if files:
            _downloads(context, choice, shown)


def _downloads(context: Context, choice: Choice, shown: Scene) -> None:
    from gnnrec.figures.network_page import standalone_html

    data = context.dataset
    stem = (data.name, data.users.id(context.user), choice.checkpoint.slug, "graph")
    with st.container(horizontal=True):
        st.download_button(
            "Page that opens anywhere (HTML)",
            lambda: standalone_html(
                network(shown.subgraph, shown.faces, mode()),
                f"{data.user_name(context.user)} · {choice.checkpoint.title}",
                _meaning(choice),
                shown.lit,
                mode=mode(),
            ),
            file_name=file_name(*stem, ending="html"),
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Data (JSON)",
            lambda: json.dumps(as_json(shown.subgraph, shown.faces), ensure_ascii=False, indent=1),
            file_name=file_name(*stem, ending="json"),
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def next_steps(context: Context) -> None:
    """Back to the list, with the same person."""
    st.page_link(
        places.pages_folder() / "recommend.py",
        label="Back to the lists",
        icon=":material/arrow_back:",
        query_params=view.link(),
    )
