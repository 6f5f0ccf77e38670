"""What the classes of misses are called, what they mean, and the measured reason of one miss in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnrec.data import Words
from gnnrec.evaluation.miss_measures import MUCH_MORE, NEAR
from gnnrec.evaluation.missed import (
    COLD,
    COLD_ITEM,
    COLD_PERSON,
    DUPLICATES,
    HIGH,
    MOSTLY,
    NEAR_MISS,
    NO_ROOM,
    OTHER,
    POPULAR_FROM,
    POPULARITY,
    TASTE,
    UNLIKE,
    UNREACHABLE,
    Missed,
)


@dataclass(frozen=True)
class ClassWords:
    """A class in words.

    Attributes:
        title: A few words, for a bar or a picker.
        told: What follows a number of misses: "31 were just missed".
        rule: The rule with its thresholds, for whoever wants to know exactly.
        helps: What could help, in one sentence.
    """

    title: str
    told: str
    rule: str
    helps: str


def class_words(words: Words, k: int, steps: int | None = None) -> dict[str, ClassWords]:
    """All classes in words, by name.

    Args:
        words: What items and people are called.
        k: Length of the lists.
        steps: Within how many steps the model can see an item, if that applies.
    """
    item, items, people, past = words.item, words.items, words.people, words.past
    beyond = f"beyond rank {NEAR * k}"
    no_way = (
        f"no way of at most {steps} steps leads from the {words.person} to the {item} in the graph"
        if steps
        else f"no {item} of the history adds anything to its score"
    )
    return {
        COLD_PERSON: ClassWords(
            f"Little known of the {words.person}",
            f"are of {people} with fewer than {COLD} {items} in train",
            f"Fewer than {COLD} {items} in train, and fewer than there are {people} who {past} the {item}.",
            f"Ask newcomers for a few {items}, or use what else is known of them.",
        ),
        COLD_ITEM: ClassWords(
            f"Hardly anybody {past} it",
            f"are {items} that fewer than {COLD} {people} {past}",
            f"Fewer than {COLD} {people} {past} it in train, and no more than there are {items} in the history.",
            f"A model that looks at what {items} are, not only at who {past} them.",
        ),
        UNREACHABLE: ClassWords(
            "Out of the model's reach",
            f"are {items} that nothing the model knows of the {words.person} leads to",
            f"The model has no score for it, or {no_way}.",
            "More layers, more neighbours, or further relations in the graph.",
        ),
        DUPLICATES: ClassWords(
            "Near-duplicates took its place",
            f"gave their place to near-duplicates, {items} that nearly the same {people} {past}",
            f"Up to rank {NEAR * k}, and among the first {k} if near-duplicates above it shared one place; or a "
            f"near-duplicate of it is in the list. Near-duplicates: at least 0.35 of those who {past} either {past} "
            "both, each is among the three most alike to the other, and genres agree where they are known.",
            f"Lists that make their {items} differ from one another.",
        ),
        TASTE: ClassWords(
            "Unlike their history",
            f"are unlike what the {words.person} {past} before",
            f"Ranked {beyond}; of the {items} half to twice as popular at least {1 - UNLIKE:.0%} fit the history better "
            f"by who {past} both, and by genres too where they are known.",
            "Little: a change of taste, or somebody else on the same account.",
        ),
        POPULARITY: ClassWords(
            f"More popular {items} pushed it out",
            f"were pushed out by more popular {items}",
            f"Outside the most popular fifth (percentile below {POPULAR_FROM}); at least {MOSTLY:.0%} of the {items} "
            f"above are at least {MUCH_MORE} times as popular; and among {items} no more popular it would be in the "
            f"first {k} (up to rank {NEAR * k}) or the first {HIGH * k} ({beyond}).",
            "Settings that hold popularity back, such as popularity_exponent.",
        ),
        NEAR_MISS: ClassWords(
            "Just missed",
            f"were just missed, at rank {k + 1} to {NEAR * k}",
            f"Rank {k + 1} to {NEAR * k}, and none of the reasons tried before.",
            "A longer list; here a slightly better model shows at once.",
        ),
        NO_ROOM: ClassWords(
            f"No room in a list of {k}",
            f"found no room: {k} or more {items} above them were right as well",
            f"Ranked {beyond}, with {k} or more of the {items} above it held out too: a list of {k} that is all hits "
            f"would be full. And no lower than {NEAR} times as many {items} as the {words.person} has held out: with a list "
            "as long as that it would be a hit or a near miss.",
            f"Nothing to mend: the {words.person} {past} more than a list of {k} can hold.",
        ),
        OTHER: ClassWords(
            "No rule fits",
            "fit no rule",
            f"Ranked {beyond}, and no rule fits: it is neither rare nor unlike the history, and the model ranks others "
            "higher.",
            "Worth a look one by one: this is where a model is simply wrong.",
        ),
    }


def reason(miss: Mapping[str, Any], words: Words, k: int, steps: int | None = None, twin: str = "") -> str:
    """The measured reason of one miss, in numbers.

    Args:
        miss: A row of `Missed.table`.
        words: What items and people are called.
        k: Length of the list.
        steps: As in `Missed`.
        twin: Title of the near-duplicate in the list, if there is one.
    """
    why, rank, items = miss["why"], int(miss["rank"]), words.items
    above = max(rank - 1, 0)
    had_by = f"{words.count_people(int(miss['people']))} {words.past} it in train"
    if why == COLD_PERSON:
        return f"{words.count_items(int(miss['history']))} in their history; {had_by}."
    if why == COLD_ITEM:
        return f"{had_by}." if miss["people"] else f"Nobody {words.past} it in train."
    if why == UNREACHABLE:
        if not rank:
            return f"The model has no score for it; {had_by}."
        if steps:
            return f"No way of at most {steps} steps from the {words.person} to it; {had_by}."
        return f"Not one of the {words.count_items(int(miss['history']))} in their history adds to its score; {had_by}."
    if why == DUPLICATES:
        if miss["twin"] >= 0:
            return f"{twin or 'A near-duplicate of it'} is at rank {int(miss['twin_rank'])}, it at {rank:,}."
        return f"Rank {rank:,}; it would be at {int(miss['rank_one_each'])} if near-duplicates above it shared one place."
    if why == TASTE:
        genres = "" if np.isnan(miss["genre_fits"]) else f", {1 - miss['genre_fits']:.0%} by genres"
        return (
            f"Of {int(miss['peers']):,} {items} about as popular, {1 - miss['fits']:.0%} fit their history better by who "
            f"{words.past} both{genres}."
        )
    if why == POPULARITY:
        return (
            f"{int(miss['popular_above']):,} of the {above:,} {items} above are at least twice as popular; among {items} no "
            f"more popular ({had_by}) it is at {int(miss['rank_of_rest']):,}."
        )
    if why == NO_ROOM:
        return (
            f"{int(miss['held_out_above']):,} of the {above:,} {items} above were held out too; the list holds {k}, "
            f"{int(miss['held_out']):,} were held out."
        )
    if why == NEAR_MISS:
        hits = int(miss["held_out_above"])
        return (
            f"{rank - k:,} places below the list; {hits:,} of the {above:,} {items} above were held out too."
        )
    return (
        f"{int(miss['popular_above']):,} of the {above:,} {items} above are at least twice as popular, "
        f"{int(miss['held_out_above']):,} were held out too"
        + (
            ""
            if np.isnan(miss["fits"])
            else f"; it fits their history better than {miss['fits']:.0%} of those about as popular"
        )
        + "."
    )


def summary(found: Missed, words: Words, name: str) -> str:
    """The misses of one model in a sentence or two: how many, and the three commonest reasons.

    Args:
        found: The misses.
        words: What items and people are called.
        name: What the model is called.
    """
    if not found.misses:
        return f"{name} misses none of the {found.held_out:,} held-out {words.items} with lists of {found.k}."
    of = class_words(words, found.k, found.steps)
    first = sorted(found.counts.items(), key=lambda one: -one[1])[:3]
    told = "; ".join(f"{_of_hundred(n, found.misses)} {of[key].told}" for key, n in first if n)
    unavoidable = (
        f" {found.unavoidable:,} could not be avoided: some {words.people} hold out more than {found.k}."
        if found.unavoidable
        else ""
    )
    return (
        f"{name} misses {found.misses:,} of {found.held_out:,} held-out {words.items} with lists of {found.k}.{unavoidable} "
        f"Of 100 misses, {told}."
    )


def _of_hundred(count: int, whole: int) -> str:
    share = 100 * count / whole
    return f"{share:.0f}" if share >= 1 else "fewer than 1"
