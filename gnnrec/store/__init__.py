"""The store: one SQLite file that remembers runs and later evaluations of checkpoints."""

from gnnrec.store.database import path
from gnnrec.store.evaluations import recall, remember
from gnnrec.store.runs import RunRow

__all__ = ["RunRow", "path", "recall", "remember"]
