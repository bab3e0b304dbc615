"""What becomes of runs when the window closes: the user is asked."""

from __future__ import annotations

from qtpy.QtWidgets import QMessageBox, QWidget

from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.words import count
from deepnoise_app.session import RunView, Session

# What goes on without the window; other runs are of no use without it, and are stopped.
LASTING = ("train", "score")


def going_on(session: Session) -> list[RunView]:
    """Trainings and scorings that would outlive the window."""
    return [v for v in session.runs if v.task in LASTING and not v.status.is_over]


def _forgotten(session: Session) -> str:
    """Say what is lost in any case: folders that wait to be scored."""
    waiting = len(session.waiting)
    return (
        f"\n{count(waiting, 'folder')} waiting to be scored will be forgotten." if waiting else ""
    )


def ask_about_runs(window: QWidget, session: Session, desk: RunDesk) -> bool:
    """Return whether the window may close; stops the runs if the user says so."""
    runs = going_on(session)
    if not runs:
        return True
    names = "\n".join(f"{view.task}: {view.title}" for view in runs)
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Close DeepNoise")
    box.setText(f"{count(len(runs), 'run')} still at work. What shall become of it?")
    box.setInformativeText(
        f"{names}{_forgotten(session)}\n\nA run goes on without the window and is found again at"
        " the next start."
        " A stopped one keeps what it has reached and can be resumed."
    )
    on = box.addButton("Let it run on", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop it", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(on)
    box.exec()
    clicked = box.clickedButton()
    if clicked is stop:
        for view in runs:
            desk.stop(view.path)
    return clicked in (on, stop)
