"""The head of the Why page: what is asked, where the item stands, and the one true sentence with its badge."""

from __future__ import annotations

import math

import streamlit as st

from gnnrec.data import Dataset
from gnnrec.explain.audit import CHANCE, FAITHFUL, UNKNOWN, WEAK, Audit, verdict_words
from gnnrec.explain.claims import claim, uncovered
from gnnrec.explain.methods import Method
from gnnrec.explain.sentence import Sentence
from gnnrec.figures.item_poster import item_poster
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.components.linked_sentence import linked_sentence
from gnnrec.ui.context import Context
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode
from gnnrec.ui.why.asked import Why, explained_by
from gnnrec.ui.why.findings import DELETION, Findings

_BADGES = {
    FAITHFUL: ("green", "verified"),
    WEAK: ("orange", "rule"),
    CHANCE: ("red", "casino"),
    UNKNOWN: ("gray", "help"),
}
_PARTS = {"valid": "validation", "test": "the final test"}


def title(context: Context, why: Why) -> None:
    """Which item this is about."""
    st.title(f"Why {escape(context.dataset.item_title(why.item))}?", anchor=False)


def switches(context: Context, why: Why) -> Method | None:
    """Which model and which method, both kept in the address; None where no method can explain the model."""
    able = explained_by(why)
    names = [method.name for method in able]
    wanted = view.read().get("w_how")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if context.b is not None:
            pick(
                "Model",
                "w_model",
                ["A", "B"],
                why.name,
                lambda name: _model_name(context, name),
                control=st.segmented_control,
                required=True,
                width="content",
            )
        if not able:
            return None
        titles = {method.name: method.title for method in able}
        chosen = wanted if wanted in names else names[0]
        # Pills and not segments: these go on to a second row where the page is narrow.
        pick(
            "Explained by",
            "w_how",
            names,
            chosen,
            titles.get,
            control=st.pills,
            required=True,
            width="content",
            wrap=True,
        )
    return next(method for method in able if method.name == chosen)


def _model_name(context: Context, name: str) -> str:
    one = context.a if name == "A" else context.b
    return f"{name} · {escape(one.title)}"


def picker(context: Context, why: Why) -> None:
    """Another item: of the list, or any by search."""
    data, words = context.dataset, context.words
    named = data.items.id
    options = [named(item) for item in why.listed]
    if named(why.item) not in options:
        options = [named(why.item), *options]
    titles = {
        named(item): f"{rank} · {data.item_title(item)}" for rank, item in enumerate(why.listed, start=1)
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pick(
            f"{words.item.capitalize()} of the list",
            "i",
            options,
            named(why.item),
            lambda one: titles.get(one, data.item_title(data.items.number(one))),
            forget=("w_reason",),
            widget="w_pick",
            width=330,
        )
        search_item(context, "w_search", f"Any other {words.item}", "i")


def search_item(context: Context, key: str, placeholder: str, goes_to: str) -> None:
    """A search over all items; a click on one found puts it into the address."""
    data, widget = context.dataset, f"{key}_{context.dataset.name}"
    with st.container(width=330, gap="xsmall"):
        text = st.text_input(
            placeholder,
            key=widget,
            type="search",
            live=True,
            placeholder="Search title or id",
            icon=":material/search:",
            max_chars=100,
        )
        if not text:
            return
        found = loaders.search(data.name, "item", text, limit=6)
        for item in found:
            st.button(
                escape(data.item_title(item)),
                key=f"{widget}_{item}",
                type="tertiary",
                on_click=_took,
                args=(widget, goes_to, data.items.id(item)),
            )
        if not found:
            st.caption(f"No {context.words.item} by that name or id.")


def _took(widget: str, key: str, item_id: str) -> None:
    st.session_state[widget] = ""
    view.go(**{key: item_id}, w_reason=None)


def facts(context: Context, why: Why) -> str:
    """Where the item stands, in one line."""
    data, words = context.dataset, context.words
    name = escape(data.user_name(why.query.user))
    told = [f"for {name}"]
    if why.rank is not None:
        n = data.n_items
        place = f"rank {why.rank:,} of {n:,}" if why.rank > context.k else f"rank {why.rank} of the list"
        told.append(f"{place} of {escape(why.checkpoint.title)} (model {why.name})")
    else:
        told.append(f"model {why.name}, {escape(why.checkpoint.title)}, gives it no rank")
    told.append(f"score {escape(score_words(why))}")
    if why.item in context.split.matrix(why.part)[why.query.user].indices:
        told.append(f":material/check: they later {words.past} it (held out for {_PARTS[why.part]})")
    return " · ".join(told)


def score_words(why: Why) -> str:
    """A score with what it is."""
    text = tasks.score_text(why.checkpoint, why.score)
    kind = why.model.score_kind
    if kind == "stars":
        return f"{text} stars"
    return text if kind == "raw" else f"{text} ({kind})"


def poster(context: Context, why: Why) -> None:
    """The item's poster."""
    st.image(poster_of(context.dataset, why.item), width=150)


def poster_of(data: Dataset, item: int) -> str:
    """The drawing that stands for an item everywhere."""
    return item_poster(data, item, mode())


def headline(context: Context, why: Why, found: Findings) -> None:
    """The sentence, as strong as the audit allows, with the badge; a click on an item in it brings that into focus."""
    if found.given is None:
        st.markdown(
            f"**{found.method.title}** takes a while here and is not worked out yet: see below, or choose another method."
        )
        return
    said = claim(found.grounds(why), context.dataset)
    clicked = _linked(context, said, focus(context, why, found))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badge(found, context)
        st.caption(escape(cover(context, found)), width="stretch")
    if clicked is not None:
        view.go(w_reason=context.dataset.items.id(clicked))
        st.rerun()


def _linked(context: Context, said: Sentence, selected: int | None) -> int | None:
    data = context.dataset
    ids = {item: data.items.id(item) for _, item in said.parts if item is not None}
    return linked_sentence(
        said.parts,
        ids,
        key=f"why_sentence_{data.name}",
        selected=selected,
        hint="Look at this reason",
    )


def badge(found: Findings, context: Context) -> None:
    """What the audit found, in a word, with its numbers in the tooltip."""
    if found.method.name == DELETION:
        st.badge(
            "the measure itself",
            icon=":material/straighten:",
            color="blue",
            help=f"Deletion is what the other methods are judged by: each {context.words.item} is really taken out.",
        )
        return
    if found.audit is None:
        st.badge(
            "not checked",
            icon=":material/pending:",
            color="gray",
            help="Whether taking these out does what the explanation says has not been worked out.",
        )
        return
    colour, icon = _BADGES[found.audit.verdict]
    st.badge(
        found.audit.verdict,
        icon=f":material/{icon}:",
        color=colour,
        help=escape(f"{verdict_words(found.audit, context.words)} {_numbers(found.audit)}"),
    )


def _numbers(one: Audit) -> str:
    told = []
    if math.isfinite(one.area):
        told.append(f"Deletion area {one.area:.2f} ({one.low:.2f} to {one.high:.2f}; 1 true order, 0 chance)")
    if math.isfinite(one.spearman):
        told.append(f"Spearman {one.spearman:.2f} ({one.spearman_low:.2f} to {one.spearman_high:.2f})")
    return "; ".join(told) + ("." if told else "")


def cover(context: Context, found: Findings) -> str:
    """What part of the score the reasons leave open."""
    if found.reason is None:
        return found.method.words
    if (found.reason.own_share or 0) > 0.5 and found.audit is not None and found.audit.verdict == FAITHFUL:
        return f"No {context.words.item} can explain that part; it is the grey bar below."
    rest = uncovered(found.reason, context.dataset)
    return rest or f"What they {context.words.past} covers the whole score: nothing else enters it."


def focus(context: Context, why: Why, found: Findings) -> int | None:
    """The reason that is looked at: that of the address, else the first one."""
    data, wanted = context.dataset, view.read().get("w_reason", "")
    if wanted in data.items and data.items.number(wanted) in why.history:
        return data.items.number(wanted)
    return found.top[0] if found.top else None
