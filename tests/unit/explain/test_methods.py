"""The table of methods: what is asked of the wrong person or the wrong model is refused in words."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.explain.methods import Asked, importance, methods_of
from gnnrec.graph import Graph
from gnnrec.recommenders import Query
from gnnrec.training import fit
from tests import worlds


@pytest.fixture(scope="module")
def asked_of():
    split = worlds.published(worlds.scattered(14, 9, 5))
    settings = {"gat": {"embedding_size": 8, "heads": 2, "epochs": 2}}
    fitted = {
        name: fit(name, split.dataset, split, device="cpu", settings=settings.get(name, {})).recommender
        for name in ("gat", "gf_cf", "popularity")
    }

    def asked(name: str, query: Query) -> Asked:
        model = fitted[name]
        data = model.data
        return Asked(model, Graph.bipartite(data.n_users, data.n_items, data.user, data.item), query, 0)

    return asked


@pytest.mark.parametrize(("name", "method"), [("gat", "attention"), ("gat", "paths"), ("gf_cf", "paths")])
def test_a_newcomer_has_no_edges_to_follow(asked_of, name: str, method: str) -> None:
    with pytest.raises(IncompatibleError, match=f"{method} of a newcomer: somebody who is not in the graph"):
        importance(asked_of(name, Query(history=(1, 2))), method)
    known = importance(asked_of(name, Query(user=0)), method)
    assert np.isfinite(known.values).all() and len(known.values)


def test_a_newcomers_score_is_still_split_where_the_model_can(asked_of) -> None:
    found = importance(asked_of("gf_cf", Query(history=(1, 2))), "because")
    assert found.items.tolist() == [1, 2] and found.values.any()


def test_a_method_the_model_cannot_do_or_that_is_not_there(asked_of) -> None:
    nobody = asked_of("popularity", Query(user=0))
    assert "paths" not in [one.name for one in methods_of(nobody.recommender)]
    with pytest.raises(IncompatibleError, match="a model without propagates"):
        importance(nobody, "paths")
    with pytest.raises(ConfigError, match="'guess'"):
        importance(nobody, "guess")


def test_an_explanation_as_a_table_begins_with_what_counts_most(asked_of) -> None:
    asked = asked_of("gf_cf", Query(user=0))
    found = importance(asked, "because")
    dataset = asked.recommender.data.dataset
    frame = found.table(dataset)
    assert list(frame.columns) == ["item", "title", "because"]
    assert frame["because"].is_monotonic_decreasing
    assert dict(zip(frame["item"], frame["because"], strict=True)) == {
        dataset.items.id(int(item)): value for item, value in zip(found.items, found.values, strict=True)
    }
