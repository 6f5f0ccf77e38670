"""XSimGCL: LightGCN whose layers are shaken while learning, and must still recognise each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.errors import ConfigError
from gnnrec.losses.contrast import info_nce
from gnnrec.recommenders.capabilities import COVERS
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.light_propagation import LightPropagation
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.propagation import SymmetricPropagation


class XSimGCL(LightPropagation):
    """Vectors of people and items, smoothed along the graph with noise, and kept apart by a contrast of layers.

    **Source**: Yu et al., "XSimGCL: Towards Extremely Simple Graph Contrastive Learning for Recommendation",
    TKDE 2023: after each hop e^(k) = Â e^(k-1) + Δ with Δ = sign(e) ⊙ δ, δ drawn evenly and of length ε (their
    noise of SimGCL); the final vector is the mean of e^(1..L), without layer 0; besides the ranking loss,
    λ times the InfoNCE loss between the final vectors and those of layer l* of the same pass, over the
    distinct people and over the distinct items of a batch. Ours differs: the default ranking loss is the exact
    softmax over the catalogue with cosine scores (BPR is a setting); with it a batch holds people, and the
    contrast runs over them and over all they chose.

    Without noise, as it serves, it is linear propagation. Since layer 0 is left out, a person is exactly the
    sum of what their history sends; in two hops and more, part of that is an echo of the person's own vector.

    **Shapes**: table [N, D] with people first, Â [N, N].
    """

    name = "xsimgcl"
    title = "XSimGCL"
    paper = "Yu et al., TKDE 2023"
    first_layer = 1
    search_space: ClassVar[dict[str, tuple | list]] = {
        "n_layers": (1, 3),
        "batch_users": (200, 1000, "log"),
        "learning_rate": (0.005, 0.1, "log"),
        "temperature": (0.1, 0.3, "log"),
        "noise": (0.01, 0.5, "log"),
        "contrast_weight": (0.005, 0.5, "log"),
        "contrast_temperature": (0.1, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of XSimGCL."""

        embedding_size: int = shared_setting("embedding_size", 128)
        n_layers: int = shared_setting("n_layers", 2, low=1)
        noise: float = setting(
            0.1, "Length of what is added to each vector after each hop", low=0.0, high=10.0
        )
        contrast_weight: float = setting(
            0.05, "How much it counts that layers recognise each other", low=0.0, high=100.0
        )
        contrast_temperature: float = setting(
            0.2, "Sharpness of that: lower looks harder at the closest others", low=0.01, high=5.0
        )
        contrast_layer: int = setting(
            1, "The layer that has to recognise the final vectors", low=1, high=6, unit="hops"
        )
        dropout: float = shared_setting("dropout", 0.0)
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
        learning_rate: float = shared_setting("learning_rate", 0.03)
        epochs: int = shared_setting("epochs", 200)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 2)

        def __post_init__(self) -> None:
            super().__post_init__()
            if self.contrast_layer > self.n_layers:
                raise ConfigError(
                    where="settings of XSimGCL, contrast_layer",
                    found=f"layer {self.contrast_layer} of {self.n_layers}",
                    expected="a layer that there is",
                    todo="For example contrast_layer=1.",
                )

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {COVERS}

    def _network(self) -> nn.Module:
        return self._with_vectors()

    def _table(self) -> Tensor:
        return torch.cat([self.net.user, self.net.item])

    # Learning: one noisy pass gives both the final vectors and the layer they are compared with

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(self._table(), self.config.dropout)
        layers = [table]
        for _ in range(self.config.n_layers):
            layers.append(self._shaken(SymmetricPropagation.apply(self._matrix, layers[-1])))
        final = torch.stack(layers[1:]).mean(0)
        self._pass = final, layers[self.config.contrast_layer]
        return *final.split([self.data.n_users, self.data.n_items]), table

    def _shaken(self, vectors: Tensor) -> Tensor:
        if self.config.noise == 0 or not self.net.training:
            return vectors
        drawn = torch.rand(vectors.shape, generator=self.generator, device=self.device)
        return vectors + vectors.detach().sign() * functional.normalize(drawn) * self.config.noise

    def loss(self, batch: Tensor) -> Tensor:
        ranking = super().loss(batch)
        final, layer = self._pass
        # Kept no longer than needed: the pass holds the whole computation of a step.
        del self._pass
        if self.config.contrast_weight == 0:
            return ranking
        contrasts = (
            info_nce(final[nodes], layer[nodes], self.config.contrast_temperature)
            for nodes in self._nodes_of(batch)
        )
        return ranking + self.config.contrast_weight * sum(contrasts)

    def _nodes_of(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        """The distinct people and items of a batch, as nodes."""
        if self.config.loss == "softmax":
            users, chosen = batch, torch.isin(self._pair_users, batch)
        else:
            users, chosen = self._pair_users[batch].unique(), batch
        return users, self._indices[chosen].unique() + self.data.n_users
