"""Powers of degrees, which normalise graphs."""

from __future__ import annotations

import numpy as np


def degree_power(degrees: np.ndarray, exponent: float) -> np.ndarray:
    """degree^exponent, and 0 where there is no edge to normalise. **Shapes**: [n] → [n] float32."""
    degrees = np.asarray(degrees, dtype=np.float64)
    return np.where(degrees > 0, np.maximum(degrees, 1) ** exponent, 0).astype(np.float32)
