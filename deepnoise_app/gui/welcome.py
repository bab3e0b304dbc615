"""What the empty window says: drop a folder here, take the demo, or go on where you were."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from qtpy.QtCore import QEvent, QObject, QSize, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import LINK
from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.words import LAYOUTS, from_home
from deepnoise_app.readers.remote import whole_path

FORMATS = (
    f"Reads {', '.join(name for key, name in LAYOUTS.items() if key != 'pattern')}, and any folder"
    " of PNG or TIFF files whose names tell plate, well, site and channel: 6 to 1,536 wells."
)
NEW_HERE = (
    "<b>New here?</b> The demo screen leads you from simulated plates to named wells"
    "<br>in two minutes, and then to your own plates."
)
MOST_RECENT = 4
# Colours are the theme's.
STYLE = """
#welcome QLabel { background: transparent; }
#welcome QLabel#headline { font-size: 22pt; font-weight: 300; }
#welcome QPushButton { padding: 8px 18px; }
"""


class Welcome(QWidget):
    """Covers the canvas while nothing is open."""

    open_wanted = Signal()
    demo_wanted = Signal()
    recent_wanted = Signal(object)  # Path

    def __init__(self, over: QWidget, recent: Sequence[Path] = ()) -> None:
        super().__init__(over)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(STYLE)
        icon = QLabel()
        icon.setPixmap(painted_icon("mdi6.dots-grid", "#5b8fd6").pixmap(QSize(72, 72)))
        headline = QLabel("Drop a plate folder here")
        headline.setObjectName("headline")
        open_button = QPushButton("Open plate folder…")
        open_button.setIcon(painted_icon("mdi6.folder-open-outline"))
        open_button.setAccessibleName("Open a plate folder")
        open_button.setToolTip("Choose a folder of a screen, an experiment or a plate")
        open_button.clicked.connect(self.open_wanted)
        demo_button = QPushButton("Open the demo screen")
        demo_button.setIcon(painted_icon("mdi6.flask-outline"))
        demo_button.setAccessibleName("Open the demo screen")
        demo_button.setToolTip("Simulated plates, made on this computer in a few seconds")
        demo_button.clicked.connect(self.demo_wanted)
        new_here = QLabel(NEW_HERE)
        new_here.setObjectName("new-here")
        new_here.setAlignment(Qt.AlignmentFlag.AlignCenter)
        formats = QLabel(FORMATS)
        formats.setObjectName("formats")
        formats.setWordWrap(True)
        formats.setFixedWidth(460)
        formats.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.recent = _links()
        self.show_recent(recent)
        self.recent.linkActivated.connect(lambda link: self.recent_wanted.emit(Path(link)))
        buttons = QHBoxLayout()
        buttons.setSpacing(14)
        buttons.addWidget(open_button)
        buttons.addWidget(demo_button)
        column = QVBoxLayout(self)
        column.setSpacing(22)
        column.addStretch(3)
        for part in (icon, headline):
            column.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(buttons)
        column.setAlignment(buttons, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(new_here, alignment=Qt.AlignmentFlag.AlignHCenter)
        # Beside stretches, and not aligned: only so does a wrapped text get the height it needs.
        text = QHBoxLayout()
        text.addStretch(1)
        text.addWidget(formats)
        text.addStretch(1)
        column.addLayout(text)
        column.addWidget(self.recent, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(4)
        open_button.setFocus()  # who has no mouse begins here, and not on the canvas beneath
        over.installEventFilter(self)
        self._cover(over)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offer folders that were opened lately; none take no room."""
        lines = [
            f'<a href="{escape(str(path), quote=True)}" style="color: {LINK}">{escape(path.name)}'
            f"</a> &nbsp; {escape(from_home(whole_path(path.parent)))}"
            for path in paths[:MOST_RECENT]
        ]
        self.recent.setText("<br>".join(["Opened lately", *lines]))
        self.recent.setVisible(bool(paths))

    def _cover(self, over: QWidget) -> None:
        self.setGeometry(over.rect())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Stay as large as what is covered."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._cover(watched)
        return False


def _links() -> QLabel:
    label = QLabel()
    label.setObjectName("formats")
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.LinksAccessibleByMouse
        | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    )
    return label
