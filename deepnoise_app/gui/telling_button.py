"""A button that says what pressing it will do: as much of it as there is room for."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QSize, Qt
from qtpy.QtGui import QIcon, QKeySequence, QResizeEvent
from qtpy.QtWidgets import QPushButton, QWidget

# Between the text, the icon and the ends of the button.
ROOM_PX = 32


class TellingButton(QPushButton):
    """Shows the first of several texts that fits its width; the last one always does."""

    def __init__(self, icon: QIcon, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icon)
        self._keys = keys
        self._texts: tuple[str, ...] = ("",)

    def say(self, *texts: str) -> None:
        """Say one of these texts, the fullest first; a text may have two lines."""
        self._texts = texts
        self.setAccessibleName(texts[0].replace("\n", " "))
        self._choose()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Room for the shortest text, and as high as the one that is shown."""
        return QSize(self._width(self._texts[-1]), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Keep panels from growing wider than they are."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose again."""
        super().resizeEvent(event)
        self._choose()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose again in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._choose()

    def _choose(self) -> None:
        fitting = (text for text in self._texts if self._width(text) <= self.width())
        text = next(fitting, self._texts[-1])
        if text != self.text():
            self.setText(text)
            if self._keys:
                self.setShortcut(QKeySequence(self._keys))  # which another text takes away

    def _width(self, text: str) -> int:
        flag = int(Qt.TextFlag.TextShowMnemonic.value)
        return self.fontMetrics().size(flag, text).width() + self.iconSize().width() + ROOM_PX
