"""What panels are put together from: a body that scrolls, lines between its parts, buttons."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtWidgets import (
    QFrame,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.icons import painted_icon


def line() -> QFrame:
    """Return a faint line between two parts."""
    made = QFrame()
    made.setFixedHeight(1)
    made.setStyleSheet("background-color: rgba(128, 136, 148, 90);")
    return made


def scroll(panel: QWidget, body: QWidget) -> QScrollArea:
    """Fill a panel with a body that scrolls downwards where the window is low."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(body)
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(area)
    return area


def column(widgets: Sequence[QWidget]) -> QWidget:
    """Return a part of a panel: widgets one below the other, as wide as it."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget)
    return made


def show_progress(bar: QProgressBar, done: int, total: int) -> None:
    """Set a bar; it is painted with the rest of the window.

    Qt's own way paints it at once, and with it the whole window, napari's canvas too.
    """
    bar.setUpdatesEnabled(False)
    bar.setRange(0, total)
    bar.setValue(done)
    bar.setUpdatesEnabled(True)


def icon_button(icon: str, text: str, tip: str) -> QPushButton:
    """Return a button with an icon, a text that is also its name, and a tooltip."""
    button = QPushButton(painted_icon(icon), text)
    button.setAccessibleName(text.rstrip("…"))
    button.setToolTip(tip)
    return button


def tool_button(icon: str, name: str, tip: str) -> QToolButton:
    """Return a button that shows an icon alone, with a name and a tooltip."""
    button = QToolButton()
    button.setIcon(painted_icon(icon))
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button


def bring_forward(panel: QWidget) -> None:
    """Show the tab in which a panel lies, if it lies in one."""
    page: QWidget | None = panel
    while page is not None:
        tabs = page.parentWidget()
        tabs = tabs.parentWidget() if tabs is not None else None
        if isinstance(tabs, QTabWidget):
            tabs.setCurrentWidget(page)
        page = page.parentWidget()
