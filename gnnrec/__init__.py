"""gnnrec: look at what a graph neural network recommends to one person, why, and where it fails."""

from __future__ import annotations

__version__ = "0.1.0"
