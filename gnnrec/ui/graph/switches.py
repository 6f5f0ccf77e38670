"""What becomes of the list when sorts of edges are switched off: how many items leave it, and every move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from gnnrec.data.relation_names import listed, plural
from gnnrec.evaluation.lists import rank_moves
from gnnrec.recommenders import TopK
from gnnrec.ui import loaders, person, view
from gnnrec.ui.context import Context
from gnnrec.ui.graph.choice import OFF, Choice
from gnnrec.ui.text import escape

# So deep that a move says where an item came from or went to.
_DEPTH = 500
_UP, _DOWN, _SAME = "▲", "▼", "·"


@dataclass(frozen=True)
class Row:
    """One item of the list before or after, with its places; None where it is deeper than anybody looks."""

    item: int
    before: int | None
    after: int | None


def what_changed(context: Context, choice: Choice) -> None:
    """The list with and without what is switched off, for each model shown; nothing where all is on."""
    if not choice.off:
        return
    for checkpoint in choice.shown:
        off = choice.off_of(checkpoint)
        with st.container(border=True, key=f"graph_moves_{checkpoint.slug}"):
            if len(choice.shown) > 1:
                st.markdown(f"**{escape(checkpoint.title)}**")
            if not off:
                st.caption("This model does not hear what is switched off: its list stays as it is.")
                continue
            _moves(context, checkpoint.address, off)
            st.button(
                "Switch all on",
                key=f"graph_all_on_{checkpoint.slug}",
                icon=":material/toggle_on:",
                on_click=lambda: view.go(**{OFF: None}),
            )


def _moves(context: Context, address: str, off: tuple[str, ...]) -> None:
    words, data = context.words, context.dataset
    before = _best(address, (), context.user, context)
    after = _best(address, off, context.user, context)
    k = context.k
    old, new = before[:k], after[:k]
    gone = [item for item in old if item not in new]
    named = escape(listed([plural(one) for one in off]))
    held_out = set(context.split.matrix("valid")[context.user].indices.tolist())
    st.markdown(f"**Without {named}: {_leave(len(gone), len(old), words)}**")
    rows = moves(before, after, k)
    if any(row.before != row.after for row in rows):
        st.markdown(
            "\n".join(
                [f"| before | after | {words.item} |", "|--:|:--|:--|", *_lines(data, rows, k, held_out)]
            )
        )
    lost, won = len(held_out & set(gone)), len(held_out & set(new) - set(old))
    judged = "valid" not in context.split.fitted_parts and bool(held_out)
    hits = (
        f" ✓ they later {words.past} it: {lost} leave and {won} come in." if judged and (lost or won) else ""
    )
    st.caption(
        f"The first {len(new)} {words.items}, nothing learned again: the model answers as if these edges were not "
        f"there.{hits}"
    )


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


def _leave(gone: int, of: int, words) -> str:
    if not gone:
        return f"the same {words.count_items(of)} stay in the list"
    return f"{gone} of {words.count_items(of)} {'leaves' if gone == 1 else 'leave'} the list"


def _lines(data, rows: list[Row], k: int, held_out: set[int]) -> list[str]:
    return [
        f"| {_place(row.before, k)} | {_place(row.after, k)} {_arrow(row, k)} | "
        f"{_titled(escape(data.item_title(row.item)), row, k)}{' ✓' if row.item in held_out else ''} |"
        for row in rows
    ]


def _titled(title: str, row: Row, k: int) -> str:
    title = title.replace("|", "\\|")
    inside = row.after is not None and row.after <= k
    return title if inside else f":gray[{title}]"


def _place(place: int | None, k: int) -> str:
    if place is None:
        return f">{_DEPTH}"
    return f"**{place}**" if place <= k else str(place)


def _arrow(row: Row, k: int) -> str:
    before, after = (place if place is not None else _DEPTH + 1 for place in (row.before, row.after))
    return (
        f":gray[{_SAME}]" if before == after else f":green[{_UP}]" if after < before else f":orange[{_DOWN}]"
    )


@st.cache_data(max_entries=512, show_spinner=False)
def _best(address: str, off: tuple[str, ...], user: int, _context: Context) -> list[int]:
    """The first places of a model for a person; hides what the Recommend page hides."""
    found: TopK = loaders.switched(address, off).recommend(
        [user], k=_DEPTH, exclude=person.hidden_from(_context, "valid")
    )
    items = np.asarray(found.items[0])
    return items[items >= 0].tolist()


def list_now(context: Context, choice: Choice) -> list[int]:
    """The list of the first model shown, as the picture has it; item numbers, best first."""
    address = choice.checkpoint.address
    return _best(address, choice.off_of(choice.checkpoint), context.user, context)[: context.k]
