"""The verbs of the mosaic: show the whole plate, go near a well, look closely."""

from __future__ import annotations

import os
import time
from functools import partial

from qtpy.QtCore import QObject, QTimer

from deepnoise_app.gui.background import THREADS, Background
from deepnoise_app.gui.detail import Painted, Tiles, Window, read_detail
from deepnoise_app.gui.layers import share_of_light
from deepnoise_app.gui.scene import scene_of
from deepnoise_app.gui.view_watch import View
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.measuring.thumbnails import Filling, kept
from deepnoise_app.screen import Mosaic, Plate, WellId
from deepnoise_app.session import Detail, Session

POLL_MS = 1000
# What is read is shown again and again; reading has so many times as long in between. Drawing comes
# after the telling, and takes several times as long where there is no graphics card.
REST = 60
# Threads are left for pictures of wells.
LANES = max(1, min(THREADS - 2, os.cpu_count() or 1))


class MosaicDesk(QObject):
    """Has the mosaic of the plate in front read, and the part that is looked at read finer.

    A mosaic is begun when it is first wanted and given up when another plate comes to the front
    or the mosaic is left.
    """

    def __init__(self, session: Session, background: Background, workbench: Workbench) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._workbench = workbench
        self._filling: Filling | None = None
        self._lanes = 0
        self._tiles = Tiles()
        self._looked = 0
        self._view: View | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._tell)
        for fact in ("plate", "whole_plate"):
            getattr(session.events, fact).connect(self._on_wanted)
        session.events.screens.connect(self._on_screens)
        for fact in ("looks", "contrast", "as_model", "sights"):
            getattr(session.events, fact).connect(self._look_again)

    def zoom_to(self, well: WellId) -> None:
        """Show the mosaic with a well in the middle."""
        self._workbench.choose([well])
        self._workbench.show_whole_plate(True)
        self._session.zoom_to(well)

    def look_at(self, view: View) -> None:
        """Lay finer pixels over what is seen; `view` is in pixels of the files."""
        self._view = view
        self._look_again()

    def close(self) -> None:
        """Stop reading."""
        self._stop()

    # The whole plate ------------------------------------------------------------------------

    def _on_wanted(self) -> None:
        plate, mosaic = self._session.plate, self._session.mosaic
        if plate is None or mosaic is None or mosaic.plate != plate.key:
            mosaic = None
        whole = self._session.whole_plate
        if mosaic is not None and mosaic.is_complete:
            return
        if whole and mosaic is not None and self._filling is not None:
            return
        self._stop()
        self._session.mosaic = self._session.detail = None
        if plate is not None and whole:
            self._begin(plate)

    def _begin(self, plate: Plate) -> None:
        def begun(made: Mosaic | Filling) -> None:
            if isinstance(made, Filling):
                self._fill(made)
            else:
                self._session.mosaic = made

        self._background.ask(
            "mosaic",
            lambda: kept(plate) or Filling(plate),
            begun,
            self._workbench.complain_of_plate,
        )

    def _fill(self, filling: Filling) -> None:
        self._filling, self._lanes = filling, LANES
        failed = self._workbench.complain_of_plate
        for lane in range(LANES):  # they read while the canvas is made ready
            self._background.ask(f"mosaic {lane}", filling.work, self._lane_ended, failed)
        self._session.mosaic = filling.mosaic
        self._timer.start(POLL_MS)

    def _lane_ended(self, _: None) -> None:
        self._lanes -= 1
        if self._lanes == 0 and self._filling is not None:
            self._tell()
            self._timer.stop()
            keep, failed = self._filling.keep, self._workbench.complain_of_plate
            self._background.ask("mosaic to keep", keep, lambda _: None, failed)
            self._filling = None

    def _tell(self) -> None:
        """Show what is read so far: the more seldom, the longer that takes with its painting."""
        if self._filling is not None:
            began = time.perf_counter()
            self._session.mosaic = self._filling.mosaic
            QTimer.singleShot(0, partial(self._rest_after, began))

    def _rest_after(self, began: float) -> None:
        took_ms = (time.perf_counter() - began) * 1e3
        self._timer.setInterval(max(POLL_MS, round(REST * took_ms)))

    def _stop(self) -> None:
        self._timer.stop()
        self._background.forget("mosaic")
        for lane in range(LANES):
            self._background.forget(f"mosaic {lane}")
        if self._filling is not None:
            self._filling.stop()
            self._filling = None

    def _on_screens(self) -> None:
        """Tiles go by the names of plates: another screen may use them too."""
        self._tiles = Tiles()

    # Finer ----------------------------------------------------------------------------------

    def _look_again(self) -> None:
        plate, mosaic, view = self._session.plate, self._session.mosaic, self._view
        self._looked += 1
        window = None
        if self._session.whole_plate and plate is not None and mosaic is not None and view:
            window = Window.of(mosaic.layout, view.scaled(2**mosaic.layout.level))
        scene = scene_of(self._session)
        if window is None or plate is None or mosaic is None or scene is None:
            self._background.forget("detail")
            self._session.detail = None
            return
        limits = scene.limits if scene.limits is not None else self._session.contrast.get(plate.key)
        if limits is None or not scene.is_mosaic:
            return
        looks, number = self._session.looks, self._looked
        paint = Painted(looks, limits, share_of_light(sum(look.visible for look in looks)))
        tiles = self._tiles

        def read() -> Detail | None:
            return read_detail(plate, mosaic, window, paint, tiles, lambda: self._looked == number)

        self._background.ask("detail", read, self._show, self._workbench.complain_of_plate)

    def _show(self, detail: Detail | None) -> None:
        if detail is not None:
            self._session.detail = detail
