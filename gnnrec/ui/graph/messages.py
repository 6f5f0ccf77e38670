"""Play messages: step from what a person is alone to what they have heard, round by round, and what that changes.

The Graph page lights `arrived` in its picture, shows `steps` beside and `played` below it, and `edge_formula_box` for a
clicked edge.
"""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Words
from gnnrec.data.relation_names import listed, plural
from gnnrec.explain import messages
from gnnrec.explain.deletion import hidden_for
from gnnrec.figures.rank_moves import rank_slope
from gnnrec.figures.smoothing import smoothing_gauge
from gnnrec.graph import Subgraph
from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import LAYERS
from gnnrec.ui import loaders, person, view
from gnnrec.ui.context import Context
from gnnrec.ui.graph.choice import Choice
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

ROUND = "g_round"
SHOWN = 10
# For the moves: an item that comes in from the places just below is told from one that comes from far away.
_KNOWN = 50
_MUCH_ALIKE, _ALIKE, _NOTICED = 0.9, 0.5, 0.005


def arrived(checkpoint: Checkpoint, subgraph: Subgraph) -> list[tuple[int, int]]:
    """Edges to light while messages are played, as (source, target) nodes; none while they are not."""
    now = _now(checkpoint)
    return messages.reaching(subgraph, now) if now else []


def steps(context: Context, choice: Choice) -> None:
    """Where one is, the way on and back, and what just happened in words; belongs beside the picture."""
    checkpoint, off = choice.checkpoint, choice.off_of(choice.checkpoint)
    model = loaders.model(checkpoint.address)
    if choice.session is not None:
        return
    if LAYERS not in model.capabilities:
        st.caption(
            f"{escape(checkpoint.title)} does not keep its rounds of messages apart, so they cannot be played "
            "one by one."
        )
        return
    now, last = _now(checkpoint), model.config.n_layers
    if now is None:
        _start(last)
        return
    with st.container(border=True):
        _buttons(now, last)
        known = bool(_lists(checkpoint.address, off, context.user, context)[now])
        st.markdown(_told(context, now, known, model.hears_itself, _beside(choice)))


def played(context: Context, choice: Choice) -> None:
    """What the rounds so far change: the list, and how alike people are. Nothing while messages are not played."""
    checkpoint, off = choice.checkpoint, choice.off_of(choice.checkpoint)
    now = _now(checkpoint)
    if now is None:
        return
    lists, alike = (
        _lists(checkpoint.address, off, context.user, context),
        _smoothness(checkpoint.address, off),
    )
    with st.container(border=True):
        left, right = side_by_side("played", (430, 3), (320, 2))
        with left:
            _list(context, lists, now, loaders.model(checkpoint.address).first_read_round)
        with right:
            _gauge(context, alike, now)
        if min(rounds_shown(lists, now)) < loaders.model(checkpoint.address).first_read_round:
            st.caption(_unread(checkpoint))


def edge_formula_box(
    context: Context, checkpoint: Checkpoint, edge: int, layer: int | None = None, head: int | None = None
) -> None:
    """How the weight of one directed edge comes about, with its own numbers.

    Args:
        context: The page's.
        checkpoint: The model whose weights are drawn.
        edge: Column of `Graph.edge_index()`.
        layer: Layer of attention from 0, or None for the average.
        head: Head of attention from 0, or None for the average.
    """
    graph = loaders.graph(context.dataset.name, str(context.split))
    formula = messages.edge_formula(loaders.model(checkpoint.address), graph, edge, layer, head)
    st.code("\n".join(formula.lines), language=None, wrap_lines=True)
    st.caption(
        "Attention: a raw score for the two ends, then its share among all that flow into the same node (softmax)."
        if formula.heads
        else "Fixed by the graph: whoever has many neighbours sends and hears less along each edge."
    )


# Where one is


def _now(checkpoint: Checkpoint) -> int | None:
    """The round at the address, if messages are played and this model has it."""
    text = view.read().get(ROUND, "")
    model = loaders.model(checkpoint.address)
    if not text.isdecimal() or LAYERS not in model.capabilities:
        return None
    return min(int(text[:2]), model.config.n_layers)


def _start(last: int) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.button(
            "Play messages",
            key="play_messages",
            icon=":material/play_arrow:",
            on_click=lambda: view.go(**{ROUND: 0}),
        )
        rounds = "one round" if last == 1 else f"{last} rounds"
        st.caption(
            f"New to graph networks? Go step by step through the {rounds} of messages, and see the list move."
            if last
            else "This model sends no messages: it has no layers."
        )


def _buttons(now: int, last: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Back",
            key="round_back",
            icon=":material/skip_previous:",
            shortcut="B",
            disabled=now == 0,
            on_click=lambda: view.go(**{ROUND: now - 1}),
        )
        st.button(
            "Next",
            key="round_next",
            icon=":material/skip_next:",
            shortcut="N",
            type="primary",
            disabled=now == last,
            on_click=lambda: view.go(**{ROUND: now + 1}),
        )
        where = f"After round {now} of {last}" if now else "Before the first round"
        st.markdown(f"**{where}**")
        st.button(
            "Stop playing",
            key="round_stop",
            icon=":material/stop:",
            type="tertiary",
            on_click=lambda: view.go(**{ROUND: None}),
        )


# What happened


def _beside(choice: Choice) -> str:
    """What else is heard beside who chose what, in words; empty where nothing is."""
    return escape(listed([plural(one) for one in choice.relations if one not in choice.off]))


def _told(context: Context, now: int, known: bool, hears_itself: bool, beside: str) -> str:
    """The round in words for somebody who has never heard of a graph network."""
    words = context.words
    name = escape(context.dataset.user_name(context.user))
    held = len(context.split.fitted.history(context.user))
    if now == 0:
        alone = (
            f"{name} is only what the model learned to remember about them, and each {words.item} likewise."
            if known
            else f"This model remembers nothing about {words.people} themselves, so {name} has no list yet."
        )
        return f"Nothing has been sent yet. {alone}"
    if not held and not beside:
        return f"{name} has no {words.items} in train: whatever the rounds, nothing arrives."
    if beside:
        heard = f"what stands one step away: {words.items} they {words.past}, and {beside}"
        if now == 1:
            return f"Lit: {name} has heard from {heard}. In the same moment all others have heard from their neighbours."
        return f"Lit: what was said one round ago is passed on. {name} now hears from everything within {now} steps."
    if now == 1:
        heard = (
            f"the {held:,} {words.items} they {words.past}"
            if held > 1
            else f"the one {words.item} they {words.past}"
        )
        return (
            f"Lit: {name} has heard from {heard}. In the same moment every {words.item} has heard "
            f"from the {words.people} who {words.past} it, which {name} cannot know yet."
            + (" In this model everybody also hears what they said themselves." if hears_itself else "")
        )
    whose = (
        f"{words.people} who {words.past} the same {words.items}"
        if now == 2
        else f"{words.items} that these {words.people} {words.past}"
        if now == 3
        else f"everything within {now} steps"
    )
    return f"Lit: what was said one round ago is passed on. {name} now hears, over their {words.items}, from {whose}."


@st.cache_resource(max_entries=2, show_spinner="Sending messages …")
def _layers(address: str, off: tuple[str, ...]) -> messages.Layers:
    return messages.layers(loaders.switched(address, off))


@st.cache_data(max_entries=8, show_spinner=False)
def _smoothness(address: str, off: tuple[str, ...]) -> list[float]:
    return messages.smoothness(_layers(address, off)).tolist()


@st.cache_data(max_entries=256, show_spinner=False)
def _lists(address: str, off: tuple[str, ...], user: int, _context: Context) -> list[list[int]]:
    """The list after each round; hides what the Recommend page hides."""
    hidden = hidden_for(loaders.model(address), Query(user=user), person.hidden_from(_context, "valid"))
    return [one.tolist() for one in messages.lists(_layers(address, off), user, _KNOWN, np.asarray(hidden))]


def _unread(checkpoint: Checkpoint) -> str:
    """For models that score by late rounds only: what came before was never meant to be a list."""
    first = loaders.model(checkpoint.address).first_read_round
    return (
        f":material/info: {escape(checkpoint.title)} scores by what is known from round {first} on. What is known before "
        "only prepares it: nothing in training made those vectors fit to be compared, so an early list says little."
    )


def rounds_shown(lists: list[list[int]], now: int) -> list[int]:
    """The rounds whose lists are on the screen: this one, and the one before where there is something to compare."""
    return [one for one in (now - 1, now) if one >= 0 and lists[one]] or [now]


def _list(context: Context, lists: list[list[int]], now: int, first_read: int) -> None:
    data, words = context.dataset, context.words
    if not lists[now]:
        st.info(f"No list yet: nothing has reached this {words.person}.", icon=":material/hourglass_empty:")
        return
    if now == 0 or not lists[now - 1]:
        st.markdown(
            "\n".join(
                f"{rank}. {escape(data.item_title(one))}" for rank, one in enumerate(lists[now][:SHOWN], 1)
            )
        )
        st.caption(f"{_of_round(words, now, first_read)}.")
        return
    before, after = (list(map(str, one)) for one in lists[now - 1 : now + 1])
    names = {str(one): data.item_title(one) for one in {*lists[now - 1], *lists[now]}}
    titles = ("Before it" if now > 1 else "Alone", f"After round {now}")
    show_figure(
        rank_slope(before, after, SHOWN, names, mode(), titles=titles, name_length=20), key="played_list"
    )
    st.caption(
        f"{_of_round(words, now, first_read)}, beside those of one round earlier. "
        "Computed from the vectors after that many rounds; the last round is the model's own list."
    )


def _of_round(words: Words, now: int, first_read: int) -> str:
    if now < first_read:
        return f"The {SHOWN} {words.items} that the vectors of this round put first"
    return f"The {SHOWN} {words.items} it would suggest if messages stopped here"


def _gauge(context: Context, alike: list[float], now: int) -> None:
    people = context.words.people
    show_figure(smoothing_gauge(alike, now, people, mode()), key="played_alike")
    st.markdown(_alike_words(alike, now, people))
    st.caption(
        f"Each mark is a round: the mean cosine over all pairs of {people}. Messages make neighbours alike; after too "
        f"many rounds everybody is alike and gets the same list (over-smoothing)."
    )


def _alike_words(alike: list[float], now: int, people: str) -> str:
    value = alike[now]
    if not math.isfinite(value):
        return f"Nothing has reached the {people} yet."
    state = (
        f"Nearly all {people} look alike to the model"
        if value >= _MUCH_ALIKE
        else f"The {people} look much alike to the model"
        if value >= _ALIKE
        else f"The model tells {people} well apart"
    )
    before = alike[now - 1] if now else math.nan
    if not math.isfinite(before):
        return f"{state}."
    if abs(value - before) < _NOTICED:
        return f"{state}; this round changed that little."
    change = "more" if value > before else "less"
    return f"{state}; this round made them {change} alike ({before:.2f} to {value:.2f})."
