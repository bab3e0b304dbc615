"""Three buttons that go from a sample to the controls of its plate, and back."""

from __future__ import annotations

from qtpy.QtWidgets import QHBoxLayout, QToolButton, QWidget

from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.plate_marks import CONTROLS
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import Role
from deepnoise_app.session import Session

STEPS = (
    (Role.POSITIVE, "mdi6.plus-box-outline", "positive control"),
    (Role.NEGATIVE, "mdi6.minus-box-outline", "negative control"),
    (Role.TREATMENT, "mdi6.test-tube", "sample"),
)


class RoleSteps(QWidget):
    """Each button goes to the next well of its role; disabled where the plate has none."""

    def __init__(self, session: Session, workbench: Workbench, parent: QWidget | None = None):
        super().__init__(parent)
        self._session = session
        self.buttons: dict[Role, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for role, icon, name in STEPS:
            colour = CONTROLS[role].name() if role in CONTROLS else None
            button = QToolButton()
            button.setIcon(painted_icon(icon, colour))
            button.setAutoRaise(True)
            button.setToolTip(f"Go to the next {name} of this plate")
            button.setAccessibleName(f"Go to the next {name}")
            button.clicked.connect(lambda _=False, role=role: workbench.go_to(role))
            self.buttons[role] = button
            row.addWidget(button)
        session.events.plate.connect(self._on_plate)
        self._on_plate()

    def _on_plate(self) -> None:
        plate = self._session.plate
        there = {plate.map[well].role for well in plate.wells} if plate is not None else set()
        for role, button in self.buttons.items():
            button.setEnabled(role in there)
