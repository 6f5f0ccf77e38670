"""Experiments: changes to a model that are worth a try, each with what to expect of it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Dataset, Split
from gnnrec.data.forgetting import Pair, forgotten_pairs
from gnnrec.recommenders import names, recommender_class
from gnnrec.runs.spec import RunSpec

FORGET = "forget"
_HOPS = {0: "No messages", 1: "Neighbours only", 2: "Two hops", 3: "Three hops"}
_FAR, _NEAR = 3, 1


@dataclass(frozen=True)
class Experiment:
    """One change to a model.

    Attributes:
        key: Its name in widgets.
        title: What changes, such as `Neighbours only → three hops`.
        expected: What to expect, in words.
        recommender: What is trained.
        settings: Over those chosen for the data set, or the defaults.
        seed: Of the model.
        forget: Pairs taken out of what is learned from.
        missing: Why it cannot be started; empty where it can.
    """

    key: str
    title: str
    expected: str
    recommender: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    forget: tuple[Pair, ...] = ()
    missing: str = ""

    def spec(self, dataset: Dataset, split: Split, base: Checkpoint | None, device: str = "auto") -> RunSpec:
        """The training to start."""
        return RunSpec.of(
            dataset,
            self.recommender,
            split=split,
            settings=self.settings,
            seed=self.seed,
            device=device,
            forget=self.forget,
            base=base.address if base else "",
        )


def base_for(candidates: Sequence[Checkpoint]) -> Checkpoint | None:
    """The model that experiments start from: the first that passes messages and can be trained again."""
    return next((one for one in candidates if "n_layers" in one.config["settings"]), None)


def experiments(
    dataset: Dataset, base: Checkpoint | None, forget: tuple[Pair, ...] = (), seeds: Sequence[int] = ()
) -> list[Experiment]:
    """What is worth a try, starting from a model.

    Args:
        dataset: The data set, for its words.
        base: The model to change; LightGCN as it comes where None.
        forget: Pairs of the person's what-if.
        seeds: Seeds that models like the base were trained with already.
    """
    name = base.config["recommender"] if base else "lightgcn"
    settings = dict(base.config["settings"]) if base else {}
    seed = int(base.config["seed"]) if base else 0
    kept = forgotten_pairs(base.config) if base else ()
    defaults = {one["name"]: one["default"] for one in recommender_class(name).Config.describe()}
    current = {**defaults, **settings}
    words = dataset.words
    same = {"recommender": name, "settings": settings, "seed": seed, "forget": kept}
    found = []
    if "n_layers" in current:
        change = _session_graph if recommender_class(name).task == "next_item" else _hops
        found.append(change(int(current["n_layers"]), same, dataset))
    if "popularity_exponent" in current:
        found.append(_popularity(float(current["popularity_exponent"]), same, dataset))
    found.append(_forget(forget, same, dataset))
    other = _other_kind(name)
    if other:
        found.append(_attention(name, other, seed, kept))
    free = next(number for number in range(1, len(seeds) + 3) if number not in {seed, *seeds})
    found.append(
        Experiment(
            "seed",
            "Nothing but the seed",
            f"Only chance differs. How many {words.items} move now is the noise that every other change has "
            "to beat.",
            **same | {"seed": free},
        )
    )
    return found


def _session_graph(now: int, same: Mapping[str, Any], dataset: Dataset) -> Experiment:
    target = 0 if now else 1
    title = "Session graph → clicks alone" if now else "Clicks alone → session graph"
    expected = (
        "Clicks no longer hear those before and after them in the session; what was clicked last still asks for the rest. "
        "On published data that costs little: see whether the graph earns its place here."
        if now
        else f"Each {dataset.words.item} of a session hears those clicked before and after it."
    )
    return Experiment(
        "hops", title, expected, **{**same, "settings": {**same["settings"], "n_layers": target}}
    )


def _hops(now: int, same: Mapping[str, Any], dataset: Dataset) -> Experiment:
    target = _FAR if now < _FAR else _NEAR
    words = dataset.words
    rates = recommender_class(same["recommender"]).task == "rating"
    expected = (
        f"Messages come from {words.people} who share a taste two steps away. Expect "
        + ("other predictions" if rates else "broader lists")
        + ", most of all for those with a short history."
        if target > now
        else f"Each {words.person} hears only of the {words.items} they {words.past}. Expect "
        + (
            "predictions closer to what they gave"
            if rates
            else "lists closer to the history and fewer surprises"
        )
        + "."
    )
    title = f"{_HOPS.get(now, f'{now} hops')} → {_HOPS[target].lower()}"
    return Experiment(
        "hops", title, expected, **{**same, "settings": {**same["settings"], "n_layers": target}}
    )


def _popularity(now: float, same: Mapping[str, Any], dataset: Dataset) -> Experiment:
    target = 0.0 if now >= 1 else round(now + 0.5, 2)
    words = dataset.words
    less = target > now
    expected = (
        f"Well-known {words.items} are pushed down while learning. Expect rarer ones to come in, and overall "
        "accuracy to fall a little."
        if less
        else f"Well-known {words.items} are no longer pushed down. Expect more of what everybody "
        f"{words.past}."
    )
    title = "Less popularity" if less else "Popularity as it is"
    settings = {**same["settings"], "popularity_exponent": target}
    return Experiment("popularity", title, expected, **{**same, "settings": settings})


def _forget(pairs: tuple[Pair, ...], same: Mapping[str, Any], dataset: Dataset) -> Experiment:
    words = dataset.words
    if not pairs:
        return Experiment(
            FORGET,
            f"Forget some {words.items}",
            f"The model is trained as if {words.a_person} had never met certain {words.items}.",
            missing=f"Untick {words.items} of the history on the Recommend page first.",
        )
    count = words.count_items(len(pairs))
    these = f"this {words.item}" if len(pairs) == 1 else f"these {count}"
    return Experiment(
        FORGET,
        f"Forget {these}",
        "Trained as if that had never happened. Expect what leaned on them to fall, and perhaps the "
        f"forgotten {words.items} to be suggested again.",
        **{**same, "forget": tuple(sorted({*same["forget"], *pairs}))},
    )


def _other_kind(name: str) -> str:
    other = {"lightgcn": "gat", "gat": "lightgcn"}.get(name, "")
    return other if other in names() else ""


def _attention(name: str, other: str, seed: int, forget: tuple[Pair, ...]) -> Experiment:
    title = f"{recommender_class(name).title} → {recommender_class(other).title.lower()}"
    expected = (
        "The model learns how much to listen to each neighbour. Expect close calls to change places, "
        "attention to look at on the Graph page, and a longer training."
        if other == "gat"
        else "Every neighbour counts by its degree alone. Expect a shorter training and close calls to "
        "change places."
    )
    return Experiment("attention", title, expected, recommender=other, seed=seed, forget=forget)
