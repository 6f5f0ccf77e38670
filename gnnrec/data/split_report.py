"""What a split is like: the size of its parts, and ways in which judging on it could deceive."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data.finding import Finding
from gnnrec.data.later_rows import percent, time_checks
from gnnrec.data.split import PARTS, Split

# Parts whose items differ this much in popularity are not drawn alike.
UNLIKE = 1.25


def part_sizes(split: Split) -> pd.DataFrame:
    """Rows, people and items of each part.

    Returns:
        One row per part that holds anything: `part`, `interactions`, `share` of all rows in a part, `people`,
        `items`, and `popularity`: how many people in train have an item of that part, on average over its rows.
    """
    rows = split.dataset.interactions
    known = np.bincount(split.training().item, minlength=split.dataset.n_items)
    total = max(1, int((split.part >= 0).sum()))
    table = []
    for part in PARTS:
        mine = split.rows(part)
        if len(mine):
            table.append(
                {
                    "part": part,
                    "interactions": len(mine),
                    "share": len(mine) / total,
                    "people": len(np.unique(rows.user[mine])),
                    "items": len(np.unique(rows.item[mine])),
                    "popularity": float(known[rows.item[mine]].mean()),
                }
            )
    return pd.DataFrame(table)


def checks(split: Split) -> list[Finding]:
    """Everything that is looked for, found or not, gravest first.

    A pair in two parts and a split by global time with later rows in train are leaks. The others are no
    mistakes, but say what a figure measured on this split means.
    """
    found = [
        _pairs_twice(split),
        *time_checks(split),
        _nobody_knows("items", split),
        _nobody_knows("people", split),
        *_namesakes(split),
        *_parts_unlike(split),
    ]
    return sorted(found, key=lambda one: (not one.grave, -one.share))


def _held_out(split: Split) -> np.ndarray:
    return split.rows("valid", "test")


def _pairs_twice(split: Split) -> Finding:
    rows, parts = split.dataset.interactions, split.part
    kept = np.flatnonzero(parts >= 0)
    pair = rows.user[kept].astype(np.int64) * split.dataset.n_items + rows.item[kept]
    spread = pd.Series(parts[kept]).groupby(pair).nunique()
    n = int((spread > 1).sum())
    words = split.dataset.words
    name = "Same pair in two parts"
    if not n:
        return Finding(name, f"No pair of {words.person} and {words.item} lies in more than one part.")
    return Finding(
        name,
        f"{n:,} pairs of {words.person} and {words.item} lie in more than one part: a model has seen what it "
        "is judged on.",
        n,
        n / max(1, len(_held_out(split))),
        grave=True,
    )


def _nobody_knows(side: str, split: Split) -> Finding:
    rows, words = split.dataset.interactions, split.dataset.words
    held, train = _held_out(split), split.rows("train")
    if side == "items":
        numbers, many, one, count, what = (
            rows.item,
            words.items,
            words.item,
            words.count_items,
            "be recommended",
        )
    else:
        numbers, many, one, count, what = (
            rows.user,
            words.people,
            words.person,
            words.count_people,
            "be known",
        )
    new = ~np.isin(numbers[held], numbers[train])
    name = f"Unknown {many}"
    if not new.any():
        return Finding(name, f"Every {one} held out was seen in train.")
    share = float(new.mean())
    return Finding(
        name,
        f"{count(len(np.unique(numbers[held][new])))} held out but never seen in train "
        f"({percent(share)} of what is held out), not to {what} from interactions alone.",
        int(new.sum()),
        share,
    )


def _namesakes(split: Split) -> list[Finding]:
    """Held-out items of which the person has another edition in train."""
    table = split.dataset.item_features
    if table is None or "title" not in table.columns:
        return []
    same = ["title", "year"] if "year" in table.columns else ["title"]
    named = table["title"].notna() & (table["title"] != "")
    group = table.groupby(same, dropna=False).ngroup().to_numpy()
    group = np.where(named, group, -1)
    sizes = np.bincount(group[group >= 0], minlength=1)
    rows, held = split.dataset.interactions, _held_out(split)
    twin = np.where(group >= 0, sizes[np.maximum(group, 0)] > 1, False)
    train = split.rows("train")
    train = train[twin[rows.item[train]]]
    held = held[twin[rows.item[held]]]
    if not len(held):
        return []
    n_groups = int(group.max()) + 1
    has = sparse.csr_matrix(
        (np.ones(len(train), dtype=bool), (rows.user[train], group[rows.item[train]])),
        shape=(split.dataset.n_users, n_groups),
    )
    n = int(np.asarray(has[rows.user[held], group[rows.item[held]]]).sum())
    if not n:
        return []
    share = n / len(_held_out(split))
    words = split.dataset.words
    return [
        Finding(
            "Namesakes",
            f"{n:,} held-out {words.items} have a namesake of the same year that the {words.person} has in "
            f"train ({percent(share)}): finding them is easy.",
            n,
            share,
        )
    ]


def _parts_unlike(split: Split) -> list[Finding]:
    table = part_sizes(split).set_index("part")
    if not {"valid", "test"} <= set(table.index):
        return []
    valid, test = table["popularity"]["valid"], table["popularity"]["test"]
    name = "Validation like test"
    told = (
        f"What is held out for test has {test:,.0f} {split.dataset.words.people} in train on average, what is "
        f"held out for validation {valid:,.0f}"
    )
    if max(valid, test) <= UNLIKE * min(valid, test):
        return [Finding(name, f"{told}: the two parts are alike.")]
    return [
        Finding(
            name,
            f"{told}: the two are not drawn alike, and what is best on validation need not be best on test.",
            int(table["interactions"]["test"]),
            1.0,
        )
    ]
