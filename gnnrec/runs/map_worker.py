"""The process that lays a model's space out flat; started by `map_layout`, one per picture."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from gnnrec.evaluation.embedding_map import TSNE, picture
from gnnrec.evaluation.embedding_space import Space
from gnnrec.runs.launch import give_way

VECTORS, PLACES = "vectors.npy", "places.npy"


def main(folder: Path) -> None:
    """Read the vectors of a folder, write their places beside them, and print how far it is, in percent."""
    vectors = np.load(folder / VECTORS, allow_pickle=False)
    give_way()
    space = Space(vectors, np.arange(len(vectors)), len(vectors), 0)
    found = picture(space, TSNE, lambda done, of: print(done, of, flush=True))
    np.save(folder / PLACES, found.xy)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
