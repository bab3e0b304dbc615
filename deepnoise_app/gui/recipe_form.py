"""Every knob of a recipe, group by group, folded away until somebody wants to turn one."""

from __future__ import annotations

from pydantic import BaseModel
from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget
from superqt import QCollapsible

from deepnoise_app.gui.form import Form, label
from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.runs.recipe import Recipe

# What is asked for elsewhere in the panel, or is not for a training.
ELSEWHERE = ("task", "screen", "plates", "reader", "start_from", "hold_out", "model",
             "pack_to", "pack_codec")  # fmt: skip
NOT_FOR_SCORING = ("candidates", "plate_map", "library")


# A question to a trained model: no setting of a training.
EXPLAINING = "explaining"


class RecipeForm(QWidget):
    """Edits one `Recipe`: a form for its own knobs and one for each group of knobs.

    The forms are made when they are first unfolded: they are many controls, and few need them.
    """

    value_changed = Signal(object)

    def __init__(self, value: Recipe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = value
        self.forms: dict[str, Form[BaseModel]] = {}
        self.fold = QCollapsible("All settings")
        self.fold.setDuration(0)
        self.fold.setCollapsedIcon(painted_icon("mdi6.chevron-right"))
        self.fold.setExpandedIcon(painted_icon("mdi6.chevron-down"))
        margins = self.fold.layout()
        if margins is not None:
            margins.setContentsMargins(0, 0, 0, 0)
        self.fold.toggleButton().setStyleSheet("text-align: left; background: transparent;")
        self.fold.toggleButton().setAccessibleName("All settings")
        self.fold.toggleButton().setToolTip("Show every setting of the recipe, or fold them away")
        self.rare = QCheckBox("Also what is rarely changed")
        self.rare.setAccessibleName(self.rare.text())
        self.rare.setToolTip("Show every number of the published schedule too")
        self.fold.content().hide()  # so that the Tab key passes over what cannot be seen
        self.fold.toggled.connect(self._on_toggled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.fold)

    def value(self) -> Recipe:
        """Return the recipe as it is edited now."""
        return self._value

    def set_value(self, value: Recipe) -> None:
        """Show another recipe; nothing is told."""
        self._value = value
        if self.forms:
            for name, _, part in _groups(value):
                self.forms[name].set_value(part)

    def _on_toggled(self, unfolded: bool) -> None:
        if unfolded and not self.forms:
            self._fill()
        self.fold.content().setVisible(unfolded)
        if unfolded:
            self._fit()

    def _on_rare(self, shown: bool) -> None:
        for form in self.forms.values():
            form.show_rare(shown)
        self._fit()

    def _fit(self) -> None:
        """Give the fold the height of what it holds now: it took that of what it held before."""
        content = self.fold.content()
        content.setMaximumHeight(content.sizeHint().height())

    def _fill(self) -> None:
        self.rare.toggled.connect(self._on_rare)
        self.fold.addWidget(self.rare)
        for name, text, part in _groups(self._value):
            form = Form(part, leave_out=(*ELSEWHERE, *NOT_FOR_SCORING))
            form.value_changed.connect(lambda part, name=name: self._edited(name, part))
            self.forms[name] = form
            title = QLabel(f"<b>{label(name) if name else 'Computer'}</b>")
            title.setToolTip(text)
            self.fold.addWidget(title)
            self.fold.addWidget(form)
            form.show_rare(False)

    def _edited(self, name: str, part: BaseModel) -> None:
        groups = {group for group, _, _ in _groups(self._value)}
        own = {field: getattr(part, field) for field in type(part).model_fields}
        changes = {name: part} if name else {f: v for f, v in own.items() if f not in groups}
        self._value = self._value.model_copy(update=changes)
        self.value_changed.emit(self._value)


def _groups(recipe: Recipe) -> list[tuple[str, str, BaseModel]]:
    """Name, sentence and value of each group; last the knobs of the recipe itself."""
    found: list[tuple[str, str, BaseModel]] = [
        (name, field.description or "", getattr(recipe, name))
        for name, field in type(recipe).model_fields.items()
        if isinstance(getattr(recipe, name), BaseModel) and name != EXPLAINING
    ]
    return [*found, ("", "Where it is computed, and the start of all random numbers", recipe)]
