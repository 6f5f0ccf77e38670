"""Facts behind an item: shares that add up, how many of the history share each, and its place without a sort."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import IncompatibleError
from gnnrec.explain.facts import Fact, FactsBehind, facts_behind, facts_sentence, places_without
from gnnrec.training import fit
from tests import worlds

SMALL = {"embedding_size": 8, "epochs": 3}


@pytest.fixture(scope="module")
def model():
    cut = worlds.published(worlds.informed())
    return fit("kgcn", cut.dataset, cut, settings=SMALL, device="cpu").recommender


def test_shares_add_up_and_the_largest_comes_first(model) -> None:
    for item in (0, 4, 17):
        found = facts_behind(model, 3, item)
        assert found.own + found.together == pytest.approx(found.score, rel=1e-4, abs=1e-5)
        shares = [one.share for one in found.facts]
        assert shares == sorted(shares, reverse=True)
        assert set(found.relations) <= set(model.side_relations)


def test_it_counts_the_items_of_the_history_that_share_a_fact(model) -> None:
    told = model.data.dataset.knowledge
    mine = set(model.history(3).tolist())
    for one in facts_behind(model, 3, 4).facts:
        rows = told[(told["relation"] == one.relation) & (told["entity"] == one.entity)]
        assert one.in_history == len(mine & set(rows["item"]))


def test_places_are_those_of_the_model_without_a_sort_of_fact(model) -> None:
    hidden = model.history(3)
    before, without = places_without(model, 3, 4, model.side_relations, hidden)
    for found, asked in ((before, model), *((without[one], model.without({one})) for one in without)):
        scores = asked.scores([3])[0]
        ahead = [one for one in range(len(scores)) if one not in hidden and scores[one] > scores[4]]
        assert found == len(ahead) + 1
    assert places_without(model, 3, int(hidden[0]), (), hidden) == (None, {})


def test_what_names_no_facts_is_refused_in_words() -> None:
    cut = worlds.published(worlds.informed())
    plain = fit("kgcn", cut.dataset, cut, settings=SMALL | {"use_knowledge": "no"}, device="cpu").recommender
    with pytest.raises(IncompatibleError, match="names_facts"):
        facts_behind(plain, 3, 4)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (FactsBehind(0.5, 0.5, ()), "knows no fact"),
        (FactsBehind(0.5, 0.25, (Fact("genre", "Noir", 0.25, 2),)), "The 1 fact about"),
        (FactsBehind(-0.5, 0.25, (Fact("genre", "Noir", -0.75, 2),)), "not above zero"),
        (FactsBehind(0.5, 0.6, (Fact("genre", "Noir", -0.1, 0),)), "−20 % of this score"),
    ],
)
def test_the_sentence_says_no_more_than_the_numbers(found: FactsBehind, words: str) -> None:
    assert words in facts_sentence(found, 4, worlds.informed())


def test_a_fact_that_speaks_against_the_item_is_never_named_as_a_reason() -> None:
    facts = (Fact("genre", "Noir", 0.2, 1), Fact("genre", "War", -0.1, 1))
    assert [one.entity for one in FactsBehind(0.5, 0.4, facts).top] == ["Noir"]
    assert not np.isnan(FactsBehind(0.0, 0.0, ()).together)
