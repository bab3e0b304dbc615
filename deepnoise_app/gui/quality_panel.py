"""The Quality panel: measures of all plates as small heat maps, and what they tell."""

from __future__ import annotations

from html import escape

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.analysis.correction import Correction
from deepnoise_app.analysis.sheet import SheetChoice
from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.gui.flag_list import FlagList
from deepnoise_app.gui.map_check_part import MapCheckPart
from deepnoise_app.gui.map_desk import MapDesk
from deepnoise_app.gui.narrow_combo import narrow_combo
from deepnoise_app.gui.panel_body import bring_forward, icon_button, line, scroll
from deepnoise_app.gui.quality_desk import QualityDesk
from deepnoise_app.gui.quality_words import (
    controls_table,
    effects_about,
    effects_table,
    variance_table,
)
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_strip import RunStrip, shown_run
from deepnoise_app.gui.small_multiples import SmallMultiples
from deepnoise_app.gui.variance_bar import VarianceBar
from deepnoise_app.gui.where_to_write import HEAT_MAPS, where_to_write
from deepnoise_app.gui.words import count
from deepnoise_app.runs.status import RunState
from deepnoise_app.screen import WellId
from deepnoise_app.session import PlateKey, RunView, Session
from deepnoise_app.untrusted import file_stem

NO_PLATE = "Open a plate first."
ABOUT = (
    "Shows all plates as small heat maps, what rows, columns and edges do to a measure, how well"
    " controls are told apart, and wells not to be trusted."
)
CORRECTIONS = {
    Correction.NONE: "none",
    Correction.PLATE_MEDIAN: "plate median",
    Correction.B_SCORE: "median polish (B score)",
    Correction.CONTROLS: "anchored at negative controls",
}


class QualityPanel(QWidget):
    """Reads the session, calls the quality desk; every number here was told elsewhere."""

    def __init__(
        self,
        session: Session,
        desk: RunDesk,
        quality: QualityDesk,
        maps: MapDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._quality = session, quality
        self._build(desk, maps)
        self._connect()
        for show in (self._show_button, self._show_sheet, self._show_told):
            show()

    def _build(self, desk: RunDesk, maps: MapDesk) -> None:
        self.button = icon_button("mdi6.ruler", "Measure", "Measure every well of all open plates")
        self.button.setMinimumHeight(32)
        self.whole = QCheckBox("with focus, texture and number of nuclei")
        self.whole.setAccessibleName("Measure focus, texture and number of nuclei as well")
        self.whole.setToolTip("Takes about four times as long; flags and effects tell more then")
        self.whole.setChecked(True)
        self.about = quiet_label("What measuring shows", ABOUT)
        self.run = RunStrip(self._session, desk, "measure")
        self.measure = narrow_combo("Measure", "What the plates are coloured by")
        self.correction = narrow_combo("Correction", "What is taken out of the measure")
        for correction, name in CORRECTIONS.items():
            self.correction.addItem(name, correction)
        self.refused = quiet_label("Why the correction is not applied")
        self.plates = SmallMultiples()
        self.scale = quiet_label("What the colours stand for")
        self.export = icon_button(
            "mdi6.content-save-outline", "Save…", "Save all heat maps as a picture or a table"
        )
        self.about_plate = QLabel()
        self.effects = quiet_label("Effects of the place on the plate in front")
        self.controls = quiet_label("How well controls are told apart")
        self.variance = VarianceBar()
        self.shares = quiet_label("Sources of variance")
        self.flagged = QLabel()
        self.flags = FlagList()
        self.check = MapCheckPart(self._session, desk, self._quality, maps)
        self.measured = self._measured_part()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setSpacing(8)
        for widget in (
            self.about, self.button, self.whole, self.run, self.measured, line(), self.check,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        scroll(self, body)

    def _measured_part(self) -> QWidget:
        part = QWidget()
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Measure", self.measure)
        form.addRow("Correction", self.correction)
        foot = QHBoxLayout()
        foot.addWidget(self.scale, 1)
        foot.addWidget(self.export)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self.refused)
        column.addWidget(self.plates)
        column.addLayout(foot)
        for widget in (
            line(), self.about_plate, self.effects, QLabel("<b>Controls</b>"), self.controls,
            QLabel("<b>Where the variance comes from</b>"), self.variance, self.shares,
            line(), self.flagged, self.flags,
        ):  # fmt: skip
            column.addWidget(widget)
        return part

    def _connect(self) -> None:
        events = self._session.events
        for fact, slot in (
            (events.screens, self._show_button),
            (events.runs, self._show_button),
            (events.sheet, self._show_sheet),
            (events.quality, self._show_told),
            (events.plate, self._show_told),
            (events.front, self._on_front),
        ):
            fact.connect(slot)
        self.button.clicked.connect(self._on_measure)
        self.measure.activated.connect(self._on_choice)
        self.correction.activated.connect(self._on_choice)
        self.export.clicked.connect(self._on_export)
        self.plates.chosen.connect(self._on_plate)
        self.plates.enlarged.connect(self._on_enlarge)
        self.flags.well_wanted.connect(self._on_well)

    # What is shown --------------------------------------------------------------------------

    @property
    def _going(self) -> RunView | None:
        view = shown_run(self._session, "measure")
        return view if view is not None and not view.status.is_over else None

    def _show_button(self) -> None:
        plates = len(self._session.plates)
        self.button.setText(f"Measure {count(plates, 'plate')}" if plates else "Measure")
        self.button.setAccessibleName(self.button.text())
        self.button.setToolTip("Measure every well of all open plates" if plates else NO_PLATE)
        for widget in (self.button, self.whole):
            widget.setEnabled(plates > 0 and self._going is None)
        view = shown_run(self._session, "measure")
        # What a finished one gave stands below; one that was stopped or failed says so.
        finished = view is None or view.status.state is RunState.FINISHED
        self.run.setVisible(not finished)

    def _show_sheet(self) -> None:
        sheet = self._session.sheet
        self.measured.setVisible(sheet is not None)
        self.about.setVisible(sheet is None)
        self.plates.show_sheet(sheet)
        if sheet is None:
            return
        with QSignalBlocker(self.measure):
            self.measure.clear()
            for column, title in sheet.offered.items():
                self.measure.addItem(title, column)
            self.measure.setCurrentIndex(self.measure.findData(sheet.choice.column))
        chosen = self._session.sheet_choice.correction
        with QSignalBlocker(self.correction):
            self.correction.setCurrentIndex(self.correction.findData(chosen))
        say(self.refused, f"Shown as measured: {sheet.refused}." if sheet.refused else "")
        low, high = (f"{end:#.3g}".rstrip(".") for end in sheet.shown)
        self.scale.setText(f"{low} to {high} {sheet.unit}".rstrip())

    def _show_told(self) -> None:
        plate, quality = self._session.plate, self._session.quality
        self.plates.show_current(plate.key if plate is not None else None)
        if quality is None or plate is None:
            for label in (self.effects, self.controls, self.shares):
                label.setText("Told once all plates are measured…")
            self.about_plate.setText("<b>Effects of the place</b>")
            self.variance.show_components(())
            say(self.flagged, "")
            self.flags.show_flags(())
            return
        self.about_plate.setText(f"<b>Effects of the place</b> on {escape(' '.join(plate.key))}")
        self.effects.setText(effects_table(quality.measure, plate.key))
        self.effects.setToolTip(effects_about(quality.measure, plate.key))
        self.controls.setText(controls_table(quality.measure, plate.key))
        self.variance.show_components(quality.measure.variance.components)
        self.shares.setText(variance_table(quality.measure))
        flags = len(quality.flags)
        flagged = f"<b>{count(flags, 'fault')}</b> in wells"
        say(self.flagged, flagged if flags else "<b>No well is flagged</b>")
        self.flags.show_flags(quality.flags)

    # What the user does ---------------------------------------------------------------------

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Offer also the models that were trained since the panel was last seen."""
        self.check.offer()
        super().showEvent(event)  # type: ignore[arg-type]

    def _on_front(self, panel: str) -> None:
        if panel == "Quality":
            bring_forward(self)

    def _on_measure(self) -> None:
        self._quality.measure(self.whole.isChecked())

    def _on_choice(self) -> None:
        correction = Correction(self.correction.currentData())
        self._quality.choose(SheetChoice(self.measure.currentData(), correction))

    def _on_plate(self, key: PlateKey) -> None:
        self._quality.show(key)

    def _on_enlarge(self, key: PlateKey) -> None:
        self._quality.show(key)
        self._quality.enlarge()

    def _on_well(self, key: PlateKey, well: WellId) -> None:
        self._quality.show(key, well)

    def _on_export(self) -> None:
        sheet = self._session.sheet
        if sheet is None:
            return
        proposed = f"{file_stem(sheet.choice.column)}.png"
        path = where_to_write(self, "Save the heat maps", proposed, HEAT_MAPS)
        if path is not None:
            self._quality.export(path)
