"""Does the plate map fit the images? The model to ask, the button, and a sentence per plate."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import AMBER, quiet_label, say
from deepnoise_app.gui.panel_body import icon_button
from deepnoise_app.gui.quality_desk import QualityDesk
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_strip import RunStrip, shown_run
from deepnoise_app.gui.score_form import narrow_combo
from deepnoise_app.gui.words import count
from deepnoise_app.session import MapFinding, Session

NO_MODEL = "no model: wells that hold the same"
# Readable on dark and on light panels alike.
LINK = "#4a90e2"
ABOUT = (
    "Finds swapped, turned, mirrored and shifted plates and exchanged wells. The plate map takes"
    " no part in what the images are taken for."
)


class MapCheckPart(QWidget):
    """Part of the Quality panel; sentences of plates that do not fit stand first."""

    def __init__(
        self, session: Session, desk: RunDesk, quality: QualityDesk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._desk, self._quality = session, desk, quality
        self.model = narrow_combo("Model of the map check", "What tells wells apart")
        self.check = icon_button(
            "mdi6.map-check-outline", "Check the plate maps", "Compare plate maps and images"
        )
        self.run = RunStrip(session, desk, "check-map")
        self.found = quiet_label("What the images say about the plate maps")
        flags = Qt.TextInteractionFlag.TextBrowserInteraction
        self.found.setTextInteractionFlags(flags)
        self.found.linkActivated.connect(self._on_link)
        about = quiet_label("About the map check")
        about.setText(ABOUT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (
            QLabel("<b>Do the plate maps fit?</b>"), about, self.model, self.check, self.run,
            self.found,
        ):  # fmt: skip
            column.addWidget(widget)
        self.check.clicked.connect(self._on_check)
        session.events.findings.connect(self._show)
        session.events.screens.connect(self._show)
        session.events.runs.connect(self._show)
        self.offer()
        self._show()

    def offer(self) -> None:
        """Offer the models that there are now; that of the scoring is chosen first."""
        chosen = self.model.currentData() if self.model.count() else self._session.scoring.model
        with QSignalBlocker(self.model):
            self.model.clear()
            for text, name in self._desk.models().items():
                self.model.addItem(text, name)
            self.model.addItem(NO_MODEL, None)
            self.model.setCurrentIndex(max(0, self.model.findData(chosen)))

    def _show(self) -> None:
        view = shown_run(self._session, "check-map")
        going = view is not None and not view.status.is_over
        self.check.setEnabled(bool(self._session.plates) and not going)
        findings = self._session.findings
        order = sorted(range(len(findings)), key=lambda at: not findings[at].alarm)
        lines = [_line(findings[at], at) for at in order]
        if findings:
            lines.insert(0, f"{_overall(findings)}<br>")
        say(self.found, "<br>".join(lines))

    def _on_check(self) -> None:
        self._quality.check_maps(self.model.currentData())

    def _on_link(self, link: str) -> None:
        found = self._session.findings[int(link)]
        self._quality.show(found.plate)


def _overall(findings: Sequence[MapFinding]) -> str:
    """Say of how many plates the map fits."""
    alarms = sum(one.alarm for one in findings)
    untold = sum(not one.told for one in findings)
    fit = len(findings) - alarms - untold
    return (
        f"Of {count(len(findings), 'plate map')}: {fit} fit, {alarms} raise an alarm,"
        f" {untold} cannot be told."
    )


def _line(finding: MapFinding, at: int) -> str:
    name = escape(" ".join(finding.plate))
    sign = f"<span style='color: {AMBER}'>▲</span> " if finding.alarm else ""
    said = f"<b>{escape(finding.sentence)}</b>" if finding.alarm else escape(finding.sentence)
    return f'{sign}<a href="{at}" style="color: {LINK}">{name}</a> {said}'
