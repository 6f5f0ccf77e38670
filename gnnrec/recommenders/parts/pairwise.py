"""What graph models with vectors share besides: messages along the edges, and what if some edges change."""

from __future__ import annotations

from abc import abstractmethod
from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from gnnrec.recommenders.capabilities import DIFFERENTIABLE, LAYERS, PROPAGATES
from gnnrec.recommenders.parts.edited_model import EditedModel
from gnnrec.recommenders.parts.vectors import VectorModel

if TYPE_CHECKING:
    from gnnrec.recommenders.parts.message_model import MessageModel


class PairwiseModel(EditedModel, VectorModel):
    """A model whose vectors of people and items come about by messages along the edges of the graph.

    A member computes the vectors in `_vectors`, prepares in `_graph_placed` what it needs of `self.graph`,
    keeps its layers while serving so that `_after` can say what fewer rounds would give, and has in its Config
    the settings of `pairwise_settings.SHARED`.
    """

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {DIFFERENTIABLE, LAYERS, PROPAGATES}

    @abstractmethod
    def _graph_placed(self) -> None:
        """Put what propagation needs of `self.graph` on `self.device`."""

    @abstractmethod
    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        """Final vectors of people and items had messages stopped after some rounds. **Shapes**: [U, D], [I, D]."""

    def layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        self._require_data()
        self._require(LAYERS, "does not keep its layers apart")
        with torch.inference_mode():
            return [
                tuple(self._for_scoring(part) for part in self._after(rounds))
                for rounds in range(self.config.n_layers + 1)
            ]

    def _placed(self) -> None:
        self._graph_placed()
        super()._placed()

    # A function of the messages

    def differentiable(self) -> MessageModel:
        self._require_data()
        self._require(DIFFERENTIABLE, "has messages for one part of its score only")
        frozen = self._copy()
        # A copy of the parameters: gradients of whoever explains must not end in those of whoever learns.
        frozen.net = deepcopy(self.net).requires_grad_(False).eval()
        return frozen._message_model()

    def _message_model(self) -> MessageModel:
        """What `_vectors` computes without dropout, as a function of the messages; `self.net` is frozen.

        For members that declare it.
        """
        raise NotImplementedError

    def _edge_norm(self) -> torch.Tensor:
        """Weight of every directed edge by the degrees of its ends. **Shapes**: [E]."""
        return torch.from_numpy(self.graph.edge_norm).to(self.device)

    # What if

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> PairwiseModel:
        edited = self._copy()
        edited.graph = self.graph.edited(add=add, remove=remove)
        edited._graph_placed()
        with torch.inference_mode():
            edited._serve()
        return edited
