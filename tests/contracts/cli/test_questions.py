"""Questions that cannot be answered are refused in four parts."""

from __future__ import annotations

import pytest


def test_unknown_people_and_items_are_named(refused, trained) -> None:
    model = trained["lightgcn"]
    assert "'nobody'" in refused("recommend", model, "--user", "nobody")
    assert "'f1234567', 'x'" in refused("recommend", model, "--history", "f001,f1234567,x")
    assert "'nobody'" in refused("explain", model, "--user", "nobody", "--item", "f001")
    assert "'nothing'" in refused("explain", model, "--user", "m0001", "--item", "nothing")
    assert "'nobody'" in refused("subgraph", model, "--user", "nobody", "--hops", 2, "--budget", 20)


@pytest.mark.parametrize(
    "words",
    [
        ["recommend", "--user", "m0001", "-k", "0"],
        ["recommend", "--user", "m0001", "-k", "ten"],
        ["recommend"],
        ["recommend", "--history", ""],
        ["explain", "--user", "m0001", "--item", "f001", "--method", "guess"],
        ["explain", "--user", "m0001", "--item", "f001", "--method", "attention"],
        ["subgraph", "--user", "m0001", "--hops", "0"],
        ["subgraph", "--user", "m0001", "--budget", "0"],
        ["subgraph", "--user", "m0001", "--weight", "contribution"],
        ["subgraph", "--user", "m0001", "--weight", "attention"],
        ["subgraph", "--user", "m0001", "--weight", "norm", "--layer", "0"],
        ["evaluate", "--part", "train"],
        ["evaluate", "--at", "0"],
        ["evaluate", "--at", "ten"],
    ],
)
def test_bad_questions(refused, trained, words: list[str]) -> None:
    refused(words[0], trained["lightgcn"], *words[1:])


def test_what_a_model_cannot_do_is_said(refused, trained) -> None:
    asked = ("--user", "m0001", "--item", "f001")
    assert "attention" in refused("explain", trained["lightgcn"], *asked, "--method", "attention")
    assert "explained by: attention" in refused("explain", trained["gat"], *asked, "--method", "because")
    assert "without differentiable" in refused("explain", trained["popularity"], *asked, "--method", "mask")
    assert "because, attention" in refused("explain", trained["gat"], *asked, "--method", "guess")
    assert "layer" in refused(
        "subgraph", trained["gat"], "--user", "m0001", "--weight", "attention", "--layer", 9
    )


def test_edges_are_weighed_by_what_the_model_can_and_for_an_item(refused, trained) -> None:
    asked = ("--user", "m0001", "--item", "f001")
    told = refused("subgraph", trained["gat"], *asked, "--weight", "contribution")
    assert "without decomposes" in told and "weighed by: attention, norm, deletion" in told
    assert "without differentiable" in refused("subgraph", trained["ease"], *asked, "--weight", "saliency")
    assert "'nothing'" in refused("subgraph", trained["ease"], "--user", "m0001", "--item", "nothing")
    assert "Add --item ID" in refused(
        "subgraph", trained["lightgcn"], "--user", "m0001", "--weight", "contribution"
    )
    assert "one of norm, attention" in refused(
        "subgraph", trained["lightgcn"], "--user", "m0001", "--weight", "guess"
    )
