"""Variants: how models with settings are written on the command line, and which settings they get."""

from __future__ import annotations

import pytest

from gnnrec.datasets import open_dataset
from gnnrec.errors import ConfigError
from gnnrec.runs.variants import Variant, default_variants, labels, of_key, parse_variants

CHOSEN = {
    "films": {
        "lightgcn": {"settings": {"n_layers": 3, "epochs": 40}, "tried": 20},
        "lightgcn.history": {
            "settings": {"user_vectors": "none", "n_layers": 1},
            "tried": 10,
            "variant": {"user_vectors": "none"},
        },
        "lightgcn.loss=bpr,n_layers=2": {
            "settings": {"loss": "bpr", "n_layers": 2, "dropout": 0.3},
            "tried": 7,
        },
    }
}


@pytest.fixture(autouse=True)
def chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnnrec.training.chosen._table", lambda: CHOSEN)


def test_commas_stand_between_models_and_between_their_settings() -> None:
    found = parse_variants("ease, lightgcn:loss=bpr,n_layers=3,lightgcn.history,ease:reg=12.5", "films")
    assert found == [
        Variant("ease"),
        Variant("lightgcn", "", (("loss", "bpr"), ("n_layers", 3))),
        Variant("lightgcn", "history"),
        Variant("ease", "", (("reg", 12.5),)),
    ]
    assert parse_variants(",".join(one.text for one in found), "films") == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no model"),
        ("esae", "unknown name 'esae'"),
        ("ease:ref=3", "unknown setting 'ref'"),
        ("ease:reg=-3", "reg: -3"),
        ("ease:reg", "'reg'"),
        ("ease,ease", "twice"),
        ("lightgcn.future", "lightgcn.history"),
        ("reg=3", "unknown name"),
    ],
)
def test_what_is_no_model_is_told(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as told:
        parse_variants(text, "films")
    assert all(told.value.parts[part] for part in ("where", "found", "expected", "todo"))


@pytest.mark.parametrize(
    "text", ["lightgcn", "lightgcn.history", "lightgcn:loss=bpr,n_layers=2", "lightgcn.history:dropout=0.2"]
)
def test_the_key_of_chosen_settings_leads_back_to_the_variant(text: str) -> None:
    (one,) = parse_variants(text, "films")
    config = one.whole({})
    assert of_key(one.key, config) == one


def test_settings_are_those_chosen_for_exactly_this_variant_else_the_nearest() -> None:
    plain, history, bpr, other = parse_variants(
        "lightgcn,lightgcn.history,lightgcn:loss=bpr,n_layers=2,lightgcn:user_vectors=none", "films"
    )
    assert plain.settings("films")[0]["n_layers"] == 3
    assert plain.settings("films")[1:] == ("chosen on validation", 20)
    assert history.settings("films")[0]["user_vectors"] == "none"
    values, source, tried = bpr.settings("films")
    assert (values["loss"], values["dropout"], source, tried) == ("bpr", 0.3, "chosen on validation", 7)
    values, _, tried = other.settings("films")
    assert (values["user_vectors"], values["n_layers"], tried) == ("none", 1, None)
    assert plain.settings("places")[1:] == ("defaults", None)


def test_a_search_leaves_alone_what_makes_the_variant_and_what_no_search_draws() -> None:
    plain, history, bpr = parse_variants("lightgcn,lightgcn.history,lightgcn:loss=bpr", "films")
    assert plain.fixed("films") == {"epochs": 40}
    assert history.fixed("films") == {"user_vectors": "none"}
    assert bpr.fixed("films") == {"epochs": 40, "loss": "bpr"}
    assert plain.fixed("places") == {}


def test_names_for_the_screen_say_what_is_fixed() -> None:
    demo = open_dataset("demo")
    plain, deep = parse_variants("lightgcn,lightgcn:loss=bpr,n_layers=3", "demo")
    assert plain.label(demo) == "LightGCN"
    assert deep.label(demo) in ("LightGCN, 3 hops, loss bpr", "LightGCN, loss bpr, 3 hops")


def test_what_all_rows_of_a_recommender_share_goes_unsaid() -> None:
    demo = open_dataset("demo")
    shared = parse_variants(
        "lightgcn:n_layers=3,epochs=5,lightgcn:n_layers=3,epochs=5,loss=bpr,ease:reg=5", "demo"
    )
    assert labels(shared, demo) == ["LightGCN", "LightGCN, loss bpr", "EASE, reg 5"]
    beside_plain = parse_variants("lightgcn,lightgcn:n_layers=1", "demo")
    assert labels(beside_plain, demo) == ["LightGCN", "LightGCN, 1 hop"]


def test_without_a_list_every_recommender_of_the_task_is_compared() -> None:
    found = default_variants(open_dataset("demo"), "ranking")
    assert {"ease", "lightgcn", "popularity"} <= {one.recommender for one in found}
    assert {one.model.task for one in found} == {"ranking"}
