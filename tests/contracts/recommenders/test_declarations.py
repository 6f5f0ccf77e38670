"""What a recommender says of itself holds, and what it does not declare it refuses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Query, names, recommender_class
from gnnrec.recommenders.capabilities import (
    ATTENTION,
    DECOMPOSES,
    EDITS_GRAPH,
    EMBEDDINGS,
    FOLDS_IN,
    LAYERS,
    READS_FEATURES,
    SWITCHES,
)
from tests.contracts.recommenders.contract import EVERY, Variant, all_scores, fitted


def test_the_scan_finds_recommenders() -> None:
    assert {"popularity", "ease", "item_knn", "lightgcn", "oracle"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_what_a_recommender_says_of_itself(name: str) -> None:
    cls = recommender_class(name)
    assert cls.title
    assert cls.task in ("ranking", "rating", "next_item")
    assert cls.__doc__
    for one in cls.Config.describe():
        assert one["help"], one["name"]
    assert dataclasses.is_dataclass(cls.Config)


@EVERY
def test_a_recommender_that_declares_nothing_personal_gives_everybody_the_same(variant: Variant) -> None:
    recommender = fitted(variant)
    same = bool((np.ptp(all_scores(recommender), axis=0) == 0).all())
    assert same != recommender.personalised


@EVERY
def test_what_a_recommender_does_not_declare_it_refuses_in_words(variant: Variant) -> None:
    recommender = fitted(variant)
    item = int(recommender.data.history(0)[0])
    asked = {
        EDITS_GRAPH: lambda: recommender.scores([Query(user=0, without=((0, item),))]),
        FOLDS_IN: lambda: recommender.scores([Query(history=(item,))]),
        DECOMPOSES: lambda: recommender.contributions(0, [item]),
        ATTENTION: lambda: recommender.attention(),
        EMBEDDINGS: lambda: recommender.embeddings(),
        LAYERS: lambda: recommender.layers(),
        READS_FEATURES: lambda: recommender.scores([Query(history=(item,), features={})]),
        SWITCHES: lambda: recommender.without(recommender.side_relations),
    }
    for capability, question in asked.items():
        if capability in recommender.capabilities:
            question()
        else:
            with pytest.raises(IncompatibleError, match=r"Choose another model"):
                question()
