"""Friends on the Recommend page: who of them brought an item up, and the list without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.friends import Friend, FriendsBehind, friends_behind, friends_sentence
from gnnrec.graph.surroundings import FRIEND
from gnnrec.recommenders.capabilities import NAMES_FRIENDS, SWITCHES
from gnnrec.ui import loaders, view
from gnnrec.ui.beside import leaving
from gnnrec.ui.context import Context
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.person import Listing, answer_key, hidden_from, query_of
from gnnrec.ui.recommend.focus import in_focus
from gnnrec.ui.text import escape

OFF = "r_off"
_HOW = (
    "The exact split of the score through each message; what a friend sends holds what they {past} and what came back "
    "from this {person}. What becomes of the list without friends is worked out apart, by switching them off: nothing "
    "is learned again."
)


@dataclass(frozen=True)
class Asked:
    """What the panel is about: a model that hears friends, its list, and the item in focus (None in an empty list)."""

    name: str
    checkpoint: Checkpoint
    listing: Listing
    item: int | None


def switched_off(shown: Mapping[str, Checkpoint]) -> dict[str, tuple[str, ...]]:
    """What the address switches off in each model: its friends, where it hears any."""
    off = view.read().get(OFF) == FRIEND
    return {name: (FRIEND,) if off and _hears(one) else () for name, one in shown.items()}


def _hears(checkpoint: Checkpoint) -> bool:
    return SWITCHES in checkpoint.capabilities and FRIEND in loaders.model(checkpoint.address).side_relations


def friends_panel(context: Context, shown: Mapping[str, Checkpoint], listings: Mapping[str, Listing]) -> bool:
    """The friends behind the item in focus, and the switch; nothing where neither model hears friends.

    Returns:
        Whether there is anything.
    """
    asked = _asked(context, shown, listings)
    if asked is None:
        return False
    off = view.read().get(OFF) == FRIEND
    with st.container(border=True, key="r_friends"):
        words, switch = side_by_side("r-friends", (300, 100), (170, 1))
        with switch:
            st.session_state["r_off_switch"] = off
            st.toggle(
                "Without friends",
                key="r_off_switch",
                on_change=lambda: view.go(**{OFF: FRIEND if st.session_state["r_off_switch"] else None}),
                help="Ranks again as if nobody knew anybody; the model keeps what it learned.",
            )
        with words:
            if off:
                st.markdown(f":material/group_off: **Without friends** {_leave(context, asked)}")
            if asked.item is not None and NAMES_FRIENDS in asked.checkpoint.capabilities:
                _behind(context, asked, off)
    return True


def _asked(
    context: Context, shown: Mapping[str, Checkpoint], listings: Mapping[str, Listing]
) -> Asked | None:
    """The list whose friends are told: the one in focus where its model hears friends, else the first that does."""
    able = [name for name, one in shown.items() if _hears(one)]
    if not able:
        return None
    name, item = in_focus(context, able, listings)
    return Asked(name, shown[name], listings[name], item)


def _leave(context: Context, asked: Asked) -> str:
    """How many items of the list with friends are gone."""
    words = context.words
    usual = loaders.model(asked.checkpoint.address).recommend(
        [query_of(context)], k=context.k, exclude=hidden_from(context, asked.listing.part)
    )
    before = [int(one) for one in usual.items[0] if one >= 0]
    gone = len(set(before) - set(asked.listing.items))
    return (
        f"{leaving(gone, len(before), words, f'list {asked.name}')}. Nobody has friends now: what reached "
        f"{words.items} over the friendships of others is gone too."
    )


@st.cache_data(max_entries=2000, show_spinner=False)
def _found(address: str, asked: tuple, item: int, _context: Context) -> FriendsBehind:
    """`asked` is the key of the question, because neither query nor context is hashed."""
    return friends_behind(loaders.model(address), query_of(_context), item)


def _behind(context: Context, asked: Asked, off: bool) -> None:
    address = asked.checkpoint.address
    found = _found(address, answer_key(address, query_of(context), ""), asked.item, context)
    title = escape(context.dataset.item_title(asked.item))
    said = escape(friends_sentence(found, context.user, context.dataset))
    lead = "With friends," if off else "Who brought up"
    st.markdown(f"{lead} **{title}**{':' if off else '?'} {said}", help=_HOW.format(**_words(context)))
    if not found.friends:
        return
    for one in found.top:
        _row(context, found, one)
    st.caption(_whole(context, found))


def _words(context: Context) -> dict[str, str]:
    return {"past": context.words.past, "person": context.words.person}


def _row(context: Context, found: FriendsBehind, one: Friend) -> None:
    data, words = context.dataset, context.words
    mine, theirs = (set(context.split.fitted.history(user).tolist()) for user in (context.user, one.user))
    told = [found.of_score(one.share) or f"{one.share:+.3f}"]
    told += [] if one.direct else ["a friend of friends"]
    told += [f"{words.past} it"] if one.has_item else []
    told.append(f"{words.count_items(len(mine & theirs))} in common")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(
            places.pages_folder() / "recommend.py",
            label=escape(data.user_name(one.user)),
            icon=":material/person:",
            help=f"What does this {words.person} get?",
            query_params=view.link(u=data.users.id(one.user), i=None, drop=None, add=None),
            width="content",
        )
        st.caption(escape(" · ".join(told)), width="content")


def _whole(context: Context, found: FriendsBehind) -> str:
    words = context.words
    parts = (
        ("all friends together", found.together),
        (f"what they {words.past}", found.history),
        ("their own taste vector", found.own),
    )
    if found.score <= 0:
        told = ", ".join(f"{name} {value:+.3f}" for name, value in parts)
        return f"The whole score of {found.score:+.3f}: {told}."
    return f"The whole score: {', '.join(f'{name} {found.of_score(value)}' for name, value in parts)}."
