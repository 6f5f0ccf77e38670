"""SVD++: what a person rated tells their taste before a single rating is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from gnnrec.recommenders.base import Contributions
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH, EMBEDDINGS, FOLDS_IN
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.rated_graph import SparseProduct
from gnnrec.recommenders.parts.rating import Rated, RatingModel
from gnnrec.recommenders.parts.trainable import torch_csr
from gnnrec.recommenders.query import Query

# Small first values let the offsets settle before the factors do.
_FIRST = 0.02


class SVDpp(RatingModel):
    """A rating is the mean, the two offsets, and how the item meets what the person is and has rated.

    r̂_ui = μ + b_u + b_i + q_i · (p_u + |N(u)|^-½ Σ_{j ∈ N(u)} y_j), where N(u) are the items that u rated in
    train, whatever the stars.

    **Source**: Koren, "Factorization meets the neighborhood: a multifaceted collaborative filtering model",
    KDD 2008, equation 15. Ours differs: Adam on batches of ratings instead of one rating at a time, and every
    vector is pulled to zero once, where there each of its ratings pulls: a vector with many ratings is freer.
    On the first fold of MovieLens 100K that is worth 0.01 of validation RMSE.

    A newcomer has no p_u and no b_u; another history changes the sum and nothing else, for that is all it is
    in the equation. A score splits exactly into q_i · y_j |N(u)|^-½ for each item j of the history; the own
    part holds the rest: mean, offsets, q_i · p_u, and what keeping to the scale takes away.

    **Shapes**: factors of people [U, D], of items [I, D], implicit ones [I, D].
    """

    name = "svdpp"
    title = "SVD++"
    paper = "Koren, KDD 2008"
    simple = True
    search_space: ClassVar[dict[str, tuple | list]] = {
        "embedding_size": (8, 64, "log"),
        "reg": (3.0, 60.0, "log"),
        "reg_offsets": (0.5, 20.0, "log"),
        "learning_rate": (0.002, 0.02, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of SVD++."""

        embedding_size: int = shared_setting("embedding_size", 32)
        reg: float = setting(
            18.0,
            "Pull of every vector to zero, against this many ratings' worth of error",
            low=0.0,
            high=10_000.0,
        )
        reg_offsets: float = setting(
            3.0, "The same for the offsets of people and items", low=0.0, high=10_000.0
        )
        batch_size: int = shared_setting(
            "batch_size", 4096, help="Ratings per step; 0 takes all at once", low=0, unit="ratings"
        )
        learning_rate: float = shared_setting("learning_rate", 0.005)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 8)
        evaluate_every: int = shared_setting("evaluate_every", 1)

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({EMBEDDINGS, FOLDS_IN, EDITS_GRAPH, DECOMPOSES})

    # Learning

    def _network(self) -> nn.Module:
        n_users, n_items, size = self.data.n_users, self.data.n_items, self.config.embedding_size

        def factors(rows: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(rows, size) * _FIRST)

        net = nn.Module()
        net.person, net.item, net.implicit = factors(n_users), factors(n_items), factors(n_items)
        net.person_offset = nn.Parameter(torch.zeros(n_users))
        net.item_offset = nn.Parameter(torch.zeros(n_items))
        return net

    def _placed(self) -> None:
        super()._placed()
        history = self.data.matrix
        # |N(u)|^-1/2 is the length of the row of ones.
        scaled = sparse.diags(_weight(np.diff(history.indptr))) @ history
        self._histories = torch_csr(scaled.tocsr(), self.device)
        self._turned = torch_csr(scaled.T.tocsr(), self.device)

    def _encoded(self) -> Tensor:
        """Vectors of people: their own plus that of their history. **Shapes**: [U, D]."""
        return self.net.person + SparseProduct.apply(self._histories, self._turned, self.net.implicit)

    def _predicted(self, encoded: Tensor, users: Tensor, items: Tensor) -> Tensor:
        offsets = self.net.person_offset[users] + self.net.item_offset[items]
        return self.mean + offsets + (encoded[users] * self.net.item[items]).sum(-1)

    def _penalty(self, batch: Rated) -> Tensor:
        net = self.net
        vectors = sum(one.square().sum() for one in (net.person, net.item, net.implicit))
        offsets = net.person_offset.square().sum() + net.item_offset.square().sum()
        # The loss is a mean over ratings, so what the whole sum is weighed against is divided likewise.
        return (self.config.reg * vectors + self.config.reg_offsets * offsets) / len(self._rated.rating)

    # Scoring

    def _of_everything(self, encoded: Tensor, users: Tensor) -> Tensor:
        return self._of_vectors(encoded[users], self.net.person_offset[users, None])

    def _of_vectors(self, people: Tensor, offsets: Tensor | float) -> Tensor:
        """**Shapes**: vectors [B, D], offsets [B, 1] → [B, I]."""
        return self.mean + offsets + self.net.item_offset + people @ self.net.item.T

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        self._require_data()
        return self._served.cpu().numpy(), self.net.item.detach().cpu().numpy()

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return self._on_scale(self._of_vectors(self._of_history(history), 0.0))[0]

    def _edited(self, query: Query) -> np.ndarray:
        with torch.inference_mode():
            person = self.net.person[query.user] + self._of_history(self.history(query))
            return self._on_scale(self._of_vectors(person, self.net.person_offset[query.user]))[0]

    def _of_history(self, history: np.ndarray) -> Tensor:
        """What a history says of its person. **Shapes**: [H] → [1, D]."""
        rows = torch.from_numpy(np.asarray(history, dtype=np.int64)).to(self.device)
        return self.net.implicit[rows].sum(0, keepdim=True) * float(_weight(np.array([len(history)]))[0])

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        history = self.history(query)
        factors, implicit = (
            one.detach().cpu().numpy().astype(np.float64) for one in (self.net.item, self.net.implicit)
        )
        values = factors[items] @ implicit[history].T * _weight(np.array([len(history)]))
        score = self.scores([query], items)[0]
        return Contributions(score=score, own=score - values.sum(1), items=history, values=values)


def _weight(counts: np.ndarray) -> np.ndarray:
    """|N|^-½; 1 for an empty history, whose sum is 0."""
    return np.maximum(counts, 1) ** -0.5
