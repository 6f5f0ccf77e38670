"""torch-geometric's Explainer on the score of one pair: GNNExplainer, and attributions by Captum.

Imported when somebody asks for a mask: torch-geometric and Captum take seconds to load.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.explain import CaptumExplainer, Explainer, ExplainerAlgorithm, GNNExplainer

from gnnrec.graph.computation import ComputationGraph
from gnnrec.recommenders.parts.message_model import MessageModel

# Edges enough to time a pass by, few enough not to be noticed.
_PROBED = 40_000


class PairScore(nn.Module):
    """The score of one person and item, from their computation graph, as torch-geometric's Explainer calls it.

    Args:
        model: The recommender as a function of its messages.
        part: Computation graph of the person and the item, asked for in this order.
        zero: What is taken off the score.
        spread: What the rest is divided by.
    """

    def __init__(
        self, model: MessageModel, part: ComputationGraph, zero: float = 0.0, spread: float = 1.0
    ) -> None:
        super().__init__()
        self.model = model
        device = model.table.device
        nodes, edges, pair = (
            torch.from_numpy(one).to(device) for one in (part.nodes, part.edges, part.asked[:, None])
        )
        self.x, self.edge_index = model.table[nodes], torch.from_numpy(part.edge_index).to(device)
        self._nodes, self._weight, self._pair, self._heard = nodes, model.edge_weight[edges], pair, part.heard
        self._zero, self._spread = zero, spread
        self.after: Callable[[], None] | None = None

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """**Shapes**: x [n, D], edge_index [2, e] → [1]."""
        score = self.model(x, edge_index, self._weight, self._nodes, self._pair, self._heard)
        if self.after is not None:
            self.after()
        return (score - self._zero) / self._spread

    def price(self) -> float:
        """What keeping a message has to be worth: as much as those of the history are on average.

        So about the better half of a history is kept, however long it is. **Units**: standard deviations.
        """
        weight = self._weight.clone().requires_grad_()
        score = self.model(self.x, self.edge_index, weight, self._nodes, self._pair, self._heard)[0]
        (slope,) = torch.autograd.grad(score, weight)
        # Scaling a message is scaling its weight.
        worth = (slope * self._weight)[self.edge_index[1] == self._pair[0]].abs() / self._spread
        return float(worth.mean()) if len(worth) else 0.0

    def seconds(self) -> float:
        """How long one pass forward and back takes, told from some of the edges."""
        heard = tuple(min(count, _PROBED) for count in self._heard)
        n = max(heard, default=0)
        took = 0.0
        # The first time everything is slow.
        for _ in range(2):
            start = time.perf_counter()
            weight = self._weight[:n].clone().requires_grad_()
            score = self.model(self.x, self.edge_index[:, :n], weight, self._nodes, self._pair, heard)
            if n:
                score.backward()
            took = time.perf_counter() - start
        return took * max(sum(self._heard), 1) / max(sum(heard), 1)


def learned_mask(
    pair: PairScore, seed: int, passes: int, learning_rate: float, size_price: float, entropy_price: float
) -> np.ndarray:
    """GNNExplainer: weights between 0 and 1 under which the score stays as high as it is, at the least price.

    **Shapes**: [e].

    **Source**: Ying et al., "GNNExplainer", NeurIPS 2019, equations 1–4, as torch-geometric has it. A
    recommender has no classes: what is kept likely is that the item scores no lower than it does, with standard
    deviations over the catalogue as log odds.
    """
    algorithm = GNNExplainer(epochs=passes, lr=learning_rate, edge_size=size_price, edge_ent=entropy_price)
    # It draws the first mask from torch's own generator, which is left as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _explained(pair, algorithm, "binary_classification")


def attributed(pair: PairScore, captum_name: str, **settings: int | bool) -> np.ndarray:
    """What each message adds to the score, by an attribution of Captum; signed. **Shapes**: [e]."""
    return _explained(pair, CaptumExplainer(captum_name, **settings), "regression")


def _explained(pair: PairScore, algorithm: ExplainerAlgorithm, mode: str) -> np.ndarray:
    explainer = Explainer(
        pair,
        algorithm,
        explanation_type="phenomenon",
        edge_mask_type="object",
        model_config={"mode": mode, "task_level": "graph", "return_type": "raw"},
    )
    # The phenomenon is that the item is recommended; attributions do not look at it.
    target = torch.ones(1, device=pair.x.device)
    found = explainer(pair.x, pair.edge_index, target=target)
    return found.edge_mask.detach().cpu().numpy().astype(np.float64)
