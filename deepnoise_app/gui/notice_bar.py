"""One sentence for the user, with what belongs to it: show, copy, dismiss; and what goes on."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.pattern_dialog import PatternDialog
from deepnoise_app.gui.words import from_home
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Notice, Session, Tone

COLOURS = {Tone.INFORMATION: "#2d4a63", Tone.PROBLEM: "#6b3a1e"}
ICONS = {Tone.INFORMATION: "mdi6.information-outline", Tone.PROBLEM: "mdi6.alert-outline"}
INK = "#f4f5f7"


class NoticeBar(QWidget):
    """Shows the notice of the session, or what it is busy with; hidden otherwise."""

    def __init__(self, session: Session, workbench: Workbench, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("notice-bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._workbench = workbench
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(90)
        self._busy.setAccessibleName("Working")
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("Read no further: what is open stays as it is")
        self.stop.setAccessibleName("Stop opening")
        self.stop.clicked.connect(workbench.stop_opening)
        self._show = QPushButton("Show")
        self._show.setToolTip("Show all of it")
        self._show.setAccessibleName("Show all of the notice")
        self._show.clicked.connect(self._on_show)
        self.change = QPushButton("Change how names are read…")
        self.change.setToolTip("Say yourself how the files are named, and see it on ten of them")
        self.change.setAccessibleName("Change how names are read")
        self.change.clicked.connect(self._on_change)
        self._copy = QPushButton("Copy details")
        self._copy.setToolTip("Copy the details, for a message to a colleague or to us")
        self._copy.setAccessibleName("Copy the details of the notice")
        self._copy.clicked.connect(self._on_copy)
        self._close = QToolButton()
        self._close.setIcon(painted_icon("mdi6.close", INK))
        self._close.setAutoRaise(True)
        self._close.setToolTip("Dismiss")
        self._close.setAccessibleName("Dismiss the notice")
        self._close.clicked.connect(workbench.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        for widget in (
            self._icon, self._text, self._busy, self.stop,
            self.change, self._show, self._copy, self._close,
        ):  # fmt: skip
            row.addWidget(widget)
        session.events.notice.connect(self._refresh)
        session.events.busy.connect(self._refresh)
        session.events.can_stop.connect(self._refresh)
        self._refresh()

    @property
    def text(self) -> str:
        """What the bar says; empty where it says nothing."""
        return self._text.text() if not self.isHidden() else ""

    def _refresh(self) -> None:
        notice, busy = self._session.notice, self._session.busy
        self.setVisible(bool(busy) or notice is not None)
        self._busy.setVisible(bool(busy))
        self.stop.setVisible(bool(busy) and self._session.can_stop)
        shown = notice is not None and not busy
        self._close.setVisible(shown)
        more = (
            notice is not None
            and shown
            and bool({notice.details, notice.text} - {"", first(notice)})
        )
        self._show.setVisible(more)
        problem = notice is not None and notice.tone is Tone.PROBLEM
        self.change.setVisible(notice is not None and shown and bool(notice.folder))
        self._copy.setVisible(shown and problem)
        self._paint(Notice(busy) if busy or notice is None else notice)

    def _paint(self, notice: Notice) -> None:
        icon = painted_icon(ICONS[notice.tone], INK)
        self._icon.setPixmap(icon.pixmap(18, 18))
        self._text.setText(from_home(first(notice)))
        self.setAccessibleName(notice.text)
        self.setStyleSheet(
            f"#notice-bar {{ background: {COLOURS[notice.tone]}; }}"
            f"#notice-bar QLabel {{ color: {INK}; background: transparent; }}"
            "#notice-bar QToolButton { background: transparent; border: none; }"
        )

    def _on_change(self) -> None:
        notice = self._session.notice
        if notice is not None:
            PatternDialog(Path(notice.folder), self._workbench, self).open()

    def _on_copy(self) -> None:
        notice = self._session.notice
        if notice is not None:
            QGuiApplication.clipboard().setText(f"{notice.text}\n{notice.details}")

    def _on_show(self) -> None:
        notice = self._session.notice
        if notice is not None:
            DetailsDialog(notice, self).open()


def first(notice: Notice) -> str:
    """Return the first line of a notice; a list that follows it is shown on demand."""
    return notice.text.partition("\n")[0].rstrip(":")


class DetailsDialog(QDialog):
    """All lines of a notice, such as every problem of a screen."""

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Details")
        self.resize(760, 420)
        head = QLabel(from_home(first(notice)))
        head.setWordWrap(True)
        head.setTextFormat(Qt.TextFormat.PlainText)
        lines = QPlainTextEdit(from_home(notice.details or notice.text))
        lines.setReadOnly(True)
        lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lines.setAccessibleName("Details")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (head, lines, buttons):
            column.addWidget(widget)
