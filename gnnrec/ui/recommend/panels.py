"""The panels of the Recommend page."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.lists import genre_shares, overlap, rbo
from gnnrec.recommenders.query import WHAT_IF_MEANINGS
from gnnrec.ui import loaders, person, tasks, view
from gnnrec.ui.components.cards import CardEvent, card_grid
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.item_cards import history_cards, list_cards, list_table
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.person import Listing, Place
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

PARTS = {"valid": "validation", "test": "the final test"}


def title(context: Context) -> None:
    """Who this is."""
    st.title(escape(context.dataset.user_name(context.user)), anchor=False)


def view_switch() -> str:
    """Lists as cards or as tables, kept in the address."""
    views = ["Cards", "Table"]
    wanted = view.read().get("r_view")
    # Streamlit's own binding to the address would forbid every other control to change it.
    st.session_state["r_view"] = wanted if wanted in views else views[0]
    return st.segmented_control(
        "View",
        views,
        key="r_view",
        on_change=lambda: view.go(r_view=st.session_state["r_view"]),
        required=True,
        label_visibility="collapsed",
        width="content",
    )


def facts(context: Context, part: str) -> None:
    """What is known of them, their taste, and how well model A serves them."""
    words = context.words
    n = len(context.split.fitted.history(context.user))
    told = [f"{words.count_items(n)} {words.past} in train"]
    if taste := person.taste(context):
        told.append("taste " + ", ".join(genre.lower() for genre in taste))
    mine = person.standing(context, context.a, part)
    if math.isnan(mine.value):
        told.append(f"nothing held out for {PARTS[part]}, so no score")
    elif tasks.predicts_ratings(context.a):
        told.append(
            f"stars predicted by model A are off by {mine.value:.2f} on average on {PARTS[part]}, closer than for "
            f"{mine.better_than:.0f} % of {words.people}"
        )
    elif tasks.foresees_clicks(context.a):
        told.append(
            f"NDCG@10 of their next clicks {mine.value:.2f} with model A on {PARTS[part]}, better than "
            f"{mine.better_than:.0f} % of {words.people}"
        )
    else:
        told.append(
            f"NDCG@10 {mine.value:.2f} with model A on {PARTS[part]}, better than {mine.better_than:.0f} % of {words.people}"
        )
    st.caption(escape(" · ".join(told)))


def history_panel(context: Context, part: str) -> None:
    """What the person did, newest first, with ticks to take items out and a search to add some."""
    words = context.words
    st.subheader(f"What they {words.past}", anchor=False)
    rows = person.history(context, part)
    _add_search(context)
    if not len(rows) and not context.add:
        st.info(
            f"This {words.person} has no history yet. Add {words.items} above to see what would be recommended."
        )
        return
    with st.container(height=900, border=False):
        event = card_grid(
            history_cards(context.dataset, rows.head(60), context.drop, context.add, toggle=True),
            key=f"history_{context.dataset.name}_{context.user}",
            label=f"What they {words.past}",
            past=words.past,
        )
    hidden = len(rows) - 60
    st.caption(
        f"Newest first{f', {hidden} older ones not drawn' if hidden > 0 else ''}. Untick "
        f"{words.an_item} to see the lists without it. "
        f"Dashed: held out for {PARTS[part]}, never shown to the model."
    )
    _take(context, event)


def _add_search(context: Context) -> None:
    key = f"add_{context.dataset.name}_{context.user}"
    text = st.text_input(
        f"Add {context.words.an_item}",
        key=key,
        type="search",
        live=True,
        placeholder=f"What if they had also {context.words.past} …",
        icon=":material/add:",
        max_chars=100,
        label_visibility="collapsed",
    )
    if not text:
        return
    mine = set(context.split.fitted.history(context.user)) | set(context.add)
    found = [one for one in loaders.search(context.dataset.name, "item", text, limit=12) if one not in mine][
        :5
    ]
    for item in found:
        st.button(
            escape(context.dataset.item_title(item)),
            key=f"{key}_{item}",
            icon=":material/add:",
            type="tertiary",
            on_click=_add,
            args=(context, item, key),
        )
    if not found:
        st.caption(f"No further {context.words.item} by that name.")


def _add(context: Context, item: int, key: str) -> None:
    st.session_state[key] = ""
    added = [*context.add, item]
    view.go(add=view.joined([context.dataset.items.id(one) for one in added]))


def _take(context: Context, event: CardEvent | None) -> None:
    """Act on a click in the history: untick, tick again, or take back an added item."""
    if event is None:
        return
    item = context.dataset.items.number(event.item_id)
    if event.kind == "toggle":
        added = [one for one in context.add if one != item]
        dropped = list(context.drop)
        if item not in context.add:
            dropped = [one for one in dropped if one != item] if item in dropped else [*dropped, item]
        named = context.dataset.items.id
        view.go(
            drop=view.joined([named(one) for one in dropped]), add=view.joined([named(one) for one in added])
        )
        st.rerun()


def what_if_bar(context: Context, listing: Listing) -> None:
    """Says which what-if is shown, how fast it was, and offers the way back."""
    if not context.edited:
        return
    changes = []
    if context.drop:
        changes.append(f"without {context.words.count_items(len(context.drop))}")
    if context.add:
        changes.append(f"with {context.words.count_items(len(context.add))} added")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if listing.cannot_edit:
            st.markdown(
                f":material/block: **What if** {' and '.join(changes)}: {escape(context.a.title)} "
                f"cannot show this without retraining."
            )
        else:
            st.markdown(
                f":material/edit: **What if** {' and '.join(changes)}: {listing.what_if}, ranked "
                f"again in {listing.milliseconds:.0f} ms.",
                help=WHAT_IF_MEANINGS[listing.what_if],
            )
        st.button(
            "Undo all",
            key="undo_what_if",
            on_click=lambda: view.go(drop=None, add=None),
            icon=":material/undo:",
        )


def list_panel(context: Context, name: str, checkpoint: Checkpoint, listing: Listing, as_table: bool) -> None:
    """One recommended list, as cards or as a table."""
    hits = sum(place.hit is not None for place in listing.places)
    st.subheader(f"{name} · {escape(checkpoint.title)}", anchor=False)
    st.caption(
        f"{hits} of {len(listing.places)} are {context.words.items} they later {context.words.past} "
        f"(held out for {PARTS[listing.part]})"
        if listing.judged
        else "On this split the finished model learned from validation too, so hits are counted on the final test alone."
    )
    if not listing.places:
        st.info(_nothing_words(context, checkpoint, listing))
        return
    if tasks.predicts_ratings(checkpoint):
        st.caption(_stars_words(checkpoint))
    if tasks.foresees_clicks(checkpoint):
        st.caption(
            "What comes next after the last session it learned from, or most often where there is none; it is not made to "
            f"foresee what a {context.words.person} {context.words.past} later."
        )
    show_list(context, name, checkpoint, listing.places, as_table, key=f"{name}_{checkpoint.id}")
    download_table(
        lambda: list_table(context.dataset, checkpoint, listing.places),
        (context.dataset.name, context.dataset.users.id(context.user), checkpoint.slug),
        key=f"csv_{name}",
    )


def _nothing_words(context: Context, checkpoint: Checkpoint, listing: Listing) -> str:
    hidden = person.hidden_from(context, listing.part)
    if hidden.indptr[context.user + 1] - hidden.indptr[context.user] >= context.dataset.n_items:
        return f"Nothing is left to recommend: they {context.words.past} everything."
    return (
        f"Without recommendations: {escape(checkpoint.title)} has no score for anything this {context.words.person} "
        f"has not {context.words.past}."
    )


def show_list(
    context: Context,
    name: str,
    checkpoint: Checkpoint,
    places: list[Place],
    as_table: bool,
    *,
    key: str,
    label: str = "",
) -> None:
    """Places scored by a model, as cards or as a table; a click on a card puts its item in focus.

    Args:
        context: What the visitor looks at.
        name: `A` or `B`: whose scores they are.
        checkpoint: The model.
        places: Best first.
        as_table: Whether as a table.
        key: Unique on the page.
        label: What the list is, for screen readers; `List A: …` without.
    """
    label = label or f"List {name}: {checkpoint.title}"
    if as_table:
        st.dataframe(
            list_table(context.dataset, checkpoint, places),
            hide_index=True,
            key=f"table_{key}_{context.user}_{context.k}",
            alt=label,
            column_config={
                "score": st.column_config.NumberColumn("score", format="%.3f"),
                "predicted_stars": st.column_config.NumberColumn("predicted stars", format="%.2f"),
                "popularity_percentile": st.column_config.NumberColumn(
                    "popularity", format="%d %%", help="Share of items that fewer people have"
                ),
            },
        )
        return
    event = card_grid(
        list_cards(context.dataset, checkpoint, places, context.item),
        key=f"list_{key}_{context.user}_{context.k}",
        label=label,
        past=context.words.past,
        series=name.lower(),
    )
    if event is not None and event.kind == "open":
        view.go(i=event.item_id, r_why=name)
        st.rerun()


def _stars_words(checkpoint: Checkpoint) -> str:
    error = tasks.error_of(checkpoint)
    sure = "" if error is None else f" ± {error:.2f} is how far off they typically are on validation (RMSE)."
    return f"In the order of predicted stars.{sure}"


def predicted_and_given(context: Context, name: str, checkpoint: Checkpoint, listing: Listing) -> None:
    """What the person later gave beside what a rating model predicted for it."""
    if not tasks.predicts_ratings(checkpoint) or not listing.judged:
        return
    judged = person.judged_ratings(context, checkpoint, listing.part)
    if not judged:
        return
    off = sum(abs(one.predicted - one.given) for one in judged) / len(judged)
    n = context.words.count_items(len(judged))
    with st.expander(f"Predicted and given: off by {off:.2f} stars on average over {n}", key=f"given_{name}"):
        st.dataframe(
            pd.DataFrame(
                {
                    "title": [context.dataset.item_title(one.item) for one in judged],
                    "predicted": [one.predicted for one in judged],
                    "given": [one.given for one in judged],
                    "off by": [one.predicted - one.given for one in judged],
                }
            ),
            hide_index=True,
            key=f"given_table_{name}_{checkpoint.id}_{context.user}_{listing.part}",
            alt=f"Ratings predicted by {checkpoint.title} and given later",
            column_config={
                "predicted": st.column_config.NumberColumn(format="%.2f"),
                "given": st.column_config.NumberColumn(format="%g"),
                "off by": st.column_config.NumberColumn(format="%+.2f"),
            },
        )
        st.caption(
            f"What was held out for {PARTS[listing.part]}, latest first; the model was never shown these."
        )


def agreement(context: Context, a: Listing, b: Listing) -> None:
    """How far two lists agree, in one line."""
    shared = overlap(a.items, b.items)
    st.caption(
        f"A and B share {len(set(a.items) & set(b.items))} of {context.k} {context.words.items} "
        f"(overlap {shared:.0%}, rank-biased overlap {rbo(a.items, b.items):.2f}: 1 is the same list in the same order)."
    )


def taste_charts(context: Context, listings: dict[str, Listing], part: str) -> None:
    """Genres and popularity of the lists beside those of the history."""
    from gnnrec.figures.strips import genre_calibration, popularity_strip

    mine = context.split.fitted.history(context.user)
    percentiles = loaders.popularity_percentiles(context.dataset.name, str(context.split))
    past = context.words.past.capitalize()
    features = context.dataset.item_features
    known = features is not None and "genres" in features.columns
    *left, right = side_by_side("taste", *[(420, 1)] * (2 if known else 1))
    if known:
        with left[0]:
            figure = genre_calibration(
                genre_shares(features, mine),
                {name: genre_shares(features, one.items) for name, one in listings.items()},
                mode(),
                history_name=past,
            )
            said = "Does the list follow their taste? Share of each genre in the history and in the lists."
            show_figure(figure, key="genres", caption=said)
    with right:
        titles = {past: [context.dataset.item_title(one) for one in mine]}
        titles |= {
            name: [context.dataset.item_title(one) for one in listing.items]
            for name, listing in listings.items()
        }
        figure = popularity_strip(
            percentiles[mine],
            {name: percentiles[one.items] for name, one in listings.items()},
            mode(),
            history_name=past,
            titles=titles,
        )
        said = "Is it only what everybody sees? 100 is the most popular, counted in train."
        show_figure(figure, key="popularity", caption=said)


def next_steps(context: Context) -> None:
    """Where to go from here, with the same person."""
    with st.container(horizontal=True):
        st.page_link(
            places.pages_folder() / "graph.py",
            label="See the graph behind it",
            icon=":material/hub:",
            query_params=view.link(),
        )
        st.page_link(
            places.pages_folder() / "train.py",
            label="Change or retrain the model",
            icon=":material/model_training:",
            query_params=view.link(),
        )
