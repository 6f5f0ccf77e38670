"""The one training loop: every trained model goes through here."""

from __future__ import annotations

import math
import time

import numpy as np
import torch

from gnnrec.data import Split
from gnnrec.errors import RunError
from gnnrec.evaluation import chosen_on, evaluate
from gnnrec.recommenders.parts.trainable import Trainable
from gnnrec.training.memory import keep_freed_memory
from gnnrec.training.progress import Epoch, Listener, TrainingState


def train(
    recommender: Trainable,
    split: Split | None,
    seed: int,
    device: str = "cpu",
    *,
    n_epochs: int | None = None,
    max_seconds: float | None = None,
    listener: Listener | None = None,
    resume: TrainingState | None = None,
) -> TrainingState:
    """Train an attached recommender and leave it at its best epoch.

    With `split`, what the task is chosen on (NDCG@10, or RMSE for ratings) is looked at on validation every
    `evaluate_every` epochs; training stops after `patience` epochs without a better one, and the best epoch's
    parameters are put back. Without it, exactly `n_epochs` are run (the refit on train and validation together).

    A loss or a parameter that is no finite number ends training at once; the best epoch before that (without
    `split`, the last one) is kept, and the state's note says so.

    Args:
        recommender: Attached to its train data.
        split: Where validation comes from, or None.
        seed: Of first parameters, batches, samples and dropout.
        device: `cpu` or `cuda`.
        n_epochs: Overrides the Config's number of epochs.
        max_seconds: Stop after about this long.
        listener: Who is told.
        resume: State of an interrupted run of the same settings.

    Returns:
        The state after the last epoch, with the history.

    Raises:
        RunError: The loss is no finite number, and no epoch before was good.
    """
    keep_freed_memory()
    listener = listener or Listener()
    config = recommender.config
    chosen = chosen_on(recommender.task)
    recommender.reset(seed, device)
    optimiser = torch.optim.Adam(recommender.parameters(), lr=config.learning_rate, fused=True)
    state = resume or TrainingState()
    if resume is not None:
        _restore(recommender, optimiser, resume)
    last = n_epochs or config.epochs
    seconds = (
        [state.history[-1].seconds_train, state.history[-1].seconds_evaluate] if state.history else [0.0, 0.0]
    )
    started = time.monotonic()
    stopped = False
    while state.epoch < last and not stopped and not _exhausted(state, config, split):
        for group in optimiser.param_groups:
            group["lr"] = recommender.learning_rate_in(state.epoch + 1)
        loss, stopped, spent = _one_epoch(recommender, optimiser, listener)
        seconds[0] += spent
        if not (math.isfinite(loss) and _all_finite(recommender)):
            state.note = _broken_off(recommender, state, split)
            break
        state.epoch += 1
        stopped = stopped or (max_seconds is not None and time.monotonic() - started > max_seconds)
        due = state.epoch % config.evaluate_every == 0 or state.epoch == last or stopped
        score = None
        if split is not None and due:
            before = time.monotonic()
            recommender.serve()
            judged = evaluate(recommender, split, "valid", at=chosen.at, metrics=chosen.metrics)
            score = judged.means[chosen.metric]
            seconds[1] += time.monotonic() - before
            # A split without validation people gives NaN; the last epoch then stands.
            if chosen.better(score, state.best_score) or math.isnan(score):
                state.best_epoch, state.best_score = (
                    state.epoch,
                    score if not math.isnan(score) else float("-inf"),
                )
                state.tensors.update(_parameters(recommender, "best"))
        elif split is None:
            state.best_epoch = state.epoch
            state.tensors.update(_parameters(recommender, "best"))
        epoch = Epoch(state.epoch, loss, score, *seconds)
        state.history.append(epoch)
        listener.on_epoch(epoch)
        if listener.on_state and (due or split is None):
            _capture(recommender, optimiser, state)
            listener.on_state(state)
    best = {
        name.removeprefix("best."): value for name, value in state.tensors.items() if name.startswith("best.")
    }
    if best:
        recommender.net.load_state_dict({name: torch.from_numpy(value) for name, value in best.items()})
    recommender.serve()
    return state


def _one_epoch(
    recommender: Trainable, optimiser: torch.optim.Optimizer, listener: Listener
) -> tuple[float, bool, float]:
    started = time.monotonic()
    losses, stopped = [], False
    recommender.net.train()
    for batch in recommender.batches():
        optimiser.zero_grad(set_to_none=True)
        loss = recommender.loss(batch)
        losses.append(float(loss.detach()))
        if not math.isfinite(losses[-1]):
            break
        loss.backward()
        optimiser.step()
        stopped = listener.should_stop()
        if stopped:
            break
    return float(np.mean(losses)), stopped, time.monotonic() - started


def _all_finite(recommender: Trainable) -> bool:
    """Whether the last step of an epoch left numbers behind; its loss was computed before it."""
    return all(bool(torch.isfinite(one).all()) for one in recommender.parameters())


def _broken_off(recommender: Trainable, state: TrainingState, split: Split | None) -> str:
    """What is said of a training that broke. Raises RunError where it left nothing to keep."""
    broken, kept = state.epoch + 1, state.best_epoch
    if not kept:
        raise RunError(
            where=f"{recommender.title}, epoch {broken}",
            found="a loss that is no finite number",
            expected="a finite loss",
            todo="Lower the learning rate"
            + (", or raise the temperature." if hasattr(recommender.config, "temperature") else "."),
        )
    which = "the last one before" if split is None else "the best one before"
    return (
        f"Training broke off in epoch {broken}: the loss was no finite number. Epoch {kept}, {which}, is kept. "
        "A lower learning rate may help."
    )


def _exhausted(state: TrainingState, config, split: Split | None) -> bool:
    return split is not None and state.best_epoch > 0 and state.epoch - state.best_epoch >= config.patience


def _parameters(recommender: Trainable, prefix: str) -> dict[str, np.ndarray]:
    values = recommender.net.state_dict()
    return {f"{prefix}.{name}": value.detach().cpu().numpy().copy() for name, value in values.items()}


def _capture(recommender: Trainable, optimiser: torch.optim.Optimizer, state: TrainingState) -> None:
    state.tensors.update(_parameters(recommender, "net"))
    for place, moments in optimiser.state_dict()["state"].items():
        for name, value in moments.items():
            state.tensors[f"optim.{place}.{name}"] = torch.as_tensor(value).detach().cpu().numpy().copy()
    state.tensors["random"] = recommender.generator.get_state().cpu().numpy().copy()


def _restore(recommender: Trainable, optimiser: torch.optim.Optimizer, state: TrainingState) -> None:
    grouped: dict[str, dict[str, torch.Tensor]] = {"net": {}}
    for name, value in state.tensors.items():
        group, _, rest = name.partition(".")
        grouped.setdefault(group, {})[rest] = torch.from_numpy(np.array(value))
    recommender.net.load_state_dict(grouped["net"])
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in grouped.get("optim", {}).items():
        place, _, moment = name.partition(".")
        moments.setdefault(int(place), {})[moment] = value
    optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})
    recommender.generator.set_state(torch.from_numpy(np.array(state.tensors["random"])))
