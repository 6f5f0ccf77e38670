"""A worklist: people chosen on one page to be looked at one after the other on every page. It stands in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import streamlit as st

from gnnrec import places
from gnnrec.data import Dataset
from gnnrec.ui import view
from gnnrec.ui.text import escape

if TYPE_CHECKING:
    from gnnrec.ui.context import Context

# Nobody steps through more by hand, and an address has to fit into a chat message.
MOST_PEOPLE = 100
_MOST_LETTERS = 3500
_LONGEST_TITLE = 120
PEOPLE_KEY, TITLE_KEY = view.OF_THE_WORKLIST


@dataclass(frozen=True)
class Worklist:
    """People to be looked at one after the other.

    Attributes:
        title: Who they are, in words.
        users: Their numbers, in the order of looking; never empty.
    """

    title: str
    users: tuple[int, ...]

    def place(self, user: int | None) -> int | None:
        """Where a person stands, from 0; None for somebody else."""
        return self.users.index(user) if user in self.users else None

    def after(self, user: int | None, step: int = 1) -> int:
        """The person some steps on, round and round; the first one for somebody who is not on the list."""
        place = self.place(user)
        return self.users[0 if place is None else (place + step) % len(self.users)]


def changes(title: str, users: Iterable[int], data: Dataset, open_first: bool = True) -> dict[str, str]:
    """What an address needs to carry a worklist, for `view.link` and `view.go`.

    Args:
        title: Who they are, in words.
        users: Numbers of people in the order of looking; all beyond the first 100 are left out.
        data: The data set they belong to.
        open_first: Whether to go to the first of them, with nothing changed in their history.
    """
    kept: list[str] = []
    letters = -1
    for user in islice(users, MOST_PEOPLE):
        one = data.users.id(user)
        # With the sign that parts it from the one before.
        letters += len(view.joined([one])) + 1
        if letters > _MOST_LETTERS:
            break
        kept.append(one)
    if not kept:
        return {}
    first = {"u": kept[0], "i": "", "drop": "", "add": ""} if open_first else {}
    return {PEOPLE_KEY: view.joined(kept, MOST_PEOPLE), TITLE_KEY: title[:_LONGEST_TITLE], **first}


def of_address(values: Mapping[str, str], data: Dataset, notices: list[str]) -> Worklist | None:
    """The worklist of an address; people the data set does not have are left out, with a notice."""
    wanted = view.ids(values.get(PEOPLE_KEY, ""), MOST_PEOPLE)
    there = [one for one in dict.fromkeys(wanted) if one in data.users]
    if len(there) < len(set(wanted)):
        notices.append(
            f"{len(set(wanted)) - len(there)} of the {len(set(wanted))} {data.words.people} on the worklist are not in "
            f"{data.title}; they are left out."
        )
    if not there:
        return None
    title = values.get(TITLE_KEY, "")[:_LONGEST_TITLE] or "Worklist"
    return Worklist(title, tuple(data.users.number(one) for one in there))


def worklist_bar(context: Context) -> None:
    """The worklist in the sidebar: who they are, where the visitor is, one back, one on, and away with it."""
    chosen = context.worklist
    if chosen is None:
        return
    place = chosen.place(context.user)
    with st.container(border=True, key="worklist", gap="small"):
        many = f"{len(chosen.users)} {context.words.people}"
        where = many if place is None else f"{place + 1} of {many}"
        st.markdown(f"**{escape(chosen.title)}**")
        st.caption(f"Worklist, {escape(where)}")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            for label, step in (("Back", -1), ("Next", 1)):
                st.button(label, key=f"worklist_{label}", on_click=_step, args=(context, step))
            st.button(
                "Close",
                key="worklist_Close",
                type="tertiary",
                help="Forget the worklist; the person stays",
                on_click=lambda: view.go(**dict.fromkeys(view.OF_THE_WORKLIST)),
            )


def worklist_buttons(
    context: Context,
    title: str,
    users: Sequence[int],
    *,
    key: str,
    label: str = "",
    first: str = "",
    why: str = "",
) -> None:
    """Make a worklist of people, in this order, and a link to the first of them; says where it is cut.

    Args:
        context: What the visitor looks at.
        title: Who they are.
        users: Their numbers, those to look at first at the beginning.
        key: Key of the button.
        label: What stands on the button instead of how many they are.
        first: What the link to the first of them is called instead.
        why: Who comes first where the list is cut, such as `the worst served come first`.
    """
    data, words = context.dataset, context.words
    opened = changes(title, [int(one) for one in users[:MOST_PEOPLE]], data)
    if not opened:
        return
    kept = len(view.ids(opened[PEOPLE_KEY], MOST_PEOPLE))
    whole = kept == len(users)
    cut = f"A worklist holds at most {MOST_PEOPLE} {words.people}, as many as fit into an address"
    st.button(
        label or f"Make a worklist of {words.count_people(kept) if whole else f'the first {kept}'}",
        key=key,
        icon=":material/playlist_add:",
        help="The side bar then steps through them on every page."
        if whole
        else f"{cut}{f'; {why}' if why else ''}.",
        # The button leaves the person who is there.
        on_click=partial(view.go, **{one: opened[one] for one in view.OF_THE_WORKLIST}),
    )
    st.page_link(
        places.pages_folder() / "recommend.py",
        label=first or "Look at the first one",
        icon=":material/arrow_forward:",
        query_params=view.link(**opened),
        width="content",
    )


def _step(context: Context, step: int) -> None:
    wanted = context.worklist.after(context.user, step)
    view.go(u=context.dataset.users.id(wanted), drop=None, add=None, i=None)
