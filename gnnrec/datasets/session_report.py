"""What the sessions of a data set hold: how long they are, and what is odd about them, with counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnrec.data import Dataset


@dataclass(frozen=True, eq=False)
class SessionReport:
    """Figures of sessions.

    Attributes:
        n: How many sessions there are.
        clicks: Clicks in all of them.
        questions: Clicks that follow another: what models of the next item learn from and are judged on.
        single: Sessions of one click. They are kept, and ask nothing.
        untimed: Sessions whose last click has no time: cut by time, they are in no part. None where none has one.
        people: People with a session; each session is one where the source knows no people.
        people_known: Whether it knows them.
        items: Items clicked on.
        again: Questions whose answer was clicked on before in the same session.
        lengths: Clicks of each session.
    """

    n: int
    clicks: int
    questions: int
    single: int
    untimed: int | None
    people: int
    people_known: bool
    items: int
    again: int
    lengths: np.ndarray


def session_report(dataset: Dataset) -> SessionReport | None:
    """The figures; None for a data set without sessions."""
    sessions = dataset.clicks
    if not len(sessions):
        return None
    pairs = sessions.session_of_click * dataset.n_items + sessions.item
    return SessionReport(
        n=len(sessions),
        clicks=len(sessions.item),
        questions=len(sessions.item) - len(sessions),
        single=int((sessions.lengths == 1).sum()),
        untimed=None if sessions.time is None else int(np.isnan(sessions.time).sum()),
        people=len(np.unique(sessions.user)),
        people_known=not dataset.people_are_sessions,
        items=len(np.unique(sessions.item)),
        again=len(pairs) - len(np.unique(pairs)),
        lengths=sessions.lengths,
    )
