"""What the visitor asks the graph to show: model or two, hops, nodes, edge weights; one row of pickers, all in the
address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.edge_values import MEASURES, EdgeMeasure, measures_of
from gnnrec.explain.sight import side_relations_of
from gnnrec.graph import NEXT_CLICK
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import (
    ATTENTION,
    DECOMPOSES,
    EDITS_GRAPH,
    FOLLOWS_CLICKS,
    PROPAGATES,
    SWITCHES,
)
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.graph.session_choice import TIMES, Drawn, drawn_sessions
from gnnrec.ui.pickers import number_of, pick
from gnnrec.ui.text import escape

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

OFF = "g_off"
BUDGETS = (30, 60, 100, 150, 300)
HOPS = (1, 2, 3)
SIDE, DIFFERENCE = "side", "difference"
_COMPARISONS = {"": "One model", SIDE: "A beside B", DIFFERENCE: "A less B"}
_STEP = 5


@dataclass(frozen=True)
class Choice:
    """What the visitor asked to see.

    Attributes:
        checkpoint: The model; in a comparison model A.
        other: Model B in a comparison, else None.
        compare: `side`, `difference`, or nothing for one model.
        hops: How far the picture reaches.
        budget: How many nodes it starts with at most.
        measure: What edges show.
        layer: Layer of attention from 0; None for the average.
        head: Head of attention from 0; None for the average.
        threshold: Edges below this share of the strongest of their ring are hidden, from 0 to 1.
        relations: Sorts of edges the models hear beside who chose what.
        fixed: Those of them that a model cannot do without.
        off: Those that are switched off.
        session: The sessions that are drawn, for a model that is asked with clicks; else None.
    """

    checkpoint: Checkpoint
    other: Checkpoint | None
    compare: str
    hops: int
    budget: int
    measure: EdgeMeasure
    layer: int | None
    head: int | None
    threshold: float
    relations: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    session: Drawn | None = None

    def off_of(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        """What is switched off of a model: it may hear less than the other one."""
        heard = loaders.model(checkpoint.address).side_relations
        return tuple(one for one in self.off if one in heard)

    def model(self, checkpoint: Checkpoint) -> Recommender:
        """A model of these as it answers without what is switched off."""
        return loaders.switched(checkpoint.address, self.off_of(checkpoint))

    @property
    def shown(self) -> list[Checkpoint]:
        """The models whose weights are asked for."""
        return [self.checkpoint] if self.other is None else [self.checkpoint, self.other]


def controls(context: Context) -> Choice:
    """One row: model, comparison, hops, nodes, edge weights, and layer and head where there is attention."""
    values = view.read()
    compare = _comparison(context, values)
    notices = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        checkpoint = _model(context, values, compare)
        if context.b is not None:
            pick("Compare", "g_compare", list(_COMPARISONS), compare, _COMPARISONS.get, width=128)
        # A suggestion lies three steps away: an item of the person, another person, the suggestion.
        opens_on = 2 if context.item is None else 3
        session = drawn_sessions(context, checkpoint)
        hops = 1
        if session is None:
            hops = pick("Hops", "g_hops", HOPS, number_of(values.get("g_hops"), HOPS, opens_on), width=72)
        wanted = number_of(values.get("g_budget"), BUDGETS, 60)
        budget = pick("Nodes at most", "g_budget", BUDGETS, wanted, width=112)
        other = context.b if compare else None
        able = measures_of(loaders.model(checkpoint.address), context.item)
        if other is not None and not _shared(able, other, context.item):
            with notices:
                _nothing_shared(context, checkpoint, other)
            other, compare = None, ""
        able = able if other is None else _shared(able, other, context.item)
        measure = _measure(values, checkpoint, able) if session is None else TIMES
        layer = head = None
        if measure.name == ATTENTION:
            n_layers, n_heads, _ = loaders.model(checkpoint.address).attention().shape
            if other is not None:
                theirs = loaders.model(other.address).attention().shape
                n_layers, n_heads = min(n_layers, theirs[0]), min(n_heads, theirs[1])
            layer = _one_of(values, "Layer", "g_layer", n_layers)
            head = _one_of(values, "Head", "g_head", n_heads)
    threshold = number_of(values.get("g_threshold"), range(0, 100, _STEP), 0) / 100
    return Choice(
        checkpoint,
        other,
        compare,
        hops,
        budget,
        measure,
        layer,
        head,
        threshold,
        *_relations(values, [checkpoint] if other is None else [checkpoint, other], notices),
        session,
    )


def _relations(
    values: dict[str, str], shown: list[Checkpoint], notices: DeltaGenerator
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The further sorts of edges, those that cannot be switched off, and those that are."""
    models = [loaders.model(one.address) for one in shown]
    if FOLLOWS_CLICKS in models[0].capabilities:
        # Every such model reads clicks in their order; not all can do without the steps between them.
        relations, fixed = (NEXT_CLICK,), {NEXT_CLICK} - set(models[0].side_relations)
    else:
        relations = side_relations_of(models)
        fixed = {name for one in models if SWITCHES not in one.capabilities for name in one.side_relations}
    asked = [unquote(one) for one in values.get(OFF, "").split(",") if one]
    unknown = [one for one in asked if one not in relations or one in fixed]
    if unknown:
        notices.info(
            f"{escape(shown[0].title)} has no '{escape(unknown[0][:60])}' to switch off; it is left out.",
            icon=":material/info:",
        )
    off = tuple(one for one in relations if one in asked and one not in fixed)
    return relations, tuple(one for one in relations if one in fixed), off


def switch(choice: Choice, name: str) -> None:
    """Switch a sort of edges off, or on again, in the address."""
    after = [one for one in choice.relations if (one in choice.off) != (one == name)]
    view.go(**{OFF: ",".join(quote(one, safe=" ") for one in after)}, g_edge=None)


def threshold_slider(choice: Choice) -> None:
    """Hide edges that are weak beside the strongest of their ring."""
    wanted = round(100 * choice.threshold)
    # Written only where it differs: a key pressed while the page is drawn again must not be taken back.
    if st.session_state.get("pick_g_threshold") != wanted:
        st.session_state["pick_g_threshold"] = wanted
    st.slider(
        "Hide edges weaker than",
        0,
        95,
        step=_STEP,
        key="pick_g_threshold",
        format="%d %%",
        help="Of the strongest edge that flows into the same ring. Nodes stay where they are; lit paths stay too.",
        on_change=lambda: view.go(g_threshold=st.session_state["pick_g_threshold"] or None),
    )


def _comparison(context: Context, values: dict[str, str]) -> str:
    wanted = values.get("g_compare", "")
    if not wanted or context.b is None:
        return ""
    return wanted if wanted in _COMPARISONS else ""


def _model(context: Context, values: dict[str, str], compare: str) -> Checkpoint:
    if compare:
        st.session_state["pick_g_model"] = context.a.title
        st.selectbox("Model", [context.a.title], key="pick_g_model", disabled=True, width=190)
        return context.a
    able = _drawable(context)
    addresses = [one.address for one in able]
    # Model A where there is more to see than edges that all count alike: attention, friends and facts, or clicks.
    telling = {ATTENTION, SWITCHES, FOLLOWS_CLICKS} & set(context.a.capabilities) and context.a in able
    with_attention = [one.address for one in able if ATTENTION in one.capabilities]
    opens_on = context.a.address if telling else [*with_attention, *addresses][0]
    wanted = values.get("g_model", "")
    if wanted and wanted not in addresses:
        st.info(
            f"There is no model '{escape(wanted[:80])}' that can be drawn; another one is shown.",
            icon=":material/info:",
        )
    elif (
        not {PROPAGATES, SWITCHES, DECOMPOSES, EDITS_GRAPH} & set(context.a.capabilities)
        and context.a not in able
    ):
        st.info(
            f"{escape(context.a.title)} passes no messages and cannot say what the history counts for, so there is "
            "nothing of it to draw; another model is shown.",
            icon=":material/info:",
        )
    titles = {one.address: one.title for one in able}
    chosen = wanted if wanted in addresses else opens_on
    address = pick("Model", "g_model", addresses, chosen, titles.get, forget=(OFF,), width=190)
    return next(one for one in able if one.address == address)


def _drawable(context: Context) -> list[Checkpoint]:
    """Models that pass messages or hear facts that can be switched off, those that read sessions; then, where an item
    is in focus, those that can say what the history counts."""
    passing = [
        one for one in context.models if {PROPAGATES, SWITCHES, FOLLOWS_CLICKS} & set(one.capabilities)
    ]
    passing.sort(key=lambda one: FOLLOWS_CLICKS in one.capabilities)
    if context.item is not None:
        passing += [
            one
            for one in context.models
            if one not in passing and {DECOMPOSES, EDITS_GRAPH} & set(one.capabilities)
        ]
    return passing or [context.a]


def _shared(able: list[EdgeMeasure], other: Checkpoint, item: int | None) -> list[EdgeMeasure]:
    """What another model has too. Normalised weights are those of the graph: no two models differ in them."""
    theirs = measures_of(loaders.model(other.address), item)
    return [one for one in able if one in theirs and one.name != "norm"]


def _nothing_shared(context: Context, one: Checkpoint, other: Checkpoint) -> None:
    todo = (
        "choose another model B."
        if context.item is not None
        else f"choose another model B, or {context.words.an_item} to look at: what the history counts for it can be "
        "compared."
    )
    st.info(
        f"{escape(one.title)} and {escape(other.title)} have no weights of edges in common; {todo}",
        icon=":material/info:",
    )


def _measure(values: dict[str, str], checkpoint: Checkpoint, able: list[EdgeMeasure]) -> EdgeMeasure:
    names = [one.name for one in able]
    wanted = values.get("g_weight", "")
    opens_on = names[0]
    if PROPAGATES not in checkpoint.capabilities:
        opens_on = next((one.name for one in able if one.of_item), opens_on)
    chosen = wanted if wanted in names else opens_on
    name = pick("Edges show", "g_weight", names, chosen, lambda one: MEASURES[one].title, width=168)
    return MEASURES[name]


def _one_of(values: dict[str, str], label: str, key: str, count: int) -> int | None:
    options = ["average", *map(str, range(1, count + 1))]
    text = values.get(key, "")
    picked = pick(label, key, options, text if text in options else "average", width=104)
    return None if picked == "average" else int(picked) - 1
