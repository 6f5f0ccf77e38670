"""Recommend, for models that hear facts: what is known about an item, whose share is how large, its place without."""

from __future__ import annotations

import re

from gnnrec.datasets import open_dataset
from gnnrec.explain.facts import facts_behind
from gnnrec.ui import loaders
from tests.app.opening import grids, open_page, words

INFORMED = "demo-kgcn"


def opened(**query: object):
    return open_page("recommend", **({"a": INFORMED, "b": "none", "u": "m0042"} | query))


def listed(app) -> list[str]:
    return [
        card["item_id"] for label, cards in grids(app).items() if label.startswith("List A") for card in cards
    ]


def plain(app) -> str:
    return words(app).replace("\\", "")


def test_it_names_the_facts_behind_the_item_in_focus_and_tries_out_whether_they_matter() -> None:
    data, app = open_dataset("demo"), opened()
    checkpoint = next(one for one in loaders.library().of("demo") if one.slug == INFORMED)
    model = loaders.model(checkpoint.address)
    user, item = data.users.number("m0042"), data.items.number(listed(app)[0])
    found = facts_behind(model, user, item)
    shown = plain(app)
    assert f"{found.of_score(found.together)} of this score" in shown
    assert len(found.top) > 1
    for one in found.top:
        assert f"**{one.entity}** · {found.of_score(one.share)}" in shown
    assert "place 1 now; without all" in shown
    assert "Neither model can split a score" not in shown
    relation = found.relations[0]
    without = model.without({relation}).scores([user])[0]
    hidden = set(model.history(user).tolist())
    ahead = sum(
        without[one] > without[item] for one in range(data.n_items) if one not in hidden and one != item
    )
    told = re.search(r"without all [^;.]*? (the same|place [\d,]+)", shown)[1]
    assert told == ("the same" if not ahead else f"place {ahead + 1:,}")


def test_another_item_in_focus_has_other_facts() -> None:
    first = opened()
    second = opened(i=listed(first)[4])
    shares = [
        next(one for one in plain(app).split("\n") if "What is known" in one) for app in (first, second)
    ]
    assert shares[0] != shares[1]


def test_models_that_hear_no_facts_have_no_such_panel() -> None:
    assert "What is known about it" not in words(open_page("recommend", a="demo-lightgcn", b="none"))


def test_beside_another_model_the_facts_of_the_one_that_hears_them_are_told() -> None:
    assert "What is known about it" in words(opened(a="demo-lightgcn", b=INFORMED))
