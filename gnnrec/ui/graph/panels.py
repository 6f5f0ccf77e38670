"""The panels of the Graph page: what is drawn in words, the pictures, and the way on."""

from __future__ import annotations

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Words
from gnnrec.data.relation_names import listed, plural
from gnnrec.explain.sight import Sight
from gnnrec.figures.network import UNKNOWN
from gnnrec.graph import FRIEND, USER, hubs
from gnnrec.graph.switching import MOST_THROUGH
from gnnrec.recommenders.capabilities import ATTENTION, DECOMPOSES, PROPAGATES, TRAVELS
from gnnrec.ui import loaders, view
from gnnrec.ui.components.graph_view import graph_view
from gnnrec.ui.context import Context
from gnnrec.ui.graph.by_hand import ByHand, select
from gnnrec.ui.graph.choice import DIFFERENCE, Choice, switch
from gnnrec.ui.graph.details import held
from gnnrec.ui.graph.scene import Pane, Scene
from gnnrec.ui.graph.session_words import session_headline
from gnnrec.ui.text import escape

HEIGHT = 600
HEIGHT_OF_TWO = 520
_ROW, _SWITCHES_IN_A_ROW = 26, 5


def sight_of(context: Context, choice: Choice) -> Sight:
    """What the models shown hear of this split, without what is switched off."""
    if choice.session is not None:
        drawn = choice.session
        data = (context.dataset.name, str(context.split), context.user)
        return loaders.session_sight(*data, drawn.numbers, drawn.most, choice.off)
    return loaders.sight(context.dataset.name, str(context.split), choice.relations, choice.off)


def headline(context: Context, choice: Choice, shown: Scene, hand: ByHand) -> None:
    """How much of the neighbourhood is drawn, and what the edges mean."""
    subgraph, words = shown.subgraph, context.words
    name = escape(context.dataset.user_name(context.user))
    st.title(f"What the model sees around {name}", anchor=False)
    if choice.session is not None:
        session_headline(context, choice, shown)
        _no_what_if(context)
        return
    if len(subgraph.nodes) == 1 and not shown.graph.degrees[shown.graph.node(USER, context.user)]:
        st.info(
            f"{name} has {words.past} nothing in train: no message reaches a {words.person} without edges, and "
            "there is nothing to draw.",
            icon=":material/link_off:",
        )
        return
    drawn = (
        f"{len(subgraph.nodes):,} of {subgraph.total_nodes:,} nodes within {choice.hops} "
        f"{'hop' if choice.hops == 1 else 'hops'} are drawn"
    )
    beside = ""
    if subgraph.weight_kind in (ATTENTION, "norm"):
        beside = f"; beside the {words.person} {held(subgraph.coverage(subgraph.centre))}"
    gone = " What is switched off is gone, and the rest keeps its place." if shown.sight.off else ""
    st.caption(escape(f"{drawn}{beside}.{gone} {meaning(choice, shown)}{_walked(shown)}"))
    if context.item is not None:
        _paths_in_words(context, choice, shown, hand)
    _no_what_if(context)


def _no_what_if(context: Context) -> None:
    words = context.words
    if context.edited:
        st.caption(
            f":material/info: The what-if is not in this picture: it is the graph the model was fitted on, with all "
            f"{words.items} of the {words.person}."
        )


def _walked(shown: Scene) -> str:
    """Which entities the picture does not walk through, where there are such."""
    ends = hubs(shown.sight.whole) if shown.sight.relations else None
    nodes = shown.subgraph.nodes
    if ends is None or not ends[nodes.node].any():
        return ""
    names = [plural(kind) for kind in dict.fromkeys(nodes.kind[ends[nodes.node]].tolist())]
    return (
        f" No way is drawn through nodes that join more than {MOST_THROUGH}, such as {listed(names[:2], 'or')}: "
        "everything would be two steps away over them."
    )


def _paths_in_words(context: Context, choice: Choice, shown: Scene, hand: ByHand) -> None:
    words = context.words
    title = escape(context.dataset.item_title(context.item))
    watched = int(shown.graph.degrees[shown.graph.node("item", context.item)])
    if shown.lit and hand.via is not None:
        via = escape(context.dataset.item_title(hand.via))
        st.markdown(
            f":material/route: Lit: the ways from **{via}** over other {words.people} to **{title}**.",
        )
    elif shown.lit and shown.sight.relations:
        st.markdown(f":material/route: Lit: the strongest ways to **{title}**, over {_over(shown, words)}.")
    elif shown.lit:
        through = "the reasons" if DECOMPOSES in choice.checkpoint.capabilities else "the strongest ways"
        st.markdown(
            f":material/route: Lit: {through} from {words.items} they {words.past} over other {words.people} to **{title}**."
        )
    elif not watched:
        st.info(f"Nobody {words.past} {title} in train: it hangs on nothing in this graph.")
    else:
        st.info(
            f"No path of {words.item} – {words.person} – {words.item} leads to {title} within this "
            f"picture; more hops or nodes may show one."
            if not shown.sight.relations
            else f"No way of two or three steps leads to {title} within this picture; more hops or nodes may show one."
        )


def _over(shown: Scene, words: Words) -> str:
    """What lit ways lead over, in words: `films and people`, `friends`, `films and directors`."""
    friends = (
        set(shown.sight.neighbours(shown.subgraph.centre, FRIEND).tolist())
        if FRIEND in shown.sight.relations
        else set()
    )
    called = {USER: f"other {words.people}", "item": f"{words.items} they {words.past}"}
    between = dict.fromkeys(
        plural(FRIEND) if int(node) in friends else called.get(kind, plural(kind))
        for path in shown.lit
        for node in path.nodes[1:-1]
        for kind in [shown.graph.kind_and_number(int(node))[0]]
    )
    return escape(listed(list(between)))


def meaning(choice: Choice, shown: Scene) -> str:
    """What the width of an edge says, in a sentence or three; plain text."""
    unmeasured = any("sort" in edge and edge["text"] == UNKNOWN for edge in shown.panes[0].drawing.edges)
    return _width(choice, shown) + (
        " Dashed edges are of other sorts, for which there is no such value." if unmeasured else ""
    )


def _width(choice: Choice, shown: Scene) -> str:
    if shown.waiting:
        return "Edge width is the normalised weight until the weights asked for are worked out."
    if choice.compare == DIFFERENCE:
        return (
            f"Edge width is the difference in {choice.measure.title.lower()}, in shares of each model's own total: "
            f"{choice.checkpoint.title} less {choice.other.title}."
        )
    if choice.measure.name == ATTENTION:
        where = (
            "averaged over layers and heads"
            if choice.layer is None and choice.head is None
            else "of the chosen layer or head"
        )
        return f"Edge width is attention {where}: the shares flowing into one node sum to 100 %, counted on the whole graph."
    if choice.measure.name != "norm":
        return choice.measure.words
    if choice.relations and PROPAGATES not in choice.checkpoint.capabilities:
        return (
            f"{choice.checkpoint.title} hears dashed edges only; the others are what it learned from. Edge width is the "
            "normalised weight 1 / √(degrees of both ends) of the graph itself, dashed edges among themselves."
        )
    if choice.relations:
        return (
            f"Edge width is the normalised weight 1 / √(degrees of both ends) in this graph; dashed edges, of other "
            f"sorts, are compared among themselves, and {choice.checkpoint.title} weighs each sort in its own way."
        )
    if ATTENTION in choice.checkpoint.capabilities:
        return "Edge width is the normalised weight 1 / √(degrees of both ends), not attention."
    if PROPAGATES not in choice.checkpoint.capabilities:
        return "This model passes no messages: edge width is the normalised weight of the graph itself."
    return (
        "This model has no attention: edge width is its normalised weight 1 / √(degrees of both "
        "ends), fixed by the graph." + _ages(choice.checkpoint)
    )


def _ages(checkpoint: Checkpoint) -> str:
    """What the picture leaves out of a model that knows when things happened."""
    if TRAVELS not in checkpoint.capabilities:
        return ""
    return (
        " How old an edge is, which this model may weigh too, the width does not show: click an edge to see."
    )


def picture(context: Context, choice: Choice, shown: Scene, hand: ByHand, place: int = 0) -> None:
    """One clickable picture; a click on a node or an edge selects it."""
    pane = shown.panes[place]
    if len(shown.panes) > 1:
        st.markdown(f"**{'AB'[place]} · {escape(pane.title)}**")
    clicked = graph_view(
        pane.drawing,
        key=f"graph_{context.dataset.name}" + (f"_{place}" if place else ""),
        height=(HEIGHT if len(shown.panes) == 1 else HEIGHT_OF_TWO) + _for_switches(shown),
        alt=_alt(context, pane),
        show=shown.marks["selected"],
        **shown.marks,
    )
    if clicked is None:
        return
    if clicked.switch is not None:
        switch(choice, clicked.switch)
        st.rerun()
    if clicked.node is not None and clicked.node != hand.node:
        select(context, shown.sight, clicked.node)
        st.rerun()
    if clicked.edge is not None and clicked.edge != shown.marks["edge"]:
        source, target = (int(end) for end in shown.graph.edge_index()[:, clicked.edge])
        select(context, shown.sight, edge=(source, target))
        st.rerun()


def _for_switches(shown: Scene) -> int:
    """Room for the rows of switches below the picture."""
    rows = -(-len(shown.sight.relations) // _SWITCHES_IN_A_ROW)
    return _ROW * (rows + 1) if rows else 0


def _alt(context: Context, pane: Pane) -> str:
    nodes = len(pane.subgraph.nodes)
    return f"Graph of {nodes} nodes around {context.dataset.user_name(context.user)}; the table below has the same"


def next_steps() -> None:
    """Back to the list, with the same person."""
    st.page_link(
        places.pages_folder() / "recommend.py",
        label="Back to the lists",
        icon=":material/arrow_back:",
        query_params=view.link(),
    )
