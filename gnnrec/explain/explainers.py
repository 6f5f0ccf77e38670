"""torch-geometric's Explainer on the score of one pair: GNNExplainer, and Captum's attributions.

Imported when somebody asks for a mask: torch-geometric and Captum take seconds to load.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.explain import CaptumExplainer, Explainer, GNNExplainer, ModelConfig

from gnnrec.explain.deletion import Tell
from gnnrec.graph.computation import ComputationGraph
from gnnrec.recommenders.message_model import MessageModel


class PairScore(nn.Module):
    """The score of one person and item, from their computation graph, as torch-geometric's Explainer calls it.

    Args:
        model: The recommender as a function of its messages.
        part: Computation graph of the person and the item, asked in this order.
    """

    def __init__(self, model: MessageModel, part: ComputationGraph) -> None:
        super().__init__()
        self.model = model
        device = model.table.device
        nodes, edges, pair = (
            torch.from_numpy(one).to(device) for one in (part.nodes, part.edges, part.asked[:, None])
        )
        self.x, self.edge_index = model.table[nodes], torch.from_numpy(part.edge_index).to(device)
        self._nodes, self._weight, self._pair, self._heard = nodes, model.edge_weight[edges], pair, part.heard
        self.shift, self.scale = 0.0, 1.0
        self.after: Callable[[], None] = lambda: None

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """**Shapes**: x [n, D], edge_index [2, e] → [1]."""
        score = self.model(x, edge_index, self._weight, self._nodes, self._pair, self._heard)
        self.after()
        return (score - self.shift) / self.scale
