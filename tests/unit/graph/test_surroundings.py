"""What surrounds people and items: each sort of edge by its name, from train rows alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset, split
from gnnrec.errors import IncompatibleError
from gnnrec.graph import FRIEND, relations_of, surroundings


@pytest.fixture
def dataset() -> Dataset:
    """Four people, four films, friends, facts and circumstances."""
    return Dataset.from_frame(
        pd.DataFrame(
            {
                "user_id": list("aaabbbcccd"),
                "item_id": list("wxywxzwyzw"),
                "timestamp": range(10),
                "place": ["home", "cinema"] * 5,
            }
        ),
        items=pd.DataFrame(
            {
                "item_id": list("wxyz"),
                "title": ["W", "X", "Y", "Z"],
                "genres": ["Drama", "Drama|War", "War", "War"],
                "colour": ["red", "red", None, "blue"],
            }
        ),
        users=pd.DataFrame(
            {"user_id": list("abcd"), "name": list("abcd"), "city": ["Ulm", "Ulm", "Bonn", "Bonn"]}
        ),
        social=pd.DataFrame({"user_id": ["a", "b"], "friend_id": ["b", "a"]}),
        knowledge=pd.DataFrame(
            {
                "item_id": ["w", "x", "y", "z", "w"],
                "relation": ["director", "director", "director", "writer", "writer"],
                "entity": ["Ida", "Ida", "Bo", "Ida", "Bo"],
            }
        ),
    )


def test_every_sort_of_edge_has_a_name_and_a_part(dataset: Dataset) -> None:
    assert relations_of(dataset) == {
        FRIEND: "social",
        "director": "knowledge",
        "writer": "knowledge",
        "genres": "item_features",
        "city": "user_features",
        "place": "context",
    }


def test_edges_join_the_nodes_that_the_tables_name(dataset: Dataset) -> None:
    seen = surroundings(split(dataset, "random:seed=1").training())
    edges = {
        (relation.name, source, seen.entities[relation.target].id(target))
        for relation in seen.graph.relations
        if relation.target in seen.entities and relation.name != "place"
        for source, target in zip(*relation.matrix.nonzero(), strict=True)
    }
    w, x, y, z = range(4)
    facts = {("director", w, "Ida"), ("director", x, "Ida"), ("director", y, "Bo")}
    facts |= {("writer", z, "Ida"), ("writer", w, "Bo")}
    genres = {("genres", w, "Drama"), ("genres", x, "Drama"), ("genres", x, "War"), ("genres", y, "War")}
    cities = {("city", 0, "Ulm"), ("city", 1, "Ulm"), ("city", 2, "Bonn"), ("city", 3, "Bonn")}
    assert edges == facts | genres | {("genres", z, "War")} | cities


def test_one_person_in_two_relations_is_one_node(dataset: Dataset) -> None:
    seen = surroundings(split(dataset, "random:seed=1").training(), ["director", "writer"])
    assert sorted(text for one in seen.entities.values() for text in one.ids) == ["Bo", "Ida"]


def test_a_friendship_named_in_both_directions_is_one_edge(dataset: Dataset) -> None:
    graph = surroundings(split(dataset, "random:seed=1").training(), [FRIEND]).graph
    (friend,) = [relation for relation in graph.relations if relation.name == FRIEND]
    assert friend.n_edges == 1
    assert graph.adjacency[0, 1] == graph.adjacency[1, 0] == 1


def test_circumstances_come_from_train_rows_alone(dataset: Dataset) -> None:
    data = split(dataset, "random:seed=1").training()
    graph = surroundings(data, ["place"]).graph
    (place,) = [relation for relation in graph.relations if relation.name == "place"]
    assert place.matrix.sum() == len(data.rows) < len(dataset.interactions)
    assert np.array_equal(place.matrix.sum(1).A1, np.bincount(data.item, minlength=data.n_items))


def test_rows_without_a_value_are_counted(dataset: Dataset) -> None:
    seen = surroundings(split(dataset, "random:seed=1").training(), ["genres"])
    assert not seen.counts
    without = pd.DataFrame({"item_id": list("wxyz"), "mood": ["sad", "sad", None, None]})
    frame = pd.DataFrame({"user_id": list("aabb"), "item_id": list("wxyz")})
    assert relations_of(Dataset.from_frame(frame, items=without)) == {}
    without["mood"] = ["sad", "sad", "gay", "gay"]
    without = pd.concat([without, pd.DataFrame({"item_id": ["q"], "mood": [None]})])
    gaps = Dataset.from_frame(frame, items=without)
    assert surroundings(split(gaps, "random:seed=1").training()).counts == {"mood: rows without a value": 1}


def test_a_relation_that_is_not_there_is_refused_with_those_that_are(dataset: Dataset) -> None:
    with pytest.raises(IncompatibleError, match=r"studio.*friend, director"):
        surroundings(split(dataset, "random:seed=1").training(), ["studio"])


def test_what_is_remembered_of_a_data_set_is_nobodys_to_change(dataset: Dataset) -> None:
    first = relations_of(dataset)
    first.clear()
    assert FRIEND in relations_of(dataset)
