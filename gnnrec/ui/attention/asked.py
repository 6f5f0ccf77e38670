"""What the Attention page is asked: which model, whose neighbours, which item; all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.attention_heads import Looks, looks
from gnnrec.graph import USER, Graph
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import ATTENTION, PROPAGATES
from gnnrec.ui import loaders, person, view
from gnnrec.ui.context import Context
from gnnrec.ui.pickers import number_of, pick
from gnnrec.ui.text import escape

ROWS = (12, 24, 48)
_SUGGESTED = 10


@dataclass(frozen=True, eq=False)
class Asked:
    """One look.

    Attributes:
        checkpoint: The model.
        model: The same, ready to answer.
        graph: What it was fitted on.
        looks: How the person divides what they take in.
        rows: How many neighbours get a row of their own.
        layer: The layer whose heads are compared, from 0.
        item: The item whose score deletion is asked about; None where nothing is left to suggest.
    """

    checkpoint: Checkpoint
    model: Recommender
    graph: Graph
    looks: Looks
    rows: int
    layer: int
    item: int | None

    @property
    def columns(self) -> list[str]:
        """Names of layers and heads, in the order of the shares."""
        n_layers, n_heads, _ = self.looks.shares.shape
        if not self.looks.learned:
            return ["Normalised weight"]
        return [
            f"Head {head + 1}" if n_layers == 1 else f"Layer {layer + 1}, head {head + 1}"
            for layer in range(n_layers)
            for head in range(n_heads)
        ]

    @property
    def weight_name(self) -> str:
        """`attention`, or what stands for it."""
        return "attention" if self.looks.learned else "normalised weight"


def need_messages(context: Context) -> list[Checkpoint]:
    """The models that pass messages; ends the page in words where there is none."""
    able = [one for one in context.models if PROPAGATES in one.capabilities]
    if not able:
        st.title("Where does the model look?", anchor=False)
        st.info(
            "No model of this data passes messages along the graph, so none looks at neighbours: they have neither "
            "attention nor weights of edges. The Train page trains one, graph attention for example.",
            icon=":material/visibility_off:",
        )
        st.stop()
    return able


def controls(context: Context, able: list[Checkpoint]) -> Asked:
    """Model, rows, layer and item."""
    values = view.read()
    addresses = [one.address for one in able]
    wanted = values.get("t_model", "")
    if wanted and wanted not in addresses:
        st.info(
            f"There is no model '{escape(wanted[:80])}' that passes messages; another one is shown.",
            icon=":material/info:",
        )
    titles = {one.address: one.title for one in able}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = wanted if wanted in addresses else _opens_on(context, able).address
        address = pick("Model", "t_model", addresses, chosen, titles.get, width=260)
        checkpoint = next(one for one in able if one.address == address)
        model = loaders.model(checkpoint.address)
        graph = loaders.graph(context.dataset.name, str(context.split))
        with st.spinner("Reading the attention …"):
            seen = looks(model, graph, graph.node(USER, context.user))
        rows = number_of(values.get("t_rows"), ROWS, 24)
        if len(seen.source) > ROWS[0]:
            rows = pick(f"{context.words.items.capitalize()} shown", "t_rows", ROWS, rows, width=125)
        layer, n_layers = 0, seen.shares.shape[0]
        if n_layers > 1 and seen.shares.shape[1] > 1:
            numbers = tuple(range(1, n_layers + 1))
            picked = number_of(values.get("t_layer"), numbers, n_layers)
            layer = pick("Heads of layer", "t_layer", numbers, picked, width=125) - 1
        item = _item(context, model)
    return Asked(checkpoint, model, graph, seen, rows, layer, item)


def _opens_on(context: Context, able: list[Checkpoint]) -> Checkpoint:
    """Model A if it has attention, else the first that has, else model A if it passes messages, else the first."""
    a_first = sorted(able, key=lambda one: one.address != context.a.address)
    return next((one for one in a_first if ATTENTION in one.capabilities), a_first[0])


def _item(context: Context, model: Recommender) -> int | None:
    """The item in focus, else the model's first suggestion; a picker changes the focus."""
    hidden = person.hidden_from(context, "valid")
    first = [
        int(one) for one in model.recommend([context.user], k=_SUGGESTED, exclude=hidden).items[0] if one >= 0
    ]
    item = context.item if context.item is not None else next(iter(first), None)
    if item is None:
        return None
    options = first if item in first else [item, *first]
    data = context.dataset
    named = {data.items.id(one): data.item_title(one) for one in options}
    picked = pick(
        f"Suggested {context.words.item}", "i", list(named), data.items.id(item), named.get, width=300
    )
    return data.items.number(picked)
