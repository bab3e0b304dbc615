"""The offer to pack a screen: what it takes and saves, and how far it is once it was begun."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from deepnoise_app.gui.pack_desk import PackDesk
from deepnoise_app.gui.panel_body import show_progress
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.words import duration, size
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import PackOffer, Session

STOP, LEAVE = "Stop packing: what is packed is kept", "Go on with the originals as they are"
GROUND, INK = "#2d4a63", "#f4f5f7"


class PackStrip(QWidget):
    """One sentence with what packing saves, and two buttons; there only while it is offered."""

    def __init__(self, session: Session, desk: PackDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._desk = session, desk
        self.setObjectName("pack-strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"#pack-strip {{ background: {GROUND}; }} QLabel {{ color: {INK}; }}")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(140)
        self.bar.setFormat("%p %")
        self.bar.setAccessibleName("How far packing is")
        self.go = QPushButton("Pack")
        self.go.setToolTip("Write the pack beside the originals, which are only read")
        self.go.setAccessibleName("Pack this screen")
        self.go.clicked.connect(desk.pack)
        self.leave = QPushButton("Not now")
        self.leave.setAccessibleName("Do not pack")
        self.leave.setToolTip(LEAVE)
        self.leave.clicked.connect(self._on_leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        for widget in (self.text, self.bar, self.go, self.leave):
            row.addWidget(widget)
        session.events.pack_offer.connect(self._refresh)
        self._refresh()

    def _on_leave(self) -> None:
        if self._is_running():
            self._desk.stop()
        else:
            self._desk.decline()

    def _is_running(self) -> bool:
        offer = self._session.pack_offer
        return offer is not None and offer.run is not None and not offer.run.status.is_over

    def _refresh(self) -> None:
        offer, running = self._session.pack_offer, self._is_running()
        self.setVisible(offer is not None)
        if offer is None:
            return
        self.text.setText(_told(offer))
        self.bar.setVisible(running)
        self.go.setVisible(not running)
        self.go.setText("Pack" if offer.run is None else "Go on")
        self.leave.setText("Stop" if running else "Not now")
        stopping = running and offer.run is not None and offer.run.stopping
        self.leave.setEnabled(not stopping)
        self.leave.setToolTip(STOP if running else LEAVE)
        if running and offer.run is not None:
            show_progress(self.bar, offer.run.status.done, offer.run.status.total)


def _told(offer: PackOffer) -> str:
    """Say what packing would save, or how it goes."""
    name = Path(offer.screen).name
    if offer.run is None:
        beside = f" beside the {size(offer.before_bytes)} of the originals" * bool(
            offer.before_bytes
        )
        return (
            f"Pack {name} for speed? {size(offer.after_bytes)}{beside},"
            f" {duration(offer.seconds)}; {_gain(offer.speed_up)}."
        )
    status = offer.run.status
    if status.state is RunState.FAILED:
        return f"Packing {name} failed: {plain(status.message)}"
    if status.is_over:
        return f"Packing {name} was stopped; what is packed is kept."
    if offer.run.stopping:
        return "Stopping… what is packed is kept."
    left = "" if status.seconds_left is None else f", {duration(status.seconds_left)} left"
    return f"Packing {name}: {status.done:,} of {status.total:,} sites{left}"


def _gain(factor: float) -> str:
    if factor < 1.05:
        return "it is then read no faster than now"
    return f"it is then read {factor:.{0 if factor >= 2.95 else 1}f} times as fast"
