"""Help inside the window: a page per panel, and the one of the panel that has the focus on F1."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QSignalBlocker, Qt, QUrl
from qtpy.QtGui import QTextDocument
from qtpy.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.assets import help_folder

# Panels in the order in which one needs them; each has a page of that name.
PAGES = ("plates", "view", "quality", "train", "score", "runs", "results")
PROPERTY = "help-page"
LIST_WIDTH = 130


def has_page(panel: QWidget, page: str) -> None:
    """Say which page tells about a panel and all that lies in it."""
    panel.setProperty(PROPERTY, page)


def page_of(widget: QWidget | None) -> str:
    """Return the page about a widget: that of the innermost panel around it, or the first."""
    while widget is not None:
        page = widget.property(PROPERTY)
        if isinstance(page, str):
            return page
        widget = widget.parentWidget()
    return PAGES[0]


def page_path(page: str) -> Path:
    """File of a page, Markdown."""
    return help_folder() / f"{page}.md"


class HelpWindow(QDialog):
    """Shows the pages beside the work; it blocks nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("DeepNoise help")
        self.resize(760, 620)
        self.pages = QListWidget()
        self.pages.setAccessibleName("Pages of the help")
        self.pages.setToolTip("A page for each panel")
        self.pages.setFixedWidth(LIST_WIDTH)
        self.pages.addItems([page.capitalize() for page in PAGES])
        self.text = QTextBrowser()
        self.text.setAccessibleName("Help")
        self.text.setToolTip("What the panel does")
        self.text.setOpenExternalLinks(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.rejected.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(self.pages)
        row.addWidget(self.text, 1)
        column = QVBoxLayout(self)
        column.addLayout(row, 1)
        column.addWidget(buttons)
        self.pages.currentRowChanged.connect(lambda at: self._load(PAGES[at]))

    def show_page(self, page: str) -> None:
        """Bring a page to the front."""
        with QSignalBlocker(self.pages):
            self.pages.setCurrentRow(PAGES.index(page))
        self._load(page)
        self.show()
        self.raise_()
        self.activateWindow()

    def _load(self, page: str) -> None:
        where = QUrl.fromLocalFile(str(page_path(page)))
        self.text.setSource(where, QTextDocument.ResourceType.MarkdownResource)


class Helper:
    """Opens the help of a window, once; F1 opens the page of the panel that has the focus."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._help: HelpWindow | None = None

    def show_here(self) -> None:
        """Show the page about what has the focus."""
        self.show(page_of(QApplication.focusWidget()))

    def show(self, page: str) -> None:
        """Show a page."""
        if self._help is None:
            self._help = HelpWindow(self._window)
            self._help.setWindowModality(Qt.WindowModality.NonModal)
        self._help.show_page(page)

    @property
    def shown(self) -> HelpWindow | None:
        """The help, once it was asked for."""
        return self._help
