"""What the canvas shows: the chosen wells or the whole plate, as stored or as a model sees it."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import QCheckBox, QComboBox, QProgressBar, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.gui.panel_body import show_progress
from deepnoise_app.gui.scale_bar import scale_text
from deepnoise_app.gui.words import count, left_out_text
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Session

WELLS, PLATE = "Chosen wells", "Whole plate"


class ViewChoice(QWidget):
    """Reads the session, calls the workbench; who has a form puts `shown` in it."""

    def __init__(
        self, session: Session, workbench: Workbench, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._workbench = workbench
        self.shown = QComboBox()
        self.shown.addItems([WELLS, PLATE])
        self.shown.setAccessibleName("Shown on the canvas")
        self.shown.setToolTip("Show the chosen wells, or all wells of the plate at once")
        self.as_model = QCheckBox("As the model sees it")
        self.as_model.setAccessibleName("As the model sees it")
        self.as_model.setToolTip(
            "Show pixels in deviations from the plate's mean, resized to the input of the model"
            " that is chosen in Score"
        )
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Wells read")
        self.progress.setToolTip("How many wells of the plate are read")
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.told = quiet_label("About what is shown")
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.progress)
        layout.addWidget(self.as_model)
        layout.addWidget(self.told)

    def _connect(self) -> None:
        for fact in ("plate", "whole_plate", "mosaic", "as_model", "sights", "picture"):
            getattr(self._session.events, fact).connect(self._show)
        self.shown.activated.connect(self._on_shown)
        self.as_model.toggled.connect(self._workbench.see_as_model)

    def _show(self) -> None:
        plate = self._session.plate
        for widget in (self.shown, self.as_model):
            widget.setEnabled(plate is not None)
        self.shown.setCurrentIndex(int(self._session.whole_plate))
        with QSignalBlocker(self.as_model):
            self.as_model.setChecked(self._session.as_model)
        mosaic = self._session.mosaic if self._session.whole_plate else None
        filling = mosaic is not None and not mosaic.is_complete
        self.progress.setVisible(filling)
        if mosaic is not None:
            show_progress(self.progress, mosaic.done, mosaic.total)
        lines = [self._reading(), self._left_out(), self._seen(), scale_text(plate)]
        say(self.told, "<br>".join(line for line in lines if line))

    def _reading(self) -> str:
        mosaic = self._session.mosaic
        if not self._session.whole_plate or mosaic is None:
            return ""
        if not mosaic.is_complete:
            return f"Reading the plate: {mosaic.done:,} of {count(mosaic.total, 'well')}"
        if mosaic.faults:
            return f"{count(len(mosaic.faults), 'image')} could not be read: {mosaic.faults[0]}"
        return ""

    def _left_out(self) -> str:
        picture = self._session.picture
        if self._session.whole_plate or picture is None or not picture.left_out:
            return ""
        return left_out_text(len(picture.places), picture.left_out)

    def _seen(self) -> str:
        plate = self._session.plate
        if plate is None or not self._session.as_model:
            return ""
        sight = self._session.sights.get(plate.key)
        if sight is None:
            return "Taking mean and deviation of the plate…"
        side = f"resized to {sight.size} pixels" if sight.size else "at full size: no model chosen"
        taken = f"mean and deviation of {sight.wells:,} of {count(len(plate.wells), 'well')}"
        return f"Deviations from the plate's mean ({taken}), {side}"

    def _on_shown(self, index: int) -> None:
        self._workbench.show_whole_plate(index == 1)
