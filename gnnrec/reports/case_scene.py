"""What a report shows of one case: who and what it is about, the list the model gave, and a small graph as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gnnrec.data import Dataset, Split
from gnnrec.errors import GnnrecError
from gnnrec.store.case import Case

if TYPE_CHECKING:
    from gnnrec.checkpoints import Checkpoint
    from gnnrec.graph import Graph
    from gnnrec.recommenders import Recommender

USUAL_K = 10
_HOPS, _NODES, _PATHS = 2, 26, 2
_RECENT = 6


@dataclass(eq=False)
class Model:
    """A checkpoint opened for a report, with what is worked out once for all of its cases."""

    checkpoint: Checkpoint
    split: Split
    recommender: Recommender

    @cached_property
    def graph(self) -> Graph:
        """What it was fitted on."""
        from gnnrec.graph import Graph

        data = self.split.fitted
        return Graph.bipartite(data.n_users, data.n_items, data.user, data.item, name=data.dataset.words.past)

    @cached_property
    def weights(self) -> tuple[np.ndarray, str]:
        """One weight per directed edge, and what they are."""
        from gnnrec.explain.subgraph import edge_weights

        return edge_weights(self.recommender, self.graph)


class Opener:
    """Opens data sets and models once, and remembers why one cannot be opened."""

    def __init__(self) -> None:
        self._datasets: dict[str, Dataset | GnnrecError] = {}
        self._checkpoints: dict[str, Checkpoint | GnnrecError] = {}
        self._models: dict[str, Model | GnnrecError] = {}

    def dataset(self, name: str) -> Dataset:
        """A data set by name.

        Raises:
            GnnrecError: It is gone or may not be shown.
        """
        from gnnrec.datasets import open_dataset

        return _once(self._datasets, name, lambda: open_dataset(name))

    def checkpoint(self, address: str) -> Checkpoint:
        """A checkpoint, not opened: what it was made of and from.

        Raises:
            GnnrecError: It is gone.
        """
        from gnnrec.checkpoints import find

        return _once(self._checkpoints, address, lambda: find(address))

    def model(self, address: str) -> Model:
        """The model of a checkpoint.

        Raises:
            GnnrecError: It is gone, or the data is no longer what it was fitted on.
        """
        return _once(self._models, address, lambda: self._opened(address))

    def _opened(self, address: str) -> Model:
        checkpoint = self.checkpoint(address)
        dataset = self.dataset(str(checkpoint.config["dataset"]))
        split = checkpoint.split(dataset)
        return Model(checkpoint, split, checkpoint.load(dataset, split))


def _once(known: dict[str, Any], name: str, make: Any) -> Any:
    if name not in known:
        try:
            known[name] = make()
        except GnnrecError as error:
            known[name] = error
    if isinstance(known[name], GnnrecError):
        raise known[name]
    return known[name]


@dataclass(frozen=True, eq=False)
class Scene:
    """What is known of a case today.

    Attributes:
        case: The case.
        dataset: Its data set, or None where that is gone.
        model: Its model, or None where there is none or it is gone.
        person: User number, or None where the person is no longer in the data.
        item: Item number, or None where the case names none or it is no longer in the data.
        listed: Item numbers of the model's list, best first.
        held_out: Those of them that the person later had.
        recent: What they had last before, latest first.
        n_history: How much they had.
        missing: What is no longer there, in sentences.
    """

    case: Case
    dataset: Dataset | None = None
    model: Model | None = None
    person: int | None = None
    item: int | None = None
    listed: tuple[int, ...] = ()
    held_out: frozenset[int] = frozenset()
    recent: tuple[int, ...] = ()
    n_history: int = 0
    missing: tuple[str, ...] = field(default=())

    @property
    def person_name(self) -> str:
        """Their name, or their id."""
        known = self.dataset is not None and self.person is not None
        return self.dataset.user_name(self.person) if known else self.case.person

    @property
    def item_title(self) -> str:
        """The item's title, or its id; empty where the case names none."""
        known = self.dataset is not None and self.item is not None
        return self.dataset.item_title(self.item) if known else (self.case.item or "")


def scene(case: Case, opener: Opener) -> Scene:
    """Look a case up in the data and the model it was written about; whatever is gone is said."""
    try:
        dataset = opener.dataset(case.dataset)
    except GnnrecError as error:
        return Scene(case, missing=(f"The data set '{case.dataset}' cannot be opened: {error.found}.",))
    words, missing = dataset.words, []
    person = dataset.users.number(case.person) if case.person in dataset.users else None
    if person is None:
        missing.append(f"This {words.person} is no longer in the data.")
    item = None
    if case.item is not None:
        item = dataset.items.number(case.item) if case.item in dataset.items else None
        if item is None:
            missing.append(f"This {words.item} is no longer in the data.")
    model = None
    if case.model is not None:
        try:
            model = opener.model(case.model)
        except GnnrecError as error:
            missing.append(
                f"The model it was written about, {case.model}, is no longer there: {error.found}."
            )
    found = Scene(case, dataset, model, person, item, missing=tuple(missing))
    return found if person is None or model is None else _served(found)


def _served(scene: Scene) -> Scene:
    """The same with the list the model gives and what they had before."""
    from dataclasses import replace

    from gnnrec.recommenders import Query

    split, case, person = scene.model.split, scene.case, scene.person
    hidden = {*filter(None, case.standing.hidden.split(",")), *split.fitted_parts}
    left_out = split.matrix(*(part for part in ("train", "valid", "test") if part in hidden))
    best = scene.model.recommender.recommend(
        [Query(user=person)], k=case.standing.k or USUAL_K, exclude=left_out
    )
    judged = next((part for part in ("valid", "test") if part not in hidden), None)
    held_out = split.matrix(judged)[person].indices.tolist() if judged else []
    history = split.of_person(person, *split.fitted_parts)["item"].tolist()
    return replace(
        scene,
        listed=tuple(int(one) for one in best.items[0] if one >= 0),
        held_out=frozenset(held_out),
        recent=tuple(history[::-1][:_RECENT]),
        n_history=len(history),
    )


def picture(scene: Scene, title: str) -> tuple[str, str] | None:
    """The neighbourhood of the person, with the ways to the item lit, as SVG; and what it shows. None without edges."""
    from gnnrec.figures.network import WEIGHT_NAMES, faces, network
    from gnnrec.figures.network_svg import network_svg
    from gnnrec.figures.node_kinds import legend_of
    from gnnrec.graph import ITEM, USER, k_hop, paths

    model = scene.model
    if model is None or scene.person is None or not scene.n_history:
        return None
    graph, (weight, kind) = model.graph, model.weights
    centre = graph.node(USER, scene.person)
    lit = []
    if scene.item is not None:
        lit = paths(graph, centre, graph.node(ITEM, scene.item), top=_PATHS, weight=weight)
    keep = [node for one in lit for node in one.nodes]
    cut = k_hop(graph, centre, 3 if lit else _HOPS, _NODES, weight, kind, keep=keep)
    drawn = set(cut.nodes.node.tolist())
    lit = [one for one in lit if set(one.nodes) <= drawn]
    legend = legend_of(sorted(set(cut.nodes.kind.tolist())), USER, scene.dataset.words)
    drawing = network(cut, faces(cut, scene.dataset), "light", legend=legend)
    told = (
        f"{len(cut.nodes)} of {cut.total_nodes:,} nodes around them; edges by {WEIGHT_NAMES.get(kind, kind)}"
    )
    if lit:
        told += (
            f"; lit: the {len(lit)} strongest ways to it"
            if len(lit) > 1
            else "; lit: the strongest way to it"
        )
    elif scene.item is not None:
        told += "; no way of three steps leads to it"
    return network_svg(drawing, title, lit=lit), told
