"""Which cases are looked at: filter, order and page, all in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from gnnrec.store import cases
from gnnrec.store.case import Case
from gnnrec.store.verdicts import Verdict, verdicts
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape

EACH = 50
SORTS = {
    "changed": "Last changed",
    "created": "Written",
    "person": "Person",
    "item": "Item",
    "model": "Model",
    "verdict": "Verdict",
    "who": "Who wrote",
    "rank": "Rank then",
}
KEYS = ("n_verdicts", "n_model", "n_person", "n_text", "n_sort", "n_up", "n_page")


@dataclass(frozen=True, eq=False)
class Asked:
    """Cases of one data set, as filtered.

    Attributes:
        known: All verdicts, retired ones too.
        counts: How many cases there are of each verdict, before any filter.
        wishes: What is asked for, as the store takes it.
        n: How many fit.
        sort: Their order.
        descending: Whether it is turned round.
        page: Which page of the list, from 1.
    """

    known: list[Verdict]
    counts: dict[str, int]
    wishes: dict[str, Any] = field(default_factory=dict)
    n: int = 0
    sort: str = "changed"
    descending: bool = True
    page: int = 1

    @property
    def total(self) -> int:
        """How many cases there are on this data set."""
        return sum(self.counts.values())

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return self.n != self.total

    @property
    def titles(self) -> dict[str, str]:
        """Names of verdicts by key."""
        return {one.key: one.title for one in self.known}

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.n // EACH))

    def shown(self) -> list[Case]:
        """The cases of this page of the list."""
        order = {"sort": self.sort, "descending": self.descending}
        return cases.listed(**self.wishes, **order, most=EACH, skip=(self.page - 1) * EACH)

    def all(self, most: int | None = None) -> list[Case]:
        """All that fit, oldest first; for files."""
        return cases.listed(**self.wishes, sort="created", descending=False, most=most)


def asked(context: Context) -> Asked:
    """What the address asks for; unknown values ask for nothing."""
    values, name = view.read(), context.dataset.name
    known = verdicts(retired=True)
    there = {one.key for one in known}
    wishes: dict[str, Any] = {
        "dataset": name,
        "verdicts": [one for one in view.ids(values.get("n_verdicts", "")) if one in there],
        "model": values.get("n_model") or None,
        "person": values.get("n_person") or None,
        "text": values.get("n_text", "")[:200],
    }
    counts = cases.counts(dataset=name)
    found = cases.counts(**wishes) if any(one for key, one in wishes.items() if key != "dataset") else counts
    n = sum(found.values())
    page = (
        int(values["n_page"])
        if values.get("n_page", "").isascii() and values.get("n_page", "").isdigit()
        else 1
    )
    sort = values.get("n_sort", "")
    return Asked(
        known,
        counts,
        wishes,
        n,
        sort if sort in SORTS else "changed",
        values.get("n_up") != "1",
        min(max(page, 1), max(1, -(-n // EACH))),
    )


def model_names(addresses: list[str]) -> dict[str, str]:
    """Models by address, as they are called; one that is gone by its address."""
    titles = {one.address: one.title for one in loaders.library().checkpoints}
    return {one: titles.get(one, f"{one} (no longer there)") for one in addresses}


def person_and_item(context: Context, case: Case) -> tuple[str, str | None]:
    """Name and title of what a case is about, ids where the data does not have them any more."""
    data = context.dataset
    person = data.user_name(data.users.number(case.person)) if case.person in data.users else case.person
    known = case.item is not None and case.item in data.items
    return person, data.item_title(data.items.number(case.item)) if known else case.item


def opener(key: str, uids: Sequence[str]) -> Callable[[], None]:
    """For a table of cases: opens the one whose row is picked."""

    def opened() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        view.go(n_case=uids[picked[0]] if picked else None)

    return opened


def filters(context: Context, asked: Asked) -> None:
    """Pickers for verdict, model, person, text and order."""
    data, name = context.dataset, context.dataset.name
    used = [one for one in asked.known if asked.counts.get(one.key)]
    chosen = asked.wishes["verdicts"]
    st.session_state["n_verdicts"] = chosen
    st.pills(
        "Verdict",
        [one.key for one in used],
        selection_mode="multi",
        key="n_verdicts",
        format_func=lambda key: f"{escape(asked.titles[key])} ({asked.counts.get(key, 0):,})",
        on_change=_took_many,
        label_visibility="collapsed",
        wrap=True,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state["n_text"] = asked.wishes["text"]
        st.text_input(
            "In the note",
            key="n_text",
            type="search",
            max_chars=200,
            placeholder="Words of the note",
            on_change=lambda: view.go(n_text=st.session_state["n_text"], n_page=None),
            width=200,
        )
        people = {one: _person(data, one) for one in cases.named(name, "person")}
        _picker(context.words.person.capitalize(), "n_person", people, asked.wishes["person"])
        _picker("Model", "n_model", model_names(cases.named(name, "model")), asked.wishes["model"])
        pick("Order", "n_sort", list(SORTS), asked.sort, SORTS.get, forget=("n_page",), width=160)
        st.session_state["n_up"] = not asked.descending
        st.toggle(
            "Ascending",
            key="n_up",
            on_change=lambda: view.go(n_up="1" if st.session_state["n_up"] else None, n_page=None),
            help="Off: the latest or largest first, and texts from Z to A.",
        )


def _person(data, person: str) -> str:
    known = person in data.users
    return (
        f"{data.user_name(data.users.number(person))} · {person}" if known else f"{person} (no longer there)"
    )


def _picker(label: str, key: str, named: dict[str, str], value: str | None) -> None:
    options = ["", *named]
    if value and value not in options:
        options.append(value)
    pick(
        label,
        key,
        options,
        value or "",
        lambda one: named.get(one, one) if one else "All",
        forget=("n_page",),
        width=200,
    )


def _took_many() -> None:
    view.go(n_verdicts=view.joined(list(st.session_state["n_verdicts"])), n_page=None)
