"""A small simulated screen on disk, predictions, a window of our own, and patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

# Before OpenGL: Mesa's and triton's LLVM crash in one process when triton's comes second. The
# window itself never meets torch, but other tests of the same process do.
import timm  # noqa: F401

from deepnoise_app.gui.host import keep_napari_apart, standalone
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.screen import COLUMNS, Predictions, WellId
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

DESIGN = ScreenDesign(experiments=2, unlabelled=0, plates=2, perturbations=32, sites=2, size=64)
WELLS = [WellId(row, column).name for row in range(16) for column in range(24)]
NAMES = np.array([f"sirna_{number}" for number in range(1139)])


@pytest.fixture(scope="session")
def plates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two experiments of two plates, in the layout of RxRx1."""
    path = tmp_path_factory.mktemp("plates") / "screen"
    made = simulate_screen(DESIGN)
    write_rxrx(made.screen, made.truth, path)
    return path


@pytest.fixture
def window(qapp, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Show the standalone window, with settings and runs of its own."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    keep_napari_apart(tmp_path)
    from deepnoise_app.gui.window import MainWindow

    made = MainWindow(standalone(), Preferences(tmp_path / "window.ini"), tmp_path / "runs")
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.parts.session.runs = ()  # nothing asks before it closes
    made.close()


@pytest.fixture
def wait(qtbot) -> Callable[[Callable[[], bool]], None]:
    """Let the window work until something is so; at most a minute."""
    return lambda so: qtbot.waitUntil(so, timeout=60_000)


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
