"""How good are models without training on Gowalla's published split? `python -m benchmarks.gowalla`.

All people of the published test part, all places ranked. Validation is carved from train, a tenth of each
person's visits; settings are chosen there from a small grid, judged on every third person; the final model is
fitted on train and validation, and test is read once. A second row gives the settings that were published,
where they are others; BSPM, which takes long to rank, has that row alone. Each model runs in a process of its
own. Writes `benchmarks/results/gowalla.json` and `.md`; `--models` makes only some rows anew.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks import results_file
from gnnrec.data import Split, split
from gnnrec.data.dataset import VALID
from gnnrec.datasets import open_dataset
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import Recommender, create

DATASET = "gowalla"
COMMAND = "python -m benchmarks.gowalla"
CHOSEN_BY = "recall@20"
EVERY = 3
_MIB = 1024


@dataclass(frozen=True)
class Model:
    """A recommender, what to try, and what its authors or others published on these parts.

    Attributes:
        title: Its row.
        grid: Values to try of each setting, in every combination; empty where none are searched.
        published: Settings behind the published figures; None where they are not stated.
        figures: Published recall@20 and NDCG@20.
        source: Who published them.
    """

    title: str
    grid: dict[str, tuple]
    published: dict[str, Any] | None = None
    figures: tuple[float | None, float | None] = (None, None)
    source: str = ""


MODELS = {
    "popularity": Model("Most popular", {}),
    "item_knn": Model(
        "Item neighbours",
        {"neighbours": (100, 300), "shrink": (0.0, 10.0)},
        figures=(0.1570, 0.1214),
        source="BARS (cosine, 100 neighbours)",
    ),
    "user_knn": Model(
        "User neighbours",
        {"neighbours": (100, 200, 400), "shrink": (0.0, 10.0)},
        figures=(0.155, 0.128),
        source="Shehzad et al., SIGIR 2025 (146 neighbours)",
    ),
    "rp3beta": Model(
        "Random walk RP3β",
        {"neighbours": (500,), "alpha": (0.4, 0.6), "beta": (0.2, 0.3, 0.4, 0.5)},
        {"neighbours": 777, "alpha": 0.566, "beta": 0.00109, "normalise": True},
        (0.183, 0.152),
        "Shehzad et al., SIGIR 2025; settings of Anelli et al., RecSys 2023",
    ),
    "turbo_cf": Model(
        "Graph filter Turbo-CF",
        {"alpha": (0.5, 0.6), "power": (0.6, 0.7, 0.8)},
        {"alpha": 0.6, "power": 0.7, "neighbours": 40_981},
        (0.1835, None),
        "Park et al., SIGIR 2024",
    ),
    "gf_cf": Model(
        "Graph filter GF-CF",
        {"factors": (256,), "weight": (0.1, 0.2, 0.3, 0.5)},
        {"factors": 256, "weight": 0.3},
        (0.1849, 0.1518),
        "Shen et al., CIKM 2021",
    ),
    "bspm": Model(
        "Blurring and sharpening BSPM",
        {},
        {"factors": 448, "weight": 0.2, "sharpening": 2.5},
        (0.1920, 0.1597),
        "Choi et al., SIGIR 2023",
    ),
}


def main() -> None:
    """Measure each model in its own process and write the table after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(MODELS), help="with commas between")
    wanted = parser.parse_args().models.split(",")
    path = results_file.RESULTS / f"{DATASET}.json"
    known = json.loads(path.read_text())["rows"] if path.is_file() else []
    for name in wanted:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            rows = alone.submit(measure, name).result()
        known = [row for row in known if row["recommender"] != name] + rows
        known.sort(key=lambda row: row["test"]["recall@20"])
        write(known)
    print(path.with_suffix(".md").read_text())


def measure(name: str) -> list[dict[str, Any]]:
    """Choose settings on validation, fit and read test; once more with the published settings."""
    model, cut = MODELS[name], split(open_dataset(DATASET))
    rows = []
    defaults = create(name).config.as_dict()
    if model.grid:
        started = time.perf_counter()
        tried = choose(name, model, cut)
        seconds = time.perf_counter() - started
        best = max(tried, key=lambda one: one["valid"])
        choosing = {"valid": best["valid"], "tried": tried, "seconds_choose": seconds}
        rows.append({"settings_from": "validation"} | choosing | final(name, best["settings"], cut))
        defaults |= best["settings"]
    published = defaults | (model.published or {})
    if not rows or published != defaults:
        origin = "published" if model.published else "defaults"
        rows.append({"settings_from": origin} | final(name, published, cut))
    about = {
        "recommender": name,
        "model": model.title,
        "published": dict(zip(("recall@20", "ndcg@20"), model.figures, strict=True)),
        "published_by": model.source,
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB,
    }
    return [about | row for row in rows]


def choose(name: str, model: Model, cut: Split) -> list[dict[str, Any]]:
    """Validation recall of every combination of the grid, for a sample of people."""
    left_out = (cut.part == VALID) & (cut.dataset.interactions.user % EVERY != 0)
    some = np.where(left_out, -1, cut.part)
    sample = replace(cut, part=some)
    learned: dict[Any, dict[str, Any]] = {}
    tried = []
    for values in product(*model.grid.values()):
        settings = dict(zip(model.grid, values, strict=True))
        recommender = create(name, settings)
        fitted(recommender, sample, learned)
        score = evaluate(recommender, sample, "valid", at=(20,), metrics=("recall",)).means[CHOSEN_BY]
        tried.append({"settings": settings, "valid": score})
        print(f"{name} valid {CHOSEN_BY} {score:.4f} {json.dumps(settings)}", flush=True)
    return tried


def fitted(recommender: Recommender, sample: Split, learned: dict[Any, dict[str, Any]]) -> None:
    """Fit on train, or take singular vectors over from a try that differs in how they are used alone."""
    factors = getattr(recommender.config, "factors", None)
    if factors is not None and factors in learned:
        recommender.load_state(sample.training(), learned[factors])
        return
    recommender.fit(sample.training())
    if factors is not None:
        learned[factors] = recommender.state()


def final(name: str, settings: dict[str, Any], cut: Split) -> dict[str, Any]:
    """Fit on train and validation, and read test."""
    recommender = create(name, settings)
    started, cpu = time.perf_counter(), time.process_time()
    recommender.fit(cut.training(*cut.fitted_parts))
    fit_wall, fit_cpu = time.perf_counter() - started, time.process_time() - cpu
    started, cpu = time.perf_counter(), time.process_time()
    means = evaluate(recommender, cut, "test", at=(20,), metrics=("recall", "ndcg")).means
    row = {
        "settings": recommender.config.as_dict(),
        "test": means,
        "seconds_fit": fit_wall,
        "seconds_fit_cpu": fit_cpu,
        "seconds_evaluate": time.perf_counter() - started,
        "seconds_evaluate_cpu": time.process_time() - cpu,
    }
    print(f"{name} test {json.dumps(row)}", flush=True)
    return row


def write(rows: list[dict[str, Any]]) -> None:
    """The figures, and the table for readers."""
    note = (
        "Published split (29,858 people, 40,981 places, 810,128 visits in train and 217,242 in test), all "
        "people and all places ranked, one thread."
    )
    popularity = visitors_of_held_out(split(open_dataset(DATASET)))
    figures = {"title": "Gowalla", "note": note, "visitors_of_held_out": popularity, "rows": rows}
    path = results_file.write(DATASET, COMMAND, figures)
    path.with_suffix(".md").write_text(as_text(json.loads(path.read_text())), encoding="utf-8")


def visitors_of_held_out(cut: Split) -> dict[str, float]:
    """How many people in train visited a held-out place, on average: is test like what is chosen on?"""
    visitors = np.bincount(cut.training().item, minlength=cut.dataset.n_items)
    return {part: float(visitors[cut.training(part).item].mean()) for part in ("train", "valid", "test")}


def as_text(result: dict[str, Any]) -> str:
    """The table for readers."""
    held = result["visitors_of_held_out"]
    lines = [
        f"# {result['title']}",
        "",
        result["note"],
        f"Made by `{result['made_by']}` on {result['date']}: Python {result['python']}, "
        + ", ".join(f"{name} {number}" for name, number in result["versions"].items())
        + f", {result['cores']} cores shared with other work: the seconds are of CPU.",
        "Settings *from validation* had the best recall@20 of those tried on a tenth of train, judged on "
        "every third person; *published* ones were taken as they are. Test was read once per row. "
        "Published figures are their authors', some with settings or epochs chosen on test.",
        f"The published test part is no even draw: a place in it has {held['test']:.0f} visitors in train on "
        f"average, one carved for validation {held['valid']:.0f}, so what is best on validation need not be "
        "best on test.",
        "",
        "| model | settings | from | tried | test recall@20 | test NDCG@20 | published recall@20 / NDCG@20 "
        "| seconds to fit | seconds to rank | peak MiB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        settings = ", ".join(f"{name} {value}" for name, value in row["settings"].items()) or "none"
        known = " / ".join(f"{value:.4f}" if value else "–" for value in row["published"].values())
        source = f" ({row['published_by']})" if row["published_by"] else ""
        lines.append(
            f"| {row['model']} | {settings} | {row['settings_from']} | {len(row.get('tried', ())) or ''} "
            f"| {row['test']['recall@20']:.4f} | {row['test']['ndcg@20']:.4f} | {known}{source} "
            f"| {row['seconds_fit_cpu']:.1f} | {row['seconds_evaluate_cpu']:.0f} "
            f"| {row['peak_rss_mib']:,.0f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
