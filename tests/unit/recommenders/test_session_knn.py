"""Session neighbours against a plain loop over all sessions, with each recency and without."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gnnrec.recommenders import Query, create
from tests import worlds

SETTINGS = [
    {},
    {"position_decay": 0},
    {"neighbour_decay": 0},
    {"time_decay": 0},
    {"neighbours": 3},
    {"position_decay": 0, "neighbour_decay": 0, "time_decay": 0},
]


def votes(model, clicks: list[int]) -> np.ndarray:
    """The paper's sums, one session after another."""
    config, sessions = model.config, model.data.sessions
    weight = {}
    for back, item in enumerate(reversed(clicks)):
        weight.setdefault(item, math.exp(-back / config.position_decay) if config.position_decay else 1.0)
    back_of = {item: clicks[::-1].index(item) for item in weight}
    found = []
    for number in range(len(sessions)):
        theirs = sessions.clicks(number).tolist()
        place = {item: spot for spot, item in enumerate(theirs)}
        shared = set(place) & set(weight)
        if not shared:
            continue
        similar = sum(weight[item] for item in shared) / math.sqrt(len(place) * len(weight))
        if config.time_decay:
            age = (sessions.time.max() - sessions.time[number]) / 86_400
            similar *= math.exp(-age / config.time_decay)
        found.append((similar, number, place, place[min(shared, key=back_of.get)]))
    found.sort(key=lambda one: (-one[0], one[1]))
    out = np.zeros(model.data.n_items)
    for similar, _, place, anchor in found[: config.neighbours]:
        for item, spot in place.items():
            near = math.exp(-abs(spot - anchor) / config.neighbour_decay) if config.neighbour_decay else 1.0
            out[item] += similar * near
    return out


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_it_equals_a_plain_loop(settings: dict) -> None:
    cut = worlds.published(worlds.sessioned())
    model = create("session_knn", settings).fit(cut.training())
    rng = np.random.default_rng(2)
    asked = [rng.integers(cut.dataset.n_items, size=n).tolist() for n in (1, 2, 3, 6, 6)]
    scores = model.scores([Query(session=tuple(one)) for one in asked])
    known = np.flatnonzero(np.bincount(cut.training().sessions.item, minlength=cut.dataset.n_items))
    for one, row in zip(asked, scores, strict=True):
        one = [item for item in one if item in known]
        np.testing.assert_allclose(row[known], votes(model, one)[known], atol=2e-5)


def test_without_going_back_nothing_clicked_before_comes_next() -> None:
    cut = worlds.published(worlds.sessioned())
    model = create("session_knn", {"again": False}).fit(cut.training())
    clicks = cut.training().sessions.clicks(1).tolist()[:3]
    first = model.scores([Query(session=tuple(clicks))])[0].argsort()[::-1]
    assert not set(first[:5].tolist()) & set(clicks)


def test_who_has_no_session_gets_what_comes_next_most_often() -> None:
    cut = worlds.published(worlds.sessioned())
    model = create("session_knn").fit(cut.training())
    sessions = cut.training().sessions
    asked, before = sessions.questions()
    often = np.bincount(sessions.item[sessions.start[asked] + before], minlength=cut.dataset.n_items)
    nobody = cut.dataset.n_users - 1
    assert len(model.last_session(nobody)) == 0
    assert often[model.scores([nobody])[0].argmax()] == often.max()
