"""How long the window computes without answering: stalls of its thread, and repaints.

Prints milliseconds of computing; asserts none.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from qtpy.QtCore import QTimer

from deepnoise_app.screen import Channel, Plate, PlateMap, PlateShape, WellId
from deepnoise_app.session import Paint, Painting
from deepnoise_app.writers.rxrx import write_rxrx

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]


class Stalls:
    """How long the GUI thread computes between two turns of the event loop.

    It is computing that counts, and not what other processes of the machine take. What napari's
    canvas takes to draw itself, in software on a computer without a graphics card, is told apart.
    """

    def __init__(self, window) -> None:
        self._found: list[tuple[float, float]] = []
        self._drawn = 0.0
        self._native = window.host.canvas.canvas.native
        self._paint = self._native.paintGL
        self._native.paintGL = self._on_paint
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(0)

    def _on_paint(self) -> None:
        began = time.thread_time()
        self._paint()
        self._drawn += time.thread_time() - began

    def _beat(self) -> None:
        now = time.thread_time()
        self._found.append((now - self._last, self._drawn))
        self._last, self._drawn = now, 0.0

    def said(self) -> str:
        self._timer.stop()
        self._native.paintGL = self._paint
        whole, drawn = np.array(self._found).T * 1e3
        own = np.sort(whole - drawn)[::-1]
        return (
            f"longest stalls {own[0]:.0f}, {own[1]:.0f} and {own[2]:.0f} ms of computing,"
            f" 99 % under {np.quantile(own, 0.99):.1f} ms (aim 50 ms);"
            f" with napari's drawing of the canvas {whole.max():.0f} ms"
        )


def test_longest_stall_while_a_plate_is_measured_and_wells_are_visited(
    window, until, whole_plate, say
) -> None:
    session = window.parts.session
    window.open([whole_plate])
    until(lambda: session.picture is not None and bool(session.contrast))
    stalls = Stalls(window)
    window.parts.painter.paint(Painting(Paint.MEAN, 0))
    key = session.plate.key
    until(lambda: len(session.measures.get(key, ())) >= 200)
    say(f"GUI thread while measured: {stalls.said()}")


def test_longest_stall_while_a_training_draws_its_curves(window, until, tmp_path, say) -> None:
    from deepnoise_app.simulate import ScreenDesign, simulate_screen

    made = simulate_screen(
        ScreenDesign(experiments=3, unlabelled=0, plates=2, perturbations=32, size=64)
    )
    write_rxrx(made.screen, made.truth, tmp_path / "screen")
    session, parts = window.parts.session, window.parts
    window.open([tmp_path / "screen"])
    until(lambda: session.picture is not None and bool(session.contrast))
    window.work.setCurrentWidget(parts.train)
    rest = time.perf_counter() + 2
    until(lambda: time.perf_counter() > rest)
    stalls = Stalls(window)
    parts.train._training.choose("quick-look")
    parts.train.lights.setChecked(True)
    parts.train.button.click()
    until(lambda: any(v.task == "train" and v.status.is_over for v in session.runs), 300)
    until(lambda: session.predictions is not None)
    say(f"GUI thread while it trains, draws curves and lights wells up: {stalls.said()}")


def test_longest_stall_while_a_mosaic_is_read_and_looked_at(
    window, until, whole_plate, say
) -> None:
    session, parts = window.parts.session, window.parts
    window.open([whole_plate])
    until(lambda: session.picture is not None and bool(session.contrast))
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
    until(lambda: session.mosaic is not None)
    camera = window.host.viewer.scene.camera
    whole: list[float] = []
    for well in session.plate.wells[::40]:
        began = time.thread_time()
        desk.zoom_to(well)
        view._on_view()
        whole.append(time.thread_time() - began)
        rest = time.perf_counter() + 0.5
        until(lambda rest=rest: time.perf_counter() > rest)
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
