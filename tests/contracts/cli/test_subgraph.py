"""`subgraph`: nodes and edges against a plain search."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from gnnrec import places
from gnnrec.checkpoints import find
from gnnrec.cli.subgraph import ATTENTION, NORM, OF_ITEM, text
from gnnrec.data import Split, split
from gnnrec.data.friends import friends_of
from gnnrec.explain.edge_values import MEASURES
from tests.contracts.cli.contract import Run


def hops_from(cut: Split, person: int, hops: int) -> dict[str, int]:
    """Steps to every node within some hops, by a plain search."""
    matrix, dataset = cut.matrix("train"), cut.dataset
    turned = matrix.T.tocsr()
    found, frontier = {("user", person): 0}, [("user", person)]
    for step in range(1, hops + 1):
        reached = []
        for kind, number in frontier:
            rows, other = (matrix, "item") if kind == "user" else (turned, "user")
            for one in rows.indices[rows.indptr[number] : rows.indptr[number + 1]]:
                if (other, int(one)) not in found:
                    found[other, int(one)] = step
                    reached.append((other, int(one)))
        frontier = reached
    ids = {"user": dataset.users, "item": dataset.items}
    return {f"{kind}:{ids[kind].id(number)}": step for (kind, number), step in found.items()}


@pytest.mark.parametrize(
    ("model", "hops", "budget", "words"),
    [
        ("lightgcn", 2, 40, ()),
        ("lightgcn", 1, 5000, ("--weight", "norm")),
        ("gat", 3, 60, ("--weight", "attention", "--layer", 1, "--head", 0)),
        ("gat", 2, 1, ()),
        ("ease", 2, 25, ()),
    ],
)
def test_subgraph(run: Run, trained, dataset, cut, model: str, hops: int, budget: int, words) -> None:
    user = dataset.users.id(11)
    asked = ("--user", user, "--hops", hops, "--budget", budget)
    result = run("subgraph", trained[model], *asked, *words)
    hop = hops_from(cut, 11, hops)
    nodes = {node["key"]: node for node in result["nodes"]}
    assert result["total_nodes"] == len(hop)
    assert len(nodes) == len(result["nodes"]) == min(budget, len(hop))
    assert nodes[f"user:{user}"]["hop"] == 0
    assert all(set(node) == {"key", "id", "kind", "hop", "title"} for node in result["nodes"])
    assert all(node["key"] == f"{node['kind']}:{node['id']}" for node in result["nodes"])
    assert {key: node["hop"] for key, node in nodes.items()} == {key: hop[key] for key in nodes}
    drawn = set()
    for edge in result["edges"]:
        assert set(edge) == {"source", "target", "relation", "weight", "weight_kind"}
        assert edge["weight_kind"] == ("attention" if model == "gat" else "norm")
        drawn.add(frozenset((edge["source"], edge["target"])))
    assert len(drawn) == len(result["edges"])
    assert drawn == induced(cut, nodes)
    for key, node in nodes.items():
        nearer = [other for pair in drawn if key in pair for other in pair - {key}]
        assert node["hop"] == 0 or any(nodes[other]["hop"] == node["hop"] - 1 for other in nearer)


def induced(cut: Split, nodes: dict[str, Any]) -> set[frozenset[str]]:
    dataset, matrix = cut.dataset, cut.matrix("train")
    return {
        frozenset((key, f"item:{dataset.items.id(int(item))}"))
        for key, node in nodes.items()
        if node["kind"] == "user"
        for item in matrix[dataset.users.number(node["id"])].indices
        if f"item:{dataset.items.id(int(item))}" in nodes
    }


def test_the_option_lists_the_measures_that_there_are() -> None:
    assert {NORM, ATTENTION, *OF_ITEM} == set(MEASURES)
    assert set(OF_ITEM) == {one.name for one in MEASURES.values() if one.of_item}


@pytest.mark.parametrize(
    ("model", "weight"),
    [("lightgcn", one) for one in OF_ITEM] + [("ease", "contribution"), ("gat", "saliency")],
)
def test_measures_about_an_item(run: Run, trained, dataset, cut, model: str, weight: str) -> None:
    user, budget = dataset.users.id(11), 40
    item = run("recommend", trained[model], "--user", user)["recommendations"][0]["item"]
    asked = ("--user", user, "--item", item, "--budget", budget, "--hops", 3, "--weight", weight)
    result = run("subgraph", trained[model], *asked)
    assert result["item"] == item
    assert len(result["nodes"]) == budget
    assert f"item:{item}" in {node["key"] for node in result["nodes"]}
    assert {edge["weight_kind"] for edge in result["edges"]} == {weight}
    into = {edge["source"]: edge["weight"] for edge in result["edges"] if edge["target"] == f"user:{user}"}
    assert into and None not in into.values()
    if weight in ("contribution", "deletion"):
        method = {"contribution": "because"}.get(weight, weight)
        told = run("explain", trained[model], *asked[:4], "--method", method)["contributions"]
        by_item = {f"item:{one['id']}": one["contribution"] for one in told if one["kind"] == "item"}
        assert into == pytest.approx({key: by_item[key] for key in into})
        others = [edge for edge in result["edges"] if edge["target"] != f"user:{user}"]
        assert others and all(edge["weight"] is None for edge in others)
        assert f"{len(others):,} edges have no {weight}" in text(result)


def test_a_person_whose_edges_were_not_measured(run: Run, trained, dataset) -> None:
    user, item = dataset.users.id(11), dataset.items.id(0)
    alone = run(
        "subgraph", trained["ease"], "--user", user, "--item", item, "--weight", "contribution", "--budget", 1
    )
    assert alone["edges"] == []
    assert "no edge has a weight" in text(alone)


def test_a_model_that_hears_friends_has_them_in_its_graph_until_they_are_switched_off(
    run: Run, refused, dataset
) -> None:
    model = places.shipped_models() / "demo-social_lightgcn"
    asked = ("subgraph", model, "--user", "m0885", "--budget", 60)
    usual = run(*asked)
    assert usual["relations"] == ["friend"] and usual["without"] == []
    friends = [edge for edge in usual["edges"] if edge["relation"] == "friend"]
    named = {dataset.users.id(int(one)) for one in friends_of(dataset).of(dataset.users.number("m0885"))}
    beside = {edge["source"] for edge in friends if edge["target"] == "user:m0885"}
    assert beside and beside <= {f"user:{one}" for one in named}
    assert all(edge["weight"] > 0 for edge in friends)
    without = run(*asked, "--without", "friend")
    assert without["without"] == ["friend"] and without["total_nodes"] < usual["total_nodes"]
    assert {edge["relation"] for edge in without["edges"]} == {dataset.words.past}
    assert "director" in refused(*asked, "--without", "director")


def test_a_model_that_is_asked_with_clicks_has_those_of_the_last_session_and_their_steps(
    run: Run, refused, dataset
) -> None:
    model = places.shipped_models() / "demo-sr_gnn"
    asked = ("subgraph", model, "--user", "m0005")
    result = run(*asked)
    clicks = [
        f"item:{dataset.items.id(int(one))}"
        for one in find("demo-sr_gnn")
        .load(dataset, split(dataset, "global-time"))
        .last_session(dataset.users.number("m0005"))
    ]
    steps = {
        (one["source"], one["target"]): one for one in result["edges"] if one["relation"] == "next_click"
    }
    assert steps.keys() == set(pairwise(clicks)) and result["relations"] == ["next_click"]
    assert {one["weight_kind"] for one in result["edges"]} == {"clicks"}
    assert {one["key"] for one in result["nodes"]} == {"user:m0005", *clicks}
    without = run(*asked, "--without", "next_click")
    assert {one["relation"] for one in without["edges"]} == {"clicked"}
    assert {one["relation"] for one in run(*asked, "--weight", "norm")["edges"]} == {dataset.words.past}
    assert "asked with the clicks" in refused(*asked, "--item", "f001")
    assert "Leave one of the two out" in refused(*asked, "--weight", "norm", "--without", "next_click")
    # Nobody clicked: the person stands alone.
    assert len(run(*asked[:-1], "m0026")["nodes"]) == 1
