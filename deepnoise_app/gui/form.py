"""A form that edits one frozen pydantic value; label, unit, range and sentence come from it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import NoneType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from qtpy.QtCore import QSignalBlocker, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

Value = TypeVar("Value", bound=BaseModel)
# Smallest step of a number that has no unit of its own; learning rates go as low as this.
DECIMALS = 6
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Knob:
    """One control: the widget, how to read it, how to write it."""

    widget: QWidget
    read: Callable[[], object]
    write: Callable[[Any], None]


class Form(QWidget, Generic[Value]):
    """Edits one value; fields that are neither number, text, choice nor switch are passed over.

    Parameters
    ----------
    value
        What is shown at first.
    leave_out
        Names of fields that are edited elsewhere.
    """

    value_changed = Signal(object)

    def __init__(
        self, value: Value, leave_out: Collection[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._value = value
        self._knobs: dict[str, _Knob] = {}
        self._rows = layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, field in type(value).model_fields.items():
            knob = None if name in leave_out else _knob(field, self._edited)
            if knob is not None:
                self._knobs[name] = knob
                layout.addRow(label(name), knob.widget)
                _describe(knob.widget, label(name), field)
                layout.labelForField(knob.widget).setToolTip(field.description or "")
        self.set_value(value)

    def value(self) -> Value:
        """Return the value as it is edited now."""
        return self._value

    def set_value(self, value: Value) -> None:
        """Show another value; nothing is told."""
        self._value = value
        for name, knob in self._knobs.items():
            with QSignalBlocker(knob.widget):
                knob.write(getattr(value, name))

    def control(self, name: str) -> QWidget:
        """Return the control of a field."""
        return self._knobs[name].widget

    def show_rare(self, shown: bool) -> None:
        """Show also the fields that hardly anybody changes, or hide them."""
        fields = type(self._value).model_fields
        for name, knob in self._knobs.items():
            if _extra(fields[name]).get("rare"):
                self._rows.setRowVisible(knob.widget, shown)

    def _edited(self) -> None:
        changes = {name: knob.read() for name, knob in self._knobs.items()}
        try:
            edited = type(self._value).model_validate({**self._value.model_dump(), **changes})
        except ValidationError:
            self.set_value(self._value)  # a text that must not be empty comes back
        else:
            self._value = edited
            self.value_changed.emit(edited)


def label(name: str) -> str:
    """Name of a field as people read it: `batch_size` is `Batch size`."""
    return name.replace("_", " ").capitalize()


def _describe(widget: QWidget, name: str, field: FieldInfo) -> None:
    unit = _unit(field)
    widget.setAccessibleName(f"{name} ({unit})" if unit else name)
    widget.setAccessibleDescription(field.description or "")
    widget.setToolTip(field.description or "")


def _knob(field: FieldInfo, edited: Callable[[], None]) -> _Knob | None:
    kind = field.annotation
    optional = NoneType in get_args(kind)
    if optional:
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is Literal:
        return _choice([str(one) for one in get_args(kind)], edited)
    if kind is bool:
        switch = QCheckBox()
        switch.toggled.connect(edited)
        return _Knob(switch, switch.isChecked, switch.setChecked)
    if kind is int or kind is float:
        return _number(field, kind is int, optional, edited)
    return _text(optional, edited) if kind is str else None


def _choice(names: list[str], edited: Callable[[], None]) -> _Knob:
    box = _CalmComboBox()
    box.addItems(names)
    box.currentTextChanged.connect(edited)
    return _Knob(box, box.currentText, box.setCurrentText)


def _text(optional: bool, edited: Callable[[], None]) -> _Knob:
    line = QLineEdit()
    line.setPlaceholderText("none" if optional else "")
    line.editingFinished.connect(edited)
    return _Knob(
        line,
        lambda: line.text().strip() or (None if optional else ""),
        lambda text: line.setText(text or ""),
    )


def _number(field: FieldInfo, whole: bool, optional: bool, edited: Callable[[], None]) -> _Knob:
    """A box for a number; where there may be none, the step below the smallest stands for that."""
    box: Any = _CalmSpinBox() if whole else _CalmDoubleSpinBox()
    step = 1 if whole else 10**-DECIMALS
    low, high = _range(field, step)
    box.setRange(low - step if optional else low, high)
    unit = _unit(field)
    box.setSuffix(f" {unit}" if unit else "")
    box.valueChanged.connect(edited)
    if not optional:
        return _Knob(box, box.value, box.setValue)
    box.setSpecialValueText("none")
    return _Knob(
        box,
        lambda: None if box.value() == box.minimum() else box.value(),
        lambda value: box.setValue(box.minimum() if value is None else value),
    )


def _range(field: FieldInfo, step: float) -> tuple[Any, Any]:
    """Smallest and largest allowed number; a bound that is itself excluded is a step away."""
    low: Any = -LARGEST
    high: Any = LARGEST
    for limit in field.metadata:
        low = getattr(limit, "ge", low)
        high = getattr(limit, "le", high)
        if hasattr(limit, "gt"):
            low = limit.gt + step
        if hasattr(limit, "lt"):
            high = limit.lt - step
    return low, min(high, LARGEST)


def _unit(field: FieldInfo) -> str:
    return str(_extra(field).get("unit", ""))


def _extra(field: FieldInfo) -> dict[str, Any]:
    """What a recipe says of a field beyond its sentence and range: its unit, whether it is rare."""
    extra = field.json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}


class _CalmSpinBox(QSpinBox):
    """Leaves the wheel to the panel that scrolls, so that no knob is turned by accident."""

    def __init__(self) -> None:
        super().__init__()
        _be_calm(self)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        event.ignore()


class _CalmDoubleSpinBox(QDoubleSpinBox):
    """Shows 0.003, not 0.003000, and leaves the wheel to the panel."""

    def __init__(self) -> None:
        super().__init__()
        _be_calm(self)
        self.setDecimals(DECIMALS)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:  # noqa: N802 (Qt's name)
        whole, point, rest = super().textFromValue(value).partition(self.locale().decimalPoint())
        kept = rest.rstrip("0")
        return f"{whole}{point}{kept}" if kept else whole

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        event.ignore()


class _CalmComboBox(QComboBox):
    """Leaves the wheel to the panel."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        event.ignore()


def _be_calm(box: QAbstractSpinBox) -> None:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    # A number that is half typed is no wish yet.
    box.setKeyboardTracking(False)
