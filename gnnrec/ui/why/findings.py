"""What is found out for one question by one method: importance, true effects, audit; as far as it is there yet."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from gnnrec.explain.audit import DRAWS, STEPS, Audit, audit
from gnnrec.explain.because import Drop, Reason, because
from gnnrec.explain.claims import Grounds
from gnnrec.explain.deletion import Deletion, Tell, deletion, hidden_for, rescored
from gnnrec.explain.methods import Asked, Importance, Method, importance
from gnnrec.recommenders.capabilities import DIFFERENTIABLE, EDITS_GRAPH
from gnnrec.recommenders.query import GRAPH_EDIT
from gnnrec.ui.context import Context
from gnnrec.ui.long_work import AT_ONCE_S, Bench, bench
from gnnrec.ui.why.asked import Why, seconds_each

DELETION = "deletion"
SEEDS = (0, 1, 2)
_NAMED = 2


@dataclass(frozen=True, eq=False)
class Findings:
    """What one method says about one question, and what became of it when it was checked.

    Attributes:
        method: The method.
        given: What each item of the history counts; None while that is not worked out.
        reason: The exact split of the score, where the method is that.
        deleted: The true effects of taking items out; None while not worked out, or where the model cannot.
        audit: What the audit found; None likewise.
        dropped: What becomes of the item without the first reasons; None likewise.
    """

    method: Method
    given: Importance | None
    reason: Reason | None
    deleted: Deletion | None
    audit: Audit | None
    dropped: Drop | None

    @property
    def top(self) -> tuple[int, ...]:
        """The items that the method names first: at most two, and only what speaks for the item."""
        if self.reason is not None:
            return tuple(item for item, _ in self.reason.top)
        if self.given is None:
            return ()
        first = [place for place in self.given.order[:_NAMED] if self.given.values[place] > 0]
        return tuple(int(self.given.items[place]) for place in first)

    def grounds(self, why: Why) -> Grounds:
        """What its sentence rests on."""
        return Grounds(
            query=why.query,
            method=self.method.name,
            title=self.method.title,
            top=self.top,
            share=self._share(),
            rank=why.rank,
            dropped=self.dropped,
            verdict=self.audit.verdict if self.audit else None,
            reason=self.reason,
        )

    @property
    def total(self) -> float | None:
        """What all items count together, for methods that share something out; None where a sum means nothing."""
        if self.given is None or self.method.additive or self.method.needs & {DIFFERENTIABLE, EDITS_GRAPH}:
            return None
        total = float(self.given.values.sum())
        return total if total > 0 and (self.given.values >= 0).all() else None

    def _share(self) -> float | None:
        if self.reason is not None:
            return self.reason.share_together
        if self.total is None:
            return None
        return float(self.given.values[np.isin(self.given.items, self.top)].sum()) / self.total


def can_check(why: Why) -> bool:
    """Whether the model can be asked what would be without some of the history."""
    return EDITS_GRAPH in why.model.capabilities


def findings(context: Context, why: Why, method: Method) -> Findings:
    """What is known so far, computing what is quick; the rest is `work`."""
    given = _given(context, why, method)
    reason = _reason(why.key, why) if method.additive else None
    found = Findings(method, given, reason, _there(why, DELETION), _there(why, "audit", method.name), None)
    return replace(found, dropped=_dropped(why, found.top))


@st.cache_resource(max_entries=256, show_spinner=False)
def _reason(key: tuple[Hashable, ...], _why: Why) -> Reason:
    """The exact split; kept, because for a what-if it passes messages through the whole graph."""
    return because(_why.model, _why.query, [_why.item], n_reasons=_NAMED, exclude=_why.hidden)[0]


def check_key(why: Why, method: Method) -> tuple[Hashable, ...]:
    """The key of the work that checks a method."""
    return (*why.key, "check", method.name)


def slow(method: Method) -> bool:
    """Whether what it says takes a while by itself."""
    return DIFFERENTIABLE in method.needs


def is_there(why: Why, method: Method) -> bool:
    """Whether what it says can be drawn at once."""
    name = (DELETION,) if method.name == DELETION else ("given", method.name)
    return _there(why, *name) is not None or not (slow(method) or method.name == DELETION)


def seconds_of(context: Context, why: Why, method: Method) -> float:
    """What checking a method takes, from what one removal took."""
    n = len(why.history)
    removals = 0 if _there(why, DELETION) else n
    if method.name != DELETION:
        removals += (DRAWS + 2) * sum(1 < one < n for one in STEPS)
    own = 0.0
    if slow(method) and not is_there(why, method):
        own = _seconds_of_mask((*why.key, method.name), why.asked(context), method.name)
    return seconds_each(why.person_key, why) * removals + own


@st.cache_data(max_entries=1000, show_spinner="Looking at how long it will take …")
def _seconds_of_mask(key: tuple[Hashable, ...], _asked: Asked, method: str) -> float:
    from gnnrec.explain.masks import estimate

    return estimate(_asked, method, len(SEEDS))


def work(context: Context, why: Why, method: Method) -> Callable[[Tell], bool]:
    """The work itself, for a thread: everything of Streamlit is fetched before."""
    asked, shelf = why.asked(context), bench()

    def make(tell: Tell) -> bool:
        deleted = _there(why, DELETION, shelf=shelf)
        if deleted is None:
            deleted = deletion(asked.recommender, why.query, why.item, why.hidden, tell)
            shelf.keep((*why.key, DELETION), deleted)
        if method.name == DELETION:
            return True
        given = _there(why, "given", method.name, shelf=shelf)
        if given is None:
            given = _by_seed(asked, method, tell)
            shelf.keep((*why.key, "given", method.name), given)
        shelf.keep((*why.key, "audit", method.name), audit(asked, given, deleted, tell=tell))
        return True

    return make


def _given(context: Context, why: Why, method: Method) -> Importance | None:
    kept = _there(why, "given", method.name)
    if kept is not None or slow(method):
        return kept
    if method.name == DELETION:
        # The measure itself is a part of the check.
        deleted = _there(why, DELETION)
        effect = None if deleted is None else deleted.effect
        return None if effect is None else Importance(DELETION, deleted.items, effect, effect[None])
    found = importance(why.asked(context), method.name)
    bench().keep((*why.key, "given", method.name), found)
    return found


def _by_seed(asked: Asked, method: Method, tell: Tell) -> Importance:
    """The importance over all seeds; the work can be stopped in between."""
    tell(0, 1)
    return importance(replace(asked, tell=tell), method.name, SEEDS)


def _dropped(why: Why, removed: tuple[int, ...]) -> Drop | None:
    """What becomes of the item without some of the history; None where that would keep the visitor waiting."""
    if not removed or not can_check(why):
        return None
    kept = _there(why, "without", removed)
    if kept is not None or seconds_each(why.person_key, why) > AT_ONCE_S:
        return kept
    hidden = hidden_for(why.model, why.query, why.hidden)
    found = rescored(why.model, why.query, why.item, [removed], hidden)
    dropped = Drop(removed, float(found.score[0]), int(found.rank[0]) or None, GRAPH_EDIT)
    bench().keep((*why.key, "without", removed), dropped)
    return dropped


def _there(why: Why, *name: Hashable, shelf: Bench | None = None):
    """A kept result, or None."""
    return (shelf or bench()).kept((*why.key, *name))[1]
