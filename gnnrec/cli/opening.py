"""Opening what a command names: the checkpoint, its data set and split, and ids given as text."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gnnrec.errors import ConfigError

if TYPE_CHECKING:
    from gnnrec.checkpoints import Checkpoint
    from gnnrec.data import Dataset, Split, Vocabulary
    from gnnrec.explain.sight import Sight
    from gnnrec.graph import Graph
    from gnnrec.recommenders import Recommender

# The parts that can be judged, and what tables for people call them.
PARTS = {"valid": "validation", "test": "test (final)"}


@dataclass(frozen=True, eq=False)
class Opened:
    """A checkpoint, ready to answer on the data it was fitted on."""

    checkpoint: Checkpoint
    dataset: Dataset
    split: Split
    recommender: Recommender

    @property
    def title(self) -> str:
        """One line for people: which model, where and on what."""
        shown = f"{self.checkpoint.title} ({self.checkpoint.address})"
        return f"{shown} on {self.dataset.title}, split {self.split}"

    @property
    def graph(self) -> Graph:
        """The graph the model was fitted on, its edges named in the data set's words."""
        from gnnrec.graph import Graph

        data = self.recommender.data
        return Graph.bipartite(data.n_users, data.n_items, data.user, data.item, name=self.dataset.words.past)

    def sight(self, off: Sequence[str] = ()) -> Sight:
        """The graph with the friends, facts and circumstances that the model hears, without those switched off."""
        from gnnrec.explain.sight import sight_of

        return sight_of(self.recommender, self.graph, self.recommender.data, off)


def add_checkpoint(parser: argparse.ArgumentParser) -> None:
    """The argument that most verbs begin with."""
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="a checkpoint's folder, or slug@id")


def add_part(parser: argparse.ArgumentParser) -> None:
    """The option of verbs that judge a model on what was held out."""
    parser.add_argument("--part", default="valid", metavar="valid|test", help="default valid")


def require_part(part: str) -> None:
    """Refuse what is none of `PARTS`.

    Raises:
        ConfigError: It is none of them.
    """
    if part not in PARTS:
        raise ConfigError(
            where="--part",
            found=f"'{part[:40]}'",
            expected="valid or test",
            todo="Choose one of the two.",
        )


def open_checkpoint(address: str) -> tuple[Checkpoint, Dataset, Split]:
    """A verified checkpoint with the data set and split it was fitted on.

    Raises:
        CheckpointError: There is none, or it is damaged.
        DataError: Its data set is not here.
        IncompatibleError: The data or the split differ from what it was fitted on.
    """
    from gnnrec.checkpoints import find_or_open
    from gnnrec.datasets import open_dataset

    checkpoint = find_or_open(address)
    dataset = open_dataset(str(checkpoint.config["dataset"]))
    return checkpoint, dataset, checkpoint.split(dataset)


def open_model(address: str) -> Opened:
    """A checkpoint with its model loaded. Raises as `open_checkpoint` does."""
    checkpoint, dataset, split = open_checkpoint(address)
    return Opened(checkpoint, dataset, split, checkpoint.load(dataset, split))


def item_numbers(values: list[str], items: Vocabulary) -> tuple[int, ...]:
    """Numbers of items from texts that hold one id each, or several between commas.

    An id may itself hold a comma: a text that is an id as a whole is taken as one.

    Raises:
        DataError: Unknown ids, named.
        ConfigError: There is no id at all.
    """
    ids = []
    for value in values:
        ids += [value] if value in items else [one.strip() for one in value.split(",") if one.strip()]
    if not ids:
        raise ConfigError(
            where="--history",
            found="no ids",
            expected="at least one item id",
            todo="For example --history 50,172.",
        )
    return tuple(dict.fromkeys(items.numbers(ids).tolist()))


def at_least(option: str, value: int, low: int) -> None:
    """Refuse a whole number that is too small.

    Raises:
        ConfigError: It is below `low`.
    """
    if value < low:
        raise ConfigError(
            where=option, found=str(value), expected=f"{low} or more", todo=f"For example {option} 10."
        )
