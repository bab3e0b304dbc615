"""One row per channel of the plate in front: its colour, whether it is shown, its contrast."""

from __future__ import annotations

from functools import partial

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from deepnoise_app.gui.channel_row import ChannelRow
from deepnoise_app.gui.levels import grey_range
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import PlateKey, Session


class ChannelList(QScrollArea):
    """Reads looks and contrast; the ends of a plate's sliders only ever move apart."""

    def __init__(
        self, session: Session, workbench: Workbench, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._looks = workbench.looks
        self._ends: dict[int, tuple[float, float]] = {}
        self._ends_of: PlateKey | None = None
        self.rows: list[ChannelRow] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its rows have the focus
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for fact, slot in (
            ("plate", self._on_plate),
            ("picture", self._on_contrast),
            ("looks", self._on_looks),
            ("contrast", self._on_contrast),
            ("as_model", self._on_contrast),
        ):
            getattr(session.events, fact).connect(slot)
        self._on_plate()

    def _on_plate(self) -> None:
        plate = self._session.plate
        names = [channel.name for channel in plate.channels] if plate is not None else []
        if names != [row.shown.text() for row in self.rows]:
            for row in self.rows:
                row.setParent(None)
                row.deleteLater()
            self.rows = [self._make_row(channel, name) for channel, name in enumerate(names)]
        self._on_looks()
        self._on_contrast()

    def _make_row(self, channel: int, name: str) -> ChannelRow:
        row = ChannelRow(name)
        row.colour_changed.connect(partial(self._looks.set_colour, channel))
        row.visible_changed.connect(partial(self._looks.set_visible, channel))
        row.contrast_changed.connect(partial(self._looks.set_contrast, channel))
        self._column.insertWidget(channel, row)
        return row

    def _on_looks(self) -> None:
        for row, look in zip(self.rows, self._session.looks, strict=False):
            row.set_look(look)

    def _on_contrast(self) -> None:
        plate, picture = self._session.plate, self._session.picture
        found = self._session.contrast.get(plate.key) if plate is not None else None
        for row in self.rows:
            for part in (row.slider, row.black, row.white):
                part.setEnabled(found is not None and not self._session.as_model)
        if plate is None or picture is None or found is None:
            return
        if plate.key != self._ends_of:
            self._ends, self._ends_of = {}, plate.key
        for channel, (row, (black, white)) in enumerate(zip(self.rows, found, strict=False)):
            low, high = grey_range(picture.pixels.dtype, float(white), float(black))
            before = self._ends.get(channel, (low, high))
            self._ends[channel] = min(low, before[0]), max(high, before[1])
            row.set_contrast(float(black), float(white), self._ends[channel])
