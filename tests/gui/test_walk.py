"""Where the arrow keys lead on a plate and on a plot."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.gui.walk import nearest

# A cross round the first point, and one point further to the right.
CROSS = np.array([(0, 0), (2, 0.5), (-1, 0), (0, 3), (0.2, -1), (5, 0)])


@pytest.mark.parametrize(("across", "up", "to"), [(1, 0, 1), (-1, 0, 2), (0, 1, 3), (0, -1, 4)])
def test_an_arrow_leads_to_the_nearest_point_on_its_side(across: int, up: int, to: int) -> None:
    assert nearest(CROSS, 0, across, up) == to


def test_beyond_the_last_point_an_arrow_leads_nowhere() -> None:
    assert nearest(CROSS, 5, 1, 0) is None
    assert nearest(np.zeros((3, 2)), 0, 1, 0) is None
