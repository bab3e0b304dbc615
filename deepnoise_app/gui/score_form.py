"""The form of a scoring: model, candidates, tables, views."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFileDialog, QFormLayout, QWidget

from deepnoise_app.gui.file_choice import FileChoice
from deepnoise_app.gui.narrow_combo import narrow_combo
from deepnoise_app.gui.plain import plain
from deepnoise_app.runs.recipe import Scoring
from deepnoise_app.runs.snapshots import model_title

OTHER = "Other folder…"
CANDIDATES = {
    "all": "all perturbations of the model",
    "library": "those of one library plate",
    "plate-map": "those of the plate map",
}
# (adapt, anchor): what is done against the noise of each plate before its wells are named.
CORRECTIONS = {
    (False, False): "none beyond the plate's mean",
    (True, False): "adapt to each plate (AdaBN)",
    (False, True): "anchor at negative controls",
    (True, True): "anchor, then adapt",
}
NAMING = {
    False: "the network",
    True: "discriminants, plate by plate",
}
VIEWS = (1, 2, 4, 8)


class ScoreForm(QWidget):
    """Edits one `Scoring`; models are offered by name."""

    value_changed = Signal(object)

    def __init__(self, value: Scoring, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = value
        self.model = narrow_combo("Model", "Which model names the wells")
        self.model.activated.connect(self._on_model)
        self.candidates = narrow_combo("Candidates", "Perturbations that a well may be given")
        for key, text in CANDIDATES.items():
            self.candidates.addItem(text, key)
        self.views = narrow_combo(
            "Views",
            "Flips and turns of each site that are averaged: more take longer, and are steadier",
        )
        for views in VIEWS:
            self.views.addItem(_views(views), views)
        self.correction = narrow_combo(
            "Correction", "What is done against the noise of each plate; the tables name it"
        )
        for text in CORRECTIONS.values():
            self.correction.addItem(text)
        self.naming = narrow_combo(
            "Named by",
            "The network names wells as it learned to; linear discriminants name them by its"
            " features, from which each plate's own mean and deviation were taken",
        )
        for wish, text in NAMING.items():
            self.naming.addItem(text, wish)
        for combo in (self.candidates, self.views, self.correction, self.naming):
            combo.activated.connect(self._edited)
        self.plate_map = FileChoice(
            "Plate map",
            "as the plates say",
            "CSV, Excel or Parquet: what each well got, as a list or a drawn plate",
        )
        self.library = FileChoice(
            "Library", "as the model knows it", "CSV with library_plate, perturbation, copies"
        )
        for choice in (self.plate_map, self.library):
            choice.value_changed.connect(self._edited)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.addRow("Candidates", self.candidates)
        layout.addRow("Plate map", self.plate_map)
        layout.addRow("Library", self.library)
        layout.addRow("Correction", self.correction)
        layout.addRow("Named by", self.naming)
        layout.addRow("Views", self.views)
        self.set_value(value)

    def value(self) -> Scoring:
        """Return the settings as they are edited now."""
        return self._value

    def set_value(self, value: Scoring) -> None:
        """Show other settings; nothing is told."""
        self._value = value
        self._show_model()
        with QSignalBlocker(self.candidates), QSignalBlocker(self.views):
            self.candidates.setCurrentIndex(self.candidates.findData(value.candidates))
            if self.views.findData(value.views) < 0:
                self.views.addItem(_views(value.views), value.views)
            self.views.setCurrentIndex(self.views.findData(value.views))
        with QSignalBlocker(self.correction):
            self.correction.setCurrentIndex(list(CORRECTIONS).index((value.adapt, value.anchor)))
        with QSignalBlocker(self.naming):
            self.naming.setCurrentIndex(self.naming.findData(value.discriminate))
        self.plate_map.set_value(value.plate_map)
        self.library.set_value(value.library)

    def offer(self, models: dict[str, str]) -> None:
        """Offer models: names for people, and what a recipe calls them."""
        with QSignalBlocker(self.model):
            self.model.clear()
            for text, name in models.items():
                self.model.addItem(text, name)
            self.model.addItem(OTHER)
        self._show_model()

    def _show_model(self) -> None:
        name = self._value.model or ""
        with QSignalBlocker(self.model):
            if name and self.model.findData(name) < 0:
                self.model.insertItem(max(self.model.count() - 1, 0), model_title(name), name)
            self.model.setCurrentIndex(self.model.findData(name))
        self.model.setToolTip(plain(f"Which model names the wells: {name}"))

    def _on_model(self, index: int) -> None:
        name = self.model.itemData(index) or QFileDialog.getExistingDirectory(self, "Model folder")
        if name:
            self._tell(self._value.model_copy(update={"model": name}))
        else:
            self._show_model()

    def _edited(self) -> None:
        adapt, anchor = list(CORRECTIONS)[self.correction.currentIndex()]
        self._tell(
            self._value.model_copy(
                update={
                    "candidates": self.candidates.currentData(),
                    "views": self.views.currentData(),
                    "plate_map": self.plate_map.value(),
                    "library": self.library.value(),
                    "adapt": adapt,
                    "anchor": anchor,
                    "discriminate": self.naming.currentData(),
                }
            )
        )

    def _tell(self, value: Scoring) -> None:
        self._value = value
        self.value_changed.emit(value)


def _views(number: int) -> str:
    return (
        f"{number} (quickest)"
        if number == 1
        else f"{number} (best)"
        if number == 8
        else str(number)
    )
