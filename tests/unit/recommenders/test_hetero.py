"""Typed graph: what a round is, what it is without side edges, switches, and that facts which decide are heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse

from benchmarks.typed_graph import dealt_anew
from gnnrec.data import Dataset, Split
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.errors import ConfigError, DataError, IncompatibleError
from gnnrec.graph import ITEM, USER, relations_of, surroundings
from gnnrec.recommenders import Query, Recommender, create
from gnnrec.recommenders.parts.typed_edges import ENTITY, TypedEdges
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 6, "embedding_size": 8, "evaluate_every": 2}


def typed(dataset: Dataset | None = None) -> Dataset:
    """The scattered world with friends, two facts of items, one of people and a circumstance."""
    dataset = dataset or worlds.befriended()
    rng = np.random.default_rng(4)
    n = dataset.n_items
    knowledge = pd.DataFrame(
        {
            "item": np.tile(np.arange(n), 2),
            "relation": ["made by"] * n + ["about"] * n,
            "entity": [f"maker {one}" for one in rng.integers(0, 9, n)]
            + [f"theme {one}" for one in rng.integers(0, 5, n)],
        }
    )
    return replace(
        dataset,
        knowledge=knowledge,
        user_features=pd.DataFrame({"town": [f"town {one}" for one in rng.integers(0, 4, dataset.n_users)]}),
        interactions=replace(
            dataset.interactions,
            context=pd.DataFrame({"evening": rng.random(len(dataset.interactions)) < 0.4}),
        ),
    )


@pytest.fixture(scope="module")
def split() -> Split:
    return worlds.published(typed())


def fitted(split: Split, name: str = "hetero", **settings) -> Recommender:
    return fit(name, split.dataset, split, seed=0, device="cpu", settings=SMALL | settings).recommender


def everybody(recommender: Recommender) -> np.ndarray:
    return recommender.scores(range(recommender.data.n_users))


def test_it_hears_every_relation_of_the_data(split: Split) -> None:
    assert fitted(split, epochs=1).side_relations == ("friend", "made by", "about", "town", "evening")


@pytest.mark.parametrize("settings", [{}, {"n_layers": 3, "dropout": 0.3}, {"loss": "bpr"}], ids=str)
def test_light_without_relations_is_lightgcn(split: Split, settings: dict) -> None:
    plain = fitted(split, "lightgcn", **({"learning_rate": 0.02, "dropout": 0.2} | settings))
    without = fitted(split, relations="none", layer="light", **settings)
    np.testing.assert_allclose(everybody(without), everybody(plain), atol=2e-4)
    queries = [Query(history=(1, 4)), Query(user=2, without=((2, int(plain.data.history(2)[0])),))]
    np.testing.assert_allclose(without.scores(queries), plain.scores(queries), atol=2e-4)
    assert without.side_relations == ()
    with pytest.raises(IncompatibleError, match="nothing that can be switched off"):
        without.without(["friend"])


def whole(one: TypedEdges, n_entities: int) -> sparse.csr_matrix:
    """The matrix of a sort of edges with a row or a column for every entity."""
    if one.entities is None:
        return one.matrix
    spread = sparse.eye(n_entities, format="csr")[one.entities]
    return spread.T @ one.matrix if one.target == ENTITY else one.matrix @ spread


def test_a_round_is_what_torch_geometric_computes(split: Split) -> None:
    from torch_geometric.nn import GraphConv, HeteroConv

    model = fitted(split, n_layers=1, dropout=0.0, layer="sage")
    size = model.config.embedding_size
    sorts = [
        (ITEM, "chosen", USER, model.graph.normalised[: model.data.n_users, model.data.n_users :]),
        (USER, "chose", ITEM, model.graph.normalised[model.data.n_users :, : model.data.n_users]),
    ]
    sorts += [
        (one.source, f"{one.relation} of {one.target}", one.target, whole(one, model._typed.n_entities))
        for one in model._typed.edges
    ]
    layers, edges, weights = {}, {}, {}
    for place, (source, name, target, matrix) in enumerate(sorts):
        conv = GraphConv(size, size, aggr="add", bias=False)
        with torch.no_grad():
            conv.lin_rel.weight.copy_(model._matrix(0, place).T)
            conv.lin_root.weight.zero_()
        found = matrix.tocoo()
        layers[source, name, target] = conv
        edges[source, name, target] = torch.from_numpy(np.stack([found.col, found.row])).long()
        weights[source, name, target] = torch.from_numpy(found.data).float()
    start = {USER: model.net.user, ITEM: model.net.item, ENTITY: model.net.entity}
    with torch.inference_mode():
        heard = HeteroConv(layers, aggr="sum")(start, edges, edge_weight_dict=weights)
        final = [torch.nn.functional.normalize((start[kind] + heard[kind]) / 2) for kind in (USER, ITEM)]
    np.testing.assert_allclose(everybody(model), (final[0] @ final[1].T).numpy(), atol=1e-5)


@pytest.mark.parametrize("layer", ["light", "sage"])
def test_relations_can_be_switched_off_without_learning_again(split: Split, layer: str) -> None:
    model = fitted(split, layer=layer, dropout=0.0)
    before = everybody(model)
    for relation in model.side_relations:
        off = model.without([relation])
        assert off.side_relations == tuple(one for one in model.side_relations if one != relation)
        assert np.abs(everybody(off) - before).max() > 1e-3, relation
    np.testing.assert_array_equal(everybody(model), before)
    np.testing.assert_array_equal(everybody(model.without([])), before)
    both = model.without(["friend"]).without(["town"])
    np.testing.assert_allclose(everybody(both), everybody(model.without(["town", "friend"])), atol=1e-6)
    with pytest.raises(DataError, match="cinema"):
        model.without(["cinema"])
    with pytest.raises(DataError, match="friend"):
        both.without(["friend"])


def test_with_everything_switched_off_it_is_itself_without_side_edges(split: Split) -> None:
    model = fitted(split, layer="light", dropout=0.0)
    off = model.without(model.side_relations)
    plain = create("lightgcn", {"embedding_size": 8})
    plain.load_state(split.training(), {name: model.state()[name] for name in ("user", "item")})
    np.testing.assert_allclose(everybody(off), everybody(plain), atol=1e-5)
    # What was asked before the switch is asked again after it.
    edit = Query(user=2, without=((2, int(model.data.history(2)[0])),))
    model.scores([edit])
    np.testing.assert_allclose(
        model.without(model.side_relations).scores([edit]), plain.scores([edit]), atol=1e-5
    )


def test_a_graph_edit_passes_messages_again_along_all_edges(split: Split) -> None:
    model = fitted(split, dropout=0.0)
    gone = int(model.data.history(2)[0])
    rows = split.rows("train")
    pairs = split.dataset.interactions
    left = rows[~((pairs.user[rows] == 2) & (pairs.item[rows] == gone))]
    # The same edges beside who chose what: circumstances are counted in all rows here.
    there = create("hetero", model.config.as_dict())
    there.attach(type(model.data)(split.dataset, left))
    there._typed = model._typed
    there.reset(0)
    there.net.load_state_dict(model.net.state_dict())
    there.serve()
    asked = model.scores([Query(user=2, without=((2, gone),))])
    np.testing.assert_allclose(asked, there.scores([2]), atol=1e-5)


def test_named_relations_alone(split: Split) -> None:
    some = fitted(split, relations="friend+made by", epochs=1)
    assert some.side_relations == ("friend", "made by")
    assert fitted(split, relations="made by, town", epochs=1).side_relations == ("made by", "town")
    with pytest.raises(IncompatibleError, match="cinema"):
        fitted(split, relations="cinema")
    with pytest.raises(ConfigError, match="relations"):
        create("hetero", {"relations": " + "})


def test_a_data_set_of_pairs_alone_is_refused_in_words() -> None:
    pairs = replace(worlds.scattered(), interactions=replace(worlds.scattered().interactions, context=None))
    with pytest.raises(IncompatibleError, match="Typed graph"):
        create("hetero", {}).attach(worlds.published(pairs).training())


def by_makers(n_makers: int = 20, each: int = 8, n_users: int = 20, seed: int = 3) -> Dataset:
    """Everybody chooses items of one maker, each a maker of their own: nobody learns of an item from others."""
    rng = np.random.default_rng(seed)
    n_items = n_makers * each
    maker = rng.permutation(np.repeat(np.arange(n_makers), each))
    pairs = [
        (person, int(item))
        for person in range(n_users)
        for item in rng.permutation(np.flatnonzero(maker == person % n_makers))[:5]
    ]
    dataset = worlds.of_pairs(pairs, n_users, n_items, [TRAIN, TRAIN, TRAIN, VALID, TEST] * n_users, "makers")
    facts = pd.DataFrame(
        {"item": np.arange(n_items), "relation": "made by", "entity": [f"m{one}" for one in maker]}
    )
    return replace(dataset, knowledge=facts)


@pytest.mark.parametrize("layer", ["light", "sage"])
def test_dealing_facts_out_anew_removes_the_gain(layer: str) -> None:
    true = by_makers()
    found = {}
    for name, dataset, relations in (
        ("without", true, "none"),
        ("facts", true, "all"),
        ("dealt", dealt_anew(true, ["made by"]), "all"),
    ):
        settings = {
            "layer": layer,
            "relations": relations,
            "epochs": 20,
            "embedding_size": 16,
            "patience": 20,
        }
        cut = worlds.published(dataset)
        made = fit("hetero", dataset, cut, seed=0, device="cpu", settings=settings)
        found[name] = made.test.means["ndcg@10"]
    assert found["facts"] > 3 * found["without"]
    assert found["dealt"] < found["without"] + 0.2 * (found["facts"] - found["without"])


def heard_of(dataset: Dataset, name: str) -> sparse.csr_matrix:
    """The edges of one relation; friendships in both directions."""
    relation = surroundings(worlds.published(dataset).training(), [name]).graph.relations[1]
    return relation.matrix + relation.matrix.T if relation.source == relation.target else relation.matrix


def test_edges_dealt_anew_keep_their_shape() -> None:
    dataset = typed()
    for name in relations_of(dataset):
        before, after = (heard_of(one, name) for one in (dataset, dealt_anew(dataset, [name])))
        assert before.shape == after.shape
        if name != "evening":
            # Of a circumstance, counted over many rows, only how often there is any stays.
            np.testing.assert_array_equal(np.sort(before.sum(1).A1), np.sort(after.sum(1).A1))
        assert (before != after).nnz > 0, name
        others = [one for one in relations_of(dataset) if one != name]
        same = (
            surroundings(worlds.published(one).training(), others)
            for one in (dataset, dealt_anew(dataset, [name]))
        )
        for one, other in zip(*(found.graph.relations for found in same), strict=True):
            assert (one.matrix != other.matrix).nnz == 0
