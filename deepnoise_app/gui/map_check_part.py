"""Does the plate map fit the images? The model to ask, the button, and a sentence per plate."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import LINK, quiet_label, say
from deepnoise_app.gui.map_alarm import MapAlarm
from deepnoise_app.gui.map_desk import MapDesk
from deepnoise_app.gui.map_save import ask_where_to_save
from deepnoise_app.gui.narrow_combo import narrow_combo
from deepnoise_app.gui.panel_body import icon_button
from deepnoise_app.gui.quality_desk import QualityDesk
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_strip import RunStrip, shown_run
from deepnoise_app.gui.words import count
from deepnoise_app.session import MapFinding, Session

NO_MODEL = "no model: wells that hold the same"
MOST_ALARMS = 20
ABOUT = (
    "Finds swapped, turned, mirrored and shifted plates and exchanged wells. The plate map takes"
    " no part in what the images are taken for."
)


class MapCheckPart(QWidget):
    """Part of the Quality panel; sentences of plates that do not fit stand first."""

    def __init__(
        self,
        session: Session,
        desk: RunDesk,
        quality: QualityDesk,
        maps: MapDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._desk, self._quality = session, desk, quality
        self._maps = maps
        self.model = narrow_combo("Model of the map check", "What tells wells apart")
        self.check = icon_button(
            "mdi6.map-check-outline", "Check the plate maps", "Compare plate maps and images"
        )
        self.run = RunStrip(session, desk, "check-map")
        self.overall = quiet_label("How many plate maps fit")
        self.alarms = QVBoxLayout()
        self.alarms.setSpacing(6)
        self.found = quiet_label("What the images say about the other plate maps")
        self.found.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.found.linkActivated.connect(self._on_link)
        self.all = icon_button("mdi6.check-all", "Accept all", "Correct every map that can be")
        self.undo = icon_button("mdi6.undo", "Take back", "Give the plates back what they held")
        self.save = icon_button(
            "mdi6.table-arrow-up",
            "Save plate map…",
            "Save what the wells hold now as a plate map (CSV)",
        )
        verbs = QHBoxLayout()
        for button in (self.all, self.undo, self.save):
            verbs.addWidget(button)
        about = quiet_label("About the map check", ABOUT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (
            QLabel("<b>Do the plate maps fit?</b>"), about, self.model, self.check, self.run,
            self.overall,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addLayout(self.alarms)
        column.addLayout(verbs)
        column.addWidget(self.found)
        self.all.clicked.connect(self._on_all)
        self.undo.clicked.connect(maps.undo)
        self.save.clicked.connect(lambda: ask_where_to_save(self, self._maps))
        session.events.can_undo_map.connect(self._show)
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
        say(self.overall, _overall(findings) if findings else "")
        self._show_alarms([one for one in findings if one.alarm])
        calm = [at for at, one in enumerate(findings) if not one.alarm]
        say(self.found, "".join(_line(findings[at], at) for at in calm))
        self.all.setVisible(len(self._pending) > 1)
        for button in (self.undo, self.save):
            button.setVisible(self._session.can_undo_map)

    def _show_alarms(self, alarms: Sequence[MapFinding]) -> None:
        while (old := self.alarms.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for finding in alarms[:MOST_ALARMS]:
            self.alarms.addWidget(MapAlarm(finding, self._session, self._quality, self._maps))
        if len(alarms) > MOST_ALARMS:
            self.alarms.addWidget(QLabel(f"and {len(alarms) - MOST_ALARMS} alarms more"))

    @property
    def _pending(self) -> list[MapFinding]:
        """Proposals that can still be accepted."""
        findings = self._session.findings
        return [one for one in findings if one.proposal is not None and not one.accepted]

    def _on_all(self) -> None:
        self._maps.accept(self._pending)

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
    corrected = sum(one.accepted for one in findings)
    told = [f"{fit} fit", *[f"{alarms} raise an alarm"] * bool(alarms),
            *[f"{untold} cannot be told"] * bool(untold)]  # fmt: skip
    return f"Of {count(len(findings), 'plate map')}: {', '.join(told)}." + (
        f" {corrected} corrected." if corrected else ""
    )


def _line(finding: MapFinding, at: int) -> str:
    name = escape(" ".join(finding.plate))
    link = f'<a href="{at}" style="color: {LINK}">{name}</a>'
    return f'<p style="margin: 0 0 6px 0">{link} {escape(finding.sentence)}</p>'
