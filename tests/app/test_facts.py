"""The shipped model of facts opens on the pages, and Graph switches its relations off."""

from __future__ import annotations

import pytest

from gnnrec.checkpoints import find
from tests.app.opening import components, grids, open_page, words

FACTS = "demo-kgcn"
PERSON = "m0042"


@pytest.mark.parametrize("page", ["recommend", "why", "graph", "attention", "map"])
def test_the_model_of_facts_opens_on_a_page(page: str) -> None:
    model = find(FACTS).address
    open_page(page, d="demo", u=PERSON, a=model, b="none", g_model=model, t_model=model)


def test_it_recommends_ten_films() -> None:
    app = open_page("recommend", d="demo", u=PERSON, a=find(FACTS).address, b="none")
    assert any(label.startswith("List A: ") and len(cards) == 10 for label, cards in grids(app).items())


def test_the_graph_draws_facts_and_ranks_without_directors() -> None:
    asked = {"d": "demo", "u": PERSON, "g_model": find(FACTS).address, "g_hops": 2}
    kinds = []
    for off in ({}, {"g_off": "director"}):
        app = open_page("graph", **asked, **off)
        drawn = next(one["drawing"] for one in components(app) if "drawing" in one)
        kinds.append({node["kind"] for node in drawn["nodes"]})
    assert {"user", "item", "director", "genre"} <= kinds[0]
    assert kinds[1] == kinds[0] - {"director"}
    assert "**Without directors: " in words(app)
