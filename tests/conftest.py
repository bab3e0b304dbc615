"""What all tests share: predictions, no time limits in hypothesis, drawings without a screen."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

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


# Runs at the start of every process of the test, workers included.
GUARD = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
                 "socket.bind", "urllib.Request"):
        target = arguments[1] if len(arguments) > 1 else arguments[0]
        if isinstance(target, (str, bytes)) and event in ("socket.connect", "socket.bind"):
            return  # a socket of this computer's own, named by a file
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {arguments[1:]}\\n")
        raise OSError(f"the network was asked: {event}")

sys.addaudithook(refuse)
"""


@dataclass(frozen=True)
class Offline:
    """An empty folder, and the environment of processes that have no network."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def log(self) -> Path:
        """What asked the network; there is no such file unless something did."""
        return Path(self.environment["NETWORK_LOG"])

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, in the folder."""
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip


@pytest.fixture
def offline(tmp_path: Path) -> Offline:
    """Return where every Python process, workers included, notes and refuses to ask the network."""
    guard = tmp_path / "guard"
    (guard / "python").mkdir(parents=True)
    (guard / "python" / "sitecustomize.py").write_text(GUARD)
    folder = tmp_path / "work"
    folder.mkdir()
    known = {
        "PYTHONPATH": str(guard / "python"),
        "NETWORK_LOG": str(guard / "network.log"),
        "DEEPNOISE_HOME": str(guard / "home"),
        "OMP_NUM_THREADS": "1",
    }
    return Offline(folder, {**os.environ, **known})
