"""Learning what comes next: every click of the train sessions, asked for after those before it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from gnnrec.graph.session_order import NEXT_CLICK
from gnnrec.losses.ranking import exact_softmax
from gnnrec.recommenders.capabilities import SWITCHES
from gnnrec.recommenders.parts.next_item import NextItem
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.parts.trainable import Trainable

_AT_ONCE = 512


class SessionTrained(NextItem, Trainable):
    """A model with a vector per item that turns clicks into a vector and ranks items by their product with it.

    A member's net is a `SessionNet`; its Config has the settings of `session_settings`.
    """

    # False in a copy whose steps are switched off.
    _hears_steps = True

    @property
    def has_steps(self) -> bool:
        """Whether clicks hear each other along the steps of their session."""
        return True

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | ({SWITCHES} if self.side_relations else set())

    @property
    def side_relations(self) -> tuple[str, ...]:
        return (NEXT_CLICK,) if self.has_steps and self._hears_steps else ()

    def _without(self, relations: frozenset[str]) -> Self:
        if NEXT_CLICK not in relations:
            return self
        quiet = copy.copy(self)
        quiet.net, quiet._hears_steps = copy.copy(self.net), False
        quiet.net.hears_steps = False
        return quiet

    def _attached(self) -> None:
        NextItem._attached(self)
        self._asked = None

    def learning_rate_in(self, epoch: int) -> float:
        """The rate falls by the factor `decay` after every `decay_every` epochs."""
        config = self.config
        steps = (epoch - 1) // config.decay_every if config.decay_every else 0
        return config.learning_rate * config.decay**steps

    def questions(self) -> tuple[SessionGraphs, np.ndarray]:
        """Graphs of what was clicked before every train question, and its answer; built once."""
        if self._asked is None:
            sessions = self.data.sessions
            asked, before = sessions.questions()
            graphs = SessionGraphs.before(sessions, asked, before, self.most_clicks, self.data.n_items)
            self._asked = graphs, sessions.item[sessions.start[asked] + before].astype(np.int64)
        return self._asked

    def batches(self) -> Iterator[tuple[SessionGraphs, np.ndarray]]:
        graphs, answers = self.questions()
        # Sessions of all lengths in every batch: of batches of one length each, the first epochs learn hardly anything.
        order = torch.randperm(len(answers), generator=self.generator, device=self.device).cpu().numpy()
        for first in range(0, len(order), self.config.batch_size):
            rows = order[first : first + self.config.batch_size]
            yield graphs.take(rows), answers[rows]

    def loss(self, batch: tuple[SessionGraphs, np.ndarray]) -> Tensor:
        graphs, answers = batch
        given = torch.from_numpy(answers).to(self.device)
        rows = torch.arange(len(given), device=self.device)
        loss = exact_softmax(self.net(graphs), self.net.item.weight[:-1], rows, given, temperature=1.0)
        if self.config.reg:
            loss = loss + self.config.reg / 2 * sum(one.square().sum() for one in self.parameters())
        return loss

    def _serve(self) -> None:
        """Nothing is worked out ahead: each question is a graph of its own."""

    def _next(self, sessions: list[np.ndarray]) -> np.ndarray:
        out = np.empty((len(sessions), self.data.n_items), dtype=np.float32)
        with torch.inference_mode():
            items = self.net.item.weight[:-1].T
            for first in range(0, len(sessions), _AT_ONCE):
                graphs = SessionGraphs.of_clicks(sessions[first : first + _AT_ONCE], self.data.n_items)
                out[first : first + _AT_ONCE] = (self.net(graphs) @ items).cpu().numpy()
        return out

    def _load_state(self, state: dict[str, Any]) -> None:
        Trainable._load_state(self, state)
