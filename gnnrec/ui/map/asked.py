"""What the Map page is asked: which model, which picture, which colour, who is in focus; all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation import embedding_map
from gnnrec.evaluation.embedding_map import FEWEST_POINTS, METHODS, PCA, TITLES, Picture
from gnnrec.evaluation.embedding_space import Space
from gnnrec.recommenders.capabilities import EMBEDDINGS
from gnnrec.runs.map_layout import lay_out
from gnnrec.store import maps
from gnnrec.ui import loaders, view
from gnnrec.ui.components.scatter_map import UNITS, Corner, Show, read_area
from gnnrec.ui.context import Context
from gnnrec.ui.guards import part_switch
from gnnrec.ui.long_work import bench, worked
from gnnrec.ui.map.colours import choices
from gnnrec.ui.pickers import pick, told_apart
from gnnrec.ui.text import escape

PERSON, ITEM = "person", "item"


@dataclass(frozen=True, eq=False)
class Asked:
    """One look.

    Attributes:
        checkpoint: The model whose space it is.
        space: The space.
        picture: The space laid out flat.
        show: People, items or both.
        colour: What colours mean.
        part: Which held-out part metrics are of.
        focus: The point in focus, or None where it has no vector.
        on_item: Whether the focus is the item of the address, else the person.
        area: A line drawn around points, or None.
    """

    checkpoint: Checkpoint
    space: Space
    picture: Picture
    show: Show
    colour: str
    part: str
    focus: int | None
    on_item: bool
    area: tuple[Corner, ...] | None

    @property
    def place(self) -> tuple[str, str]:
        """What the picture depends on."""
        return self.checkpoint.address, self.picture.method


@st.cache_resource(max_entries=6, show_spinner="Reading the vectors …")
def space(address: str) -> Space:
    """The space of a model."""
    return Space.of(*loaders.model(address).embeddings())


def need_vectors(context: Context) -> list[Checkpoint]:
    """The models with vectors; ends the page in words where there is none."""
    able = [one for one in context.models if EMBEDDINGS in one.capabilities]
    if not able:
        st.title("How does the model see people and items?", anchor=False)
        st.info(
            "No model of this data has vectors, so there is no space to draw: scores are worked out from "
            f"{context.words.items} that go together, not from places. The Train page trains one that has, matrix "
            "factorisation for example.",
            icon=":material/scatter_plot:",
        )
        st.stop()
    return able


def controls(context: Context, able: list[Checkpoint]) -> Asked:
    """Model, picture, what is shown and what colours mean."""
    values, words = view.read(), context.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        checkpoint = _model(context, able, values.get("m_model", ""))
        method = values.get("m_picture")
        method = pick(
            "Picture",
            "m_picture",
            METHODS,
            method if method in METHODS else PCA,
            TITLES.get,
            control=st.segmented_control,
            required=True,
            help="PCA shows the two directions in which vectors differ most, and keeps large distances. t-SNE keeps "
            "neighbours together; distances between groups mean little in it.",
        )
        there = {"both": "All", "people": words.people.capitalize(), "items": words.items.capitalize()}
        show = values.get("m_show")
        show = pick(
            "Shown",
            "m_show",
            tuple(there),
            show if show in there else "both",
            there.get,
            control=st.segmented_control,
            required=True,
        )
        offered = choices(context, checkpoint)
        colour = values.get("m_colour")
        colour = pick(
            "Colour",
            "m_colour",
            tuple(offered),
            colour if colour in offered else next(iter(offered)),
            offered.get,
            width=300,
        )
        part = part_switch("m")
    its_space = space(checkpoint.address)
    if len(its_space) < FEWEST_POINTS:
        st.title("How does the model see people and items?", anchor=False)
        st.info("Fewer than four people and items have a vector: too few for a picture.")
        st.stop()
    on_item = values.get("m_focus") == ITEM and context.item is not None
    node = its_space.n_users + context.item if on_item else context.user
    asked = Asked(
        checkpoint=checkpoint,
        space=its_space,
        picture=_pca(checkpoint.address),
        show=show,
        colour=colour,
        part=part,
        focus=None if node is None else its_space.place(node),
        on_item=on_item,
        area=_area(values.get("m_area", "")),
    )
    if method == PCA:
        return asked
    laid_out = _tsne(checkpoint, its_space)
    return asked if laid_out is None else replace(asked, picture=laid_out)


def area_text(area: tuple[Corner, ...]) -> str:
    """A line around points for the address."""
    return ".".join(f"{round(x * UNITS)}_{round(y * UNITS)}" for x, y in area)


def _area(text: str) -> tuple[Corner, ...] | None:
    try:
        return read_area([[int(part) for part in one.split("_")] for one in text.split(".")])
    except ValueError:
        return None


def _model(context: Context, able: list[Checkpoint], wanted: str) -> Checkpoint:
    """Model A if it has vectors, else the first that has, unless the address names another one."""
    addresses = [one.address for one in able]
    first = context.a.address if context.a.address in addresses else addresses[0]
    address = pick(
        "Model",
        "m_model",
        addresses,
        wanted if wanted in addresses else first,
        told_apart(able).get,
        width=240,
        forget=("m_area",),
    )
    return next(one for one in able if one.address == address)


def notices(context: Context, able: list[Checkpoint], asked: Asked) -> None:
    """Why another model is shown than the one chosen in the sidebar or named in the link."""
    wanted = view.read().get("m_model", "")
    if wanted and wanted not in [one.address for one in able]:
        st.info(
            f"There is no model '{escape(wanted[:80])}' with vectors; another one is shown.",
            icon=":material/info:",
        )
    elif not wanted and asked.checkpoint.address != context.a.address:
        st.info(
            f"{escape(context.a.title)} gives nobody a vector, so it has no space that could be drawn. Shown is "
            f"{escape(asked.checkpoint.title)}.",
            icon=":material/info:",
        )


@st.cache_resource(max_entries=6, show_spinner=False)
def _pca(address: str) -> Picture:
    return embedding_map.picture(space(address), PCA)


def _tsne(checkpoint: Checkpoint, its_space: Space) -> Picture | None:
    """The picture that was laid out before, by anybody; else the button, or the progress."""
    method = embedding_map.TSNE
    key = (checkpoint.address, "map", method)
    there, _ = bench().kept(key)
    if not there:
        before = maps.recall(checkpoint.id, method, its_space.nodes)
        if before is not None:
            bench().keep(key, Picture(method, before))

    def make(tell) -> Picture:
        made = lay_out(its_space, tell)
        maps.keep(checkpoint.id, method, its_space.nodes, made.xy)
        return made

    return worked(
        key,
        embedding_map.seconds(len(its_space), method),
        make,
        f"Laying out {len(its_space):,} points, once for this model,",
        widget="m_tsne",
        button="Lay them out",
    )
