"""Keeping up with new data: what was learned before, carried over to more rows, more people and more items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from gnnrec.data import Split, TrainingData
from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import FOLDS_IN
from gnnrec.recommenders.parts.feature_queries import FeatureQueries
from gnnrec.recommenders.query import FOLD_IN
from gnnrec.training.fit import Fit, fit, is_trained
from gnnrec.training.progress import Listener, TrainingState

if TYPE_CHECKING:
    from gnnrec.data import Vocabulary

WARM_START = "warm-start"
WAYS = (FOLD_IN, WARM_START)


@dataclass(frozen=True, eq=False)
class Kinds:
    """Where each person, item and node of the new data stood in the old; -1 for new ones.

    Nodes are people first, then items, as in the joint graph.
    """

    users: np.ndarray
    items: np.ndarray
    n_users: int
    n_items: int

    @classmethod
    def between(cls, before: TrainingData, after: TrainingData) -> Kinds:
        """By id, whatever the order of the numbers."""

        def places(old: Vocabulary, new: Vocabulary) -> np.ndarray:
            found = old.numbers(new.ids, missing="negative")
            if (found >= 0).sum() != len(old):
                raise IncompatibleError(
                    where=f"{new.kind} ids of the new data",
                    found=f"{len(old) - int((found >= 0).sum()):,} of the old ones missing",
                    expected="all of them, and new ones besides",
                    todo="Add rows to the data the model was fitted on.",
                )
            return found

        users = places(before.dataset.users, after.dataset.users)
        items = places(before.dataset.items, after.dataset.items)
        return cls(users, items, before.n_users, before.n_items)

    @property
    def nodes(self) -> np.ndarray:
        """**Shapes**: [N'] old node numbers, -1 for new ones."""
        return np.r_[self.users, np.where(self.items >= 0, self.items + self.n_users, -1)]

    def along(self, length: int) -> np.ndarray | None:
        """Where the entries of an axis of this length stood; None where it is neither people, items nor nodes.

        Raises:
            IncompatibleError: As many people as items, and not only old ones: nothing tells them apart.
        """
        if (self.users >= 0).all() and (self.items >= 0).all():
            return np.arange(length)
        if length in (self.n_users, self.n_items) and self.n_users == self.n_items:
            raise IncompatibleError(
                where="carrying over what was learned",
                found=f"as many people as items ({self.n_users:,})",
                expected="tables whose rows can be told apart",
                todo="Train again on all rows.",
            )
        of = {self.n_users: self.users, self.n_items: self.items, self.n_users + self.n_items: self.nodes}
        return of.get(length)


def carried(
    state: dict[str, Any], kinds: Kinds, fresh: dict[str, Any] | None = None
) -> tuple[dict[str, Any], list[str]]:
    """A state on the numbers of the new data.

    Rows of new people and items are those of a fresh model, or zero without one. A table whose size follows
    neither from people nor from items must have the same size as before; where it does not, it stays fresh.

    Args:
        state: What was learned.
        kinds: How old and new numbers belong together.
        fresh: The state of a model on the new data that has learned nothing.

    Returns:
        The state, and the names of the tables that stayed fresh.
    """
    made: dict[str, Any] = {}
    afresh = []
    for name, value in state.items():
        start = None if fresh is None else fresh[name]
        moved = _moved(value, kinds, start)
        if moved is None:
            afresh.append(name)
        made[name] = start if moved is None else moved
    return made, afresh


def _moved(value: Any, kinds: Kinds, start: Any) -> Any:
    """One table on the new numbers; None where its size does not fit. **Shapes**: [..] → [..]."""
    rows = [kinds.along(length) for length in value.shape]
    places = [
        np.arange(length) if one is None else one for one, length in zip(rows, value.shape, strict=True)
    ]
    shape = tuple(len(one) for one in places)
    if start is not None and tuple(start.shape) != shape:
        # An axis of another meaning may have the length of one of ours by chance.
        places = [
            np.arange(old) if new == old else place
            for place, old, new in zip(places, value.shape, start.shape, strict=True)
        ]
        shape = tuple(len(one) for one in places)
        if tuple(start.shape) != shape:
            return None
    if sparse.issparse(value):
        return _moved_sparse(value, places)
    made = np.zeros(shape, dtype=value.dtype) if start is None else np.array(start)
    new, old = [np.flatnonzero(one >= 0) for one in places], [one[one >= 0] for one in places]
    if value.ndim:
        made[np.ix_(*new)] = value[np.ix_(*old)]
        return made
    return np.array(value)


def _moved_sparse(value: sparse.csr_matrix, places: list[np.ndarray]) -> sparse.csr_matrix:
    where = [np.full(length, -1) for length in value.shape]
    for to, place in zip(where, places, strict=True):
        to[place[place >= 0]] = np.flatnonzero(place >= 0)
    entries = value.tocoo()
    rows, columns = where[0][entries.row], where[1][entries.col]
    made = sparse.csr_matrix((entries.data, (rows, columns)), shape=tuple(len(one) for one in places))
    made.sort_indices()
    return made


def folded_in(model: Recommender, data: TrainingData) -> Recommender:
    """The same model on more rows, nothing learned again.

    People are what their rows make of them, known and new ones alike; where a model passes messages they are
    passed again, and a new person or item has no vector of its own, only what arrives.

    Args:
        model: Fitted on fewer rows.
        data: The same rows and more.

    Raises:
        IncompatibleError: It represents nobody by a history alone, or what it reads has changed.
    """
    if FOLDS_IN not in model.capabilities:
        raise IncompatibleError(
            where=f"{model.title}, fold-in",
            found="a model that represents nobody by a history alone",
            expected="one that folds people in",
            todo="Use --how warm-start, or train it again on all rows.",
        )
    again = type(model)(config=model.config)
    again.attach(data)
    fresh = None
    if is_trained(again):
        again.reset(seed=0)
        fresh = {name: np.zeros_like(value) for name, value in again.state().items()}
    state, afresh = carried(model.state(), Kinds.between(model.data, data), fresh)
    if afresh or not reads_alike(model, again):
        raise IncompatibleError(
            where=f"{model.title}, fold-in",
            found="new rows that change what it reads of features"
            if not reads_alike(model, again)
            else f"parts that grow with the data ({', '.join(afresh)})",
            expected="parts that stay as they were learned",
            todo="Use --how warm-start, or train it again on all rows.",
        )
    again.load_state(data, state)
    return again


def warm_started(
    model: Recommender,
    split: Split,
    *,
    seed: int = 0,
    device: str = "cpu",
    max_seconds: float | None = None,
    listener: Listener | None = None,
    epochs: int | None = None,
) -> tuple[Fit, list[str]]:
    """Learning goes on from where it ended, on old and new rows together.

    People and items that were not there begin as in any fresh model; the optimiser begins anew. The epoch is
    chosen on validation, as always.

    Args:
        model: Fitted on fewer rows.
        split: The grown data set, cut so that all it learns from is in train.
        seed: Of first rows, batches and samples.
        device: `cpu`, `cuda` or `auto`.
        max_seconds: Stop after about this long.
        listener: Who is told.
        epochs: How many at most; as many as the model's settings say where None.

    Returns:
        The fit, and the names of the parameters that had to begin afresh.

    Raises:
        IncompatibleError: It has a closed form: there is nothing to go on from.
    """
    from gnnrec.training import device as devices

    device = devices.choose(device)
    start, afresh = start_of(model, split.training(), seed, device)
    made = fit(
        type(model)(**model.config.as_dict() | ({} if epochs is None else {"epochs": epochs})),
        split.dataset,
        split,
        seed=seed,
        device=device,
        max_seconds=max_seconds,
        listener=listener,
        resume=start,
    )
    return made, afresh


def start_of(
    model: Recommender, data: TrainingData, seed: int = 0, device: str = "cpu"
) -> tuple[TrainingState, list[str]]:
    """Where learning begins when it goes on from a model on more rows, and what of it had to begin afresh.

    Raises:
        IncompatibleError: The model has a closed form.
    """
    import torch

    if not is_trained(model):
        raise IncompatibleError(
            where=f"{model.title}, warm start",
            found="a model in closed form: there is no learning to go on with",
            expected="one that is trained in epochs",
            todo="Use --how fold-in, or train it again on all rows: a closed form is quickly computed.",
        )
    again = type(model)(config=model.config)
    again.attach(data)
    again.reset(seed)
    fresh = again.state()
    kinds = Kinds.between(model.data, data)
    state, afresh = carried(model.state(), kinds, fresh)
    if not reads_alike(model, again):
        # What is neither of one person nor of one item weighs features, and those are numbered anew.
        grown = {len(kinds.users), len(kinds.items), len(kinds.nodes)}
        shared = [name for name, value in fresh.items() if not grown & set(value.shape)]
        state |= {name: fresh[name] for name in shared}
        afresh = sorted({*afresh, *shared})
    # How a state becomes parameters is the model's own rule: some keep more of them than they answer by.
    again.load_state(data, state)
    start = {f"net.{name}": value.cpu().numpy() for name, value in again.net.state_dict().items()}
    start["random"] = torch.Generator(device).manual_seed(seed).get_state().cpu().numpy()
    return TrainingState(tensors=start), afresh


def reads_alike(before: Recommender, after: Recommender) -> bool:
    """Whether both read the same labels of features, in the same order; so do all that read none."""
    if not isinstance(before, FeatureQueries) or not isinstance(after, FeatureQueries):
        return True
    return all(
        getattr(before, reading).labels == getattr(after, reading).labels
        for reading in ("item_reading", "user_reading")
    )
