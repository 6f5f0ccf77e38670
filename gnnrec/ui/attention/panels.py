"""The panels of the Attention page: where a person's node looks, how evenly, and whether heads agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.explain.attention import evenness, rolled_out, whole_attention
from gnnrec.explain.attention_heads import head_agreement
from gnnrec.figures.attention_heads import Even, agreement_grid, evenness_dots
from gnnrec.figures.attention_heat import attention_heat, rows_of
from gnnrec.figures.share_bars import share_bars
from gnnrec.graph import ITEM, USER
from gnnrec.recommenders.capabilities import TRAVELS
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.attention.asked import Asked
from gnnrec.ui.beside import heard_notice
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

# From these parts of the neighbours on, if they count alike, attention is called nearly uniform, and mostly so.
_NEARLY, _MOSTLY = 0.9, 0.6
_ALIKE, _APART = 0.7, 0.3


def headline(context: Context, asked: Asked) -> None:
    """Whose neighbours, and in one sentence whether the model chooses among them."""
    words, seen = context.words, asked.looks
    st.title(f"Where the model looks for {escape(context.dataset.user_name(context.user))}", anchor=False)
    n = len(seen.source)
    if n:
        st.caption(
            f"{words.count_items(n)} {words.past} in train {'sends' if n == 1 else 'send'} to this {words.person}; each "
            f"holds a share of what flows in{', in every layer and head' if seen.learned else ''}, and the shares add up "
            "to 100 %. Read from the whole graph, never computed again on a part of it."
        )
    if context.edited:
        st.info(
            f"The what-if of the address is not part of this page: it shows what the model learned from the "
            f"{words.person} as they are.",
            icon=":material/edit_off:",
        )
    if not seen.learned:
        st.markdown(_fixed(asked))
    heard_notice(
        asked.checkpoint,
        f"This page shows who {words.past} what alone: what else flows in, and how strongly it is heard, is in none of "
        "these shares.",
        "attention_beside",
    )
    if n > 1:
        st.markdown(_chooses(context, asked))


def _fixed(asked: Asked) -> str:
    rated = (
        " A model of ratings changes these weights further by the rating on each edge, which is not shown."
        if tasks.predicts_ratings(asked.checkpoint)
        else ""
    )
    aged = (
        " How old an edge is, which this model may weigh too, is not shown."
        if TRAVELS in asked.checkpoint.capabilities
        else ""
    )
    lacks = "gives no attention of edges to read" if asked.model.side_relations else "has no attention"
    return (
        f":material/lock: **{escape(asked.checkpoint.title)} {lacks}.** Shown are the normalised weights "
        f"1 / √(degrees of both ends): they are fixed by the degrees, the same for every layer, and nothing about them "
        f"was learned.{rated}{aged}{_itself(asked)}"
    )


def _itself(asked: Asked) -> str:
    """For models in which every node is its own neighbour as well."""
    if not asked.model.hears_itself:
        return ""
    degree = len(asked.looks.source)
    return (
        " This model also counts every node among its own neighbours, so that each degree is one higher there and the "
        f"node's own vector arrives with the others, here with a weight of 1 / {degree + 1:,}; that share is not shown."
    )


def _chooses(context: Context, asked: Asked) -> str:
    """What evenness means here, by rule."""
    words, seen = context.words, asked.looks
    even, top = float(seen.evenness.mean()), int(seen.order[0])
    title = escape(context.dataset.item_title(_items(asked)[top]))
    held = f"**{title}** holds the most, {_percent(seen.mean[top])}, where an even share would be {_percent(seen.even)}"
    if not seen.learned:
        return f":material/balance: {held}. {words.items.capitalize()} that few {words.people} {words.past} weigh more."
    n, alike = len(seen.source), float(seen.effective.mean())
    across = "" if seen.shares.shape[:2] == (1, 1) else " on average over layers and heads"
    share = f"it weighs the {n:,} as if {_count(alike, n)} of them counted alike{across}, evenness {even:.3f}"
    if alike >= _NEARLY * n:
        claim = f"Nearly uniform: the model hardly chooses among these {words.items}"
    elif alike >= _MOSTLY * n:
        claim = f"The model prefers some of these {words.items} to others"
    else:
        claim = f"The model chooses among these {words.items}"
    return f":material/balance: **{claim}** ({share}). {held}."


def _count(alike: float, n: int) -> str:
    """How many, never rounded to all where it is not."""
    return f"{alike:.1f}" if n < 20 or round(alike) == n else f"{alike:,.0f}"


def no_history(context: Context) -> None:
    """Nothing arrives, so there is nothing to look at."""
    words = context.words
    with st.container(border=True):
        st.markdown(
            f":material/history_toggle_off: **No history**: this {words.person} has no {words.items} in train, so no "
            "message reaches them and there is nothing to look at."
        )
        st.caption(f"Choose another {words.person} in the side bar.")


def heat_map(context: Context, asked: Asked) -> None:
    """Neighbours by layer and head; bars where there is only one weight each."""
    words, seen = context.words, asked.looks
    st.subheader("Where it looks" if seen.learned else "What the graph weighs", anchor=False)
    shares = seen.shares.reshape(-1, len(seen.source))
    columns = asked.columns
    if len(columns) > 1:
        shares, columns = np.vstack([seen.mean, shares]), ["Average", *columns]
    items = _items(asked)[seen.order[: asked.rows + 1]]
    names = [context.dataset.item_title(int(one)) for one in items]
    rows = rows_of(names, shares, seen.order, asked.rows, f"{{}} other {words.items}")
    rest = f" The last row is the average of the {rows[-1].members:,} others." if rows[-1].members > 1 else ""
    if not seen.learned:
        show_figure(share_bars(rows, len(seen.source), mode(), what=asked.weight_name), key="attention_bars")
        st.caption(
            f"What each {words.item} holds of all that flows in, by its {asked.weight_name}; the dotted line is what each "
            f"would hold if all {len(seen.source):,} counted alike. Most first.{rest}"
        )
        return
    show_figure(attention_heat(rows, columns, len(seen.source), mode()), key="attention_heat")
    st.caption(
        f"Each cell is the attention on {words.an_item} as a multiple of an even share (1× is what each would hold if all "
        f"{len(seen.source):,} counted alike); colours reach from half to double at least, so that what is nearly even "
        f"looks it. Most looked at first.{rest}"
    )


def evenness_panel(context: Context, asked: Asked) -> None:
    """Entropy against uniform, beside everybody else's."""
    words, seen = context.words, asked.looks
    st.subheader("How evenly", anchor=False)
    others = _evenness_of_people(asked.checkpoint.address, context.dataset.name, str(context.split))
    rows = [
        Even(name, float(value), *(float(one) for one in bounds))
        for name, value, bounds in zip(asked.columns, seen.evenness.ravel(), others, strict=True)
    ]
    figure = evenness_dots(rows, context.dataset.user_name(context.user), words.people, mode())
    show_figure(figure, key="attention_even")
    st.caption(
        f"Entropy of the shares over that of equal shares. Dot: this {words.person}. Bar and mark: 90 of 100 {words.people} "
        f"of the whole data and their median."
    )


@st.cache_data(max_entries=16, show_spinner="Reading the attention of everybody …")
def _evenness_of_people(address: str, dataset_name: str, protocol: str) -> list[tuple[float, float, float]]:
    """5 %, median and 95 % of the evenness of all people, by layer and head."""
    model, graph = loaders.model(address), loaders.graph(dataset_name, protocol)
    learned = "attention" in model.capabilities
    weights = (
        whole_attention(model, graph).reshape(-1, graph.edge_index().shape[1])
        if learned
        else [graph.edge_norm]
    )
    found = []
    for weight in weights:
        values = evenness(graph, weight)[: graph.count(USER)]
        known = values[np.isfinite(values)]
        found.append(
            tuple(np.quantile(known, [0.05, 0.5, 0.95]).tolist()) if len(known) else (float("nan"),) * 3
        )
    return found


def agreement_panel(context: Context, asked: Asked) -> None:
    """Whether the heads of a layer look at the same neighbours."""
    seen = asked.looks
    n_layers, n_heads, n = seen.shares.shape
    st.subheader("Do the heads agree?", anchor=False)
    if not seen.learned:
        st.caption("There are no heads: every layer uses the same fixed weights.")
        return
    if n_heads == 1:
        st.caption("There is one head, so there is nobody to agree with.")
        return
    if n < 2:
        st.caption("With a single neighbour all heads look at it.")
        return
    found = head_agreement(seen.shares[asked.layer : asked.layer + 1])
    show_figure(agreement_grid(found.order[0], mode()), key="attention_heads")
    where = f" of layer {asked.layer + 1}" if n_layers > 1 else ""
    st.markdown(_agreement_words(float(found.mean_order[0]), where))
    st.caption(
        f"Rank correlation of each pair of heads{where} over this {context.words.person}'s {context.words.items}: 1 the "
        f"same order, 0 none, −1 the reverse. Their shares differ by a Jensen–Shannon divergence of "
        f"{float(found.mean_distance[0]):.4f} on average (0 the same shares, 1 nothing in common)."
    )


def _agreement_words(value: float, where: str) -> str:
    if not np.isfinite(value):
        return f"The heads{where} have no order to compare: some weigh all alike."
    told = f"mean rank correlation {value:.2f}".replace("-", "−")
    if value >= _ALIKE:
        return f"The heads{where} look at much the same ({told})."
    if value >= _APART:
        return f"The heads{where} agree in part ({told})."
    if value > -_APART:
        return f"The heads{where} look in different directions: what one prefers says little about another ({told})."
    return f"The heads{where} look in opposite directions ({told})."


def rolled_out_panel(context: Context, asked: Asked) -> None:
    """Where the person's final vector comes from, attention followed back through the layers."""
    if not asked.looks.learned:
        return
    words = context.words
    origins, through = _rolled_out(
        asked.checkpoint.address, context.dataset.name, str(context.split), context.user
    )
    names = (
        f"this {words.person}'s own vector",
        f"the {words.items} they {words.past}",
        f"other {words.people}",
        f"{words.items} they never {words.past}",
    )
    told = [f"{_percent(share)} {name}" for share, name in zip(origins, names, strict=True) if share > 1e-6]
    st.subheader("Rolled out over the layers", anchor=False)
    layers = asked.looks.shares.shape[0]
    st.markdown(
        f"Followed back through {layers} {'layer' if layers == 1 else 'layers'}, the final vector is {', '.join(told)}."
    )
    st.caption(
        "Attention averaged over heads, multiplied over layers; the final vector is the mean of all layers. Every way in "
        f"leads over {words.items} of the history, which bring {_percent(through)} together. It follows "
        "weights, not what they are multiplied with, and does not depend on what is suggested."
    )


@st.cache_data(max_entries=1000, show_spinner=False)
def _rolled_out(
    address: str, dataset_name: str, protocol: str, user: int
) -> tuple[tuple[float, float, float, float], float]:
    """Whose vectors the final one is made of (the person, their items, other people, other items), and what comes in
    over the history; it goes through every edge in reach."""
    graph = loaders.graph(dataset_name, protocol)
    found = rolled_out(loaders.model(address), graph, user)
    of_items = graph.is_kind(np.arange(graph.n_nodes), ITEM)
    own = float(found.origin[graph.node(USER, user)])
    mine = float(found.origin[graph.node(ITEM, found.items)].sum())
    people, items = float(found.origin[~of_items].sum()) - own, float(found.origin[of_items].sum()) - mine
    return (own, mine, people, items), float(found.through.sum())


def table(context: Context, asked: Asked, effect: np.ndarray | None) -> None:
    """The same as a table, for keyboard, screen reader and export."""
    frame = frame_of(context, asked, effect)
    with st.expander("The same as a table", icon=":material/table:"):
        st.dataframe(
            frame, hide_index=True, height=380, alt="Neighbours with their shares, most looked at first"
        )
        name = (
            context.dataset.name,
            context.dataset.users.id(context.user),
            asked.checkpoint.slug,
            "attention",
        )
        download_table(lambda: frame, name, key="attention_csv")


def frame_of(context: Context, asked: Asked, effect: np.ndarray | None) -> pd.DataFrame:
    """Neighbours with all their numbers, most looked at first."""
    data, seen = context.dataset, asked.looks
    items = _items(asked)[seen.order]
    frame = pd.DataFrame(
        {
            "item": [data.items.id(int(one)) for one in items],
            "title": [data.item_title(int(one)) for one in items],
            "share": seen.mean[seen.order],
            "times_even": seen.mean[seen.order] * len(seen.source),
        }
    )
    if seen.shares.shape[:2] != (1, 1):
        for name, shares in zip(asked.columns, seen.shares.reshape(-1, len(seen.source)), strict=True):
            frame[name.lower().replace(", ", "_").replace(" ", "_")] = shares[seen.order]
    frame[f"{context.words.people}_who_{context.words.past}"] = asked.graph.degrees[seen.source[seen.order]]
    if effect is not None:
        frame["score_lost_without"] = effect[seen.order]
    return frame


def next_steps(context: Context, asked: Asked) -> None:
    """The same person in the graph and in the lists."""
    named = context.dataset.items.id
    focus = {"i": named(asked.item)} if asked.item is not None else {}
    with st.container(horizontal=True):
        for page, label, icon, more in (
            ("graph.py", "The same in the graph", "hub", {"g_model": asked.checkpoint.address}),
            ("recommend.py", "Back to the lists", "arrow_back", {}),
        ):
            st.page_link(
                places.pages_folder() / page,
                label=label,
                icon=f":material/{icon}:",
                query_params=view.link(**focus, **more),
                width="content",
            )


def pair() -> list:
    """Two places side by side for the smaller figures."""
    return side_by_side("attention", (380, 1), (380, 1))


def _items(asked: Asked) -> np.ndarray:
    """Item numbers of the neighbours, in the order of the shares."""
    return asked.graph.kinds_and_numbers(asked.looks.source)[1]


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %" if share < 0.1 else f"{100 * share:.0f} %"
