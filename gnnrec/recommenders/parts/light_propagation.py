"""What models of plain linear propagation share: serving, what if, newcomers, and the exact split of a score."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from torch import Tensor

from gnnrec.recommenders.base import Contributions
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.parts.edited_layers import degrees_after, layer_changes
from gnnrec.recommenders.parts.many_edits import Edit, ManyEdits
from gnnrec.recommenders.parts.pairwise import PairwiseModel
from gnnrec.recommenders.parts.propagation import propagate
from gnnrec.recommenders.parts.trainable import torch_csr
from gnnrec.recommenders.query import GRAPH_EDIT, Query

if TYPE_CHECKING:
    from gnnrec.recommenders.parts.message_model import MessageModel


class LightPropagation(PairwiseModel):
    """A model that scores by the mean of e^(f..L), where e^(k+1) = Â e^(k) and f is `first_layer`.

    A member gives layer 0 in `_table`, and in `_vectors` the same mean as learning sees it. With the layers
    in hand every answer is exact: a change of edges is followed along the layers, a score falls apart into
    what each item of a history sent, and a newcomer is the sum of what their history sends.

    **Shapes**: table [N, D] with people first, Â [N, N].
    """

    first_layer: ClassVar[int] = 0

    @property
    def first_read_round(self) -> int:
        """Layers before f are no part of the mean."""
        return self.first_layer

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {DECOMPOSES, FOLDS_IN, EDITS_GRAPH}

    @abstractmethod
    def _table(self) -> Tensor:
        """Layer 0. **Shapes**: [N, D]."""

    def _graph_placed(self) -> None:
        self._matrix = torch_csr(self.graph.normalised, self.device)

    def _serve(self) -> None:
        layers = propagate(self._matrix, self._table(), self.config.n_layers)
        self._layers = [layer.cpu().numpy() for layer in layers]
        averaged = self._layers[self.first_layer :]
        self._final = np.mean(averaged, axis=0)
        # What item j sends, before the edge weight, is the sum of a e_j^(k-1) over the layers k ≥ 1 in the mean.
        items = [layer[self.data.n_users :] for layer in self._layers]
        self._sent = sum(items[:-1], np.zeros_like(items[0])) / len(averaged)
        self._take(self._final, self.graph.degrees)
        self._many = ManyEdits(self.graph, self._layers, self.first_layer, self.config.score == "cosine")

    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        # Where layer 0 is left out of the mean, it is all there is before the first round.
        kept = self._layers[min(self.first_layer, rounds) : rounds + 1]
        users, items = np.split(np.mean(kept, axis=0), [self.data.n_users])
        return torch.from_numpy(users), torch.from_numpy(items)

    def _take(self, final: np.ndarray, degrees: np.ndarray) -> None:
        """Score by these final vectors, on a graph with these degrees."""
        self._user_vectors, self._item_vectors = (
            self._for_scoring(torch.from_numpy(part)) for part in np.split(final, [self.data.n_users])
        )
        self._degrees = degrees[self.data.n_users :]

    def _message_model(self) -> MessageModel:
        from gnnrec.recommenders.parts.message_model import MessageModel, WeightedSum

        return MessageModel(
            self._table(),
            self._edge_norm(),
            [WeightedSum() for _ in range(self.config.n_layers)],
            lambda number, heard, own, nodes: heard,
            lambda layers: torch.stack(layers[self.first_layer :]).mean(0),
            self.data.n_users,
            self.config.score == "cosine",
        )

    # What if

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> LightPropagation:
        to_nodes = np.array([0, self.data.n_users])
        add, remove = add + to_nodes, remove + to_nodes
        degrees = self.graph.degrees
        changes = layer_changes(self.graph.normalised, self._layers, degrees, add, remove)
        edited = self._copy()
        edited._sent, final = self._sent.copy(), self._final.copy()
        for place, change in enumerate(changes, start=1):
            change /= len(self._layers) - self.first_layer
            final += change
            if place < len(changes):
                edited._sent += change[self.data.n_users :]
        after = degrees_after(degrees, add, remove)
        # Nodes that lose their last edge keep layer 0 alone; what rounding leaves of the others has a direction.
        alone = (after == 0) & (degrees > 0)
        final[alone] = self._layers[0][alone] / len(self._layers) if self.first_layer == 0 else 0
        edited._take(final, after)
        return edited

    @property
    def edit_work(self) -> float | None:
        products = max(self.config.n_layers - 1, 1)
        return products * self.graph.watched.n_edges + self.data.n_items * self.config.embedding_size

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        # One alone is often asked for its reasons too, which need its whole model.
        together = {}
        if len(queries) > 1:
            edits = {place: self._edit_of(query) for place, query in enumerate(queries)}
            together = {place: edit for place, edit in edits.items() if self._many.fits(edit)}
        out = np.empty((len(queries), self.data.n_items), dtype=np.float32)
        out[list(together)] = self._many.scores(list(together.values()))
        for place, query in enumerate(queries):
            if place not in together:
                edited = self._edited_model(query)
                out[place] = edited._user_vectors[query.user] @ edited._item_vectors.T
        return out

    def _edit_of(self, query: Query) -> Edit:
        to_nodes = np.array([0, self.data.n_users])
        add, remove = self._edges_of(query)
        return Edit(query.user, add + to_nodes, remove + to_nodes)

    # Because: what each item of a history sends

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return LightPropagation._fold_in_many(self, [history])[0]

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        vectors = np.stack([self._folded(history) for history in histories])
        if self.config.score == "cosine":
            vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)[:, None]
        return vectors @ self._item_vectors.T

    def _folded(self, history: np.ndarray) -> np.ndarray:
        """What a newcomer with this history receives; items keep their degrees. **Shapes**: [H] → [D]."""
        return self._messages(history).sum(0)

    def _messages(self, history: np.ndarray) -> np.ndarray:
        """What each item of a history sends to its person, edge weight included. **Shapes**: [H] → [H, D]."""
        weights = 1 / np.sqrt(np.maximum(self._degrees[history], 1) * max(len(history), 1))
        return weights[:, None] * self._sent[history]

    def _heard(self, user: int | None, history: np.ndarray) -> np.ndarray:
        """What each item of a history sends to one person, None for a newcomer. **Shapes**: [H] → [H, D]."""
        return self._messages(history)

    def _sends(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        messages = self._sent[sources] / np.sqrt(np.maximum(self._degrees[sources], 1))[:, None]
        return messages @ self._item_vectors[targets].T

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        history = self.history(query)
        model = self._edited_model(query) if query.kind == GRAPH_EDIT else self
        item_vectors = model._item_vectors[items].astype(np.float64)
        own = np.zeros(self.config.embedding_size)
        if query.user is not None and self.first_layer == 0:
            own += self._layers[0][query.user] / len(self._layers)
        messages = model._heard(query.user, history)
        length = np.linalg.norm(own + messages.sum(0)) if self.config.score == "cosine" else 1.0
        length = max(float(length), 1e-12)
        return Contributions(
            score=self.scores([query], items)[0],
            own=item_vectors @ own / length,
            items=history,
            values=item_vectors @ messages.T / length,
        )
