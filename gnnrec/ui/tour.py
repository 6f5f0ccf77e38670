"""The presenter's tour: six steps on one person, one spoken sentence each, the step in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.because import Reason, because
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH
from gnnrec.recommenders.query import Query
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.text import escape

# Reasons that cover less than this share of a score make a poor story: another model is told about instead.
_COVERED = 0.5


@dataclass(frozen=True)
class Step:
    """One step: the page it is told on, its short name, and what the address carries besides the person."""

    page: str
    name: str
    item: bool = False
    what_if: bool = False
    graph: bool = False


STEPS = (
    Step("recommend", "The person"),
    Step("recommend", "Two lists"),
    Step("recommend", "Because", item=True),
    Step("graph", "The graph", item=True, graph=True),
    Step("recommend", "What if", item=True, what_if=True),
    Step("train", "Retrain"),
)


def teller(context: Context, user: int) -> Checkpoint | None:
    """The model the tour is about: the best on validation whose reasons cover most of its score for this person."""
    able = [one for one in context.models if {DECOMPOSES, EDITS_GRAPH, "propagates"} <= one.capabilities]
    for checkpoint in able:
        reason = first_reason(context, checkpoint, user)
        if reason is not None and (reason.own_share or 0.0) < 1 - _COVERED:
            return checkpoint
    return able[0] if able else None


def first_reason(context: Context, checkpoint: Checkpoint, user: int) -> Reason | None:
    """Why a model puts its first item first, for a person as they are; None where it cannot tell."""
    return _first_reason(checkpoint.address, user, context) if DECOMPOSES in checkpoint.capabilities else None


@st.cache_data(max_entries=200, show_spinner=False)
def _first_reason(address: str, user: int, _context: Context) -> Reason | None:
    """As above; an address stands for a model, its data and its split."""
    model = loaders.model(address)
    hidden = _context.split.matrix(*_context.split.fitted_parts)
    items = model.recommend([user], k=1, exclude=hidden).items[0]
    return because(model, Query(user=user), items, exclude=hidden)[0] if items[0] >= 0 else None


def start_link(context: Context, user: int) -> dict[str, str] | None:
    """The address of the first step for a person, or None where no model can tell the story."""
    checkpoint = teller(context, user)
    if checkpoint is None:
        return None
    return _link(context, checkpoint, user, 1)


def _link(context: Context, checkpoint: Checkpoint, user: int, step: int) -> dict[str, str]:
    told = STEPS[step - 1]
    reason = first_reason(context, checkpoint, user) if told.item or told.what_if else None
    named = context.dataset.items.id
    return view.link(
        tour=step,
        u=context.dataset.users.id(user),
        a=checkpoint.address,
        i=named(reason.item) if told.item and reason else None,
        g_model=checkpoint.address if told.graph else None,
        drop=view.joined([named(one) for one, _ in reason.top]) if told.what_if and reason else None,
        add=None,
    )


def tour_banner(context: Context) -> None:
    """The sentence of the current step with Back, Next and End, where a tour is on."""
    text = view.read().get("tour", "")
    if not text or context.a is None or context.user is None:
        return
    number = int(text) if text.isdecimal() and 1 <= int(text) <= len(STEPS) else 1
    step = STEPS[number - 1]
    with st.container(border=True, key="tour", horizontal=True, vertical_alignment="center"):
        # Text in a container of its own leaves the room that the buttons beside it need.
        with st.container():
            st.markdown(f"**Step {number} of {len(STEPS)} · {step.name}**  \n{_sentence(context, number)}")
        with st.container(horizontal=True, gap="small", width="content"):
            if number > 1:
                _way(context, number, number - 1, "Back", ":material/arrow_back:")
            if number < len(STEPS):
                _way(context, number, number + 1, "Next", ":material/arrow_forward:")
            st.button(
                "End",
                key="tour_end",
                icon=":material/close:",
                type="tertiary",
                on_click=lambda: view.go(tour=None),
            )


def _way(context: Context, current: int, number: int, label: str, icon: str) -> None:
    """A button to another step. On the same page the address is changed in place: a link would leave the old one."""
    query = _link(context, context.a, context.user, number)
    page = STEPS[number - 1].page
    if page == STEPS[current - 1].page:
        st.button(label, key=f"tour_{label}_{number}", icon=icon, on_click=view.write, args=(query,))
    elif st.button(label, key=f"tour_{label}_{number}", icon=icon):
        st.switch_page(places.pages_folder() / f"{page}.py", query_params=query)


def _sentence(context: Context, number: int) -> str:
    data, words = context.dataset, context.words
    name = escape(data.user_name(context.user))
    if number == 1:
        n = len(context.split.fitted.history(context.user))
        return (
            f"This is {name}, who {words.past} {words.count_items(n)}: on the left is everything "
            f"the model knows about them."
        )
    if number == 2:
        other = escape(context.b.title) if context.b else "nobody"
        return (
            f"Two models suggest {words.items} for {name}: {escape(context.a.title)} passes "
            f"messages along the graph, {other} does not. "
            f"A green tick is {words.an_item} they really {words.past} later, which no model was shown."
        )
    if number == 3:
        reason = first_reason(context, context.a, context.user)
        if reason is None:
            return (
                f"{escape(context.a.title)} has nothing to explain here: it cannot split a score into reasons, "
                "or nothing is left to suggest."
            )
        return (
            f"Why {escape(data.item_title(reason.item))}? The box below names what {name} {words.past} that speaks "
            "most for it. The shares are exact, and so is what happens without them: they were really taken out, "
            "and everything was ranked again."
        )
    if number == 4:
        return (
            f"This is the graph the model sees around {name}: {words.items} they {words.past}, "
            f"{words.people} who {words.past} the same, "
            "and the paths to the suggestion lit up."
        )
    if number == 5:
        n = len(context.drop)
        return (
            f"What if they had not {words.past} "
            f"{'these two' if n == 2 else words.count_items(n)}? Messages are passed again, and the arrows show what moves."
        )
    return "Could the model be better? Change one thing, train it again here, and look at the same person before and after."
