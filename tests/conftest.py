"""What all tests share: predictions, no time limits in hypothesis, drawings without a screen."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from deepnoise_app.screen import COLUMNS, Predictions, WellId

# Two cores shared by several workers: a slow example is no failure (`timeout` guards each test).
settings.register_profile("shared-cores", deadline=None)
settings.load_profile("shared-cores")

os.environ.setdefault("MPLBACKEND", "Agg")

WELLS = [WellId(row, column).name for row in range(16) for column in range(24)]
NAMES = np.array([f"sirna_{number}" for number in range(1139)])


def make_predictions(plates: int, wells: int = 384, right: float = 0.8) -> Predictions:
    """Plates of experiments E01, E02 ... in pairs; well 1 of each is a control."""
    rng = np.random.default_rng(7)
    rows = plates * wells
    expected = rng.choice(NAMES, rows)
    named = np.where(rng.random(rows) < right, expected, rng.choice(NAMES, rows))
    is_control = np.tile(np.arange(wells) == 1, plates)
    columns: dict[str, object] = {
        "Metadata_Experiment": np.repeat([f"E{i // 2 + 1:02d}" for i in range(plates)], wells),
        "Metadata_Plate": np.repeat([f"Plate{i % 2 + 1}" for i in range(plates)], wells),
        "Metadata_Well": WELLS[:wells] * plates,
        "Metadata_Role": np.where(is_control, "positive_control", "treatment"),
        "Metadata_Perturbation": expected,
        "Prediction_Free": named,
        "Prediction_OnePerWell": np.where(is_control, "", named),
        "Prediction_PlatePrior": "",
        "Confidence": rng.random(rows),
        "Margin": rng.random(rows) / 2,
        **{f"Top{rank}": rng.choice(NAMES, rows) for rank in range(2, 6)},
        "Sites": 2,
        "Flags": np.where(is_control, "site-missing;unlike-training", ""),
        "Model": "demo",
        "Correction": "none",
    }
    return Predictions(pd.DataFrame(columns, columns=list(COLUMNS)))


@pytest.fixture(scope="session")
def predicted() -> Callable[..., Predictions]:
    """Make predictions of so many plates."""
    return make_predictions
