"""The synthetic film club: a made-up data set with a known truth, and the code that makes it.

`python -m gnnrec.datasets.film_club` writes the files again. Everything in them is invented: members,
films, directors and cities. docs/demo-data.md says how a viewing comes about and what is planted.
"""

from __future__ import annotations

from pathlib import Path

FILES = Path(__file__).parent / "files"
TRUTH = FILES / "truth"
