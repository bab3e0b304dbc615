"""How fast the window is, beside bare napari and bare decoding of the same files.

All on a simulated plate of 384 wells x 2 sites x 6 channels of 512 pixels, written once. Prints
ratios; asserts none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from qtpy.QtCore import QTimer

from deepnoise_app.gui.mosaic_desk import LANES
from deepnoise_app.readers import open_screen
from deepnoise_app.screen import Channel, Plate, PlateMap, PlateShape, Screen, WellId
from deepnoise_app.session import Paint, Painting
from deepnoise_app.writers.rxrx import write_rxrx

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

SIDE, CHANNELS = 512, ("Nuclei", "ER", "Actin", "Nucleoli", "Mitochondria", "Golgi")
WELLS = tuple(WellId(row, column) for row in range(16) for column in range(24))
STARTS = {
    "bare napari": "from napari import Viewer; from qtpy.QtWidgets import QApplication;"
    "viewer = Viewer(); QApplication.processEvents()",
    "DeepNoise": "from deepnoise_app.gui.host import *; keep_napari_apart(); app = application();"
    "from deepnoise_app.gui.window import MainWindow;"
    "window = MainWindow(standalone()); window.show(); app.processEvents()",
}


class Grain:
    """Pixels that compress about as real ones do: a smooth field and camera noise."""

    present = np.ones((len(WELLS), 2, len(CHANNELS)), dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
        rng = np.random.default_rng((well, site, channel, level))
        coarse = np.kron(rng.gamma(2, 20, (16, 16)), np.ones((32, 32)))
        return np.clip(coarse + rng.normal(8, 3, (SIDE, SIDE)), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one whole plate, 4,608 files."""
    path = tmp_path_factory.mktemp("window") / "screen"
    channels = tuple(Channel(name) for name in CHANNELS)
    plate = Plate("HUVEC-01", "Plate1", PlateShape(16, 24), channels, (1, 2), WELLS, Grain())
    write_rxrx(Screen("made", "made", channels, (plate,)), {plate.key: PlateMap()}, path)
    return path


@pytest.fixture
def window(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    from deepnoise_app.gui.host import standalone
    from deepnoise_app.gui.window import MainWindow

    made = MainWindow(standalone(), runs=tmp_path / "runs")
    made.show()
    qapp.processEvents()
    yield made
    made.parts.session.runs = ()
    made.close()


def until(qapp, so: Callable[[], bool], seconds: float = 120) -> float:
    """Let the window work until something is so; returns the seconds that took."""
    began = time.perf_counter()
    while not so() and time.perf_counter() - began < seconds:
        qapp.processEvents()
        time.sleep(0.001)
    assert so()
    return time.perf_counter() - began


class Stalls:
    """How long the GUI thread computes between two turns of the event loop.

    It is computing that counts, and not what other processes of the machine take.
    """

    def __init__(self) -> None:
        self._found: list[float] = []
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(0)

    def _beat(self) -> None:
        now = time.thread_time()
        self._found.append((now - self._last) * 1e3)
        self._last = now

    def said(self) -> str:
        self._timer.stop()
        found = np.sort(self._found)[::-1]
        return (
            f"longest stall {found[0]:.0f} ms of computing, then {found[1]:.0f} and"
            f" {found[2]:.0f}, 99 % {np.quantile(found, 0.99):.1f} ms (aim 50 ms)"
        )


def seconds_to_start(code: str, home: Path) -> float:
    words = [sys.executable, "-c", f"{code}; import os; os._exit(0)"]
    environment = {**os.environ, "DEEPNOISE_HOME": str(home), "NAPARI_CONFIG": str(home / "n.yaml")}
    began = time.perf_counter()
    subprocess.run(words, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def test_start_of_the_window_beside_bare_napari(tmp_path, say) -> None:
    found = {
        name: min(seconds_to_start(code, tmp_path) for _ in range(4))
        for name, code in STARTS.items()
    }
    ours, bare = found["DeepNoise"], found["bare napari"]
    say(f"start of the window: {ours:.2f} s, bare napari {bare:.2f} s, ratio {ours / bare:.2f}")


def test_from_the_drop_to_the_first_picture(window, qapp, folder, say) -> None:
    session = window.parts.session
    rest = time.perf_counter() + 2  # a user does not drop a folder within the first two seconds
    until(qapp, lambda: time.perf_counter() > rest)
    window.open([folder])
    took = until(qapp, lambda: session.picture is not None)
    plate = session.plate
    began = time.perf_counter()
    [plate.read(plate.wells[0], site) for site in plate.sites]
    decoding = time.perf_counter() - began
    say(
        f"drop of a plate of 384 x 2 x 6 to the first picture: {took:.2f} s,"
        f" of which decoding {decoding:.2f} s"
    )


def test_next_well_beside_decoding_and_bare_napari(window, qapp, folder, say) -> None:
    session, workbench = window.parts.session, window.parts.workbench
    window.open([folder])
    until(qapp, lambda: session.picture is not None and bool(session.contrast))
    plate = session.plate

    def ours(well: WellId) -> float:
        workbench.choose([well])
        took = until(qapp, lambda: session.picture.places[0][0] == well)
        began = time.perf_counter()
        qapp.processEvents()
        return took + time.perf_counter() - began

    def bare(well: WellId) -> float:
        began = time.perf_counter()
        sites = [plate.read(well, site) for site in plate.sites]
        pixels = np.concatenate(sites, axis=2)
        for layer, plane in zip(window.host.viewer.layers, pixels, strict=False):
            layer.data = plane
        qapp.processEvents()
        return time.perf_counter() - began

    mine = np.array([ours(well) for well in plate.wells[1:41]])
    plain = np.array([bare(well) for well in plate.wells[41:81]])
    typical, slow = np.quantile(mine, (0.5, 0.95)) * 1e3
    reference = np.median(plain) * 1e3
    say(
        f"next well: median {typical:.0f} ms, 95 % {slow:.0f} ms;"
        f" bare decoding and refill {reference:.0f} ms, ratio {typical / reference:.2f}"
    )


def test_longest_stall_while_a_plate_is_measured_and_wells_are_visited(
    window, qapp, folder, say
) -> None:
    session = window.parts.session
    window.open([folder])
    until(qapp, lambda: session.picture is not None and bool(session.contrast))
    stalls = Stalls()
    window.parts.painter.paint(Painting(Paint.MEAN, 0))
    key = session.plate.key
    until(qapp, lambda: len(session.measures.get(key, ())) >= 200)
    say(f"GUI thread while measured: {stalls.said()}")


def test_longest_stall_while_a_training_draws_its_curves(window, qapp, tmp_path, say) -> None:
    from deepnoise_app.simulate import ScreenDesign, simulate_screen

    made = simulate_screen(
        ScreenDesign(experiments=3, unlabelled=0, plates=2, perturbations=32, size=64)
    )
    write_rxrx(made.screen, made.truth, tmp_path / "screen")
    session, parts = window.parts.session, window.parts
    window.open([tmp_path / "screen"])
    until(qapp, lambda: session.picture is not None and bool(session.contrast))
    window.work.setCurrentWidget(parts.train)
    rest = time.perf_counter() + 2
    until(qapp, lambda: time.perf_counter() > rest)
    stalls = Stalls()
    parts.train._training.choose("quick-look")
    parts.train.lights.setChecked(True)
    parts.train.button.click()
    until(qapp, lambda: any(v.task == "train" and v.status.is_over for v in session.runs), 300)
    until(qapp, lambda: session.predictions is not None)
    say(f"GUI thread while it trains, draws curves and lights wells up: {stalls.said()}")


def test_mosaic_beside_decoding_and_from_the_cache(window, qapp, folder, say) -> None:
    session, workbench = window.parts.session, window.parts.workbench
    window.open([folder])
    until(qapp, lambda: session.picture is not None and bool(session.contrast))
    plate = session.plate

    def whole() -> bool:
        return session.mosaic is not None and session.mosaic.is_complete

    def shown() -> float:
        began = time.perf_counter()
        workbench.show_whole_plate(True)
        until(qapp, whole, 600)
        return time.perf_counter() - began

    def decoding() -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(LANES) as pool:
            places = [(well, site) for well in plate.wells for site in plate.sites]
            list(pool.map(lambda place: plate.read(*place) is None, places))
        return time.perf_counter() - began

    bare = decoding()
    process = psutil.Process()
    before = process.memory_info().rss
    took = shown()
    grown = process.memory_info().rss - before
    bare = (bare + decoding()) / 2  # before and after: others may use the machine
    size = session.mosaic.pixels.nbytes
    workbench.show_whole_plate(False)
    session.mosaic = None
    again = shown()
    say(
        f"mosaic of 384 x 2 x 6 x 512: {took:.1f} s, bare decoding in as many threads {bare:.1f} s,"
        f" ratio {took / bare:.2f}; from the cache {again:.2f} s;"
        f" {size / 2**20:.0f} MiB of thumbnails, memory {grown / 2**20:+.0f} MiB"
    )


def test_longest_stall_while_a_mosaic_is_read_and_looked_at(window, qapp, folder, say) -> None:
    session, parts = window.parts.session, window.parts
    window.open([folder])
    until(qapp, lambda: session.picture is not None and bool(session.contrast))
    own: list[float] = []

    def timed(slot: Callable[..., object]) -> Callable[..., object]:
        def run(*args: object) -> object:
            began = time.thread_time()
            try:
                return slot(*args)
            finally:
                own.append(time.thread_time() - began)

        return run

    layers = [layer for layer in window.host.viewer.layers if layer.metadata.get("channel")]
    desk, view = parts.mosaic, parts.mosaic_view
    for name in ("look_at",):
        setattr(desk, name, timed(getattr(desk, name)))
    parts.workbench.show_whole_plate(True)
    until(qapp, lambda: session.mosaic is not None)
    camera = window.host.viewer.scene.camera
    whole: list[float] = []
    for well in session.plate.wells[::40]:
        began = time.thread_time()
        desk.zoom_to(well)
        view._on_view()
        whole.append(time.thread_time() - began)
        rest = time.perf_counter() + 0.5
        until(qapp, lambda rest=rest: time.perf_counter() > rest)
        camera.zoom *= 0.5
    fills: list[float] = []
    for _ in range(10):
        began = time.thread_time()
        for layer, plane in zip(layers, session.mosaic.pixels, strict=True):
            layer.data = plane
        fills.append(time.thread_time() - began)
    say(f"mosaic: choosing what to read finer {max(own) * 1e3:.1f} ms at most, going to a well"
        f" with labels and frame {max(whole) * 1e3:.0f} ms at most (layers of napari included);"
        f" bare refill of its layers {np.median(fills) * 1e3:.0f} ms")  # fmt: skip


def painted(widget, qapp, times: int = 30) -> np.ndarray:
    """Milliseconds of computing that each whole repaint of a widget takes."""
    took = []
    for _ in range(times):
        began = time.thread_time()
        widget.repaint()
        took.append((time.thread_time() - began) * 1e3)
    return np.array(took)


def test_repaint_of_a_grid_of_1536_wells(qapp, say) -> None:
    from deepnoise_app.gui.plate_grid import PlateGrid
    from deepnoise_app.screen import Content, PlateOverlay, Role

    wells = tuple(WellId(row, column) for row in range(32) for column in range(48))
    there = type("There", (), {"present": np.ones((len(wells), 1, 1), dtype=bool)})()
    roles = [Role.NEGATIVE if w.column == 0 else Role.TREATMENT for w in wells]
    contents = {w: Content(f"s{i}", roles[i]) for i, w in enumerate(wells)}
    shape, channels = PlateShape(32, 48), (Channel("DNA"),)
    plate = Plate("E1", "P1", shape, channels, (1,), wells, there, PlateMap(contents))
    grid = PlateGrid()
    grid.resize(380, 260)
    grid.set_plate(plate, [])
    values = {well: float(i) for i, well in enumerate(wells)}
    grid.set_overlay(PlateOverlay("Mean", values=values), (0.0, 1536.0))
    grid.show()
    qapp.processEvents()
    small = painted(grid, qapp)
    grid.set_passing(frozenset(wells[::3]))
    veiled = painted(grid, qapp)
    grid.resize(1100, 760)
    qapp.processEvents()
    large = painted(grid, qapp)
    say("repaint of 1,536 wells, median / most of 30 (aim 16 ms): "
        + "; ".join(f"{name} {np.median(one):.1f} / {one.max():.1f} ms" for name, one in
                    (("in the dock", small), ("filtered", veiled), ("large", large))))  # fmt: skip
    grid.close()


def test_repaint_of_small_multiples(qapp, say) -> None:
    from deepnoise_app.analysis.sheet import QualitySheet, SheetChoice
    from deepnoise_app.analysis.values import PlateValues
    from deepnoise_app.gui.small_multiples import SmallMultiples
    from deepnoise_app.screen import Role, Scale

    rows, columns = (x.ravel() for x in np.mgrid[:16, :24])
    rng = np.random.default_rng(0)
    plates = tuple(
        PlateValues("E1", f"P{i}", PlateShape(16, 24), rows, columns, rng.random(384),
                    (Role.TREATMENT,) * 384, ("",) * 384)
        for i in range(96)
    )  # fmt: skip
    sheet = QualitySheet(
        SheetChoice("x"), "x", "", plates, Scale.SEQUENTIAL, (0.0, 1.0), {"x": "x"}
    )
    maps = SmallMultiples()
    maps.show_sheet(sheet)
    maps.resize(350, maps.heightForWidth(350))
    maps.show()
    qapp.processEvents()
    began = time.thread_time()
    maps.show_sheet(sheet)
    maps.repaint()
    first = (time.thread_time() - began) * 1e3
    again = painted(maps, qapp)
    say(f"small heat maps of 96 plates of 384 wells, all at once: a new sheet {first:.0f} ms,"
        f" a repaint {np.median(again):.1f} ms")  # fmt: skip
    maps.close()


def test_memory_after_visiting_every_well(window, qapp, folder, say) -> None:
    session, workbench = window.parts.session, window.parts.workbench
    window.open([folder])
    until(qapp, lambda: session.picture is not None and bool(session.contrast))
    process = psutil.Process()

    def visit(wells: tuple[WellId, ...]) -> None:
        for well in wells:
            workbench.choose([well])
            until(qapp, lambda well=well: session.picture.places[0][0] == well)

    visit(session.plate.wells[:20])
    before = process.memory_info().rss
    visit(session.plate.wells)
    grown = process.memory_info().rss - before
    well = 2 * len(CHANNELS) * SIDE * SIDE
    say(f"memory after visiting 384 wells: {grown / 2**20:+.0f} MiB, one well is"
        f" {well / 2**20:.0f} MiB, all of them {384 * well / 2**20:.0f} MiB")  # fmt: skip


def test_the_plate_opened_is_whole(folder) -> None:
    assert len(open_screen(folder).imaged[0].wells) == 384
