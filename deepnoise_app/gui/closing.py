"""What is asked when the window closes: whether to save, and what becomes of the runs."""

from __future__ import annotations

from qtpy.QtWidgets import QMessageBox, QWidget

from deepnoise_app.gui.losses import may_lose, of_maps, of_recipe
from deepnoise_app.gui.parts import Parts
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.words import count
from deepnoise_app.session import RunView, Session

TITLE = "Close DeepNoise"


def going_on(session: Session) -> list[RunView]:
    """Trainings, scorings and a packing, which would outlive the window."""
    offer = session.pack_offer
    packing = [offer.run] if offer is not None and offer.run is not None else []
    runs = [view for view in session.runs if view.task in ("train", "score")]
    return [view for view in (*runs, *packing) if not view.status.is_over]


def _forgotten(session: Session) -> str:
    """Say what is lost in any case: folders that wait to be scored."""
    waiting = len(session.waiting)
    return (
        f"\n{count(waiting, 'folder')} waiting to be scored will be forgotten." if waiting else ""
    )


def may_close(window: QWidget, parts: Parts, can_stay: bool = True) -> bool:
    """Ask all that is to be asked before a window closes, if it cannot stay without *Cancel*."""
    losses = [*of_maps(parts.maps), *of_recipe(parts.training)]
    return may_lose(window, TITLE, losses, can_stay) and ask_about_runs(
        window, parts.session, parts.desk, can_stay
    )


def ask_about_runs(window: QWidget, session: Session, desk: RunDesk, can_stay: bool = True) -> bool:
    """Return whether the window may close; stops the runs if the user says so."""
    runs = going_on(session)
    if not runs:
        return True
    names = "\n".join(f"{view.task}: {view.title}" for view in runs)
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(TITLE)
    box.setText(f"{count(len(runs), 'run')} still at work. What shall become of it?")
    box.setInformativeText(
        f"{names}{_forgotten(session)}\n\nA run goes on without the window and is found again at"
        " the next start."
        " A stopped one keeps what it has reached and can be resumed."
    )
    on = box.addButton("Let it run on", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop it", QMessageBox.ButtonRole.DestructiveRole)
    if can_stay:
        box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(on)
    box.exec()
    clicked = box.clickedButton()
    if clicked is stop:
        for view in runs:
            desk.stop(view.path)
    return clicked in (on, stop) or not can_stay
