"""LightGCN that forgets: what was chosen long ago says less than what was chosen lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import torch

from gnnrec.recommenders.base import Contributions, Recommender
from gnnrec.recommenders.capabilities import DIFFERENTIABLE, FOLDS_IN
from gnnrec.recommenders.config import setting
from gnnrec.recommenders.lightgcn import LightGCN
from gnnrec.recommenders.parts.aged_graph import AgedGraph
from gnnrec.recommenders.parts.edited_layers import LastFew
from gnnrec.recommenders.parts.light_propagation import LightPropagation
from gnnrec.recommenders.parts.pairwise import PairwiseModel
from gnnrec.recommenders.parts.travels import Travels
from gnnrec.recommenders.query import Query


class TimeLightGCN(Travels, LightGCN):
    """LightGCN whose edges weigh less with age; it also says what it would have recommended on an earlier day.

    **Source**: He et al., "LightGCN", SIGIR 2020, equations 7–10, with the weights of Ding and Li, "Time weight
    collaborative filtering", CIKM 2005, equation 5, put on the edges: w = 2^(-age / half_life), Â = D^-1/2 W D^-1/2
    with D = Σ w. Ours differs: the published weight stands in an average over neighbours of items, ours in the
    graph, where both ends divide by the weights they have, so that an edge is old beside the other edges of a
    person and of an item, and the day from which ages are counted makes no difference. The loss is that of our
    `lightgcn`: every pair counts alike in it, however old. With `half_life: 0` it is exactly `lightgcn`.

    As of a day t, only what happened before t is in the graph and ages count from t. Nothing is learned again:
    the vectors of layer 0 were learned from all of train, later rows included, so that such a list shows what
    the graph of that day says and not what a model trained on that day would have said.

    A newcomer's history has no dates, so it answers for none once edges age. Rows without a believable date
    stand at the middle of the dated ones.

    **Shapes**: table [N, D] with people first, Â [N, N].

    **Units**: half-life in days.
    """

    name = "time_lightgcn"
    title = "LightGCN that forgets"
    paper = "He et al., SIGIR 2020; Ding and Li, CIKM 2005"
    search_space: ClassVar[dict[str, tuple | list]] = {
        **LightGCN.search_space,
        "half_life": (30.0, 1500.0, "log"),
    }

    @dataclass(frozen=True)
    class Config(LightGCN.Config):
        """Settings of LightGCN, and how fast edges age."""

        half_life: float = setting(
            365.0,
            "After how many days an edge weighs half as much; 0 for edges that do not age, which is LightGCN",
            low=0.0,
            high=100_000.0,
            unit="days",
        )

    @property
    def capabilities(self) -> frozenset[str]:
        # Mask explainers weigh edges by the number of neighbours alone.
        return super().capabilities - ({FOLDS_IN, DIFFERENTIABLE} if self.config.half_life else set())

    def _attached(self) -> None:
        super()._attached()
        data = self.data
        dated = AgedGraph.bipartite(
            data.n_users, data.n_items, data.user, data.item, time=self._moments.seconds
        )
        self.graph = replace(dated, half_life=self.config.half_life)

    # An earlier day

    def serve(self) -> None:
        self._days: LastFew = LastFew(3)
        super().serve()

    def _at(self, moment: int, users: np.ndarray) -> np.ndarray:
        return self._on_the_day(moment)._scores(users)

    def _on_the_day(self, moment: int) -> Self:
        """This model on the graph of an earlier day; it knows no later row of train."""
        return self._days.get(moment, lambda: self._until(moment))

    def _until(self, moment: int) -> Self:
        earlier = self._copy()
        earlier.data = self._data_until(moment)
        earlier.graph = self.graph.until(moment)
        earlier._graph_placed()
        with torch.inference_mode():
            earlier._serve()
        return earlier

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        if query.as_of is not None:
            return self._on_the_day(query.as_of)._contributions(Query(user=query.user), items)
        return super()._contributions(query, items)

    # What the short ways of plain LightGCN do not know: edges that are not all alike

    def _heard(self, user: int | None, history: np.ndarray) -> np.ndarray:
        if not self.config.half_life:
            return super()._heard(user, history)
        weights = self.graph.normalised[user].toarray()[0, self.data.n_users + history]
        return weights[:, None] * self._sent[history]

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return self._fold_in_many([history])[0]

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        self._require(FOLDS_IN, "weighs what is chosen by its date, which a newcomer's history does not have")
        return super()._fold_in_many(histories)

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> LightPropagation:
        if not self.config.half_life:
            return super()._on_edited_graph(add, remove)
        return PairwiseModel._on_edited_graph(self, add, remove)

    @property
    def edit_work(self) -> float | None:
        return None if self.config.half_life else super().edit_work

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        if not self.config.half_life:
            return super()._edited_many(queries)
        return Recommender._edited_many(self, queries)
