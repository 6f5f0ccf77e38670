"""Differences between rows, against a plain loop over people, and what a table says in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gnnrec.runs.benchmarks_page import page, stored
from gnnrec.runs.comparison import difference
from gnnrec.runs.leaderboard_table import write_table
from gnnrec.runs.leaderboard_words import interval_words, sentences


def people(values: np.ndarray, metric: str, held_out: np.ndarray | None = None) -> pd.DataFrame:
    counts = np.ones(len(values)) if held_out is None else held_out
    return pd.DataFrame({"held_out": counts, metric: values}).rename_axis("user")


def test_the_same_person_on_several_splits_counts_once() -> None:
    rng = np.random.default_rng(3)
    mine, other = rng.random((2, 3, 50))
    metric = "ndcg@10"
    found = difference([people(one, metric) for one in mine], [people(one, metric) for one in other], metric)
    each = mine.mean(0) - other.mean(0)
    assert found.n == 50
    assert found.mean == pytest.approx(each.mean())
    assert found.low < found.mean < found.high
    spread = 2 * 1.96 * each.std(ddof=1) / np.sqrt(50)
    assert found.high - found.low == pytest.approx(spread, rel=0.15)


def test_seeds_are_averaged_even_where_the_other_row_has_one() -> None:
    rng = np.random.default_rng(4)
    mine, other = rng.random((3, 40)), rng.random((1, 40))
    found = difference([people(one, "hit@10") for one in mine], [people(other[0], "hit@10")], "hit@10")
    assert found.mean == pytest.approx((mine.mean(0) - other[0]).mean())


def test_ratings_are_pooled_not_averaged_over_people() -> None:
    rng = np.random.default_rng(5)
    counts = rng.integers(1, 30, 200)
    errors = [[rng.normal(0, scale, n) for n in counts] for scale in (1.0, 1.1)]
    tables = [people(np.array([np.sqrt((one**2).mean()) for one in mine]), "rmse", counts) for mine in errors]
    found = difference([tables[0]], [tables[1]], "rmse")
    pooled = [np.sqrt(np.mean(np.concatenate(mine) ** 2)) for mine in errors]
    assert found.mean == pytest.approx(pooled[0] - pooled[1])
    drawn = []
    for _ in range(500):
        who = rng.integers(0, 200, 200)
        two = [np.sqrt(np.mean(np.concatenate([mine[one] for one in who]) ** 2)) for mine in errors]
        drawn.append(two[0] - two[1])
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.01)


def test_only_people_of_both_are_compared() -> None:
    mine = people(np.array([1.0, 0.0, 1.0]), "hit@10")
    other = people(np.array([0.0, 0.0]), "hit@10")
    assert difference([mine], [other], "hit@10").n == 2


# Words


def row(model: str, test: float, valid: float, gap: tuple | None, simple: bool = False) -> dict[str, Any]:
    return {
        "model": model,
        "variant": model.lower(),
        "recommender": "ease" if simple else "lightgcn",
        "simple": simple,
        "test": {"ndcg@10": {"mean": test, "deviation": 0.001}},
        "valid": {"ndcg@10": {"mean": valid, "deviation": None}},
        "to_best_simple": gap and dict(zip(("mean", "low", "high"), gap, strict=True)),
        "to_yardstick": None,
        "share_of_yardstick": test / 0.3,
        "changed": {},
        "tried": 12,
        "best_epochs": [] if simple else [3, 9],
        "seconds": {"wall": 1000.0, "cpu": 2.0, "choose": 0.0, "train": 1.5, "evaluate": 0.5},
        "peak_rss_mib": 1234.5,
        "missing": 0,
        "cells": [{}] if simple else [{}] * 3,
        "notes": [],
        "reason": "",
        "published": [
            {
                "values": {"ndcg@10": 0.31},
                "splits": ["random:seed=1"],
                # On the published figure's own splits, which need not be all of the table's.
                "here": {"ndcg@10": 0.305},
                "source": "Somebody, 2020",
                "address": "https://example.org/x",
                "chosen_on_test": True,
                "note": "",
            }
        ],
    }


def table(*rows: dict[str, Any]) -> dict[str, Any]:
    split = {"split": "random:seed=1", "hash": "0", "train": 8, "valid": 1, "test": 1}
    found = {
        "title": "Films",
        "task": "ranking",
        "made_by": "python -m gnnrec leaderboard --dataset films",
        "date": "2026-01-01",
        "python": "3.11",
        "cores": 2,
        "threads": 1,
        "versions": {"torch": "2"},
        "users": 3,
        "items": 4,
        "interactions": 10,
        "splits": [split],
        "refits": False,
        "seeds": 3,
        "metrics": ["ndcg@10"],
        "chosen_on": {"metric": "ndcg@10", "direction": "higher", "title": "NDCG@10"},
        "best_simple": "ease",
        "yardstick": "ease",
        "rows": sorted(rows, key=lambda one: -one["test"]["ndcg@10"]["mean"]),
        "left_out": [{"model": "Greedy", "variant": "greedy", "reason": "too large"}],
    }
    return found | {"sentences": sentences(found)}


EASE = row("EASE", 0.30, 0.29, None, simple=True)


def test_where_a_simple_model_wins_it_says_so() -> None:
    level = row("LightGCN", 0.299, 0.30, (-0.001, -0.004, 0.002))
    behind = row("GAT", 0.2, 0.2, (-0.1, -0.12, -0.08))
    said = sentences(table(EASE, level, behind))
    assert any(one.startswith("A simple model wins") and "EASE" in one for one in said)
    assert "The nearest of the others is LightGCN, −0.0010 (−0.0040 to +0.0020) to it." in " ".join(said)
    assert "Clearly worse than it: GAT." in said
    assert "who goes by validation would take LightGCN" in said[0]


def test_ahead_by_chance_is_no_win() -> None:
    ahead = row("LightGCN", 0.301, 0.30, (0.001, -0.002, 0.004))
    said = " ".join(sentences(table(EASE, ahead)))
    assert "A simple model wins" in said
    assert "ahead of it, but by no more than chance explains" in said


def test_a_clear_win_is_said_too() -> None:
    better = row("LightGCN", 0.32, 0.31, (0.02, 0.01, 0.03))
    said = " ".join(sentences(table(EASE, better)))
    assert "A simple model wins" not in said
    assert "Clearly better than EASE" in said and "LightGCN by +0.0200 (+0.0100 to +0.0300)" in said


def test_what_the_deviation_is_over_is_said() -> None:
    trained = row("LightGCN", 0.32, 0.31, (0.02, 0.01, 0.03))
    said = sentences(table(EASE, trained))[-1]
    assert said == (
        "± is the standard deviation over 3 seeds (closed forms: one, nothing in them is left to chance)."
    )
    assert sentences(table(EASE))[-1].startswith("One split and one seed")
    long = row("GAT", 0.2, 0.2, (-0.1, -0.12, -0.08)) | {"cells": [{}]}
    assert sentences(table(EASE, trained, long))[-1].endswith("to chance; one, as it takes long: GAT).")
    assert sentences(table(trained, long))[-1].endswith("over 3 seeds (one, as it takes long: GAT).")


def test_nothing_measured_is_said() -> None:
    assert sentences(table()) == ["No model could be measured."]
    assert "Greedy: too large" in page([table()])


def test_intervals_in_words() -> None:
    assert interval_words({"mean": 0.5, "low": None, "high": None}) == "+0.5000"


def test_the_page_shows_figures_sources_costs_and_what_is_left_out(tmp_path) -> None:
    made = table(EASE, row("LightGCN", 0.32, 0.31, (0.02, 0.01, 0.03)))
    write_table(tmp_path / "leaderboard-films.json", made)
    (tmp_path / "leaderboard-broken.json").write_text("{")
    (tmp_path / "leaderboard-other.json").write_text("[]")
    (tmp_path / "films.json").write_text("{}")
    assert stored(tmp_path) == [made]
    text = page(stored(tmp_path))
    assert "## Films: ranked lists" in text
    assert made["made_by"] in text
    assert "| LightGCN | 0.3200 ± 0.0010 | 1.067 | +0.0200 (+0.0100 to +0.0300) |" in text
    assert "| EASE · | 0.3000 ± 0.0010 | 1.000 | reference |" in text
    assert "| 0.3050 | 0.31 | −0.0050 | [Somebody, 2020](https://example.org/x) | yes |" in text
    assert "| LightGCN | defaults | 12 | 3–9 | – | 1.5 s | 0.5 s | 17 min | 2.0 s | 1,234 MiB |" in text
    assert "- Greedy: too large" in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert max(line.count("|") for line in lines) <= 12
