"""LightGCN: vectors of people and items, smoothed along the edges of who watched what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import ClassVar

import torch
from torch import Tensor, nn

from gnnrec.recommenders.capabilities import COVERS
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.mf import MatrixFactorisation
from gnnrec.recommenders.parts.light_propagation import LightPropagation
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.propagation import propagate


class LightGCN(LightPropagation):
    """Every person and item has a vector; to each is added what arrives along the edges of the graph.

    **Source**: He et al., "LightGCN", SIGIR 2020, equations 7–10: e^(k+1) = Â e^(k) with Â = D^-1/2 A D^-1/2,
    e = mean of e^(0..L). Ours differs: the default loss is the exact softmax over the catalogue with cosine
    scores (BPR is a setting), and `user_vectors: none` fixes the people's own vectors at zero, so that a
    person is exactly the sum of what arrives from their history. With `init: mf` training starts from the
    vectors of a matrix factorisation (`mf`) of the same size, loss and steps, whose time counts as training.

    **Shapes**: table [N, D] with people first, Â [N, N].
    """

    name = "lightgcn"
    title = "LightGCN"
    paper = "He et al., SIGIR 2020"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "n_layers": (1, 3),
        "batch_users": (200, 1000, "log"),
        "learning_rate": (0.01, 0.2, "log"),
        "dropout": (0.0, 0.4),
        "temperature": (0.1, 0.3, "log"),
        "popularity_exponent": (0.0, 0.6),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of LightGCN."""

        embedding_size: int = shared_setting("embedding_size", 128)
        n_layers: int = shared_setting("n_layers", 2)
        user_vectors: str = setting(
            "trained",
            "trained: people have vectors of their own; none: a person is only what they chose",
            choices=("trained", "none"),
        )
        init: str = setting(
            "random",
            "Where vectors start: random, or those of a matrix factorisation trained first (mf)",
            choices=("random", "mf"),
        )
        init_epochs: int = setting(
            30, "Rounds of that matrix factorisation", low=1, high=10_000, unit="epochs"
        )
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
        learning_rate: float = shared_setting("learning_rate", 0.05)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | ({COVERS} if self.config.user_vectors == "none" else set())

    def _network(self) -> nn.Module:
        net = self._with_vectors(of_people=self.config.user_vectors == "trained")
        if self.config.init == "mf":
            # Part of the state, so that a resumed run does not start from factors once more.
            net.register_buffer("started", torch.zeros((), dtype=torch.uint8))
        return net

    def batches(self) -> Iterator[Tensor]:
        if self.config.init == "mf" and not self.net.started:
            self._start_from_factors()
        return super().batches()

    def _start_from_factors(self) -> None:
        """Train a matrix factorisation and take over its vectors; part of the first epoch."""
        shared = {one.name for one in fields(MatrixFactorisation.Config)}
        settings = {name: value for name, value in self.config.as_dict().items() if name in shared}
        model = MatrixFactorisation(**settings)
        model.attach(self.data)
        seed = torch.randint(2**31, (), generator=self.generator, device=self.device)
        model.reset(int(seed), str(self.device))
        optimiser = torch.optim.Adam(model.parameters(), lr=self.config.learning_rate)
        for _ in range(self.config.init_epochs):
            for batch in model.batches():
                optimiser.zero_grad(set_to_none=True)
                model.loss(batch).backward()
                optimiser.step()
        with torch.no_grad():
            for name, value in self.net.named_parameters():
                value.copy_(getattr(model.net, name))
        self.net.started.fill_(1)

    def _table(self) -> Tensor:
        """Layer 0. **Shapes**: [N, D]."""
        if self.config.user_vectors == "trained":
            return torch.cat([self.net.user, self.net.item])
        return torch.cat(
            [self.net.item.new_zeros(self.data.n_users, self.config.embedding_size), self.net.item]
        )

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(self._table(), self.config.dropout)
        final = torch.stack(propagate(self._matrix, table, self.config.n_layers)).mean(0)
        return *final.split([self.data.n_users, self.data.n_items]), table
