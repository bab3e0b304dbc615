"""The View panel: which well and sites are shown, and how each channel looks."""

from __future__ import annotations

from html import escape

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.channel_list import ChannelList
from deepnoise_app.gui.look import PALETTES, first_looks
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.role_steps import RoleSteps
from deepnoise_app.gui.view_choice import ViewChoice
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Session

ALL_SITES = "All side by side"
MOST_FAULTS = 3
MOST_NAMED = 3
STEPS = (
    ("←", "Left", "previous well of this row", 0, -1),
    ("→", "Right", "next well of this row", 0, 1),
    ("↑", "Up", "previous well of this column", -1, 0),
    ("↓", "Down", "next well of this column", 1, 0),
)


class ViewPanel(QWidget):
    """Reads the session, calls the workbench."""

    def __init__(
        self, session: Session, workbench: Workbench, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._workbench = workbench
        self.well = QLabel()
        self.steps = [self._step_button(*step) for step in STEPS]
        self.roles = RoleSteps(session, workbench)
        self.faults = QLabel()
        self.choice = ViewChoice(session, workbench)
        self.channels = ChannelList(session, workbench)
        self.sites = QComboBox()
        self.palettes = QComboBox()
        self.lock = QCheckBox("Lock contrast across plates")
        self.reset = QPushButton("Reset contrast")
        self._describe()
        self._lay_out()
        self._connect()
        self._on_plate()

    def _describe(self) -> None:
        for widget, name, sentence in (
            (self.well, "Well", "The well on screen and what it got"),
            (self.faults, "Faults", "What could not be read"),
            (self.sites, "Sites", "Show all sites of a well side by side, or one of them"),
            (self.palettes, "Palette", "Colours for all channels at once"),
            (self.lock, "Lock contrast across plates", "Show all plates with the same contrast"),
            (self.reset, "Reset contrast", "Set contrast from this plate again (1 to 99.7 %)"),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(sentence)
        for label in (self.well, self.faults):
            label.setWordWrap(True)  # a long name must not widen the panel
        # Two lines for every well, so that what is below stays where it is.
        self.well.setMinimumHeight(2 * self.well.fontMetrics().lineSpacing() + 2)
        self.well.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.palettes.addItems(list(PALETTES))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.well, 1)
        head.setSpacing(2)
        head.addWidget(self.roles)
        for button in self.steps:
            head.addWidget(button)
        form = QFormLayout()
        form.addRow("Show", self.choice.shown)
        form.addRow("Sites", self.sites)
        form.addRow("Palette", self.palettes)
        foot = QHBoxLayout()
        foot.addWidget(self.lock, 1)
        foot.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.faults)
        layout.addLayout(form)
        layout.addWidget(self.choice)
        layout.addWidget(self.channels, 1)
        layout.addLayout(foot)
        self._layout = layout

    def add(self, widget: QWidget) -> None:
        """Put a widget below the channels."""
        self._layout.insertWidget(self._layout.count() - 1, widget)

    def _connect(self) -> None:
        for fact, slot in (
            ("plate", self._on_plate),
            ("wells", self._on_wells),
            ("picture", self._on_picture),
            ("site", self._on_site),
            ("looks", self._on_looks),
            ("contrast_locked", self._on_locked),
        ):
            getattr(self._session.events, fact).connect(slot)
        self.sites.currentIndexChanged.connect(self._on_site_chosen)
        self.palettes.textActivated.connect(self._workbench.looks.set_palette)
        self.lock.toggled.connect(self._workbench.looks.lock_contrast)
        self.reset.clicked.connect(self._workbench.looks.reset_contrast)

    def _step_button(self, sign: str, key: str, sentence: str, rows: int, cols: int) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setAccessibleName(f"Go to the {sentence}")
        button.setToolTip(f"Go to the {sentence} (Alt+{key})")
        button.clicked.connect(lambda: self._workbench.step(rows, cols))
        shortcut = QShortcut(QKeySequence(f"Alt+{key}"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)
        return button

    # From the session -----------------------------------------------------------------------

    def _on_plate(self) -> None:
        plate = self._session.plate
        with QSignalBlocker(self.sites):
            self.sites.clear()
            self.sites.addItem(ALL_SITES, None)
            for site in plate.sites if plate is not None else ():
                self.sites.addItem(f"Site {site}", site)
        for widget in (self.sites, self.palettes, self.lock, self.reset, *self.steps):
            widget.setEnabled(plate is not None)
        self._on_site()
        self._on_wells()
        self._on_looks()
        self._on_picture()
        self._on_locked()

    def _on_wells(self) -> None:
        plate, wells = self._session.plate, self._session.wells
        if plate is None or not wells:
            self.well.setText("No well chosen")
        elif len(wells) > 1:
            more = " …" if len(wells) > MOST_NAMED else ""
            named = ", ".join(map(str, wells[:MOST_NAMED]))
            self.well.setText(f"<b>{len(wells)} wells</b><br>{named}{more}")
        else:
            got = plate.map[wells[0]]
            named = f" · {escape(got.perturbation)}" if got.perturbation else ""
            role = got.role.value.replace("_", " ")
            self.well.setText(f"<b>{wells[0]}</b>{named}<br>{role}")

    def _on_picture(self) -> None:
        picture = self._session.picture
        faults = picture.faults if picture is not None else ()
        lines = [f"⚠ {fault}" for fault in faults[:MOST_FAULTS]]
        if len(faults) > MOST_FAULTS:
            lines.append(f"and {len(faults) - MOST_FAULTS} more")
        self.faults.setText(plain("\n".join(lines)))
        self.faults.setToolTip(plain("\n".join(faults)) or "What could not be read")
        self.faults.setVisible(bool(faults))

    def _on_site(self) -> None:
        with QSignalBlocker(self.sites):
            self.sites.setCurrentIndex(max(0, self.sites.findData(self._session.site)))

    def _on_looks(self) -> None:
        self.palettes.setPlaceholderText("Own colours" if self._session.looks else "")
        with QSignalBlocker(self.palettes):
            self.palettes.setCurrentIndex(self._palette())

    def _palette(self) -> int:
        """Position of the palette whose colours are shown; -1 for colours of the user's own."""
        plate, colours = self._session.plate, [look.colour for look in self._session.looks]
        channels = plate.channels if plate is not None else ()
        palettes = [[look.colour for look in first_looks(channels, name)] for name in PALETTES]
        return palettes.index(colours) if colours in palettes else -1

    def _on_locked(self) -> None:
        with QSignalBlocker(self.lock):
            self.lock.setChecked(self._session.contrast_locked)

    # From the user --------------------------------------------------------------------------

    def _on_site_chosen(self, _: int) -> None:
        self._workbench.show_site(self.sites.currentData())
