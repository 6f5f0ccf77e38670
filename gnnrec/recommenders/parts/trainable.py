"""Trainable: the part of the contract that the one training loop drives."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.data import TrainingData
from gnnrec.graph import Graph
from gnnrec.recommenders.base import Recommender


class Trainable(Recommender):
    """A recommender with parameters, learned step by step.

    Randomness of batches, samples and dropout comes from `generator` alone, whose state is part of a
    resumable run. First parameters are drawn on the CPU, so that every device starts from the same ones.

    A member's Config has `learning_rate`, `epochs`, `patience` and `evaluate_every`.
    """

    net: nn.Module
    generator: torch.Generator
    device: torch.device
    graph: Graph

    def reset(self, seed: int, device: str = "cpu") -> None:
        """Fresh parameters for the attached data, drawn from `seed`, placed on `device`."""
        self._require_data()
        self.device = torch.device(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.net = self._network()
        self.net.to(self.device)
        self.generator = torch.Generator(device=self.device).manual_seed(seed)
        self._placed()

    def parameters(self) -> list[nn.Parameter]:
        """What the optimiser changes."""
        return list(self.net.parameters())

    def learning_rate_in(self, epoch: int) -> float:
        """Step size in an epoch, the first is 1; the same all along unless a member says otherwise."""
        return self.config.learning_rate

    @abstractmethod
    def batches(self) -> Iterator[Any]:
        """The batches of one epoch."""

    @abstractmethod
    def loss(self, batch: Any) -> Tensor:
        """How wrong the parameters are on a batch; a scalar to minimise."""

    def serve(self) -> None:
        """Compute from the current parameters what `scores` reads.

        The net stays in evaluation mode, so that nothing asked later is answered with dropout; whoever learns
        on puts it back into training mode.
        """
        self.net.eval()
        with torch.inference_mode():
            self._serve()

    # What a member writes besides

    @abstractmethod
    def _network(self) -> nn.Module:
        """A module holding all parameters, freshly initialised."""

    def _placed(self) -> None:
        """Put further tensors on `self.device`; called after every reset and load."""

    @abstractmethod
    def _serve(self) -> None: ...

    # Shared

    def _attached(self) -> None:
        self.graph = Graph.bipartite(self.data.n_users, self.data.n_items, self.data.user, self.data.item)

    def fit(self, data: TrainingData) -> Recommender:
        """Not for trained models: `gnnrec.fit` runs the training loop."""
        raise self._cannot("is trained step by step; call gnnrec.fit")

    def _state(self) -> dict[str, np.ndarray]:
        return {name: value.detach().cpu().numpy() for name, value in self.net.state_dict().items()}

    def _load_state(self, state: dict[str, Any]) -> None:
        self.reset(seed=0)
        self.net.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in state.items()})
        self.serve()

    def _dropped(self, values: Tensor, share: float) -> Tensor:
        """Dropout drawn from this recommender's own generator, so that a resumed run repeats it."""
        if share == 0 or not self.net.training:
            return values
        kept = torch.rand(values.shape, generator=self.generator, device=values.device) >= share
        return values * kept / (1 - share)


def torch_csr(matrix: Any, device: torch.device) -> Tensor:
    """A scipy CSR matrix as a torch one."""
    with warnings.catch_warnings():
        # torch calls every sparse matrix "in beta state"; who trains a model cannot act on that.
        warnings.filterwarnings("ignore", message="Sparse (CSR tensor support|invariant checks)")
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            size=matrix.shape,
        ).to(device)
