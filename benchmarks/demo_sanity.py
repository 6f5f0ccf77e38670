"""Is the film club neither trivial nor impossible? Four plain rankings and the oracle on three splits.

`python -m benchmarks.demo_sanity` prints the table of docs/demo-data.md. It uses nothing but numpy, so that
it judges the data and not this project's models. NDCG@10, 80/10/10 at random per person, train and validation
masked in the test; the ideal uses min(10, held-out). "True taste" ranks all films but those in train and
compares with what the person would have liked: the mean utility of the ten films, 0 for films at random and 1
for the ten best.
"""

from __future__ import annotations

import argparse
import json

import numpy as np
import pandas as pd
from safetensors.numpy import load_file

from gnnrec.datasets.film_club import FILES, TRUTH

K = 10
EASE_REGS = (30, 60, 120, 250, 500)


def main() -> None:
    """Print one row per ranking: validation, test and true taste, mean over the splits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    rows = pd.concat([measure(seed) for seed in range(1, wanted.splits + 1)]).groupby(level=0, sort=False)
    table, spread = rows.mean(), rows.std()["test"]
    if wanted.json:
        print(json.dumps(table.round(4).T.to_dict()))
        return
    best = table.drop(index="oracle")["test"].max()
    print(table.assign(test_sd=spread).round(4).to_string())
    print(f"best of the plain rankings: {best / table.loc['oracle', 'test']:.1%} of the oracle")
    named, chance = reasons(1)
    print(f"EASE's first reason is a true one for {named:.1%}, a random film of the history for {chance:.1%}")


def measure(seed: int) -> pd.DataFrame:
    """All rankings on one split."""
    users, items = ids()
    train, valid, test = parts(seed, users, items)
    utility = load_file(TRUTH / "utility.safetensors")["utility"].astype(np.float64)
    scores = {
        "random": np.random.default_rng(seed).random(train.shape),
        "popularity": np.tile(train.sum(axis=0), (len(users), 1)),
        "item_knn": item_knn(train),
        "ease": max(
            (train @ ease(train, reg) for reg in EASE_REGS), key=lambda scores: ndcg(scores, valid, train)
        ),
        "oracle": utility,
    }
    return pd.DataFrame(
        {
            name: {
                "valid": ndcg(score, valid, train),
                "test": ndcg(score, test, train + valid),
                "true taste": true_taste(score, utility, train),
            }
            for name, score in scores.items()
        }
    ).T


def reasons(seed: int, reg: float = 250.0) -> tuple[float, float]:
    """How often EASE's strongest film, and how often a random one, is a parent of a held-out viewing.

    Counted over viewings that have a parent film in train and a history of ten films or more to choose from.
    """
    users, items = ids()
    train, _, test = parts(seed, users, items)
    weight = ease(train, reg)
    rows = pd.read_parquet(TRUTH / "parents.parquet").query("parent_kind == 'item'")
    true: dict[tuple[int, int], set[int]] = {}
    for person, film, parent in zip(
        np.searchsorted(users, rows["user_id"]),
        np.searchsorted(items, rows["item_id"]),
        np.searchsorted(items, rows["parent_id"]),
        strict=True,
    ):
        true.setdefault((person, film), set()).add(parent)
    named, chance = [], []
    for person, film in np.argwhere(test):
        history = np.flatnonzero(train[person])
        hits = np.isin(history, list(true.get((person, film), ())))
        if len(history) >= K and hits.any():
            named.append(hits[np.argmax(weight[history, film])])
            chance.append(hits.mean())
    return float(np.mean(named)), float(np.mean(chance))


def ids() -> tuple[np.ndarray, np.ndarray]:
    """Ids of members and films, sorted."""
    users = pd.read_parquet(FILES / "users.parquet")["user_id"].to_numpy(dtype=object)
    items = pd.read_parquet(FILES / "items.parquet")["item_id"].to_numpy(dtype=object)
    return np.sort(users), np.sort(items)


def parts(seed: int, users: np.ndarray, items: np.ndarray) -> list[np.ndarray]:
    """Train, validation and test as matrices. [U, I] each"""
    rows = pd.read_parquet(FILES / "interactions.parquet")
    user, item = np.searchsorted(users, rows["user_id"]), np.searchsorted(items, rows["item_id"])
    part = split(user, np.random.default_rng(seed))
    return [matrix(user[part == p], item[part == p], len(users), len(items)) for p in range(3)]


def split(user: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0 train, 1 validation, 2 test for every row; the last two get a tenth of each person's rows each."""
    part = np.zeros(len(user), dtype=int)
    for number in np.unique(user):
        mine = rng.permutation(np.flatnonzero(user == number))
        tenth = round(0.1 * len(mine))
        part[mine[:tenth]] = 1
        part[mine[tenth : 2 * tenth]] = 2
    return part


def matrix(user: np.ndarray, item: np.ndarray, n_users: int, n_items: int) -> np.ndarray:
    """1 where a person watched a film. [U, I]"""
    out = np.zeros((n_users, n_items))
    out[user, item] = 1.0
    return out


def item_knn(train: np.ndarray, neighbours: int = 100) -> np.ndarray:
    """Sum of the cosines between a film and what the person watched, each film's nearest neighbours only."""
    norm = np.maximum(np.linalg.norm(train, axis=0), 1e-9)
    cosine = train.T @ train / norm / norm[:, None]
    np.fill_diagonal(cosine, 0.0)
    cut = -np.sort(-cosine, axis=1)[:, neighbours - 1 : neighbours]
    return train @ np.where(cosine >= cut, cosine, 0.0).T


def ease(train: np.ndarray, reg: float) -> np.ndarray:
    """Ridge regression of every film on all others, with a zero diagonal. [I, I]"""
    inverse = np.linalg.inv(train.T @ train + reg * np.eye(train.shape[1]))
    weight = inverse / -np.diag(inverse)
    np.fill_diagonal(weight, 0.0)
    return weight


def ndcg(scores: np.ndarray, held_out: np.ndarray, masked: np.ndarray) -> float:
    """NDCG@10 over people who have something held out."""
    people = np.flatnonzero(held_out.sum(axis=1))
    ranked = np.argsort(-np.where(masked[people] > 0, -np.inf, scores[people]), axis=1, kind="stable")[:, :K]
    gain = 1.0 / np.log2(np.arange(2, K + 2))
    found = (np.take_along_axis(held_out[people], ranked, axis=1) * gain).sum(axis=1)
    ideal = np.cumsum(gain)[np.minimum(held_out[people].sum(axis=1).astype(int), K) - 1]
    return float((found / ideal).mean())


def true_taste(scores: np.ndarray, utility: np.ndarray, masked: np.ndarray) -> float:
    """Mean utility of the ten first, where 0 is the mean over all films and 1 the ten best."""
    people = np.flatnonzero(utility.std(axis=1) > 0)
    free = masked[people] == 0
    worth = np.where(free, utility[people], np.nan)
    ranked = np.argsort(-np.where(free, scores[people], -np.inf), axis=1, kind="stable")[:, :K]
    best = np.argsort(-np.where(free, utility[people], -np.inf), axis=1, kind="stable")[:, :K]
    chance = np.nanmean(worth, axis=1)
    got, most = (np.take_along_axis(worth, top, axis=1).mean(axis=1) for top in (ranked, best))
    return float(((got - chance) / (most - chance)).mean())


if __name__ == "__main__":
    main()
