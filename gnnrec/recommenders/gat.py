"""GAT: a graph network that decides for every edge how much it listens to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.config import setting
from gnnrec.recommenders.parts.attention_model import AttentionModel, AttentionSettings, attention_setting
from gnnrec.recommenders.parts.pairwise_settings import shared_setting


class GAT(AttentionModel):
    """Every person and item has a vector and takes in its neighbours' vectors, weighed by learned attention.

    **Source**: Veličković et al., "Graph Attention Networks", ICLR 2018, equations 1–4 (`gat`), and Brody et
    al., "How Attentive are Graph Attention Networks?", ICLR 2022, equation 7 (`gatv2`), in the form
    torch-geometric gives them. Ours differs: people listen to items with other weights than items to
    people; no self loops, so that all attention of a node lies on edges one can see; no nonlinearity and no
    bias behind a layer; the final vector is the mean of all layers, layer 0 being the node's own; the loss is
    the exact softmax over the catalogue.

    **Shapes**: people [U, D], items [I, D], attention [L, heads, E].
    """

    name = "gat"
    title = "Graph attention"
    paper = "Veličković et al., ICLR 2018; Brody et al., ICLR 2022"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "variant": ["gatv2", "gat"],
        "embedding_size": [64, 96],
        "learning_rate": (0.01, 0.08, "log"),
        "dropout": (0.0, 0.4),
        "edge_dropout": (0.0, 0.6),
        "temperature": (0.12, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(AttentionSettings):
        """Settings of graph attention."""

        variant: str = setting(
            "gatv2",
            "gatv2: every node ranks its neighbours in its own way; gat: one ranking of neighbours for all",
            choices=("gatv2", "gat"),
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
        epochs: int = shared_setting("epochs", 120)
        patience: int = shared_setting("patience", 20)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    def _layer(self) -> nn.Module:
        from torch_geometric.nn import GATConv, GATv2Conv

        layer = {"gat": GATConv, "gatv2": GATv2Conv}[self.config.variant]
        size, heads = self.config.embedding_size, self.config.heads
        return layer(size, size // heads, heads=heads, add_self_loops=False, bias=False)

    def _raw(self, layer: nn.Module, sources: Tensor, targets: Tensor) -> Tensor:
        by_head = (-1, self.config.heads, self.config.embedding_size // self.config.heads)
        if self.config.variant == "gat":
            # Both ends go through one matrix; each has an attention vector of its own.
            theirs, own = (layer.lin(ends).view(by_head) for ends in (sources, targets))
            scores = (theirs * layer.att_src).sum(-1) + (own * layer.att_dst).sum(-1)
            return functional.leaky_relu(scores, layer.negative_slope)
        both = layer.lin_l(sources) + layer.lin_r(targets)
        return (functional.leaky_relu(both, layer.negative_slope).view(by_head) * layer.att).sum(-1)
