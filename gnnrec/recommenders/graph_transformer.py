"""Graph transformer: attention by query and key, as in a transformer, along the edges of the graph."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.recommenders.config import setting
from gnnrec.recommenders.parts.attention_model import AttentionModel, AttentionSettings, attention_setting
from gnnrec.recommenders.parts.pairwise_settings import shared_setting


class GraphTransformer(AttentionModel):
    """Every node asks its neighbours with a query of its own, and listens to those whose keys answer it best.

    **Source**: Shi et al., "Masked Label Prediction: Unified Message Passing Model for Semi-Supervised
    Classification" (UniMP), IJCAI 2021, equations 3–5, in the form torch-geometric gives them
    (TransformerConv): α_ij = softmax_j(⟨W_q x_i, W_k x_j⟩ / √d), message Σ_j α_ij W_v x_j. Ours differs: it
    recommends, so that there are no labels to mask and no edge features; people listen to items with other
    weights than items to people; no nonlinearity, no normalisation and no bias behind a layer; the own vector
    enters through the mean of all layers, layer 0 being the node's own, and with `residual: gated` also inside
    each layer as in equation 5; the loss is the exact softmax over the catalogue.

    **Shapes**: people [U, D], items [I, D], attention [L, heads, E].
    """

    name = "graph_transformer"
    title = "Graph transformer"
    paper = "Shi et al., IJCAI 2021"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "residual": ["none", "gated"],
        "embedding_size": [64, 96],
        "learning_rate": (0.01, 0.08, "log"),
        "dropout": (0.0, 0.4),
        "edge_dropout": (0.0, 0.6),
        "temperature": (0.12, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(AttentionSettings):
        """Settings of the graph transformer."""

        residual: str = setting(
            "none",
            "none: a layer holds only what arrives; gated: each node mixes in its own vector by a learned gate",
            choices=("none", "gated"),
        )
        embedding_size: int = shared_setting("embedding_size", 96)
        n_layers: int = shared_setting("n_layers", 1, low=1, high=4)
        heads: int = attention_setting("heads", 4)
        dropout: float = shared_setting("dropout", 0.1)
        edge_dropout: float = attention_setting("edge_dropout", 0.3)
        loss: str = shared_setting("loss", "softmax")
        temperature: float = shared_setting("temperature", 0.18)
        negative_power: float = shared_setting("negative_power", 0.2)
        popularity_exponent: float = shared_setting("popularity_exponent", 0.0)
        popularity_correction: float = shared_setting("popularity_correction", 0.0)
        score: str = shared_setting("score", "cosine")
        batch_users: int = shared_setting("batch_users", 2000)
        batch_size: int = shared_setting("batch_size", 8192)
        negatives: int = shared_setting("negatives", 512)
        reg: float = shared_setting("reg", 0.0)
        learning_rate: float = shared_setting("learning_rate", 0.04)
        epochs: int = shared_setting("epochs", 150)
        patience: int = shared_setting("patience", 20)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    def _layer(self) -> nn.Module:
        from torch_geometric.nn import TransformerConv

        size, heads = self.config.embedding_size, self.config.heads
        gated = self.config.residual == "gated"
        layer = TransformerConv(size, size // heads, heads=heads, bias=False, root_weight=gated, beta=gated)
        if not gated:
            # torch-geometric makes these weights even where nothing uses them.
            layer.lin_skip = None
        return layer

    def _raw(self, layer: nn.Module, sources: Tensor, targets: Tensor) -> Tensor:
        size = self.config.embedding_size // self.config.heads
        by_head = (-1, self.config.heads, size)
        keys, queries = layer.lin_key(sources).view(by_head), layer.lin_query(targets).view(by_head)
        return (queries * keys).sum(-1) / math.sqrt(size)

    def _serve(self) -> None:
        super()._serve()
        self._kept: np.ndarray | None = None

    def kept(self) -> np.ndarray:
        self._require_data()
        if self._kept is None:
            self._kept = self._gates() if self.config.residual == "gated" else super().kept()
            self._kept.setflags(write=False)
        return self._kept

    def _gates(self) -> np.ndarray:
        """The gate of every node in every layer. **Shapes**: [L, N]."""
        found: list[Tensor] = []
        with torch.inference_mode():
            for to_items, to_users, (users, items) in zip(
                self.net.to_items, self.net.to_users, self._layers[:-1], strict=True
            ):
                hear = (
                    (to_users, (items, users), self._to_items.flip(0)),
                    (to_items, (users, items), self._to_items),
                )
                found.append(torch.cat([_gate(*one) for one in hear]))
        return torch.stack(found).cpu().numpy()


def _gate(layer: nn.Module, ends: tuple[Tensor, Tensor], edges: Tensor) -> Tensor:
    """The gate β of equation 5 at every target. **Shapes**: [n]."""
    seen: list[Tensor] = []
    # torch-geometric computes the gate inside the layer and does not give it out.
    hook = layer.lin_beta.register_forward_hook(lambda module, given, out: seen.append(out))
    try:
        layer(ends, edges)
    finally:
        hook.remove()
    return seen[0].sigmoid().flatten()
