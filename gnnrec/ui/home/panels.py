"""The panels of the Home page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec import datasets, places
from gnnrec.checkpoints import Checkpoint
from gnnrec.errors import GnnrecError
from gnnrec.evaluation.bootstrap import Interval, mean_interval
from gnnrec.evaluation.rating_stories import RatingStory, rating_stories
from gnnrec.evaluation.stories import Story, stories
from gnnrec.evaluation.true_taste import known_for, true_taste
from gnnrec.figures.board import BoardRow, leaderboard_bars
from gnnrec.figures.poster import avatar_svg
from gnnrec.ui import loaders, tasks, tour, view
from gnnrec.ui.context import Context
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

METRIC = "ndcg@10"
_ASKED = {"knowledge": "facts about films", "time": "what comes later"}


def opening(context: Context, part: str) -> None:
    """What this is, and the headline in people."""
    st.markdown(
        f"Pick a {context.words.person}, see what two recommenders suggest, for what reason, and how far that reason "
        "can be believed; open the graph behind it, change something, and look at the same person again."
    )
    if context.a is None:
        return
    with st.container(border=True):
        if tasks.predicts_ratings(context.a):
            _ratings_headline(context, part)
        elif tasks.foresees_clicks(context.a):
            _clicks_headline(context, part)
        else:
            _lists_headline(context, part)
        _ways_on(context)


def _ways_on(context: Context) -> None:
    """From the one number to those behind it."""
    ways = [("errors", f"Which {context.words.people} are badly served?", "crisis_alert")]
    if context.b:
        ways.append(("compare", f"Is it better than {escape(context.b.title)}?", "compare_arrows"))
    with st.container(horizontal=True):
        for page, label, icon in ways:
            st.page_link(
                places.pages_folder() / f"{page}.py",
                label=label,
                icon=f":material/{icon}:",
                query_params=view.link(),
            )


def _lists_headline(context: Context, part: str) -> None:
    popular = popularity(context)
    told = loaders.headline_of(context.a.address, popular.address if popular else None, part)
    st.markdown(f"### {escape(told.sentence(context.words))}", help=f"NDCG@10 {told.ndcg.mean:.3f}")
    _source(context, told.caption(context.words))


def _ratings_headline(context: Context, part: str) -> None:
    simple = simple_rating_model(context)
    told = loaders.rating_headline_of(context.a.address, simple.address if simple else None, part)
    sentence = told.sentence(context.words, simple.title if simple else "")
    st.markdown(f"### {escape(sentence)}", help=f"RMSE {told.rmse:.3f}")
    _source(context, told.caption(context.words))


def _clicks_headline(context: Context, part: str) -> None:
    simple = next((one for one in context.models if tasks.foresees_clicks(one) and tasks.simple(one)), None)
    mine = loaders.interval(context.a.address, part, "hit@20")
    told = f"After a click, the next one is among the first 20 in {100 * mine.mean:.0f} of 100 cases"
    if simple is not None and simple is not context.a:
        told += f"; {simple.title}: {100 * loaders.interval(simple.address, part, 'hit@20').mean:.0f}"
    mrr = loaders.interval(context.a.address, part, "mrr@20").mean
    st.markdown(f"### {escape(told)}", help=f"P@20 {mine.mean:.3f}, MRR@20 {mrr:.3f}")
    between = "" if mine.too_few else f", 95 % interval {100 * mine.low:.1f} to {100 * mine.high:.1f}"
    name = "validation" if part == "valid" else "test (final)"
    _source(
        context,
        f"Every click after the first of a held-out session, asked for after those before it, on {name}; sessions of "
        f"{context.words.count_people(mine.n)}{between}. Other models are asked another question.",
    )


def _source(context: Context, caption: str) -> None:
    st.caption(f"{escape(context.a.title)} on {escape(context.dataset.title)}. {caption}")


def popularity(context: Context) -> Checkpoint | None:
    """The checkpoint that gives everybody the same list, if there is one."""
    return next((one for one in context.models if not one.config.get("personalised", True)), None)


def simple_rating_model(context: Context) -> Checkpoint | None:
    """What a model that predicts ratings has to beat: the best simple one of another kind."""
    return next(
        (
            one
            for one in context.models
            if tasks.predicts_ratings(one)
            and tasks.simple(one)
            and one.config["recommender"] != context.a.config["recommender"]
        ),
        None,
    )


def chosen_stories(context: Context) -> list[Story] | list[RatingStory]:
    """Three people chosen by rule from validation results."""
    if context.a is None:
        return []
    counts = np.diff(context.split.fitted.matrix.indptr)
    mine = loaders.evaluation(context.a.address, "valid")
    if tasks.predicts_ratings(context.a):
        simple = simple_rating_model(context)
        return rating_stories(mine, loaders.evaluation(simple.address, "valid") if simple else None, counts)
    popular = popularity(context)
    if tasks.foresees_clicks(context.a):
        # A story sets a model's list beside the most popular; that list was made for another question.
        return []
    return stories(mine, loaders.evaluation(popular.address, "valid"), counts) if popular else []


def story_cards(context: Context, found: list[Story] | list[RatingStory]) -> None:
    """The three stories, each one click from its person."""
    if not found:
        return
    st.subheader("Three people, chosen by rule", anchor=False)
    for column, story in zip(
        side_by_side("stories", *[(215, 1)] * len(found), gap="small", equal=True), found, strict=True
    ):
        data = context.dataset
        name = data.user_name(story.user)
        with column, st.container(border=True, height="stretch"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.image(avatar_svg(data.users.id(story.user), name), width=44)
                st.markdown(f"**{story.title}**  \n{escape(name)}")
            st.text(story.sentence(context.words, name))
            st.page_link(
                places.pages_folder() / "recommend.py",
                label="Look at this person",
                icon=":material/arrow_forward:",
                query_params=view.link(u=data.users.id(story.user), drop=None, add=None, i=None),
            )
            st.page_link(
                places.pages_folder() / "why.py",
                label=f"Why their first {context.words.item}?",
                icon=":material/psychology_alt:",
                query_params=view.link(u=data.users.id(story.user), drop=None, add=None, i=None),
            )
            st.caption(f"Chosen because this person {story.rule}.")


def tour_card(context: Context, found: list[Story] | list[RatingStory]) -> None:
    """The way into the presenter's tour."""
    person = found[0].user if found else context.user
    start = tour.start_link(context, person) if person is not None else None
    if start is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**The tour** · six steps on one person: who they are, two lists, why, the graph, what if, retrain."
        )
        st.page_link(
            places.pages_folder() / "recommend.py",
            label="Start the tour",
            icon=":material/play_arrow:",
            query_params=start,
        )


@st.cache_data(max_entries=64, show_spinner="Ranking by true taste …")
def _taste(address: str, dataset_name: str, protocol: str) -> Interval | None:
    """How well a model finds what people would have liked; None for one that can no longer be opened."""
    try:
        found = true_taste(loaders.model(address), loaders.split(dataset_name, protocol))
    except GnnrecError:
        return None
    return mean_interval(found.per_user[METRIC].to_numpy())


def leaderboard(context: Context, part: str) -> None:
    """Every model on this split, with baselines; on the demo also by what people would have liked."""
    ranking = [one for one in context.models if tasks.ranks_for_people(one)]
    rating = [one for one in context.models if tasks.predicts_ratings(one)]
    clicks = [one for one in context.models if tasks.foresees_clicks(one)]
    if not context.models:
        return
    st.subheader("Which model serves people best?", anchor=False)
    name = "validation" if part == "valid" else "test (final)"
    known = known_for(context.dataset)
    boards = bool(ranking) + bool(rating) + bool(clicks) + known
    row = iter(side_by_side("boards", *[(420, 1)] * boards))
    watched = {one.address: loaders.interval(one.address, part, METRIC) for one in ranking}
    if ranking:
        with next(row):
            said = f"What people {context.words.past}, {name}"
            _board(context, "watched", said, f"NDCG@10 on {name}", watched)
    if known:
        with next(row):
            liked = _liked_board(context)
    if rating:
        with next(row):
            off = {one.address: loaders.interval(one.address, part, "rmse") for one in rating}
            said = f"How far predicted stars are off, {name}"
            _board(
                context,
                "off",
                said,
                f"RMSE on {name}",
                off,
                lower_is_better=True,
                over="all ratings of ",
            )
    if clicks:
        with next(row):
            found = {one.address: loaders.interval(one.address, part, "mrr@20") for one in clicks}
            said = f"What they {context.words.past} or opened next in a session, {name}"
            axis = f"MRR@20 of the next click on {name}"
            _board(context, "clicks", said, axis, found, over="all next clicks of ")
    if known:
        st.markdown(_disagreement(context, watched, liked))


def _liked_board(context: Context) -> dict[str, Interval]:
    """The board that only made-up data can have, predicted stars among it: they order a list too."""
    tastes = {
        one.address: _taste(one.address, context.dataset.name, str(context.split)) for one in context.models
    }
    liked = {address: value for address, value in tastes.items() if value is not None}
    said = "What people would have liked had they seen everything"
    _board(context, "liked", said, "NDCG@10 on true taste", liked)
    return liked


def _board(
    context: Context,
    key: str,
    what: str,
    axis: str,
    values: dict[str, Interval],
    *,
    lower_is_better: bool = False,
    over: str = "",
) -> None:
    shown = {address: value for address, value in values.items() if np.isfinite(value.mean)}
    rows = [_row(context, one, shown[one.address]) for one in context.models if one.address in shown]
    if not rows:
        st.caption(f"{what}: nobody has something held out to judge by.")
        return
    n = context.words.count_people(next(iter(shown.values())).n)
    fainter = "; simple models are fainter" if any(row.role == "baseline" for row in rows) else ""
    show_figure(
        leaderboard_bars(rows, axis, mode(), lower_is_better=lower_is_better),
        key=f"board_{key}",
        caption=f"{what}. Mean over {over}{n}, whiskers are 95 % bootstrap "
        f"intervals; {'lower' if lower_is_better else 'higher'} is better{fainter}.",
    )


def _row(context: Context, one: Checkpoint, value: Interval) -> BoardRow:
    return BoardRow(one.title, value.mean, value.low, value.high, tasks.role(one, context.a, context.b))


def _disagreement(context: Context, watched: dict[str, Interval], liked: dict[str, Interval]) -> str:
    models = [
        one
        for one in context.models
        if not tasks.knows_truth(one) and one.address in liked and one.address in watched
    ]
    if not models:
        return ""
    by_watched = sorted(models, key=lambda one: -watched[one.address].mean)
    by_liked = sorted(models, key=lambda one: -liked[one.address].mean)
    moved = max(models, key=lambda one: abs(by_watched.index(one) - by_liked.index(one)))
    first, second = by_watched.index(moved) + 1, by_liked.index(moved) + 1
    if first == second:
        return "The two boards agree on the order: being right about what was watched and about taste go together here."
    return (
        f"The two boards disagree most on **{escape(moved.title)}**: place {first} by what people {context.words.past}, "
        f"place {second} by what they would have liked. Only made-up data can show this: nobody knows a real person's taste."
    )


def evidence() -> None:
    """Measured results on real data: figures only, made by the benchmarks of the project."""
    files = sorted(places.shipped_results().glob("*.json")) if places.shipped_results().is_dir() else []
    read = {file.stem: _result_table(str(file), file.stat().st_mtime_ns) for file in files}
    tables = {name: table for name, table in read.items() if table is not None}
    if not tables:
        return
    st.subheader("On real data", anchor=False)
    # The fullest first: most models stand in it.
    names = sorted(tables, key=lambda one: (-len(tables[one][2]), tables[one][0]))
    wanted = view.read().get("h_board", "")
    chosen = pick(
        "Measured on",
        "h_board",
        names,
        wanted if wanted in names else names[0],
        lambda one: tables[one][0],
        width=420,
    )
    title, note, table = tables[chosen]
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        alt=f"Results on {title}",
        column_config={
            column: st.column_config.NumberColumn(column, format="%.3f")
            for column in table.columns
            if column != "model"
        },
    )
    st.caption(note)


@st.cache_resource(max_entries=64, show_spinner=False)
def _result_table(path: str, edition: int) -> tuple[str, str, pd.DataFrame] | None:
    """Title, note and rows of a leaderboard of real data; read again when it was written again."""
    result = json.loads(Path(path).read_text(encoding="utf-8"))
    if "home" not in result or result["dataset"] == "demo":
        return None
    home = result["home"]
    # Several boards of one data set ask different things; the name of the file says which.
    about = Path(path).stem.removeprefix(f"leaderboard-{result['dataset']}").strip("-")
    title = home["title"] + (f": {_ASKED[about]}" if about in _ASKED else "")
    return title, home["note"], pd.DataFrame(home["rows"])


def at_hand(context: Context) -> None:
    """Data sets and models at hand, with the way to more."""
    present = [card for card in datasets.available() if card.present]
    with st.container(horizontal=True):
        st.page_link(
            places.pages_folder() / "data.py",
            label=f"Data: {len(present)} at hand",
            icon=":material/table_view:",
            query_params=view.link(),
        )
        st.page_link(
            places.pages_folder() / "models.py",
            label=f"Models: {len(context.models)} on this split",
            icon=":material/inventory_2:",
            query_params=view.link(),
        )
