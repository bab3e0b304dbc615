"""What the benchmarks share: a clock, and real-sized images on disk."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

WELLS = 64


@pytest.fixture(scope="session")
def fastest() -> Callable[..., float]:
    """Measure the seconds of the fastest of several tries: the one that was disturbed least."""

    def measure(work: Callable[[], object], times: int = 5) -> float:
        found = []
        for _ in range(times):
            began = time.perf_counter()
            work()
            found.append(time.perf_counter() - began)
        return min(found)

    return measure


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line of results, whatever pytest captures."""

    def line(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return line


@pytest.fixture(scope="session")
def big_plate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a screen of one plate, 64 wells, 2 sites, 6 channels of 512 x 512 pixels.

    Eight sites are simulated; the other files are copies of theirs.
    """
    folder = tmp_path_factory.mktemp("big")
    design = ScreenDesign(
        experiments=1, unlabelled=0, plates=1, perturbations=3, sites=2, size=512, wells=96
    )
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, folder / "made")
    source = folder / "made" / "train" / "HUVEC-01" / "Plate1"
    target = folder / "screen" / "HUVEC-01" / "Plate1"
    target.mkdir(parents=True)
    there = sorted({path.name[:3] for path in source.iterdir()})
    for number in range(WELLS):
        row, column = divmod(number, 10)
        for path in source.glob(f"{there[number % len(there)]}_*.png"):
            well = f"{'BCDEFGH'[row]}{column + 2:02d}"
            shutil.copyfile(path, target / f"{well}{path.name[3:]}")
    return folder / "screen"
