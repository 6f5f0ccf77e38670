"""Can explanations be believed? `python -m benchmarks.explanation_audit`.

1. Exactness: for every model that splits its scores, how far the parts miss the score over 1,000 random pairs of
   MovieLens 100K, in single precision as served and in double precision.
2. The audit: deletion area and rank correlation by model and method on MovieLens 100K, 200 people; methods that
   work with masks on the first 50 of them, those that draw with three seeds.
3. True reasons: on the demo data, how often what a method names first is what the viewing came from.

The work is cut into pieces that are kept, so that it can be ended and gone on with: `--minutes 8` starts no piece
after that time. Writes `benchmarks/results/explanation-audit.json` from what is there, figures only, once all
without masks are; `python docs/explanations.py` writes the page from it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from benchmarks import results_file
from benchmarks.double_precision import in_double
from gnnrec import places
from gnnrec.checkpoints import Checkpoint, find_or_open, save
from gnnrec.cli.output import as_plain
from gnnrec.data import Dataset, Split, split
from gnnrec.datasets import open_dataset
from gnnrec.explain.audit_people import audit_many, choose_people, methods_to_judge, summary
from gnnrec.explain.methods import METHODS, methods_of
from gnnrec.explain.true_reasons import share_true, true_reasons, viewings_with_reason
from gnnrec.graph import Graph
from gnnrec.recommenders import Recommender, create, names, recommender_class
from gnnrec.recommenders.capabilities import DECOMPOSES, DIFFERENTIABLE
from gnnrec.runs.variants import Variant, parse_variants
from gnnrec.training import fit

COMMAND = "python -m benchmarks.explanation_audit"
DATASET, SPLIT = "movielens-100k", "random:seed=1"
AUDITED = (
    "lightgcn,lightgcn.history,xsimgcl,light_blend,gcn_link,ngcf,gat,graph_transformer,ease,item_knn,gf_cf"
)
ON_DEMO = (
    "demo-lightgcn",
    "demo-lightgcn-history",
    "demo-gat",
    "demo-ease",
    "demo-item_knn",
    "demo-gf_cf",
)
PAIRS, PEOPLE, MASKED, SEEDS = 1000, 200, 50, (0, 1, 2)
VIEWINGS, MASKED_VIEWINGS = 600, 100
# Of each person in the check that parts add up; splitting a score once costs as much as several times.
_ITEMS_EACH = 5
# People and viewings whose masks make one piece.
_AT_ONCE, _VIEWINGS_AT_ONCE = 10, 20

# Pieces without which nothing is written; of those with masks, what there is.
NEEDED = ("audit-", "reasons-", "exact-")

Piece = tuple[str, Callable[[], Any]]


def main() -> None:
    """Do the pieces that are missing, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=float("inf"), help="start no piece after this time")
    parser.add_argument("--only", default="", help="pieces whose name begins so")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    folder, begun = places.home() / "explanation-audit", time.monotonic()
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for name, work in pieces(folder):
        path = folder / f"{name}.json"
        if path.exists() or not name.startswith(args.only):
            continue
        if time.monotonic() - begun > 60 * args.minutes:
            break
        start = time.monotonic()
        found = as_plain(work())
        path.write_text(json.dumps(found), encoding="utf-8")
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    missing = [name for name, _ in pieces(folder) if not (folder / f"{name}.json").exists()]
    if missing:
        print(f"missing: {', '.join(missing)}")
    if not any(name.startswith(NEEDED) for name in missing):
        print(results_file.write("explanation-audit", COMMAND, figures(folder)))


def pieces(folder: Path) -> Iterator[Piece]:
    """Every piece by name, in the order they are done; masks of the first people for all models come first."""
    for variant in variants(AUDITED):
        yield f"audit-{variant.text}", partial(audited, variant, folder, False)
    for one in ON_DEMO:
        yield f"reasons-{one}", partial(reasons, one, False)
    for variant in exact_variants():
        yield f"exact-{variant.text}", partial(exact, variant, folder)
    yield from masked_pieces(folder)


def masked_pieces(folder: Path) -> Iterator[Piece]:
    """The pieces that need masks, which take the longest."""
    able = [one for one in variants(AUDITED) if masked(create(one.recommender, one.settings(DATASET)[0]))]
    for first in range(0, MASKED, _AT_ONCE):
        for variant in able:
            yield f"masks-{variant.text}-{first}", partial(audited, variant, folder, True, first)
    shipped = [(one, find_or_open(one).config) for one in ON_DEMO]
    for first in range(0, MASKED_VIEWINGS, _VIEWINGS_AT_ONCE):
        for one, config in shipped:
            if masked(create(config["recommender"], config["settings"])):
                yield f"masked-{one}-{first}", partial(reasons, one, True, first)


def figures(folder: Path) -> dict[str, Any]:
    """What the pieces come to."""

    done = [folder / f"{name}.json" for name, _ in pieces(folder)]

    def read(prefix: str) -> list[dict[str, Any]]:
        return [
            json.loads(path.read_text(encoding="utf-8"))
            for path in done
            if path.name.startswith(prefix) and path.exists()
        ]

    exactness = read("exact-")
    tables = {}
    for prefix, table in (
        ("audit-", summary),
        ("masks-", summary),
        ("reasons-", share_true),
        ("masked-", share_true),
    ):
        for piece in read(prefix):
            tables.setdefault((piece["of"], prefix), (piece, table, []))[2].append(
                pd.DataFrame(piece["rows"])
            )
    return {
        "dataset": DATASET,
        "split": SPLIT,
        "pairs": PAIRS,
        "people": PEOPLE,
        "seeds": len(SEEDS),
        "viewings": VIEWINGS,
        "exact": exactness,
        "audit": _joined(tables, ("audit-", "masks-")),
        "true_reasons": _joined(tables, ("reasons-", "masked-")),
    }


def _joined(tables: dict, prefixes: tuple[str, str]) -> list[dict[str, Any]]:
    """One entry per model with a row per method, those with masks behind the others."""
    found: dict[str, dict[str, Any]] = {}
    for prefix in prefixes:
        for (of, which), (piece, table, frames) in tables.items():
            if which == prefix:
                entry = {name: value for name, value in piece.items() if name not in ("rows", "seconds")} | {
                    "methods": []
                }
                entry = found.setdefault(of, entry)
                known = {one["method"] for one in entry["methods"]}
                rows = as_plain(table(pd.concat(frames).replace({None: np.nan})).to_dict("records"))
                entry["methods"] += [one for one in rows if one["method"] not in known]
    return list(found.values())


# Exactness


def exact_variants() -> list[Variant]:
    """Every model that splits its scores, with the settings chosen for MovieLens 100K."""
    able = []
    for name in names():
        if recommender_class(name).missing_needs(dataset_of(DATASET)):
            continue
        if DECOMPOSES in create(name, Variant(name).settings(DATASET)[0]).capabilities:
            able.append(name)
    return variants(",".join([*able, "lightgcn.history"]))


def exact(variant: Variant, folder: Path) -> dict[str, Any]:
    """How far the parts miss the score, relative to the sum of their sizes, for random pairs."""
    model = fitted(variant, folder)
    wide, data = in_double(model), model.data
    rng = np.random.default_rng(0)
    users = rng.choice(np.flatnonzero(np.diff(data.matrix.indptr)), PAIRS // _ITEMS_EACH)
    errors = {"single": [], "double": []}
    for user in users.tolist():
        items = rng.integers(data.n_items, size=_ITEMS_EACH)
        # Public answers are single precision whatever they are computed in.
        scores = {
            "single": model.scores([user], items)[0],
            "double": wide._scores(np.array([user]))[0, items],
        }
        for name, asked in (("single", model), ("double", wide)):
            parts = asked.contributions(user, items)
            size = np.abs(parts.values).sum(1) + np.abs(parts.own)
            missed = np.abs(parts.values.sum(1) + parts.own - scores[name])
            errors[name].append(np.divide(missed, size, out=missed.copy(), where=size > 0))
    return {
        "of": variant.text,
        "title": variant.label(dataset_of(DATASET)),
        "settings_from": variant.settings(DATASET)[1],
        "pairs": PAIRS,
        **{name: {"largest": np.max(found), "median": np.median(found)} for name, found in errors.items()},
    }


# The audit


def audited(variant: Variant, folder: Path, masks: bool, first: int = 0) -> dict[str, Any]:
    """The audit of people, row by row: of all methods without masks, or of those with masks for a few people."""
    model, cut = fitted(variant, folder), cut_of(DATASET)
    people = choose_people(model, PEOPLE)
    if masks:
        people = people[:MASKED][first : first + _AT_ONCE]
    chosen = masked(model) if masks else [one for one in methods_to_judge(model) if one not in masked(model)]
    found = audit_many(model, graph_of(model), cut, people, chosen, SEEDS)
    return {
        "of": variant.text,
        "title": variant.label(dataset_of(DATASET)),
        "settings_from": variant.settings(DATASET)[1],
        "rows": found.to_dict("records"),
    }


def masked(model: Recommender) -> list[str]:
    """The methods for a model that work with masks."""
    return [one.name for one in methods_of(model) if DIFFERENTIABLE in one.needs]


# True reasons


def reasons(address: str, masks: bool, first: int = 0) -> dict[str, Any]:
    """Whether top reasons are true, row by row."""
    cut = cut_of("demo")
    checkpoint = find_or_open(address)
    model = checkpoint.load(cut.dataset, cut)
    chosen = [one.name for one in methods_of(model) if (DIFFERENTIABLE in METHODS[one.name].needs) == masks]
    viewings = viewings_with_reason(cut, VIEWINGS)
    if masks:
        viewings = viewings[:MASKED_VIEWINGS][first : first + _VIEWINGS_AT_ONCE]
    found = true_reasons(model, graph_of(model), viewings, chosen)
    return {"of": address, "title": checkpoint.title, "rows": found.to_dict("records")}


# Models and data


def variants(text: str) -> list[Variant]:
    """Recommenders under chosen settings, from their names."""
    return parse_variants(text, DATASET)


def fitted(variant: Variant, folder: Path) -> Recommender:
    """A model with the settings chosen on validation; fitted once and kept."""
    path, cut = folder / "models" / variant.text.replace(".", "-"), cut_of(DATASET)
    if not path.exists():
        model = create(variant.recommender, variant.settings(DATASET)[0])
        save(fit(model, cut.dataset, cut, seed=0), path)
    return Checkpoint.open(path).load(cut.dataset, cut)


@cache
def dataset_of(name: str) -> Dataset:
    """A data set, opened once."""
    return open_dataset(name)


@cache
def cut_of(name: str) -> Split:
    """The split that everything here is measured on."""
    return split(dataset_of(name), SPLIT)


def graph_of(model: Recommender) -> Graph:
    """The graph a model was fitted on."""
    data = model.data
    return Graph.bipartite(data.n_users, data.n_items, data.user, data.item)


if __name__ == "__main__":
    main()
