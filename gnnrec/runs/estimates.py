"""How long a training will take and how much memory it needs, in round words before it starts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gnnrec.checkpoints import read_library
from gnnrec.errors import RunError
from gnnrec.recommenders import names, recommender_class
from gnnrec.runs.spec import RunSpec
from gnnrec.store import runs as table
from gnnrec.training import is_trained
from gnnrec.training.memory import free_memory_mib, resident_mib

# Multiply-adds per second of one ordinary core, for dense products and for sums along edges.
_DENSE_PER_S, _EDGE_PER_S = 3e9, 1e9
# A GPU hides nearly all of it behind a fixed cost per step.
_CUDA_FASTER, _CUDA_STEP_S = 40, 0.004
# Interpreter, torch and tables before the first epoch; the final evaluation of both parts.
_START_S, _START_MIB = 6.0, 480
_ATTENTION_COSTS = 12
_RECENT = 5


@dataclass(frozen=True)
class Estimate:
    """What a training is expected to need.

    Attributes:
        seconds: Expected time with start and evaluation.
        seconds_most: If no epoch is saved by stopping early.
        memory_mib: Peak memory of the process.
        basis: Where the figures come from, in words.
        epochs: How many epochs it is expected to take; 0 for a closed form.
    """

    seconds: float
    seconds_most: float
    memory_mib: float
    basis: str
    epochs: float = 0.0

    @property
    def time_words(self) -> str:
        """`about 20 s, at most about 1 min`."""
        likely, most = about_seconds(self.seconds), about_seconds(self.seconds_most)
        return likely if likely == most else f"{likely}, at most {most}"

    @property
    def memory_words(self) -> str:
        """`about 0.6 GiB of memory`."""
        return f"{about_memory(self.memory_mib)} of memory"


def estimate(spec: RunSpec, earlier: Iterable[Mapping[str, Any]] | None = None) -> Estimate:
    """What a run is expected to need, from the size of the data and its settings.

    Args:
        spec: What is to be trained.
        earlier: What `finished_fits` gives for the data set; None asks it.
    """
    memory = memory_mib(spec)
    if not is_trained(spec.recommender):
        users, items = spec.sizes["users"], spec.sizes["items"]
        seconds = _START_S + (items**3 * 2 + users * items * 200) / _DENSE_PER_S / 4
        return Estimate(seconds, seconds, memory, "a rule of thumb for this size of data")
    device = "cuda" if spec.device == "cuda" else "cpu"
    known = [
        one
        for one in (finished_fits(spec.dataset) if earlier is None else earlier)
        if one["recommender"] == spec.recommender
    ]
    pace = [
        one["seconds_train"]
        / one["epochs"]
        / epoch_seconds(spec.recommender, one["sizes"], one["settings"], device)
        for one in known
        if one["device"] == device and one["epochs"] and one["seconds_train"]
    ][:_RECENT]
    thumb = epoch_seconds(spec.recommender, spec.sizes, spec.settings, device)
    per_epoch = thumb * (statistics.median(pace) if pace else 1)
    most = int(spec.settings["epochs"])
    lengths = [one["epochs"] for one in known if one["dataset"] == spec.dataset and one["epochs"]][:_RECENT]
    likely = statistics.median(lengths) if lengths else max(60, 3 * int(spec.settings.get("patience", 20)))
    look = spec.sizes["users"] * spec.sizes["items"] * 40 / _DENSE_PER_S
    looks = 1 / max(1, int(spec.settings.get("evaluate_every", 1)))
    fixed = _START_S + 4 * look

    def whole(epochs: float) -> float:
        seconds = epochs * (per_epoch + looks * look)
        return fixed + (min(seconds, spec.max_seconds) if spec.max_seconds else seconds)

    basis = (
        f"the pace of {len(pace)} earlier {'run' if len(pace) == 1 else 'runs'} on this machine"
        if pace
        else "a rule of thumb; the first run on this machine makes it better"
    )
    return Estimate(whole(min(likely, most)), whole(most), memory, basis, min(likely, most))


def epoch_seconds(
    recommender: str, sizes: Mapping[str, int], settings: Mapping[str, Any], device: str
) -> float:
    """One epoch by rule of thumb, on one ordinary core or a GPU."""
    users, items, rows = (max(1, int(sizes[name])) for name in ("users", "items", "train"))
    width = int(settings.get("embedding_size", 64))
    # Models that predict ratings have one loss, over the rows.
    loss = settings.get("loss", "squared error")
    if recommender_class(recommender).task == "next_item":
        # About every row asks a question, and all items compete for its answer.
        steps = math.ceil(rows / (int(settings.get("batch_size", 0)) or rows))
        dense = rows * items * width
    elif loss == "softmax":
        steps = math.ceil(users / (int(settings.get("batch_users", 0)) or users))
        dense = users * items * width
    else:
        steps = math.ceil(rows / (int(settings.get("batch_size", 0)) or rows))
        dense = rows * width * (int(settings.get("negatives", 1)) if loss == "sampled_softmax" else 2)
    edges = 2 * rows * width * max(1, int(settings.get("n_layers", 1)))
    if "heads" in settings or "n_heads" in settings:
        edges *= _ATTENTION_COSTS
    seconds = dense / _DENSE_PER_S + steps * edges / _EDGE_PER_S
    return seconds / _CUDA_FASTER + steps * _CUDA_STEP_S if device == "cuda" else seconds


def memory_mib(spec: RunSpec) -> float:
    """Peak memory by rule of thumb, from the arrays that are large."""
    users, items, rows = (max(1, int(spec.sizes[name])) for name in ("users", "items", "train"))
    settings = spec.settings
    # Lists are judged 1,024 people at a time; every interaction row is held a few times over.
    needed = 1024 * items * 4 * 4 + rows * 150
    if is_trained(spec.recommender):
        width, layers = int(settings.get("embedding_size", 64)), int(settings.get("n_layers", 1))
        table_bytes = (users + items) * width * 4
        needed += table_bytes * (8 + 2 * layers)
        if settings.get("loss") == "softmax":
            needed += (int(settings.get("batch_users", 0)) or users) * items * 4 * 4
        elif settings.get("loss") == "sampled_softmax":
            needed += int(settings["batch_size"]) * int(settings["negatives"]) * 4 * 6
        if "heads" in settings or "n_heads" in settings:
            needed += 2 * rows * width * 4 * 3 * max(1, layers)
    elif spec.recommender != "popularity":
        # Sparse tables are made some rows at a time.
        needed += 2048 * items * 4 * 6
    needed += recommender_class(spec.recommender).bytes_per_item_pair * items**2
    return _START_MIB + needed / 2**20


def memory_shortage(spec: RunSpec, *, own: bool = False) -> RunError | None:
    """Why a run does not fit into free memory now, or None when it does.

    Args:
        spec: What is to be trained.
        own: Whether this process is about to end and its own memory counts as free.
    """
    needed, free = memory_mib(spec), free_memory_mib()
    if own:
        free += resident_mib()
    if needed <= free:
        return None
    smaller = (
        "choose smaller vectors or fewer people per step (batch_users)"
        if is_trained(spec.recommender)
        else _that_fits(spec, free)
    )
    return RunError(
        where=f"{spec.label} on {spec.dataset}",
        found=f"{about_memory(free)} of free memory",
        expected=about_memory(needed),
        todo=f"Close other programs, or {smaller}.",
    )


def _that_fits(spec: RunSpec, free: float) -> str:
    """Closed forms that need no more of the data and fit into so much memory, in words."""
    fits = [
        recommender_class(name).title
        for name in names()
        if not is_trained(name)
        and recommender_class(name).personalised
        and recommender_class(name).needs <= recommender_class(spec.recommender).needs
        and memory_mib(replace(spec, recommender=name, settings={})) <= free
    ]
    if not fits:
        return "use a larger computer"
    return f"choose a model that fits, such as {' or '.join(fits[:3])}"


def about_seconds(seconds: float) -> str:
    """`about 20 s`, `about 3 min`, `about 2 h`."""
    if seconds < 10:
        return "under 10 s"
    if seconds < 90:
        return f"about {round(seconds / 5) * 5} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h".replace(".0 h", " h")


def about_memory(mib: float) -> str:
    """`about 0.6 GiB`."""
    return f"about {max(mib, 50) / 1024:.1f} GiB" if mib < 10 * 1024 else f"about {mib / 1024:.0f} GiB"


def finished_fits(dataset: str) -> list[dict[str, Any]]:
    """What is known of earlier fits: this machine's pace from its runs, their length from checkpoints too.

    Args:
        dataset: Whose checkpoints are read; the pace is learned from runs on any data.

    Returns:
        Newest first: `recommender`, `dataset`, `sizes`, `settings`, `device`, `epochs`, `seconds_train` (0
        where it was measured on a machine that may be another one).
    """
    here = [
        {
            "recommender": row.spec["recommender"],
            "dataset": row.spec["dataset"],
            "sizes": row.spec["sizes"],
            "settings": row.spec["settings"],
            "device": row.result.get("device", "cpu"),
            "epochs": row.result.get("epochs", 0),
            "seconds_train": row.result.get("seconds_by_stage", {}).get("train", 0.0),
        }
        for row in table.listed(states=("done",), most=50)
        if row.spec.get("sizes")
    ]
    anywhere = [
        {
            "recommender": one.config["recommender"],
            "dataset": dataset,
            "sizes": {},
            "settings": one.config["settings"],
            "device": one.config.get("device", "cpu"),
            "epochs": one.config.get("epochs", 0),
            "seconds_train": 0.0,
        }
        for one in read_library().of(dataset)
    ]
    return here + anywhere
