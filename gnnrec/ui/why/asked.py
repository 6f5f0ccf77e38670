"""What the Why page is asked: which model, which person as edited, which item; and where that item stands."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from scipy import sparse

from gnnrec.checkpoints import Checkpoint
from gnnrec.explain import methods
from gnnrec.explain.deletion import estimate, hidden_for, rank_among
from gnnrec.explain.methods import Method, methods_of
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH
from gnnrec.ui import loaders, person, view
from gnnrec.ui.context import Context

_TIMED = 16
_ASKED_AGAIN_S = 0.1


@dataclass(frozen=True, eq=False)
class Why:
    """A question: why does this model give this person this item?

    Attributes:
        name: `A` or `B`: which model of the bar.
        checkpoint: The model.
        item: Item number.
        part: `valid` or `test`: what counts as held out.
        listed: Item numbers of the model's list, best first.
        query: The person, with the what-if of the address where the model can show it.
        cannot_edit: True where a what-if was asked for that the model or the method cannot show.
        hidden: Pairs that lists leave out, besides what the model learned. CSR [U, I].
        score: The model's score.
        rank: Place among all items that are not hidden, from 1; None where the item itself is hidden.
        history: Item numbers that stand for the person, edits included.
    """

    name: str
    checkpoint: Checkpoint
    item: int
    part: str
    listed: tuple[int, ...]
    query: Query
    cannot_edit: bool
    hidden: sparse.csr_matrix
    score: float
    rank: int | None
    history: np.ndarray

    @property
    def model(self) -> Recommender:
        """The model itself; an error in words where its checkpoint is gone."""
        return loaders.model(self.checkpoint.address)

    @property
    def series(self) -> int:
        """Which colour of series is its own."""
        return 0 if self.name == "A" else 1

    @property
    def person_key(self) -> tuple[Hashable, ...]:
        """What every answer about this person depends on."""
        return person.answer_key(self.checkpoint.address, self.query, self.part)

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What every answer about this person and item depends on."""
        return (*self.person_key, self.item)

    def asked(self, context: Context) -> methods.Asked:
        """The question as the methods of explanation take it."""
        graph = loaders.graph(context.dataset.name, str(context.split))
        return methods.Asked(self.model, graph, self.query, self.item)


def follows_edits(method: Method) -> bool:
    """Whether a method answers for a person with a what-if."""
    return bool(method.needs & {DECOMPOSES, EDITS_GRAPH})


def question(context: Context, part: str) -> Why | None:
    """What the address asks; None where there is nothing left to suggest and no item is named."""
    able = {"A": context.a} | ({"B": context.b} if context.b else {})
    wanted = view.read().get("w_model")
    name = wanted if wanted in able else "A"
    checkpoint = able[name]
    model = loaders.model(checkpoint.address)
    cannot = context.edited and EDITS_GRAPH not in checkpoint.capabilities
    query = Query(user=context.user) if cannot else person.query_of(context)
    hidden = person.hidden_from(context, part)
    listed = _listed(person.answer_key(checkpoint.address, query, part), context.k, model, query, hidden)
    item = context.item if context.item is not None else _first(context, part)
    if item is None:
        return None
    return _stands(name, checkpoint, item, part, listed, query, cannot, hidden)


def suited(why: Why, method: Method | None) -> Why:
    """The question as a method can answer it.

    Those that read the trained graph itself know nothing of a what-if and are asked about the person as they are.
    """
    if method is None or follows_edits(method) or why.query.kind == "known":
        return why
    query = Query(user=why.query.user)
    return _stands(why.name, why.checkpoint, why.item, why.part, why.listed, query, True, why.hidden)


def _stands(
    name: str,
    checkpoint: Checkpoint,
    item: int,
    part: str,
    listed: tuple[int, ...],
    query: Query,
    cannot_edit: bool,
    hidden: sparse.csr_matrix,
) -> Why:
    model = loaders.model(checkpoint.address)
    scores = _scores(person.answer_key(checkpoint.address, query, part), model, query)
    return Why(
        name=name,
        checkpoint=checkpoint,
        item=item,
        part=part,
        listed=listed,
        query=query,
        cannot_edit=cannot_edit,
        hidden=hidden,
        score=float(scores[item]),
        rank=rank_among(scores, item, hidden_for(model, query, hidden))
        if np.isfinite(scores[item])
        else None,
        history=model.history(query),
    )


def _first(context: Context, part: str) -> int | None:
    """The first recommendation of model A, so that the item stays when the other model is asked."""
    query = person.query_of(context) if EDITS_GRAPH in context.a.capabilities else Query(user=context.user)
    key, hidden = person.answer_key(context.a.address, query, part), person.hidden_from(context, part)
    return next(iter(_listed(key, context.k, loaders.model(context.a.address), query, hidden)), None)


# Kept over reruns: for a what-if each of these passes messages through the whole graph


@st.cache_resource(max_entries=256, show_spinner=False)
def _listed(
    key: tuple[Hashable, ...], k: int, _model: Recommender, _query: Query, _hidden: sparse.csr_matrix
) -> tuple[int, ...]:
    best = _model.recommend([_query], k=k, exclude=_hidden).items[0]
    return tuple(int(one) for one in best if one >= 0)


@st.cache_resource(max_entries=64, show_spinner=False)
def _scores(key: tuple[Hashable, ...], _model: Recommender, _query: Query) -> np.ndarray:
    return _model.scores([_query])[0]


def explained_by(why: Why) -> list[Method]:
    """The methods that can explain this model."""
    return methods_of(why.model)


@st.cache_data(max_entries=1000, show_spinner=False)
def seconds_each(key: tuple[Hashable, ...], _why: Why) -> float:
    """What one removal takes, measured: for the estimates that are said before long work."""
    # The first answer may prepare what all others share, so quick models are asked again.
    first = estimate(_why.model, _why.query, 1)
    return first if first > _ASKED_AGAIN_S else estimate(_why.model, _why.query, _TIMED) / _TIMED
