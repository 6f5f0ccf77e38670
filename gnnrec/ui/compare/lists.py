"""Everybody's lists of some models: worked out once for each checkpoint and kept for all visitors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Split
from gnnrec.evaluation.beyond import Shown
from gnnrec.evaluation.everybody import everybodys_lists
from gnnrec.explain.deletion import Tell
from gnnrec.ui.context import MOST_K, Context
from gnnrec.ui.long_work import bench, worked

# Opening a model, and scoring one pair of a person and an item and sorting it in; on one ordinary core.
_OPEN_S, _PAIR_S = 0.1, 1e-8


@dataclass(frozen=True, eq=False)
class Part:
    """Who gets lists.

    Attributes:
        name: `valid` or `test`.
        learned: Whether finished models learned from it, so that nobody can be judged by it.
        people: How many people have something held out.
    """

    name: str
    learned: bool
    people: int


def part_of(split: Split, part: str) -> Part:
    """Who gets lists when a part is asked for."""
    learned = part in split.fitted_parts
    held_out = split.matrix("test" if learned else part)
    return Part(part, learned, int((np.diff(held_out.indptr) > 0).sum()))


def lists_of(
    context: Context, models: Sequence[Checkpoint], part: str, widget: str
) -> dict[str, Shown] | None:
    """The lists of some models by address, 50 places each; None while they are worked out, with progress drawn.

    Args:
        context: The data and the split.
        models: Whose lists.
        part: `valid` or `test`.
        widget: Key of the elements.
    """
    models = list({one.address: one for one in models}.values())
    found = {one.address: _kept(one, part) for one in models}
    missing = [one for one in models if found[one.address] is None]
    if missing:
        made = _work(context, missing, part, widget)
        if made is None:
            return None
        found |= made
    return found


def _work(context: Context, missing: Sequence[Checkpoint], part: str, widget: str) -> dict[str, Shown] | None:
    data, split, shelf = context.dataset, context.split, bench()
    pairs = part_of(split, part).people * data.n_items

    def make(tell: Tell) -> dict[str, Shown]:
        made = {}
        for place, one in enumerate(missing):
            model = one.load(data, split)

            def told(done: int, of: int, place: int = place) -> None:
                tell(place * of + done, len(missing) * of)

            made[one.address] = everybodys_lists(model, split, part, MOST_K, told)
            shelf.keep(_key(one, part), made[one.address])
        return made

    many = f"{len(missing)} models" if len(missing) > 1 else "one model"
    return worked(
        ("everybody", part, *(one.address for one in missing)),
        len(missing) * (_OPEN_S + pairs * _PAIR_S),
        make,
        what=f"Working out the lists of all {context.words.people} with {many}",
        widget=widget,
        button="Work them out",
    )


def _kept(one: Checkpoint, part: str) -> Shown | None:
    return bench().kept(_key(one, part))[1]


def _key(one: Checkpoint, part: str) -> tuple[str, str, str]:
    return (one.address, "everybody", part)
