"""Two stages on the Recommend page: one model retrieves candidates, the other ranks them, and what each one loses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.two_stage import CANDIDATES, HIT, NOT_RETRIEVED, Funnel, funnel, stages_of, two_stages
from gnnrec.explain.deletion import rank_among
from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import EDITS_GRAPH
from gnnrec.ui import loaders, person, view
from gnnrec.ui.context import Context
from gnnrec.ui.person import Place
from gnnrec.ui.pickers import fold_out, number_of, pick
from gnnrec.ui.recommend.panels import PARTS, show_list
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

_SIZES = (50, 100, 200, 500)
_MOST_ROWS = 12
# Judging more people than this would keep the visitor waiting; a draw says as much.
_MOST_PEOPLE = 2000


@dataclass(frozen=True)
class Choice:
    """Which of the two models does what: names A and B, their checkpoints, and how many candidates go over."""

    retriever: str
    ranker: str
    models: dict[str, Checkpoint]
    n_candidates: int

    @property
    def first(self) -> Checkpoint:
        """The model that retrieves."""
        return self.models[self.retriever]

    @property
    def second(self) -> Checkpoint:
        """The model that ranks."""
        return self.models[self.ranker]


@dataclass(frozen=True, eq=False)
class Passed:
    """One person's way through the two stages.

    Attributes:
        places: The list.
        n_candidates: How many candidates there were.
        held_out: What `stages_of` says of each held-out item, with its place in the whole order of the retriever.
        as_they_are: True where a what-if was asked for that one of the two models cannot show.
    """

    places: list[Place]
    n_candidates: int
    held_out: pd.DataFrame
    as_they_are: bool


def two_stage_panel(context: Context, part: str, as_table: bool) -> None:
    """The fold-out with the funnel of the person and the list that comes out of it."""
    with fold_out(
        "Two stages: one model retrieves, the other ranks", "r_two", ":material/filter_alt:"
    ) as panel:
        if not panel.open:
            return
        if context.b is None:
            st.info("Choose a model B in the side bar: one of the two retrieves, the other ranks.")
            return
        choice = _choice(context)
        passed = _passed(context, choice, part)
        st.markdown(_story(context, choice, passed, part))
        if passed.as_they_are:
            st.caption("One of the two models cannot show this what-if, so both see the person as they are.")
        if len(passed.held_out):
            _figure(context, choice, passed)
        title = f"{context.words.items.capitalize()} of both stages"
        st.markdown(f"**{title}**, scores of {escape(choice.second.title)}")
        show_list(
            context,
            choice.ranker,
            choice.second,
            passed.places,
            as_table,
            key=f"two_{choice.first.id}_{choice.second.id}_{choice.n_candidates}_{part}",
            label=f"Two stages: {choice.second.title} after {choice.first.title}",
        )
        st.caption(_everybody(context, choice, part))


def _choice(context: Context) -> Choice:
    """The two switches of the fold-out, kept in the address."""
    values = view.read()
    retriever = "B" if values.get("r_first") == "B" else "A"
    n = number_of(values.get("r_n"), _SIZES, CANDIDATES)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pick(
            "Order of the stages",
            "r_first",
            ("A", "B"),
            retriever,
            lambda one: f"{one} retrieves, {'B' if one == 'A' else 'A'} ranks",
            control=st.segmented_control,
            required=True,
            width="content",
        )
        pick(
            "Candidates",
            "r_n",
            _SIZES,
            n,
            control=st.segmented_control,
            required=True,
            width="content",
        )
    ranker = "A" if retriever == "B" else "B"
    return Choice(retriever, ranker, {"A": context.a, "B": context.b}, n)


def _passed(context: Context, choice: Choice, part: str) -> Passed:
    retriever, ranker = (loaders.model(one.address) for one in (choice.first, choice.second))
    able = all(EDITS_GRAPH in one.capabilities for one in (choice.first, choice.second))
    query = person.query_of(context) if able else Query(user=context.user)
    hidden = person.hidden_from(context, part)
    found = two_stages(retriever, ranker, [query], max(choice.n_candidates, context.k), hidden)
    table = _nothing()
    if part not in context.split.fitted_parts:
        table = stages_of(found, context.split.matrix(part)[[context.user]], context.k)
        scores = retriever.scores([query])[0]
        mine = hidden.indices[hidden.indptr[context.user] : hidden.indptr[context.user + 1]]
        # What it has no score for stands nowhere, not behind everything else.
        table["place"] = [
            rank_among(scores, int(item), mine) if np.isfinite(scores[item]) else 0 for item in table["item"]
        ]
    places = person.places_of(
        context, choice.second, found.ranked[0, : context.k], found.scores[0, : context.k], part
    )
    n = int((found.candidates[0] >= 0).sum())
    return Passed(places, n, _in_order(table), context.edited and not able)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=["row", "item", "candidate", "rank", "stage", "place"])


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Hits first, then what was ranked too low, then what was not retrieved, the nearest misses first."""
    lost = (table["stage"] != HIT).astype(int) + (table["stage"] == NOT_RETRIEVED).astype(int)
    far = table["rank"].where(table["stage"] != NOT_RETRIEVED, table["place"])
    order = pd.DataFrame({"lost": lost, "far": far}).sort_values(["lost", "far"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _story(context: Context, choice: Choice, passed: Passed, part: str) -> str:
    """What came through and where the rest was lost, in plain words."""
    words = context.words
    catalogue = words.count_items(context.dataset.n_items)
    first, second = escape(choice.first.title), escape(choice.second.title)
    way = (
        f"Of {catalogue}, **{first}** retrieves {passed.n_candidates:,} candidates; **{second}** puts the best "
        f"{len(passed.places)} of them on the list."
    )
    if part in context.split.fitted_parts:
        return (
            f"{way} On this split both models learned from validation too: look at the final test for hits."
        )
    held, table = len(passed.held_out), passed.held_out
    if not held:
        return f"{way} Nothing of theirs was held out for {PARTS[part]}, so nothing can be found or lost."
    hits, retrieved = int((table["stage"] == HIT).sum()), int((table["stage"] != NOT_RETRIEVED).sum())
    lost = []
    if held - retrieved:
        lost.append(f"{held - retrieved} already at retrieval: no ranker can bring them back")
    if retrieved - hits:
        lost.append(f"{retrieved - hits} in ranking: retrieved, but below place {context.k}")
    told = f"Of the {words.count_items(held)} they later {words.past}, {_count(hits)} on it."
    return f"{way} {told}" + (f" Lost: {'; '.join(lost)}." if lost else "")


def _count(hits: int) -> str:
    return "none is" if not hits else "1 is" if hits == 1 else f"{hits} are"


def _figure(context: Context, choice: Choice, passed: Passed) -> None:
    from gnnrec.figures.funnel import Stage, Wanted, funnel_lines

    words, series = context.words, {"A": 0, "B": 1}
    stages = (
        Stage("Catalogue", words.count_items(context.dataset.n_items)),
        Stage(
            f"{choice.retriever} · {choice.first.title}",
            f"{passed.n_candidates:,} candidates",
            series[choice.retriever],
        ),
        Stage(
            f"{choice.ranker} · {choice.second.title}",
            f"list of {len(passed.places)}",
            series[choice.ranker],
        ),
    )
    drawn = passed.held_out.head(_MOST_ROWS)
    wanted = [
        Wanted(
            context.dataset.item_title(int(one.item)),
            {HIT: 2, NOT_RETRIEVED: 0}.get(one.stage, 1),
            _place_words(one.place, f" of {choice.retriever}")
            if one.stage == NOT_RETRIEVED
            else _place_words(one.rank),
        )
        for one in drawn.itertuples(index=False)
    ]
    left = len(passed.held_out) - len(drawn)
    show_figure(
        funnel_lines(stages, wanted, mode()),
        key=f"funnel_{choice.first.id}_{choice.second.id}_{context.user}",
        caption=f"One line for each of the {words.items} they later {words.past}, as far as it came. A cross is where "
        "it was lost: the place says how far down it stood."
        + (f" {left} more were lost and are not drawn." if left else ""),
    )


def _place_words(place: int, of: str = "") -> str:
    return f"place {place:,}{of}" if place else "no score, so no place"


@st.cache_resource(max_entries=32, show_spinner="Sending everybody through both stages …")
def _judged(retriever: str, ranker: str, dataset: str, protocol: str, part: str, n_candidates: int) -> Funnel:
    """Both stages over many people; with one model as both it stands alone."""
    first, second = loaders.model(retriever), loaders.model(ranker)
    return funnel(first, second, loaders.split(dataset, protocol), part, n_candidates, most=_MOST_PEOPLE)


def _everybody(context: Context, choice: Choice, part: str) -> str:
    """What the two stages find over people, beside each model alone."""
    if part in context.split.fitted_parts:
        return "Over everybody nothing can be counted here: both models learned from validation too."
    first, second = choice.first.address, choice.second.address
    where = (context.dataset.name, str(context.split), part)
    both = _judged(first, second, *where, choice.n_candidates)
    # Alone, the number of candidates changes nothing: one answer serves every retriever and every number.
    alone = _judged(second, second, *where, CANDIDATES)
    recalls = both.candidates.means
    n, k = both.n_candidates, both.k
    if not len(both.final.users):
        return "Nobody has something held out, so nothing can be counted over everybody."
    at_100 = "" if n == 100 else f" (the first 100: {recalls['recall@100']:.0%})"
    return (
        f"Over {context.words.count_people(len(both.final.users))}, {PARTS[part]}: the {n} candidates of "
        f"{escape(choice.first.title)} hold {recalls[f'recall@{n}']:.0%} of what people later "
        f"{context.words.past}{at_100}, and no ranker behind them can find more. NDCG@{k} of both stages is "
        f"{both.final.means[f'ndcg@{k}']:.3f}; {escape(choice.second.title)} alone, over the whole catalogue, "
        f"{alone.final.means[f'ndcg@{k}']:.3f}."
    )
