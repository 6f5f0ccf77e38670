"""Which sessions of a person the Graph page draws for a model that is asked with clicks; kept in the address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from gnnrec.checkpoints import Checkpoint
from gnnrec.explain.edge_values import EdgeMeasure
from gnnrec.recommenders.capabilities import FOLLOWS_CLICKS
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.pickers import pick
from gnnrec.ui.session_names import session_name

SESSION, ALL = "g_sess", "all"
TIMES = EdgeMeasure(
    "clicks",
    "How often",
    "An arrow leads from each click to the next; it is wider where the step was made more than once.",
)
_MOST_SESSIONS = 30
_SOME_CLICKS = 5
_OF_ANOTHER = ("g_node", "g_edge", "g_hidden", "g_pinned", "g_expanded")


@dataclass(frozen=True)
class Drawn:
    """The sessions that are drawn, as numbers of `Dataset.clicks`; all of them are learned from.

    Attributes:
        numbers: Those drawn, oldest first; none where the person has none.
        asked: The one that the list follows, or None.
        usual: Whether that is the one the model is asked with when it is asked about the person.
        total: How many sessions of the person there are.
        most: Clicks beyond so many are not read.
    """

    numbers: tuple[int, ...]
    asked: int | None
    usual: bool
    total: int
    most: int

    def clicks(self, context: Context) -> list[np.ndarray]:
        """Clicks of each drawn session that are read, oldest first."""
        return [context.dataset.clicks.clicks(one)[-self.most :] for one in self.numbers]

    def question(self, context: Context) -> tuple[int, ...]:
        """Clicks to ask with in place of the person's usual ones; none where those are asked with."""
        if self.usual or self.asked is None:
            return ()
        return tuple(int(item) for item in context.dataset.clicks.clicks(self.asked)[-self.most :])


def drawn_sessions(context: Context, checkpoint: Checkpoint) -> Drawn | None:
    """What the visitor picked of the person's sessions, with the picker; None for a model that follows no clicks."""
    if FOLLOWS_CLICKS not in checkpoint.capabilities:
        return None
    most = loaders.model(checkpoint.address).most_clicks
    mine = _learned(context.dataset.name, str(context.split), context.user)
    if not mine:
        return Drawn((), None, True, 0, most)
    sessions, last = context.dataset.clicks, mine[-1]
    options = [str(one) for one in mine[::-1][:_MOST_SESSIONS]] + ([ALL] if len(mine) > 1 else [])
    names = {
        str(one): session_name(sessions, one, "the last" if one == last and len(mine) > 1 else "")
        for one in mine
    }
    names[ALL] = f"All {len(mine)} sessions"
    wanted = view.read().get(SESSION, "")
    picked = pick(
        "Session",
        SESSION,
        options,
        wanted if wanted in options else str(last),
        names.get,
        forget=_OF_ANOTHER,
        width=230,
    )
    if picked == ALL:
        return Drawn(mine, last, True, len(mine), most)
    return Drawn((int(picked),), int(picked), int(picked) == last, len(mine), most)


@st.cache_data(max_entries=8, show_spinner=False)
def a_learned_one(dataset: str, protocol: str) -> int | None:
    """A session that models learned from, with some clicks to look at; None where there is none."""
    split = loaders.split(dataset, protocol)
    numbers = split.session_numbers(*split.fitted_parts)
    longer = numbers[loaders.dataset(dataset).clicks.lengths[numbers] >= _SOME_CLICKS]
    return int(longer[0]) if len(longer) else None


@st.cache_data(max_entries=64, show_spinner=False)
def _learned(dataset: str, protocol: str, user: int) -> tuple[int, ...]:
    """Sessions of a person that models learned from, oldest first; what is held out is in none of them."""
    sessions, split = loaders.dataset(dataset).clicks, loaders.split(dataset, protocol)
    learned = split.session_numbers(*split.fitted_parts)
    mine = sessions.of_person(user)
    return tuple(mine[np.isin(mine, learned)].tolist())
