"""The strip that leads a newcomer from the demo screen to named wells and on to the own plates.

What it says follows from what is open and what was done, so that it can be left and joined at any
step; it is there only while the demo screen is open.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.run_strip import doing, shown_run
from deepnoise_app.session import Session

WALK = (
    "<b>1 of 3 · Look around.</b> These are simulated plates of cells. Click wells on the plate at"
    " the left, or walk with the arrow keys. Then let the model say what each well got."
)
WAIT = (
    "<b>2 of 3 · The model names every well.</b> You can go on looking. It has never"
    " seen this experiment, and no plate map tells it the names."
)
READ = (
    "<b>3 of 3 · Read the names.</b> A dot is a right name, a cross a wrong one; hover over a well,"
    " or sort the table below by confidence. Now your own plates."
)
OWN = "Choose the folder of your own plates; the demo is closed then, and Runs keeps its results"
GROUND, INK = "#24503f", "#f4f5f7"


class FirstSteps(QWidget):
    """One sentence and one button: what to do next with the demo screen.

    `left` is told when the own plates are open, which were asked for here.
    """

    own_wanted = Signal()
    left = Signal()

    def __init__(
        self,
        session: Session,
        demo: Path,
        score: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._demo, self._score = session, demo, score
        self._dismissed = self._leaving = False
        self.setObjectName("first-steps")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(
            f"#first-steps {{ background: {GROUND}; }}"
            f"#first-steps QLabel {{ color: {INK}; background: transparent; }}"
            "#first-steps QToolButton { background: transparent; border: none; }"
        )
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.text.setAccessibleName("What to do next")
        self.button = QPushButton()
        self.button.clicked.connect(self._on_button)
        self.close_button = QToolButton()
        self.close_button.setIcon(painted_icon("mdi6.close", INK))
        self.close_button.setToolTip("I know my way: show this no more")
        self.close_button.setAccessibleName("Dismiss the first steps")
        self.close_button.clicked.connect(self._on_dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        for fact in (session.events.screens, session.events.runs, session.events.predictions):
            fact.connect(self._show)
        self._show()

    def _show(self) -> None:
        session = self._session
        there = any(Path(screen.path) == self._demo for screen in session.screens)
        alone = len(session.screens) == 1
        self.setVisible(there and alone and not self._dismissed)
        if there and not alone and self._leaving:
            self._leaving = False
            self.left.emit()
            return
        view = shown_run(session, "score")
        going = view is not None and not view.status.is_over
        if self._named:
            self._say(READ, "Open my plates…", OWN)
        elif going:
            self._say(f"{WAIT} <i>{doing(view)}</i>" if view is not None else WAIT, "", "")
        else:
            self._say(WALK, "Name the wells", "Score the demo plates with the shipped model")

    def _say(self, text: str, button: str, tip: str) -> None:
        self.text.setText(text)
        self.button.setText(button)
        self.button.setAccessibleName(button or "Next step")
        self.button.setToolTip(tip or text)
        self.button.setVisible(bool(button))

    @property
    def _named(self) -> bool:
        predictions = self._session.predictions
        return predictions is not None and any(
            predictions.has(plate.key) for plate in self._session.plates
        )

    def _on_button(self) -> None:
        if self._named:
            self._leaving = True
            self.own_wanted.emit()
        else:
            self._score()

    def _on_dismiss(self) -> None:
        self._dismissed = True
        self._show()
