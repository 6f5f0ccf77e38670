"""What becomes of the list when sorts of edges are switched off: how many items leave it, and every move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from gnnrec.data.relation_names import listed, plural
from gnnrec.evaluation.lists import rank_moves
from gnnrec.figures.rank_moves import rank_slope
from gnnrec.recommenders import Query, TopK
from gnnrec.ui import loaders, person, view
from gnnrec.ui.beside import leaving
from gnnrec.ui.context import Context
from gnnrec.ui.graph.choice import OFF, Choice
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

# So deep that a move says where an item came from or went to.
_DEPTH = 500
_SHOWN, _NAMED = 6, 4


@dataclass(frozen=True)
class Row:
    """One item of the list before or after, with its places; None where it is deeper than anybody looks."""

    item: int
    before: int | None
    after: int | None


def what_changed(context: Context, choice: Choice) -> None:
    """How many items leave the list of each model shown, and which; nothing where all is on."""
    if not choice.off:
        return
    with st.container(border=True, key="graph_switched"):
        for checkpoint in choice.shown:
            off = choice.off_of(checkpoint)
            if len(choice.shown) > 1:
                st.markdown(f"**{escape(checkpoint.title)}**")
            if off:
                _in_words(context, checkpoint.address, off, _question(context, choice))
            else:
                st.caption("This model does not hear what is switched off: its list stays as it is.")
        st.button(
            "Switch all on",
            key="graph_all_on",
            icon=":material/toggle_on:",
            on_click=lambda: view.go(**{OFF: None}),
        )


def moves_figure(context: Context, choice: Choice) -> None:
    """Every move of the list, rank before and after, for each model shown that hears what is switched off."""
    for checkpoint in choice.shown:
        off = choice.off_of(checkpoint)
        if not off:
            continue
        before, after = lists_of(context, checkpoint.address, off, _question(context, choice))
        data = context.dataset
        held_out = context.split.matrix("valid")[context.user].indices.tolist()
        named = {str(one): data.item_title(one) for one in {*before, *after}}
        with st.container(border=True, key=f"graph_slope_{checkpoint.slug}"):
            st.markdown(f"**{escape(checkpoint.title)}, its list with and without**")
            figure = rank_slope(
                list(map(str, before)),
                list(map(str, after)),
                context.k,
                named,
                mode(),
                titles=("With all", f"Without {_named(off)}" if len(off) == 1 else "Without them"),
                hits=[str(one) for one in held_out],
                name_length=22,
            )
            show_figure(
                figure,
                key=f"graph_slope_figure_{checkpoint.slug}",
                caption=f"The first {min(context.k, len(after))} {context.words.items}, rank before and after; ✓ is "
                f"what they {context.words.past} later (validation). Nothing is learned again: the model answers as if "
                "these edges were not there.",
            )


def _in_words(context: Context, address: str, off: tuple[str, ...], clicks: tuple[int, ...]) -> None:
    words, data, k = context.words, context.dataset, context.k
    before, after = lists_of(context, address, off, clicks)
    rows = moves(before, after, k)
    gone = [row for row in rows if not _inside(row.after, k)]
    came = [row for row in rows if not _inside(row.before, k)]
    st.markdown(f"**Without {escape(_named(off))}: {leaving(len(gone), len(before[:k]), words)}**")
    for title, some in (("Out", gone), ("In", came)):
        if some:
            lines = [
                f"{escape(data.item_title(row.item))} :gray[{_place(row.before)} → {_place(row.after)}]"
                for row in some[:_SHOWN]
            ]
            more = [f":gray[and {len(some) - _SHOWN} more]"] if len(some) > _SHOWN else []
            st.markdown("  \n".join([f":gray[{title}]", *lines, *more]))
    stayed = [row for row in rows if row not in gone and row not in came]
    moved = sum(row.before != row.after for row in stayed)
    if stayed:
        st.caption(f"Of the {len(stayed)} that stay, {moved} {'changes' if moved == 1 else 'change'} places.")


def moves(before: list[int], after: list[int], k: int) -> list[Row]:
    """The list as it is now, then what has left it, each with both places.

    Args:
        before: Item numbers, best first, deeper than the list.
        after: The same without what is switched off.
        k: How many places the list has.
    """
    every = {move.item: Row(move.item, move.before, move.after) for move in rank_moves(before, after)}
    shown = [*after[:k], *(item for item in before[:k] if item not in after[:k])]
    return [every[item] for item in shown]


def lists_of(
    context: Context, address: str, off: tuple[str, ...], clicks: tuple[int, ...] = ()
) -> tuple[list[int], list[int]]:
    """What a model suggests with everything and without what is off; deeper than the list, best first.

    Args:
        context: The page's.
        address: The model.
        off: What is switched off.
        clicks: Clicks of an earlier session to ask with; none for what the model knows of the person.
    """
    return tuple(_best(address, one, context.user, clicks, context) for one in ((), off))


def _question(context: Context, choice: Choice) -> tuple[int, ...]:
    return () if choice.session is None else choice.session.question(context)


def list_now(context: Context, choice: Choice) -> list[int]:
    """The list of the first model shown, as the picture has it; item numbers, best first."""
    address = choice.checkpoint.address
    off, clicks = choice.off_of(choice.checkpoint), _question(context, choice)
    return _best(address, off, context.user, clicks, context)[: context.k]


def _named(off: tuple[str, ...]) -> str:
    names = [plural(one) for one in off]
    return listed(names) if len(names) <= _NAMED else f"{len(names)} sorts of edges"


def _inside(place: int | None, k: int) -> bool:
    return place is not None and place <= k


def _place(place: int | None) -> str:
    return f"below {_DEPTH}" if place is None else str(place)


@st.cache_data(max_entries=512, show_spinner=False)
def _best(
    address: str, off: tuple[str, ...], user: int, clicks: tuple[int, ...], _context: Context
) -> list[int]:
    """The first places of a model for a person; hides what the Recommend page hides."""
    found: TopK = loaders.switched(address, off).recommend(
        [Query(user=user, session=clicks or None)], k=_DEPTH, exclude=person.hidden_from(_context, "valid")
    )
    items = np.asarray(found.items[0])
    return items[items >= 0].tolist()
