"""Why missed: every held-out item that model A or B left out, by reason, with examples and the people behind them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.miss_words import ClassWords, class_words, reason, summary
from gnnrec.evaluation.missed import CLASSES, Missed, missed
from gnnrec.figures.miss_bars import MissRow, MissShare, miss_bars
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.long_work import bench, worked
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.worklist import worklist_buttons

_BARS = "errors_missed_bars"
_EXAMPLES = 30
# Seconds per miss, and per pair of a person and an item, on one ordinary core.
_MISS_S, _PAIR_S = 5e-5, 2e-8
WHY, WHOSE, WHICH = "e_why", "e_whose", "e_miss"


def missed_panel(context: Context, part: str) -> None:
    """Reasons of models A and B beside each other, and the examples of one reason.

    Args:
        context: What the visitor looks at.
        part: `valid` or `test`.
    """
    words = context.words
    st.subheader("Why missed", anchor=False)
    if part in context.split.fitted_parts:
        st.info(
            f"The models of this split learned from validation before they were finished, so nothing of it is missed by "
            f"them. Switch on **Test (final)** to see why held-out {words.items} were missed.",
            icon=":material/model_training:",
        )
        return
    models = [one for one in (context.a, context.b) if one is not None]
    able = [one for one in models if tasks.ranks_for_people(one)]
    for one in models:
        if tasks.predicts_ratings(one):
            st.caption(f"{escape(one.title)} predicts ratings: it makes no lists that could miss something.")
        if tasks.foresees_clicks(one):
            st.caption(
                f"{escape(one.title)} says what is clicked on next in a session. Its lists are not meant to hold what was "
                "kept back of a person's choices, so why they miss that is not asked."
            )
    found = {one.address: _found(context, one, part) for one in able}
    able = [one for one in able if found[one.address] is not None]
    if not able:
        return
    for one in able:
        st.markdown(escape(summary(found[one.address], words, one.title)))
    able = [one for one in able if found[one.address].misses]
    if not able:
        return
    chosen, whose = _asked(able, found)
    _bars(context, able, found, chosen)
    _examples(context, able, found, chosen, whose)


def _found(context: Context, one: Checkpoint, part: str) -> Missed | None:
    """The misses of a model; None while they are worked out."""
    data, split, k = context.dataset, context.split, context.k
    key = ("missed", one.address, part, k)
    # A large model need not be in memory for what is there already.
    model = None if bench().kept(key)[0] else loaders.model(one.address)
    return worked(
        key,
        _MISS_S * split.matrix(part).nnz + _PAIR_S * data.n_users * data.n_items,
        lambda tell: missed(model, split, part, k, tell),
        f"Asking of every held-out {context.words.item} why {escape(one.title)} missed it",
        widget=f"errors_missed_{'a' if one is context.a else 'b'}",
        button=f"Say why {escape(one.title)} missed what it missed",
    )


def _asked(able: Sequence[Checkpoint], found: dict[str, Missed]) -> tuple[str, Checkpoint]:
    """Reason and model of the address, else the commonest reason of model A that something can be done about."""
    values = view.read()
    whose = able[-1] if values.get(WHOSE) == "b" else able[0]
    counts = found[whose.address].counts
    common = max(counts, key=counts.get)
    return values[WHY] if values.get(WHY) in CLASSES else common, whose


def _bars(context: Context, able: Sequence[Checkpoint], found: dict[str, Missed], chosen: str) -> None:
    words, of = context.words, _words(context, found[able[0].address])
    shares = {address: one.shares for address, one in found.items() if one is not None}
    shown = [name for name in CLASSES if any(found[one.address].counts[name] for one in able)]
    rows = [
        MissRow(
            of[name].title,
            [
                MissShare(found[one.address].counts[name], told.mean, told.low, told.high)
                for one in able
                for told in [shares[one.address][name]]
            ],
            name == chosen,
        )
        for name in shown
    ]
    series = [0 if one is context.a else 1 for one in able]
    figure = miss_bars(rows, [one.title for one in able], series, mode())
    show_figure(figure, key=_BARS, on_select=partial(_clicked, shown, series), select="points")
    none = [of[name].title for name in CLASSES if name not in shown]
    rest = f" Nothing for: {escape('; '.join(none))}." if none else ""
    first = found[able[0].address]
    st.caption(
        "Each miss has exactly one reason, the first of nine rules that fits; share of the model's misses with its 95 % "
        f"interval over {words.people}, and the number of misses. {first.held_out:,} {words.items} held out by "
        f"{words.count_people(first.people)}, lists of {first.k}. **Click a bar** for examples.{rest}"
    )


def _clicked(shown: Sequence[str], series: Sequence[int]) -> None:
    points = st.session_state[_BARS]["selection"]["points"]
    data = points[0].get("customdata") if points else None
    if not isinstance(data, list) or len(data) < 2:
        return
    place, which = data[:2]
    if (
        all(isinstance(one, int) for one in (place, which))
        and 0 <= place < len(shown)
        and 0 <= which < len(series)
    ):
        view.go(**{WHY: shown[place], WHOSE: "ab"[series[which]], WHICH: None})


def _examples(
    context: Context, able: Sequence[Checkpoint], found: dict[str, Missed], chosen: str, whose: Checkpoint
) -> None:
    """The misses of one reason: what was measured, where to look, and the people as a worklist."""
    words = context.words
    of = _words(context, found[whose.address])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {name: f"{of[name].title} ({found[whose.address].counts[name]:,})" for name in CLASSES}
        chosen = pick("Reason", WHY, list(names), chosen, names.get, forget=(WHICH,), width=340)
        if len(able) > 1:
            titles = {"a" if one is context.a else "b": one.title for one in able}
            now = "a" if whose is context.a else "b"
            pick("Of", WHOSE, list(titles), now, titles.get, forget=(WHICH,), width=260)
    told, mine = of[chosen], found[whose.address]
    table = mine.of(chosen)
    st.markdown(
        f"**{escape(told.title)}**: {len(table):,} of {mine.misses:,} misses of {escape(whose.title)} {escape(told.told)}. "
        f"What could help: {escape(told.helps[:1].lower() + told.helps[1:])}",
        help=f"Rule: {escape(told.rule)}",
    )
    if table.empty:
        st.caption(f"Nothing that {escape(whose.title)} missed has this reason.")
        return
    users = mine.people_of(chosen)
    _table(context, mine, table, whose)
    _links(context, mine, table, whose)
    with st.container(horizontal=True, vertical_alignment="center"):
        worklist_buttons(
            context,
            f"{told.title}, {whose.title}",
            users,
            key=f"errors_missed_{'a' if whose is context.a else 'b'}_{chosen}_list",
        )
    st.caption(
        f"{words.count_people(len(users)).capitalize()} miss something for this reason; the worklist has those who miss "
        "most first."
    )


def _table(context: Context, mine: Missed, table: pd.DataFrame, whose: Checkpoint) -> None:
    """The most typical misses; a row is one to look at."""
    words, shown = context.words, table.head(_EXAMPLES)
    key = f"errors_missed_{whose.address}_{mine.part}_{mine.k}_{shown['why'].iloc[0]}"
    st.dataframe(
        frame_of(context, mine, shown),
        hide_index=True,
        height=min(36 * (len(shown) + 1), 300),
        key=key,
        on_select=partial(_picked, key, [_text_of(context, one) for _, one in shown.iterrows()]),
        selection_mode="single-row",
        column_config={
            "rank": st.column_config.NumberColumn(width="small"),
            "measured": st.column_config.TextColumn(width="large"),
        },
        alt=f"{words.items.capitalize()} missed for this reason, the most typical first; pick a row to look at one",
    )
    cut = f"The {_EXAMPLES} most typical of {len(table):,}, by rank. " if len(table) > _EXAMPLES else ""
    st.caption(f"{cut}Pick a row to look at that {words.person} and {words.item}.")
    name = (context.dataset.name, whose.slug, mine.part, "missed", shown["why"].iloc[0])
    download_table(lambda: frame_of(context, mine, table), name, key="errors_missed_csv")


def frame_of(context: Context, mine: Missed, table: pd.DataFrame) -> pd.DataFrame:
    """Misses with the measured reason of each, in the order given."""
    data, words = context.dataset, context.words
    records = table.to_dict("records")
    return pd.DataFrame(
        {
            words.person: [data.user_name(one["user"]) for one in records],
            words.item: [data.item_title(one["item"]) for one in records],
            "rank": pd.array([one["rank"] or None for one in records], dtype="Int64"),
            "measured": [
                reason(
                    one, words, mine.k, mine.steps, data.item_title(one["twin"]) if one["twin"] >= 0 else ""
                )
                for one in records
            ],
            f"{words.person} id": [data.users.id(one["user"]) for one in records],
            f"{words.item} id": [data.items.id(one["item"]) for one in records],
        }
    )


def _picked(key: str, texts: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and 0 <= rows[0] < len(texts):
        view.go(**{WHICH: texts[rows[0]]})


def _text_of(context: Context, miss: pd.Series) -> str:
    """A miss as the address names it: ids of person and item."""
    data = context.dataset
    return view.joined([data.users.id(int(miss["user"])), data.items.id(int(miss["item"]))], 2)


def _links(context: Context, mine: Missed, table: pd.DataFrame, whose: Checkpoint) -> None:
    """The one that was picked, else the first: what was measured, its lists, and why it is not in them."""
    data = context.dataset
    wanted = view.ids(view.read().get(WHICH, ""), 2)
    miss = table.iloc[0]
    if len(wanted) == 2 and wanted[0] in data.users and wanted[1] in data.items:
        user, item = data.users.number(wanted[0]), data.items.number(wanted[1])
        picked = table[(table["user"] == user) & (table["item"] == item)]
        miss = miss if picked.empty else picked.iloc[0]
    user, item = int(miss["user"]), int(miss["item"])
    models = {} if whose is context.a else {"a": whose.address, "b": context.a.address}
    query = view.link(u=data.users.id(user), i=data.items.id(item), drop="", add="", **models)
    told = frame_of(context, mine, miss.to_frame().T)["measured"].iloc[0]
    st.markdown(f"{escape(data.user_name(user))}, **{escape(data.item_title(item))}**. {escape(told)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        for page, name, icon in (("why", "Why not this one?", "help"), ("recommend", "Their lists", "list")):
            st.page_link(
                places.pages_folder() / f"{page}.py",
                label=name,
                icon=f":material/{icon}:",
                query_params=query,
            )


def _words(context: Context, one: Missed) -> dict[str, ClassWords]:
    return class_words(context.words, one.k, one.steps)
