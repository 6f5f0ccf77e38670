"""Powers of degrees: whoever has no edges gets 0, never infinity."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.recommenders.parts.degrees import degree_power


@pytest.mark.parametrize(("exponent", "expected"), [(-0.5, [0, 1, 0.5]), (1.0, [0, 1, 4]), (0.0, [0, 1, 1])])
def test_powers_by_hand(exponent: float, expected: list[float]) -> None:
    np.testing.assert_allclose(degree_power(np.array([0, 1, 4]), exponent), expected)
