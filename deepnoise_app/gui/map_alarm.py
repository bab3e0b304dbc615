"""One plate map that does not fit: what the images say, and a button to accept it."""

from __future__ import annotations

from html import escape

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QWidget

from deepnoise_app.gui.callout import AMBER, LINK, quiet_label
from deepnoise_app.gui.map_desk import MapDesk, together
from deepnoise_app.gui.panel_body import icon_button
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.quality_desk import QualityDesk
from deepnoise_app.gui.words import listed
from deepnoise_app.session import MapFinding, Session

# Readable on dark and on light panels alike.
GREEN = "#35b07f"


class MapAlarm(QFrame):
    """Shows a finding; without a proposal there is nothing to accept."""

    def __init__(
        self,
        finding: MapFinding,
        session: Session,
        quality: QualityDesk,
        maps: MapDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._finding, self._quality, self._maps = finding, quality, maps
        self.setObjectName("mapAlarm")
        colour = GREEN if finding.accepted else AMBER
        self.setStyleSheet(f"#mapAlarm {{ border: none; border-left: 3px solid {colour}; }}")
        name = escape(" ".join(finding.plate))
        self.label = quiet_label(f"What the images say about {' '.join(finding.plate)}")
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.label.setText(
            f'<a href="plate" style="color: {LINK}">{name}</a> <b>{escape(finding.sentence)}</b>'
        )
        self.label.linkActivated.connect(lambda _: self._quality.show(self._finding.plate))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 0, 2)
        row.addWidget(self.label, 1)
        self.accept = icon_button("mdi6.check", "Accept", "Nothing to accept")
        self.accept.setVisible(finding.proposal is not None)
        self.accept.setEnabled(not finding.accepted)
        if finding.accepted:
            self.accept.setText("Accepted")
        keys = together(finding, session.findings)
        names = listed([" ".join(key) for key in keys])
        self.accept.setAccessibleName(f"Accept for {names}")
        self.accept.setToolTip(
            plain(f"Let {names} hold what the images say; predictions stay, and it can be undone")
        )
        self.accept.clicked.connect(lambda: self._maps.accept([self._finding]))
        row.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignTop)
