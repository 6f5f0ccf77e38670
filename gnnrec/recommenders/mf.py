"""Matrix factorisation: every person and item has a vector, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from gnnrec.recommenders.config import Settings
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.vectors import VectorModel


class MatrixFactorisation(VectorModel):
    """Every person and item has a vector of its own; a score compares the two. No graph, no messages.

    What is learned of a person lies in that person's vector alone, so a change of edges shows only after
    training again, and a newcomer has no vector. It is what a graph model must beat to have a use for its graph.

    **Source**: Koren, Bell and Volinsky, "Matrix Factorization Techniques for Recommender Systems", Computer
    2009; learned from choices alone by Rendle et al., "BPR", UAI 2009, section 4.3.1 (`loss: bpr`). Ours
    differs: the default loss is the exact softmax over the catalogue with cosine scores, there are no biases,
    and dropout on the vectors stands where weight decay usually does.

    **Shapes**: people [U, D], items [I, D].
    """

    name = "mf"
    title = "Matrix factorisation"
    paper = "Koren et al., Computer 2009; Rendle et al., UAI 2009"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "embedding_size": [64, 128],
        "batch_users": (100, 1000, "log"),
        "learning_rate": (0.005, 0.1, "log"),
        "dropout": (0.0, 0.6),
        "temperature": (0.1, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of matrix factorisation."""

        embedding_size: int = shared_setting("embedding_size", 128)
        dropout: float = shared_setting("dropout", 0.1)
        loss: str = shared_setting("loss", "softmax")
        temperature: float = shared_setting("temperature", 0.18)
        negative_power: float = shared_setting("negative_power", 0.2)
        popularity_exponent: float = shared_setting("popularity_exponent", 0.0)
        popularity_correction: float = shared_setting("popularity_correction", 0.0)
        score: str = shared_setting("score", "cosine")
        batch_users: int = shared_setting("batch_users", 400)
        batch_size: int = shared_setting("batch_size", 8192)
        negatives: int = shared_setting("negatives", 512)
        reg: float = shared_setting("reg", 0.0)
        learning_rate: float = shared_setting("learning_rate", 0.025)
        epochs: int = shared_setting("epochs", 150)
        patience: int = shared_setting("patience", 15)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    def _network(self) -> nn.Module:
        return self._with_vectors()

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(torch.cat([self.net.user, self.net.item]), self.config.dropout)
        return *table.split([self.data.n_users, self.data.n_items]), table
