"""Two visitors at once see what each would see alone: models and data are shared, and nobody changes them."""

from __future__ import annotations

import threading

import numpy as np

from gnnrec.explain.because import because
from gnnrec.explain.subgraph import explain_subgraph
from gnnrec.ui import context, loaders, person
from tests.app.opening import open_page
from tests.hostile import HOSTILE

VISITS = (
    {"u": "p|3", "a": "lightgcn", "b": "ease"},
    {"u": "p|3", "a": "lightgcn", "drop": "i%7C11|i%7C02"},
    {"u": "p|7", "a": "lightgcn", "add": "i%7C04"},
    {"u": "<b>6</b>", "a": "gat", "add": "i%7C04"},
    {"u": "p|5", "a": "gat", "drop": "i%7C00"},
)
TURNS = 4


def looked_at(visit: dict[str, str]) -> context.Context:
    named = {key: f"{HOSTILE}-{visit[key]}" for key in ("a", "b") if key in visit}
    return context.resolve({"d": HOSTILE, **visit, **named})


def seen(view: context.Context) -> list[object]:
    """What the pages of a visit are made of: the list with scores and moves, its reasons, the graph."""
    shown = person.listing(view, view.a, "valid")
    model, graph = loaders.model(view.a.address), loaders.graph(HOSTILE, str(view.split))
    places = [(one.item, round(one.score, 5), one.move) for one in shown.places]
    cut = explain_subgraph(model, graph, view.user, 2, 30)
    shares: list[object] = []
    if "decomposes" in model.capabilities:
        reasons = because(model, person.query_of(view), shown.items[:3])
        shares = [(one.rank, one.items.tolist(), np.round(one.contributions, 5).tolist()) for one in reasons]
    return [places, shares, cut.nodes.node.tolist(), np.round(cut.edges.weight, 5).tolist()]


def test_visitors_at_once_see_what_each_sees_alone(hostile: str) -> None:
    views = [looked_at(visit) for visit in VISITS]
    alone = [seen(view) for view in views]
    # Caches of one visit must not have answered for another.
    assert len({str(one) for one in alone}) == len(VISITS)
    wrong: list[str] = []

    def visit(place: int) -> None:
        for turn in range(TURNS):
            which = (place + turn) % len(VISITS)
            try:
                if seen(looked_at(VISITS[which])) != alone[which]:
                    wrong.append(f"visit {which} differs")
            except Exception as error:
                wrong.append(f"visit {which}: {error!r}")

    threads = [threading.Thread(target=visit, args=(place,)) for place in range(len(VISITS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_models_opened_at_the_same_moment_are_whole(hostile: str) -> None:
    loaders.forget_opened()
    found: list[list[object]] = []
    threads = [threading.Thread(target=lambda: found.append(seen(looked_at(VISITS[1])))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(one == found[0] for one in found)


def test_a_visit_leaves_models_as_they_were(hostile: str) -> None:
    open_page("recommend", d=HOSTILE)
    models = {one.address: loaders.model(one.address) for one in loaders.models_of(HOSTILE)}
    before = {address: model.scores(range(24)).copy() for address, model in models.items()}
    attention = {
        address: model.attention().copy()
        for address, model in models.items()
        if "attention" in model.capabilities
    }
    for visit in VISITS:
        seen(looked_at(visit))
    for address, model in models.items():
        assert loaders.model(address) is model
        np.testing.assert_array_equal(model.scores(range(24)), before[address])
    for address, values in attention.items():
        np.testing.assert_array_equal(models[address].attention(), values)
