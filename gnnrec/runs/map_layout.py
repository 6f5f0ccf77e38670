"""Laying a model's space out in a process of its own: it keeps pages quick, can be stopped, and can fail alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from gnnrec.errors import RunError
from gnnrec.evaluation.embedding_map import TSNE, Picture, Tell
from gnnrec.evaluation.embedding_space import Space
from gnnrec.runs.launch import environment
from gnnrec.runs.map_worker import PLACES, VECTORS

_LAST_WORDS = 300


def lay_out(space: Space, tell: Tell) -> Picture:
    """The t-SNE picture of a space.

    Args:
        space: At least four points.
        tell: Is told how many steps are done of how many; what it raises ends the process.

    Raises:
        RunError: The process ended without a picture.
    """
    with tempfile.TemporaryDirectory(prefix="gnnrec-map-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        np.save(folder / VECTORS, space.vectors)
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "gnnrec.runs.map_worker", name],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=name,
                env=environment(1),
            )
            try:
                for line in process.stdout:
                    done, of = map(int, line.split())
                    tell(done, of)
                process.wait()
            finally:
                process.kill()
                process.wait()
                process.stdout.close()
        if process.returncode or not (folder / PLACES).is_file():
            said = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip()
            raise RunError(
                where="Laying out the map",
                found=f"the process ended with {process.returncode}: {said[-_LAST_WORDS:] or 'no message'}",
                expected="a place for every point",
                todo="Look at the PCA picture instead, or try again with more free memory.",
            )
        return Picture(TSNE, np.load(folder / PLACES, allow_pickle=False))
