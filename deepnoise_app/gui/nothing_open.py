"""What the plugin says while no plate is open: what to drop or open, what was open, the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QVBoxLayout, QWidget

from deepnoise_app.gui.callout import quiet_label
from deepnoise_app.gui.panel_body import icon_button
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.words import count

WHAT = (
    "<b>No plate is open.</b> Drop a plate folder here: a screen, an experiment or a plate, as your"
    " microscope wrote it."
)
NEW_HERE = (
    "<b>New here?</b> The demo screen leads you from simulated plates to named wells in two"
    " minutes, and then to your own plates."
)


class NothingOpen(QWidget):
    """Two sentences and two buttons, and one that goes on with what was open: by its names."""

    def __init__(self, before: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        names = [Path(one).name for one in before]
        more = [f"and {count(len(names) - 1, 'more folder')}"] * (len(names) > 1)
        self.go_on = icon_button(
            "mdi6.history",
            " ".join(["Go on with", *names[:1], *more]),
            plain("\n".join(["Open what was open last:", *before])),
        )
        self.go_on.setVisible(bool(before))
        self.go_on_wanted: Signal = self.go_on.clicked
        self.open = icon_button(
            "mdi6.folder-open-outline",
            "Open plate folder…",
            "Choose a folder of a screen, an experiment or a plate",
        )
        self.demo = icon_button(
            "mdi6.flask-outline",
            "Open the demo screen",
            "Simulated plates, made on this computer in a few seconds",
        )
        self.open_wanted: Signal = self.open.clicked
        self.demo_wanted: Signal = self.demo.clicked
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        for name, text, button in (
            ("What to open", WHAT, self.open),
            ("For newcomers", NEW_HERE, self.demo),
        ):
            label = quiet_label(name, text)
            column.addWidget(label)
            column.addWidget(button)
            if button is self.open:
                column.addWidget(self.go_on)
        column.addStretch(1)
