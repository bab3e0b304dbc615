"""What the benchmarks share: a clock, and real-sized images on disk."""

from __future__ import annotations

import gc
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from qtpy.QtCore import QEventLoop, QTimer

from deepnoise_app.screen import Channel, Plate, PlateMap, PlateShape, Screen, WellId
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

WELLS = 64
# How often it is looked whether the window is ready: its event loop runs as it does for a user.
LOOK_MS = 5
SIDE, CHANNELS = 512, ("Nuclei", "ER", "Actin", "Nucleoli", "Mitochondria", "Golgi")
WHOLE = tuple(WellId(row, column) for row in range(16) for column in range(24))


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


class Grain:
    """Pixels that compress about as real ones do: a smooth field and camera noise."""

    present = np.ones((len(WHOLE), 2, len(CHANNELS)), dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
        rng = np.random.default_rng((well, site, channel, level))
        coarse = np.kron(rng.gamma(2, 20, (16, 16)), np.ones((32, 32)))
        return np.clip(coarse + rng.normal(8, 3, (SIDE, SIDE)), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def whole_plate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one whole plate: 384 wells x 2 sites x 6 channels, 4,608 files."""
    path = tmp_path_factory.mktemp("window") / "screen"
    channels = tuple(Channel(name) for name in CHANNELS)
    plate = Plate("HUVEC-01", "Plate1", PlateShape(16, 24), channels, (1, 2), WHOLE, Grain())
    write_rxrx(Screen("made", "made", channels, (plate,)), {plate.key: PlateMap()}, path)
    return path


@pytest.fixture
def until(qapp) -> Callable[..., float]:
    """Let the window work until something is so; returns the seconds that took."""

    def wait(so: Callable[[], bool], seconds: float = 120) -> float:
        began = time.perf_counter()
        loop, timer = QEventLoop(), QTimer(interval=LOOK_MS)

        def look() -> None:
            if so() or time.perf_counter() - began > seconds:
                loop.quit()

        timer.timeout.connect(look)
        timer.start()
        if not so():
            loop.exec()
        timer.stop()
        assert so()
        return time.perf_counter() - began

    return wait


@pytest.fixture
def window(qapp, until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Return the standalone window once it has loaded what it loads soon, as `start` does it."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    from deepnoise_app.gui.host import standalone
    from deepnoise_app.gui.window import MainWindow

    made = MainWindow(standalone(), runs=tmp_path / "runs")
    loaded: list[bool] = []
    made.parts.preload.loaded.connect(lambda: loaded.append(True))
    made.show()
    until(lambda: bool(loaded))
    gc.freeze()
    yield made
    gc.unfreeze()
    made.parts.session.runs = ()
    made.close()
