"""What cannot be explained, in words, with the next step."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec import places
from gnnrec.explain.methods import METHODS
from gnnrec.recommenders.capabilities import COVERS, EDITS_GRAPH
from gnnrec.ui import loaders, view
from gnnrec.ui.beside import heard, heard_notice
from gnnrec.ui.context import Context
from gnnrec.ui.text import escape
from gnnrec.ui.why.asked import Why, explained_by
from gnnrec.ui.why.reasons import what_if_link


def heard_beside(context: Context, why: Why) -> None:
    """That friends and facts have no part in the reasons, for models that hear them."""
    words = context.words
    missing = (
        f"The reasons on this page are {words.items} they {words.past}: all else stays as it is in them, and gets no share."
        if explained_by(why)
        else "What they count together is seen once they are switched off."
    )
    heard_notice(why.checkpoint, missing, "why_beside")


def nothing_left(context: Context) -> None:
    """Nothing is left to suggest, and no item is named."""
    words = context.words
    st.title("Why this item?" if words.item == "item" else f"Why this {words.item}?", anchor=False)
    if not np.isfinite(loaders.model(context.a.address).scores([context.user])).all():
        said = (
            f"{escape(context.a.title)} has no score for anything this {words.person} has not {words.past}, so there "
            "is no list to explain."
        )
    else:
        said = f"Nothing is left to suggest to this {words.person}: they {words.past} every {words.item} there is."
    st.info(f"{said} Choose another {words.person} in the side bar.", icon=":material/done_all:")


def what_if_notice(context: Context, why: Why) -> None:
    """Whether the what-if of the address is in what is shown."""
    if not context.edited:
        return
    words = context.words
    changes = [f"without {words.count_items(len(context.drop))}"] if context.drop else []
    changes += [f"with {words.count_items(len(context.add))} added"] if context.add else []
    change = " and ".join(changes)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if why.query.kind == "known":
            reason = (
                f"{escape(why.checkpoint.title)} cannot show this without retraining"
                if EDITS_GRAPH not in why.checkpoint.capabilities
                else "this method reads the graph as trained and knows nothing of it"
            )
            said = (
                f":material/block: **What if** {change}: {reason}. Everything below is about the {words.person} as "
                "they are."
            )
        else:
            said = f":material/edit: **What if** {change}: everything below is about the {words.person} with this history."
        st.markdown(said)
        st.button(
            "Undo all",
            key="why_undo",
            icon=":material/undo:",
            on_click=lambda: view.go(drop=None, add=None),
        )


def stands_in_the_way(context: Context, why: Why) -> bool:
    """Say what makes an explanation impossible or empty; True where nothing else should be drawn."""
    if why.item in why.history:
        _seen(context, why)
        return True
    if not len(why.history):
        _no_history(context, why)
        return True
    if not _reached(context, why):
        _isolated(context)
    return False


def _seen(context: Context, why: Why) -> None:
    words = context.words
    added = why.item in context.add
    with st.container(border=True):
        if added:
            st.markdown(
                f":material/visibility: In this what-if they {words.past} it, so it is not suggested and has no reasons."
            )
        else:
            st.markdown(
                f":material/visibility: **They {words.past} it already**, and the model was shown that. Lists leave it "
                "out, so it has no rank, and its score says nothing about a suggestion."
            )
            if EDITS_GRAPH in why.checkpoint.capabilities:
                query = what_if_link(context, why, drop=[why.item])
                st.button(
                    f"What if they had not {words.past} it?",
                    key="why_unseen",
                    icon=":material/visibility_off:",
                    on_click=lambda: view.go(drop=query["drop"]),
                )


def _no_history(context: Context, why: Why) -> None:
    words = context.words
    own = (
        "so nothing speaks for or against anything"
        if COVERS in why.checkpoint.capabilities
        else f"so the score is what the model learned of the {words.person} and the {words.item} alone"
    )
    more = heard(why.checkpoint)
    if more:
        own = f"so the score is what it learned and hears of {more}"
    with st.container(border=True):
        st.markdown(
            f":material/history_toggle_off: **No history**: the model knows of nothing they {words.past}, {own}. "
            "There is nothing to explain it by."
        )
        st.page_link(
            places.pages_folder() / "recommend.py",
            label=f"Add {words.items} and see what changes",
            icon=":material/add:",
            query_params=view.link(),
        )


def _reached(context: Context, why: Why) -> bool:
    """Whether anybody has the item in what the model learned from."""
    return bool(np.any(context.split.fitted.item == why.item))


def _isolated(context: Context) -> None:
    words = context.words
    st.warning(
        f"Nobody {words.past} this {words.item} in what the model learned from, so no message reaches it: whatever its "
        "score is made of, it was not learned from people.",
        icon=":material/link_off:",
    )


def no_method(context: Context, why: Why) -> None:
    """No method fits the model: why, and which models at hand can be explained."""
    able = [
        one
        for one in context.models
        if any(method.needs <= one.capabilities for method in METHODS.values()) and one is not why.checkpoint
    ]
    with st.container(border=True):
        st.markdown(
            f":material/visibility_off: **{escape(why.checkpoint.title)} cannot be explained**: its score does not split "
            f"into parts, it has no attention to read and passes no messages between {context.words.people} and "
            f"{context.words.items}, and it cannot be asked what would be without some of the history. Methods there "
            f"are: {', '.join(method.title for method in METHODS.values())}."
        )
        if not able:
            st.caption("No other model is trained on this data.")
            return
        st.caption("These can be explained:")
        with st.container(horizontal=True, gap="small"):
            for one in able[:4]:
                st.button(
                    escape(one.title),
                    key=f"why_able_{one.slug}",
                    icon=":material/swap_horiz:",
                    on_click=view.go,
                    kwargs={"a": one.address, "w_model": "A", "w_how": None},
                )
