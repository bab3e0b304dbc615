"""What comes back at the next start: the plates that were open, how they looked, the settings.

Plate maps and libraries that a scoring was given belong to its plates, and do not come back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field, ValidationError
from qtpy.QtCore import QObject, QTimer

from deepnoise_app.gui.parts import Parts
from deepnoise_app.runs.recipe import Scoring
from deepnoise_app.session import MEASURED, Look, Paint, Painting, PlateKey, Session

Colour = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]


class Kept(BaseModel):
    """What the window was like; a file of another version, or a broken one, tells nothing.

    `screens` are folders with the pattern of their names, if they were opened by one; `looks`
    colour and visibility per channel, `contrast` black and white, both of the plate in front;
    `colour_range` is there only if it was locked.
    """

    scoring: Scoring | None = None
    tab: str = ""
    contrast_locked: bool = False
    screens: list[tuple[str, str | None]] = []
    plate: PlateKey | None = None
    well: str = ""
    looks: list[tuple[Colour, bool]] = []
    contrast: list[tuple[float, float]] = []
    painting: Paint = Paint.LAYOUT
    channel: int = Field(0, ge=0)
    colour_range: tuple[float, float] | None = None

    @classmethod
    def read(cls, text: str) -> Kept:
        """Return what a text tells; nothing where it cannot be understood."""
        try:
            return cls.model_validate_json(text or "{}")
        except ValidationError:
            return cls()

    @classmethod
    def of(cls, session: Session, tab: str) -> Kept:
        """Return what is so now, with the tab that is in front."""
        plate, painting = session.plate, session.painting
        limits = session.contrast.get(plate.key) if plate is not None else None
        return cls(
            scoring=session.scoring.model_copy(update={"plate_map": None, "library": None}),
            tab=tab,
            contrast_locked=session.contrast_locked,
            screens=[(one.path, session.reader_for([one.path])) for one in session.screens],
            plate=plate.key if plate is not None else None,
            well=session.well.name if session.well is not None else "",
            looks=[(look.colour, look.visible) for look in session.looks],
            contrast=[] if limits is None else np.asarray(limits, float).tolist(),
            painting=painting.paint if painting.paint in MEASURED else Paint.LAYOUT,
            channel=painting.channel,
            colour_range=session.colour_range if session.range_locked else None,
        )


class ComeBack(QObject):
    """Brings back what was kept: the settings at once, the plates when it is asked to."""

    def __init__(self, parts: Parts, kept: Kept, parent: QObject) -> None:
        super().__init__(parent)
        self._parts, self._session, self._kept = parts, parts.session, kept
        self._scoring_waits = kept.scoring is not None
        self._plates_wait = True
        self._settled = QTimer(self, singleShot=True, interval=0)
        self._settled.timeout.connect(self._show)
        self._session.contrast_locked = kept.contrast_locked
        # The model that is always there first: the window must have one if that one is gone.
        self._session.events.card.connect(self._on_first_card)

    def now(self, tab: str) -> Kept:
        """Return what is to be kept; what has not come back yet comes back another time."""
        now, before = Kept.of(self._session, tab), self._kept
        if self._scoring_waits:
            now = now.model_copy(update={"scoring": before.scoring})
        if self._plates_wait and not now.screens:
            plates = {"screens", "plate", "well", "looks", "contrast", "painting", "channel"}
            now = now.model_copy(update={name: getattr(before, name) for name in plates})
        return now

    def open_plates(self) -> None:
        """Open what was open, in the background."""
        kept, session = self._kept, self._session
        if kept.plate is not None and kept.contrast:
            session.contrast = {kept.plate: np.asarray(kept.contrast)}
        session.events.can_stop.connect(self._on_can_stop)
        for path, reader in kept.screens:
            self._parts.opener.reopen(Path(path), reader)

    def _on_first_card(self) -> None:
        self._session.events.card.disconnect(self._on_first_card)
        QTimer.singleShot(0, self._use_kept)

    def _use_kept(self) -> None:
        scoring, self._scoring_waits = self._kept.scoring, False
        if scoring is not None and scoring != self._session.scoring:
            self._parts.desk.use(scoring)

    def _on_can_stop(self, reading: bool) -> None:
        """All folders are read, or given up: show what was in front as soon as they are open."""
        if not reading:
            self._session.events.can_stop.disconnect(self._on_can_stop)
            self._plates_wait = False
            self._settled.start()

    def _show(self) -> None:
        kept, session, workbench = self._kept, self._session, self._parts.workbench
        plate = next((one for one in session.plates if one.key == kept.plate), None)
        if plate is None:
            session.contrast = {k: v for k, v in session.contrast.items() if k != kept.plate}
            return
        workbench.show_plate(plate.key)
        wells = [well for well in plate.wells if well.name == kept.well]
        if wells and session.wells != tuple(wells):
            workbench.choose(wells)
        if len(kept.looks) == len(plate.channels):
            session.looks = tuple(Look(*look) for look in kept.looks)
        if kept.painting in MEASURED and kept.channel < len(plate.channels):
            self._parts.painter.paint(Painting(kept.painting, kept.channel))
            if kept.colour_range is not None:
                self._parts.painter.set_range(*kept.colour_range)
                self._parts.painter.lock_range(True)
