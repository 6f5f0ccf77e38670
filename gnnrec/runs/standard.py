"""The standard set: the five models that every data set is looked at with, trained in one go or as runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from gnnrec import places
from gnnrec.checkpoints import read_library, save
from gnnrec.checkpoints.library import folders
from gnnrec.data import Dataset, Split
from gnnrec.data import split as cut
from gnnrec.errors import GnnrecError
from gnnrec.recommenders import create, names, recommender_class
from gnnrec.runs.estimates import Estimate, about_seconds, estimate, memory_shortage
from gnnrec.runs.queue import submit
from gnnrec.runs.spec import RunSpec, identity_of
from gnnrec.training import Listener, fit
from gnnrec.training.memory import peak_rss_mib

# Simple ones first: they take a second, and something can be looked at while the others train.
STANDARD = ("popularity", "item_knn", "ease", "lightgcn", "gat")

THERE, WAITING, TRAINING, BUILT, QUEUED, LEFT_OUT = (
    "there",
    "waiting",
    "training",
    "built",
    "queued",
    "left out",
)


@dataclass(frozen=True)
class StandardModel:
    """One model of the standard set and how it stands.

    Attributes:
        recommender: Its name.
        title: Its name for the screen.
        state: `there`, `waiting`, `training`, `built`, `queued` or `left out`.
        reason: Why it is left out.
        estimate: What it will need, where it is to be trained.
        spec: What is trained, where it can be.
        checkpoint: Address of the model, where it exists.
        run: Id of its run, where it was queued.
        seconds: How long it took.
        epoch: Epochs so far, while it trains.
    """

    recommender: str
    title: str
    state: str
    reason: str = ""
    estimate: Estimate | None = None
    spec: RunSpec | None = None
    checkpoint: str = ""
    run: str = ""
    seconds: float | None = None
    epoch: int = 0


def plan_standard_set(dataset: Dataset, split: Split | str | None = None) -> list[StandardModel]:
    """What the standard set of a data set lacks, with an estimate for each, before anything is trained.

    Args:
        dataset: The data set.
        split: A split or its address; the data set's default where None.
    """
    chosen = split if isinstance(split, Split) else cut(dataset, split)
    library = {identity_of(one): one for one in read_library().of(dataset.name, chosen.hash)}
    taken = set()
    plan = []
    for name in (one for one in STANDARD if one in names()):
        title = recommender_class(name).title
        try:
            spec = RunSpec.of(dataset, name, split=chosen)
        except GnnrecError as error:
            plan.append(StandardModel(name, title, LEFT_OUT, str(error)))
            continue
        found = library.get(spec.identity)
        if found is not None:
            plan.append(StandardModel(name, title, THERE, spec=spec, checkpoint=found.address))
            continue
        shortage = memory_shortage(spec)
        if shortage is not None:
            plan.append(StandardModel(name, title, LEFT_OUT, str(shortage), estimate(spec), spec))
            continue
        slug = _free_slug(f"{dataset.name}-{name}", taken)
        taken.add(slug)
        plan.append(
            StandardModel(name, title, WAITING, estimate=estimate(spec), spec=replace(spec, slug=slug))
        )
    return plan


def time_words(plan: list[StandardModel]) -> str:
    """How long the waiting models of a plan will take together, such as `about 40 s`."""
    return about_seconds(sum(one.estimate.seconds for one in plan if one.state == WAITING and one.estimate))


def build_standard_set(
    dataset: Dataset,
    listener: Callable[[StandardModel], None] = lambda model: None,
    split: Split | str | None = None,
    device: str = "auto",
) -> list[StandardModel]:
    """Train what is missing of a data set's standard set, one after the other, in this process.

    Models that exist for the same data, split and settings are left alone; one that does not fit into memory
    or fails is left out with the reason.

    Args:
        dataset: The data set.
        listener: Told each time the state of a model changes, and at every epoch.
        split: A split or its address; the data set's default where None.
        device: `auto`, `cpu` or `cuda`.

    Returns:
        Every model of the set, as it stands at the end.

    Raises:
        ConfigError: The app runs as a public demo.
    """
    places.require_writes("Training the standard set")
    chosen = split if isinstance(split, Split) else cut(dataset, split)
    finished = []
    for one in plan_standard_set(dataset, chosen):
        listener(one)
        if one.state == WAITING:
            one = _built(one, chosen, listener, device)
            listener(one)
        finished.append(one)
    return finished


def queue_standard_set(dataset: Dataset, split: Split | str | None = None) -> list[StandardModel]:
    """Queue what is missing of a data set's standard set as runs, which train one after the other.

    Raises:
        ConfigError: The app runs as a public demo.
    """
    places.require_writes("Training the standard set")
    plan = plan_standard_set(dataset, split)
    return [
        replace(one, state=QUEUED, run=submit(one.spec)[0]) if one.state == WAITING else one for one in plan
    ]


def _built(
    one: StandardModel, split: Split, listener: Callable[[StandardModel], None], device: str
) -> StandardModel:
    spec, started = one.spec, time.monotonic()
    listener(replace(one, state=TRAINING))
    try:
        made = fit(
            create(spec.recommender, dict(spec.settings)),
            split.dataset,
            split,
            seed=spec.seed,
            device=device,
            listener=Listener(lambda epoch: listener(replace(one, state=TRAINING, epoch=epoch.epoch))),
        )
        made.settings_from = spec.settings_from
        seconds = time.monotonic() - started
        facts = {"peak_rss_mib": peak_rss_mib(), "seconds_wall": seconds}
        checkpoint = save(made, places.trained_models() / spec.slug, spec.label, facts)
    except GnnrecError as error:
        return replace(one, state=LEFT_OUT, reason=str(error))
    return replace(one, state=BUILT, checkpoint=checkpoint.address, seconds=seconds, epoch=made.epochs)


def _free_slug(wished: str, taken: set[str]) -> str:
    """The wished name, or the next free one: a model of an older version of the data keeps its name."""
    slug, number = wished, 1
    while slug in taken or any((parent / slug).exists() for parent in folders()):
        number += 1
        slug = f"{wished}-{number}"
    return slug
