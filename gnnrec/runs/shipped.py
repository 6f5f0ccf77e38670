"""The checkpoints that come with the project: `make models` builds them again from the demo data.

One of each family at least. Two seeds of LightGCN are shipped, because the difference between them is the noise
that before-and-after comparisons are read against.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gnnrec import places
from gnnrec.checkpoints import Checkpoint, save
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation import chosen_on
from gnnrec.recommenders import recommender_class
from gnnrec.training import fit

DATASET = "demo"
PROTOCOL = "random:seed=1"
# Whoever knows time is judged on what comes later.
BY_TIME = "global-time"


@dataclass(frozen=True)
class Shipped:
    """One shipped checkpoint: its folder is `demo-<recommender>[-variant]`; split as the others unless it needs time."""

    recommender: str
    label: str
    variant: str = ""
    seed: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    protocol: str = PROTOCOL

    @property
    def slug(self) -> str:
        """Name of the folder."""
        return f"{DATASET}-{self.recommender}" + (f"-{self.variant}" if self.variant else "")


SHIPPED = (
    Shipped("popularity", "Most popular"),
    Shipped("item_knn", "Item neighbours"),
    Shipped("ease", "EASE"),
    Shipped("lightgcn", "LightGCN"),
    Shipped("lightgcn", "LightGCN, second seed", "seed1", seed=1),
    Shipped(
        "lightgcn",
        "LightGCN without own vectors",
        "history",
        settings={"user_vectors": "none"},
    ),
    Shipped("gat", "Graph attention"),
    Shipped("xsimgcl", "XSimGCL"),
    Shipped("gcn_link", "GCN for links"),
    Shipped("mf", "Matrix factorisation"),
    Shipped("gf_cf", "Graph filter GF-CF"),
    Shipped("svdpp", "SVD++, predicted stars"),
    Shipped("gcn_rating", "GCN, predicted stars"),
    Shipped("hetero", "Typed graph", settings={"layer": "light", "embedding_size": 40}),
    Shipped("hybrid", "Hybrid with features", settings={"fusion": "mlp", "embedding_size": 40}),
    Shipped(
        "time_lightgcn",
        "LightGCN that forgets",
        settings={"user_vectors": "none"},
        protocol=BY_TIME,
    ),
    Shipped("recent_popularity", "Popular of late", protocol=BY_TIME),
    Shipped("social_lightgcn", "LightGCN with friends", settings={"embedding_size": 48}),
    Shipped("session_knn", "Session neighbours", protocol=BY_TIME),
    Shipped("sr_gnn", "SR-GNN, next click", settings={"embedding_size": 48}, protocol=BY_TIME),
    Shipped("kgcn", "Taste for facts", settings={"embedding_size": 48}),
    Shipped("oracle", "Oracle (true taste)"),
)


def build(one: Shipped, folder: Path) -> Checkpoint:
    """Fit one of them and save it under `folder`."""
    dataset = open_dataset(DATASET)
    made = fit(
        one.recommender,
        dataset,
        split(dataset, one.protocol),
        seed=one.seed,
        device="cpu",
        settings=one.settings or None,
    )
    return save(made, folder / one.slug, label=one.label)


def rebuild(folder: Path | None = None, only: tuple[str, ...] = ()) -> None:
    """Build the shipped checkpoints and put each in place of the old one once it is whole."""
    folder = folder or places.shipped_models()
    folder.mkdir(parents=True, exist_ok=True)
    for one in SHIPPED:
        if only and one.slug not in only:
            continue
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as fresh:
            made = build(one, Path(fresh))
            shutil.rmtree(folder / one.slug, ignore_errors=True)
            made.folder.rename(folder / one.slug)
        made = Checkpoint.open(folder / one.slug)
        judged = chosen_on(recommender_class(one.recommender).task)
        valid, test = (made.metrics[part][judged.metric] for part in ("valid", "test"))
        print(
            f"{one.slug:28} {judged.title} valid {valid:.4f}  test {test:.4f}  "
            f"best epoch {made.config['best_epoch']}"
        )


if __name__ == "__main__":
    rebuild(only=tuple(sys.argv[1:]))
