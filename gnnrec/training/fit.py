"""fit: from a recommender, a data set and a split to a finished model with its measurements."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from gnnrec.data import Dataset, Split
from gnnrec.data import split as cut
from gnnrec.errors import RunError
from gnnrec.evaluation import Evaluation, evaluate
from gnnrec.recommenders import Recommender, create, recommender_class, require_trainable
from gnnrec.training import device as devices
from gnnrec.training.chosen import settings_for
from gnnrec.training.memory import free_memory_mib
from gnnrec.training.progress import Epoch, Listener, TrainingState


@dataclass(eq=False)
class Fit:
    """A fitted recommender with where it came from and how good it is.

    `note` says what a person has to know of how training went; empty where all went well.

    **Units**: seconds in `seconds_by_stage`; peak device memory in MiB.
    """

    recommender: Recommender
    split: Split
    seed: int
    settings_from: str
    device: str
    device_name: str
    best_epoch: int
    epochs: int
    history: list[Epoch]
    valid: Evaluation
    test: Evaluation
    seconds_by_stage: dict[str, float] = field(default_factory=dict)
    device_peak_mib: float | None = None
    stopped: bool = False
    note: str = ""

    @property
    def dataset(self) -> Dataset:
        """The data set it was fitted on."""
        return self.split.dataset


def fit(
    recommender: str | Recommender,
    dataset: Dataset,
    split: Split | str | None = None,
    *,
    seed: int = 0,
    device: str = "auto",
    settings: dict[str, Any] | None = None,
    max_seconds: float | None = None,
    listener: Listener | None = None,
    resume: TrainingState | None = None,
) -> Fit:
    """Fit a recommender on the train part, choose its epoch on validation, read test once.

    Where validation was carved from a published train part, the number of epochs is chosen there and the final
    model is fitted on both for that many.

    Args:
        recommender: A name, or an instance with its own settings.
        dataset: What to learn from.
        split: A split, a protocol address, or None for the data set's default.
        seed: Of the model alone; the split has its own.
        device: `auto`, `cpu` or `cuda`.
        settings: Over the chosen or default ones, when a name is given.
        max_seconds: Bounds the final fit; choosing the number of epochs has a limit of its own, of the same length.
        listener: Who is told about stages and epochs.
        resume: State of an interrupted run of the same identity.

    Raises:
        ConfigError: A setting is unknown or out of range.
        IncompatibleError: The data set lacks what the recommender needs, or it cannot learn here.
        RunError: The device is absent, memory ran out, or the loss was not finite before any epoch was good.
    """
    require_trainable(recommender if isinstance(recommender, str) else type(recommender))
    listener = listener or Listener()
    chosen_split = split if isinstance(split, Split) else cut(dataset, split)
    if isinstance(recommender, str):
        values, settings_from = settings_for(dataset.name, recommender, settings)
        recommender = create(recommender, values)
    else:
        settings_from = "given"
    _require_room(recommender, chosen_split)
    seconds: dict[str, float] = {"choose": 0.0, "train": 0.0, "evaluate": 0.0}
    state, where = TrainingState(), "cpu"
    device_name, peak = "", None
    if is_trained(recommender):
        where = devices.choose(device)
        device_name = devices.report().device_name if where == "cuda" else ""
        with _out_of_memory(where):
            state, valid = _train(
                recommender, chosen_split, seed, where, max_seconds, listener, resume, seconds
            )
        peak = _device_peak(where)
    else:
        valid = _compute(recommender, chosen_split, listener, seconds)
    listener.on_stage("evaluate")
    valid = valid or _judged(recommender, chosen_split, "valid", seconds)
    test = _judged(recommender, chosen_split, "test", seconds)
    return Fit(
        recommender=recommender,
        split=chosen_split,
        seed=seed,
        settings_from=settings_from,
        device=where,
        device_name=device_name,
        best_epoch=state.best_epoch,
        epochs=state.epoch,
        history=state.history,
        valid=valid,
        test=test,
        seconds_by_stage=seconds,
        device_peak_mib=peak,
        stopped=listener.should_stop(),
        note=state.note,
    )


def is_trained(recommender: Recommender | str) -> bool:
    """Whether a recommender is trained in epochs, not fitted in closed form."""
    cls = recommender_class(recommender) if isinstance(recommender, str) else type(recommender)
    return any(field_name == "epochs" for field_name in getattr(cls.Config, "__dataclass_fields__", {}))


def _train(
    recommender, split, seed, device, max_seconds, listener, resume, seconds
) -> tuple[TrainingState, Evaluation | None]:
    from gnnrec.training.loop import train

    listener.on_stage("choose" if split.refits else "train")
    recommender.attach(split.training())
    begun = resume.final if resume else None
    # The choice is made once the final fit has begun; 0 more epochs put the best one back.
    chosen = {"n_epochs": resume.epoch} if begun else {}
    state = train(
        recommender, split, seed, device, max_seconds=max_seconds, listener=listener, resume=resume, **chosen
    )
    spent = state.history[-1]
    seconds["choose" if split.refits else "train"] += spent.seconds_train
    seconds["evaluate"] += spent.seconds_evaluate
    if not split.refits:
        return state, None
    valid = _judged(recommender, split, "valid", seconds)
    listener.on_stage("train")
    recommender.attach(split.fitted)

    def keep(final: TrainingState) -> None:
        state.final = final
        listener.on_state(state)

    final = train(
        recommender,
        None,
        seed,
        device,
        n_epochs=state.best_epoch,
        max_seconds=max_seconds,
        listener=Listener(on_state=keep if listener.on_state else None, should_stop=listener.should_stop),
        resume=begun,
    )
    seconds["train"] += final.history[-1].seconds_train
    if final.note:
        state.note = f"{state.note} On train and validation together: {final.note}".strip()
    return state, valid


def _compute(recommender, split, listener, seconds) -> Evaluation | None:
    """Fit a closed form; where validation is learned from in the end, it is judged before that."""
    valid = None
    if split.refits:
        listener.on_stage("choose")
        started = time.monotonic()
        recommender.fit(split.training())
        seconds["choose"] = time.monotonic() - started
        valid = _judged(recommender, split, "valid", seconds)
    listener.on_stage("train")
    started = time.monotonic()
    recommender.fit(split.fitted)
    seconds["train"] = time.monotonic() - started
    return valid


def _require_room(recommender: Recommender, split: Split) -> None:
    """Refuse tables that do not fit: the system would end the whole process without a word."""
    items = split.dataset.n_items
    needed, free = type(recommender).bytes_per_item_pair * items**2 / 2**30, free_memory_mib() / 2**10
    if needed > free:
        raise RunError(
            where=f"{recommender.title} on {split.dataset.title}",
            found=f"about {free:.1f} GiB of free memory",
            expected=f"about {needed:.1f} GiB, for tables with a row and a column for each of {items:,} items",
            todo="Choose a model that keeps its tables sparse, such as item_knn, or a larger computer.",
        )


def _judged(recommender, split, part, seconds) -> Evaluation:
    started = time.monotonic()
    result = evaluate(recommender, split, part)
    seconds["evaluate"] += time.monotonic() - started
    return result


class _out_of_memory:
    """Turns running out of device memory into an error a person can act on."""

    def __init__(self, device: str) -> None:
        self.device = device

    def __enter__(self) -> None:
        if self.device == "cuda":
            import torch

            torch.cuda.reset_peak_memory_stats()

    def __exit__(self, kind, error, trace) -> None:
        import torch

        if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
            raise RunError(
                where=f"training on {self.device}",
                found="not enough memory",
                expected="a model that fits",
                todo="Train on the CPU instead, or choose smaller vectors, fewer layers or smaller batches.",
            ) from error


def _device_peak(device: str) -> float | None:
    if device != "cuda":
        return None
    import torch

    return torch.cuda.max_memory_allocated() / 2**20
