"""The context bar: data set, models A and B, person and list length, the same on every page and in the address."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from gnnrec import datasets
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Dataset, Split, default_protocol
from gnnrec.errors import GnnrecError
from gnnrec.recommenders.base import COVERS, PROPAGATES
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.pickers import pick, took
from gnnrec.ui.text import escape
from gnnrec.ui.worklist import KEYS as WORKLIST_KEYS
from gnnrec.ui.worklist import Worklist, changes, of_address, worklist_bar

MOST_K = 50
_NEAR = 0.95
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
    data = _dataset(values.get("d", ""), notices)
    found = loaders.models_of(data.name)
    a, b = _model(values, "a", found, notices), _model(values, "b", found, notices)
    protocol = _protocol(values.get("s", ""), a, found, data, notices)
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
        a = _first_choice(usable)
    if b is None and values.get("b") != "none":
        b = _second_choice(usable, a)
    split = loaders.split(data.name, protocol)
    drop, add = (_items(view.ids(values.get(key, "")), data, notices) for key in ("drop", "add"))
    return Context(
        dataset=data,
        split=split,
        models=usable,
        a=a,
        b=b,
        user=_user(values.get("u", ""), data, split, notices),
        k=_length(values.get("k", ""), notices),
        item=next(iter(_items([values["i"]] if values.get("i") else [], data, notices)), None),
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
        | dict.fromkeys(WORKLIST_KEYS, "")
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
    for notice in context.notices:
        st.info(escape(notice), icon=":material/info:")
    # The tour tells about the context, so it can only be imported once this module is whole.
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
        forget=("s", "a", "b", "u", "i", "drop", "add", *WORKLIST_KEYS),
    )


def _model_pickers(context: Context) -> None:
    if not context.models:
        st.caption("No model is trained on this data yet. The Models page trains the standard set.")
        return
    names = _names(context.models)
    addresses = [one.address for one in context.models]
    _choice("Model A", addresses, context.a.address, "a", lambda one: names[one])
    others = ["none", *(one for one in addresses if one != context.a.address)]
    _choice(
        "Model B", others, context.b.address if context.b else "none", "b", lambda one: names.get(one, "None")
    )


def _names(models: list[Checkpoint]) -> dict[str, str]:
    """Labels for pickers, told apart by slug where two are the same."""
    labels = [one.title for one in models]
    return {
        one.address: one.title if labels.count(one.title) == 1 else f"{one.title} ({one.slug})"
        for one in models
    }


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
    return int(np.random.default_rng().choice(_judged(context.split)))


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
    judged = _judged(context.split)
    after = judged[judged > context.user]
    return int(after[0] if len(after) else judged[0])


def _judged(split: Split) -> np.ndarray:
    users = np.flatnonzero(np.diff(split.matrix("valid").indptr))
    return users if len(users) else np.arange(split.dataset.n_users)


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


# Resolving one key


def _dataset(name: str, notices: list[str]) -> Dataset:
    wanted = name or "demo"
    try:
        loaders.forget_replaced(wanted)
        return loaders.dataset(wanted)
    except GnnrecError as error:
        notices.append(f"{error} The demo is shown instead.")
        return loaders.dataset("demo")


def _model(
    values: dict[str, str], key: str, found: list[Checkpoint], notices: list[str]
) -> Checkpoint | None:
    address = values.get(key, "")
    if address in ("", "none"):
        return None
    slug, _, wanted = address.partition("@")
    match = next((one for one in found if one.slug == slug), None)
    if match is None:
        notices.append(f"There is no model '{address[:80]}' for this data; another one is shown.")
    elif wanted and wanted != match.id:
        notices.append(
            f"Model {match.slug} was trained again since this link was made ({wanted[:12]} is now {match.id})."
        )
    return match


def _protocol(
    text: str, a: Checkpoint | None, found: list[Checkpoint], data: Dataset, notices: list[str]
) -> str:
    known = [one.config["split"] for one in found]
    if text and text not in known:
        try:
            loaders.split(data.name, text)
            return text
        except GnnrecError as error:
            notices.append(f"{error} The default split is shown.")
            text = ""
    if text:
        return text
    if a is not None:
        return a.config["split"]
    default = default_protocol(data)
    return default if default in known or not known else known[0]


def _first_choice(models: list[Checkpoint]) -> Checkpoint | None:
    """Model A unless chosen: of the models that pass messages the best on validation, or one whose reasons cover
    the whole score if it comes within 5 % of that."""
    able = [one for one in models if _compares(one) and PROPAGATES in one.capabilities]
    if not able:
        return models[0] if models else None
    near = (one for one in able if _valid(one) >= _NEAR * _valid(able[0]) and COVERS in one.capabilities)
    return next(near, able[0])


def _second_choice(models: list[Checkpoint], a: Checkpoint | None) -> Checkpoint | None:
    """Model B unless chosen: the best simple baseline, else the best one that passes no messages; beside predicted
    ratings the best other ones, where there are any."""
    others = [one for one in models if one is not a]
    if a is not None and tasks.predicts_ratings(a):
        rating = [one for one in others if tasks.predicts_ratings(one)]
        # Another seed or setting of the same model tells less.
        other_kind = (one for one in rating if one.config["recommender"] != a.config["recommender"])
        if rating:
            return next(other_kind, rating[0])
    able = [one for one in others if _compares(one) and PROPAGATES not in one.capabilities]
    return next((one for one in able if tasks.simple(one)), able[0] if able else None)


def _compares(one: Checkpoint) -> bool:
    return (
        one.config.get("personalised", True)
        and tasks.task_of(one) == "ranking"
        and "truth" not in one.config.get("needs", ())
    )


def _valid(one: Checkpoint) -> float:
    return one.metrics["valid"].get("ndcg@10") or 0.0


def _user(user_id: str, data: Dataset, split: Split, notices: list[str]) -> int | None:
    if user_id in data.users:
        return data.users.number(user_id)
    if user_id:
        notices.append(
            f"There is no {data.words.person} '{user_id[:60]}' in {data.title}; somebody else is shown."
        )
    if not data.n_users:
        return None
    # Somebody of middling activity, the same each time: the crowd's middle shows more than the first id.
    judged = _judged(split)
    counts = np.diff(split.matrix("train").indptr)[judged]
    middling = judged[np.argsort(np.abs(counts - np.median(counts)), kind="stable")[:25]]
    return int(min(middling, key=lambda one: zlib.crc32(str(data.users.id(one)).encode())))


def _items(wanted: list[str], data: Dataset, notices: list[str]) -> tuple[int, ...]:
    unknown = [one for one in wanted if one not in data.items]
    if unknown:
        notices.append(f"There is no {data.words.item} '{unknown[0][:60]}' in {data.title}; it is left out.")
    return tuple(dict.fromkeys(data.items.number(one) for one in wanted if one in data.items))


def _length(text: str, notices: list[str]) -> int:
    if not text:
        return 10
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= MOST_K:
        notices.append(f"List length '{text[:20]}' is not a whole number from 1 to {MOST_K}; 10 is used.")
        return 10
    return value
