"""The reasons of the Why page: posters of the first ones, the one in focus, and all of them as bars and as a table."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.explain.audit import spearman
from gnnrec.explain.methods import Method
from gnnrec.explain.sentence import percent
from gnnrec.figures.reason_bars import ReasonRow, number, reason_bars
from gnnrec.figures.waterfall import waterfall
from gnnrec.recommenders.capabilities import PROPAGATES
from gnnrec.ui import view
from gnnrec.ui.components.cards import card_grid
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.item_cards import card
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.why.asked import Why
from gnnrec.ui.why.findings import DELETION, Findings
from gnnrec.ui.why.head import focus

SHOWN = 8
_POSTERS = 6
_AXES = {
    "because": "Share of the score",
    "attention": "Share of what reaches the person",
    "paths": "Share of the strength of all paths",
    DELETION: "Score lost without it",
}


def posters(context: Context, why: Why, found: Findings) -> None:
    """The first reasons as cards; a click brings one into focus."""
    if found.given is None or not len(found.given.items):
        return
    data, given = context.dataset, found.given
    places_of = [place for place in given.order[:_POSTERS] if given.values[place] > 0]
    if not places_of:
        return
    most, looked_at = float(given.values[places_of[0]]), focus(context, why, found)
    cards = [
        card(
            data,
            int(given.items[place]),
            score=float(given.values[place]) / most,
            score_text=amount(found, float(given.values[place])),
            note=rank_move(why, found, int(given.items[place])),
            selected=int(given.items[place]) == looked_at,
        )
        for place in places_of
    ]
    event = card_grid(
        cards,
        key=f"why_reasons_{data.name}_{why.query.user}",
        label="Reasons",
        columns=_POSTERS,
        past=context.words.past,
        series=why.name.lower(),
    )
    if event is not None:
        view.go(w_reason=event.item_id)
        st.rerun()


def rank_move(why: Why, found: Findings, item: int, *, drawn: bool = False) -> str:
    """`rank 1 → 5`: where the explained item stands without one of the history; empty where not worked out.

    Drawn it is `1 → 5`, and nothing where the rank stays.
    """
    if found.deleted is None or why.rank is None:
        return ""
    place = np.searchsorted(found.deleted.items, item)
    if place >= len(found.deleted.items) or found.deleted.items[place] != item:
        return ""
    after = int(found.deleted.ranks[place])
    if after == why.rank:
        return "" if drawn else f"stays rank {after:,}"
    return f"{'' if drawn else 'rank '}{why.rank:,} → {after:,}" if after else ""


def in_focus(context: Context, why: Why, found: Findings) -> None:
    """One reason: what it counts, what happens without it, and where to go from it."""
    item = focus(context, why, found)
    if item is None or found.given is None:
        return
    data, words = context.dataset, context.words
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="why_focus"):
        with st.container():
            st.markdown(f"**{escape(data.item_title(item))}** · {_counts(why, found, item)}")
            st.caption(escape(_known(context, why, item)))
        with st.container(horizontal=True, gap="small", width="content"):
            st.page_link(
                places.pages_folder() / "graph.py",
                label="See the path in the graph",
                icon=":material/hub:",
                query_params=graph_link(context, why, item),
                width="content",
            )
            st.page_link(
                places.pages_folder() / "recommend.py",
                label=f"The list without this {words.item}",
                icon=":material/edit:",
                query_params=what_if_link(context, why, drop=[item]),
                width="content",
            )


def graph_link(context: Context, why: Why, reason: int | None = None) -> dict[str, str]:
    """The Graph page with the paths to the item lit; those through one reason where it is given."""
    named = context.dataset.items.id
    passes = PROPAGATES in why.checkpoint.capabilities
    return view.link(
        i=named(why.item),
        g_model=why.checkpoint.address if passes else None,
        g_via=named(reason) if reason is not None else None,
    )


def what_if_link(context: Context, why: Why, drop=(), add=()) -> dict[str, str]:
    """The Recommend page with a changed history, over the changes there are."""
    named = context.dataset.items.id
    dropped = [one for one in (*context.drop, *(d for d in drop if d not in context.add)) if one not in add]
    added = [one for one in (*context.add, *add) if one not in drop]
    return view.link(
        i=named(why.item),
        drop=view.joined([named(int(one)) for one in dict.fromkeys(dropped)]),
        add=view.joined([named(int(one)) for one in dict.fromkeys(added)]),
    )


def amount(found: Findings, value: float) -> str:
    """What an item counts, as it is written: a share of all where the method gives shares, else its own number."""
    if found.total is not None:
        return number(value / found.total, percent=True)
    return number(value, signed=bool((found.given.values < 0).any()) or found.method.additive)


def _counts(why: Why, found: Findings, item: int) -> str:
    place = int(np.searchsorted(found.given.items, item))
    value = float(found.given.values[place])
    rank = 1 + int(np.flatnonzero(found.given.order == place)[0])
    told = [f"{'sends' if found.method.additive else found.method.title} {amount(found, value)}"]
    if found.method.additive and why.score > 0 and value > 0:
        told[0] += f", {percent(value / why.score)} of the score"
    told.append(f"place {rank} of {len(found.given.items)}")
    if found.deleted is not None and found.method.name != DELETION:
        told.append(f"without it the score loses {number(float(found.deleted.effect[place]))}")
    if move := rank_move(why, found, item):
        told.append(move)
    return " · ".join(told)


def _known(context: Context, why: Why, item: int) -> str:
    """What is known of the person and a film of theirs."""
    words, rows = context.words, context.split.of_person(why.query.user, "train", "valid")
    mine = rows[rows["item"] == item]
    if item in context.add or not len(mine):
        return "Added for this what-if."
    told = f"{words.past.capitalize()}"
    if context.dataset.interactions.timestamp is not None:
        told += f" {datetime.fromtimestamp(int(mine['timestamp'].iloc[-1]), UTC):%-d %B %Y}"
    rating = mine["rating"].iloc[-1]
    if not pd.isna(rating) and context.dataset.interactions.rating_scale is not None:
        told += f", rated {rating:g} of {context.dataset.interactions.rating_scale[1]:g}"
    return f"{told}."


def bars(context: Context, why: Why, found: Findings) -> None:
    """The method's figure: the waterfall for a split that adds up, bars for everything else."""
    if found.given is None:
        return
    if not len(found.given.items):
        st.caption(f"There are no {context.words.items} in the history to draw.")
        return
    rows = _rows(context, why, found)
    if found.reason is not None:
        figure = waterfall(rows, mode(), total_name="Score", axis="Score, added up", series=why.series)
    else:
        unit = "weight from 0 to 1" if found.method.draws else "in units of the score"
        axis = _AXES.get(found.method.name, f"{found.method.title}, {unit}")
        figure = reason_bars(
            rows,
            mode(),
            axis=axis,
            series=why.series,
            signed=bool((found.given.values < 0).any()),
            percent=found.total is not None,
        )
    show_figure(
        figure,
        key=f"why_bars_{found.method.name}_{why.checkpoint.id}",
        caption=escape(_caption(context, why, found)),
    )


def _rows(context: Context, why: Why, found: Findings) -> list[ReasonRow]:
    data, given = context.dataset, found.given
    # The largest of both signs: what speaks against the item belongs to the truth as well.
    largest = np.lexsort((given.items, -np.abs(given.values)))[:SHOWN]
    shown = [place for place in given.order if place in set(largest.tolist())]
    agreement = _agreement(found)
    effects = found.deleted.effect if found.deleted is not None and found.method.name != DELETION else None
    rows = [
        ReasonRow(
            data.item_title(int(given.items[place])),
            float(given.values[place]) / (found.total or 1.0),
            effect=None if effects is None else float(effects[place]),
            effect_words=rank_move(why, found, int(given.items[place]), drawn=True),
            agreement=float(agreement[place]),
        )
        for place in shown
    ]
    if found.reason is None:
        return rows
    rest = np.delete(np.arange(len(given.items)), shown)
    if len(rest):
        rows.append(ReasonRow(f"{len(rest):,} others", float(given.values[rest].sum()), "others"))
    if found.reason.own:
        rows.append(ReasonRow(f"The {context.words.person}'s own vector", found.reason.own, "own"))
    return rows


def _agreement(found: Findings) -> np.ndarray:
    """Share of the seeds that have an item among their first; 1 for methods that do not draw. **Shapes**: [H]."""
    by_seed = found.given.by_seed
    n = by_seed.shape[1]
    if not found.method.draws or len(by_seed) < 2 or n <= SHOWN:
        return np.ones(n)
    first = np.argsort(-by_seed, axis=1, kind="stable")[:, :SHOWN]
    return np.bincount(first.ravel(), minlength=n) / len(by_seed)


def _caption(context: Context, why: Why, found: Findings) -> str:
    words, method = context.words, found.method
    n = len(found.given.items)
    left = n - SHOWN
    said = [_read(words, method)]
    if left > 0:
        said.append(
            f"The {SHOWN} largest of {words.count_items(n)} are drawn"
            + (", the others in one bar." if found.reason is not None else ".")
        )
    if found.method.draws and len(found.given.by_seed) > 1:
        said.append(
            f"Mean of {len(found.given.by_seed)} seeds; pale bars are {words.items} that few seeds agree on."
        )
    if method.name != DELETION and found.deleted is not None:
        agrees = spearman(found.given.values, found.deleted.effect)
        said.append(
            f"Dots: what the score really loses when it is taken out{_agrees(agrees)}; a {found.deleted.kind}, "
            f"nothing is retrained.{_ranks(why)}"
        )
    return " ".join(said)


def _ranks(why: Why) -> str:
    return (
        "" if why.rank is None else " Beside a dot stands how the rank changes; with nothing there it stays."
    )


def _agrees(correlation: float) -> str:
    return "" if np.isnan(correlation) else f" (rank correlation with the bars {correlation:.2f})"


def _read(words, method: Method) -> str:
    if method.additive:
        return (
            f"Bars add up to the score. Each is what one {words.item} sends through its messages, "
            "not what taking it out would do."
        )
    if method.name == DELETION:
        return f"Each {words.item} was really taken out, one at a time, and the model asked again."
    return method.words


def table(context: Context, why: Why, found: Findings) -> None:
    """Every item of the history with its numbers: for keyboard, screen reader and export."""
    if found.given is None or not len(found.given.items):
        return
    with st.expander(
        f"All {context.words.count_items(len(found.given.items))} as a table",
        icon=":material/table:",
        key="why_table",
        on_change="rerun",
    ) as panel:
        if not panel.open:
            return
        frame = as_table(context, found)
        st.dataframe(frame, hide_index=True, alt=f"{found.method.title} of every {context.words.item}")
        download_table(
            lambda: frame,
            (
                context.dataset.name,
                context.dataset.users.id(why.query.user),
                why.checkpoint.slug,
                found.method.name,
            ),
            key="why_csv",
        )


def as_table(context: Context, found: Findings) -> pd.DataFrame:
    """The importance of each item, largest first, with what happens without it where that is known."""
    frame, order = found.given.table(context.dataset), found.given.order
    if found.deleted is not None:
        frame["score lost without it"] = found.deleted.effect[order]
        frame["rank without it"] = pd.array(
            [one or None for one in found.deleted.ranks[order]], dtype="Int64"
        )
    return frame
