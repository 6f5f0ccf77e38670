"""The context bar: data set, models A and B, person and list length, the same on every page and in the address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from gnnrec import datasets
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Dataset, Split
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.pickers import pick, told_apart, took
from gnnrec.ui.resolving import (
    MOST_K,
    dataset_of,
    first_choice,
    items_of,
    length_of,
    model_of,
    people_judged,
    protocol_of,
    second_choice,
    user_of,
)
from gnnrec.ui.text import escape
from gnnrec.ui.worklist import Worklist, changes, of_address, worklist_bar

_CURRENT = "_context"


@dataclass(frozen=True, eq=False)
class Context:
    """What the visitor looks at. Numbers, not ids; the address has the ids.

    Attributes:
        dataset: The data set.
        split: The split of model A; the data set's default without a model.
        models: Checkpoints of this data set on this split, best on validation first.
        a: Model A, or None where there is no checkpoint.
        b: Model B, or None.
        user: The person, or None in a data set without people.
        k: Length of lists.
        item: The item in focus, or None.
        drop: Items unticked from the person's history.
        add: Items added to it.
        worklist: People to be looked at one after the other, or None.
        notices: What of the address could not be used, in words.
    """

    dataset: Dataset
    split: Split
    models: list[Checkpoint]
    a: Checkpoint | None
    b: Checkpoint | None
    user: int | None
    k: int
    item: int | None
    drop: tuple[int, ...]
    add: tuple[int, ...]
    worklist: Worklist | None
    notices: tuple[str, ...]

    @property
    def words(self):
        """Names used in sentences."""
        return self.dataset.words

    @property
    def edited(self) -> bool:
        """Whether the history is changed by a what-if."""
        return bool(self.drop or self.add)


def current() -> Context:
    """The context of this run; the router resolves it before the page."""
    return st.session_state[_CURRENT]


def resolve(values: dict[str, str]) -> Context:
    """The context at an address; what cannot be used falls back, with a notice."""
    notices: list[str] = []
    data = dataset_of(values.get("d", ""), notices)
    found = loaders.models_of(data.name)
    a, b = model_of(values, "a", found, notices), model_of(values, "b", found, notices)
    protocol = protocol_of(values.get("s", ""), a, found, data, notices)
    usable = [one for one in found if one.config["split"] == protocol]
    if a is not None and a not in usable:
        notices.append(f"{a.title} was fitted on another split ({a.config['split']}) and is not shown here.")
        a = None
    if b is not None and b not in usable:
        notices.append(
            f"{b.title} was fitted on another split ({b.config['split']}); two models compare only on the same one."
        )
        b = None
    if a is None:
        a = first_choice(usable)
    if b is None and values.get("b") != "none":
        b = second_choice(usable, a)
    split = loaders.split(data.name, protocol)
    drop, add = (items_of(view.ids(values.get(key, "")), data, notices) for key in ("drop", "add"))
    return Context(
        dataset=data,
        split=split,
        models=usable,
        a=a,
        b=b,
        user=user_of(values.get("u", ""), data, split, notices),
        k=length_of(values.get("k", ""), notices),
        item=next(iter(items_of([values["i"]] if values.get("i") else [], data, notices)), None),
        drop=drop,
        add=add,
        worklist=of_address(values, data, notices),
        notices=tuple(notices),
    )


def address_of(context: Context, values: dict[str, str]) -> dict[str, str]:
    """The full address of a context: its own keys over the page keys already there."""
    data, chosen = context.dataset, context.worklist
    worklist = changes(chosen.title, chosen.users, data, open_first=False) if chosen else {}
    return (
        values
        | dict.fromkeys(view.OF_THE_WORKLIST, "")
        | worklist
        | {
            "d": data.name,
            "s": str(context.split),
            "a": context.a.address if context.a else "",
            "b": context.b.address if context.b else ("none" if values.get("b") == "none" else ""),
            "u": data.users.id(context.user) if context.user is not None else "",
            "i": data.items.id(context.item) if context.item is not None else "",
            "k": str(context.k),
            "drop": view.joined([data.items.id(one) for one in context.drop]),
            "add": view.joined([data.items.id(one) for one in context.add]),
        }
    )


# The bar


def context_bar() -> None:
    """Resolve the address, draw the sidebar, and leave the context for the page."""
    values = view.read()
    context = resolve(values)
    view.write(address_of(context, values))
    st.session_state[_CURRENT] = context
    with st.sidebar:
        _data_picker(context)
        _model_pickers(context)
        _person_picker(context)
        worklist_bar(context)
        _length_picker(context)
        # Noting a case is about the context, so it can only be imported once this module is whole.
        from gnnrec.ui.cases.noting import note_bar

        note_bar(context)
    for notice in context.notices:
        st.info(escape(notice), icon=":material/info:")
    # So does the tour.
    from gnnrec.ui.tour import tour_banner

    tour_banner(context)


def _data_picker(context: Context) -> None:
    cards = [card for card in datasets.available() if card.present]
    titles = {card.name: card.title for card in cards} | {context.dataset.name: context.dataset.title}
    _choice(
        "Data",
        list(titles),
        context.dataset.name,
        "d",
        lambda name: titles[name],
        forget=view.OF_THE_DATA,
    )


def _model_pickers(context: Context) -> None:
    if not context.models:
        st.caption("No model is trained on this data yet. The Models page trains the standard set.")
        return
    names = told_apart(context.models)
    addresses = [one.address for one in context.models]
    _choice("Model A", addresses, context.a.address, "a", lambda one: names[one])
    others = ["none", *(one for one in addresses if one != context.a.address)]
    _choice(
        "Model B", others, context.b.address if context.b else "none", "b", lambda one: names.get(one, "None")
    )


def _person_picker(context: Context) -> None:
    data = context.dataset
    if context.user is None:
        return
    key = f"person_search_{data.name}"
    text = st.text_input(
        context.words.person.capitalize(),
        key=key,
        type="search",
        placeholder=f"{data.user_name(context.user)} – search name or id",
        icon=":material/person_search:",
        live=True,
        max_chars=100,
    )
    if text:
        found = loaders.search(data.name, "user", text, limit=6)
        for number in found:
            st.button(
                escape(f"{data.user_name(number)} · {data.users.id(number)}"),
                key=f"person_{data.name}_{number}",
                on_click=_pick_person,
                args=(data.users.id(number), key),
                width="stretch",
                type="tertiary",
            )
        if not found:
            st.caption("Nobody by that name or id.")
    ways = [
        ("Random", random_person, "Somebody at random among those with something held out"),
        ("Hard", hard_person, "Somebody model A serves badly: from the lowest quarter on validation"),
        ("Next", next_person, "The next person in the order of ids"),
    ]
    # A worklist has a Next of its own.
    with st.container(horizontal=True, gap="small"):
        for label, rule, why in ways[:2] if context.worklist else ways:
            st.button(label, key=f"ctx_{label}", help=why, on_click=_go_to, args=(rule,))


def _length_picker(context: Context) -> None:
    st.session_state["ctx_k"] = context.k
    st.slider("List length K", 1, MOST_K, key="ctx_k", on_change=took, args=("ctx_k", "k"))


def random_person(context: Context) -> int:
    """Somebody at random with something held out for validation."""
    return int(np.random.default_rng().choice(people_judged(context.split)))


def hard_person(context: Context) -> int:
    """Somebody at random from the quarter that model A serves worst on validation."""
    if context.a is None:
        return random_person(context)
    result = loaders.evaluation(context.a.address, "valid")
    deciding = tasks.deciding(context.a)
    gains = deciding.gain(result.per_user[deciding.metric].to_numpy())
    if not len(gains):
        return random_person(context)
    worst = result.users[gains <= np.quantile(gains, 0.25)]
    return int(np.random.default_rng().choice(worst))


def next_person(context: Context) -> int:
    """The next person in the order of ids, after the last the first."""
    judged = people_judged(context.split)
    after = judged[judged > context.user]
    return int(after[0] if len(after) else judged[0])


def _go_to(rule) -> None:
    context = current()
    view.go(u=context.dataset.users.id(rule(context)), drop=None, add=None, i=None)


def _pick_person(user_id: str, search_key: str) -> None:
    st.session_state[search_key] = ""
    view.go(u=user_id, drop=None, add=None, i=None)


def _choice(
    label: str, options: list[str], value: str, key: str, named, forget: tuple[str, ...] = ()
) -> None:
    if value not in options:
        options = [value, *options]
    pick(label, key, options, value, named, forget=forget, widget=f"ctx_{key}")
