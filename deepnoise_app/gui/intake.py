"""What runs have found of the open plates becomes facts: as it comes, and at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from qtpy.QtCore import QTimer

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.origins import strange_word, take_in
from deepnoise_app.runs.ensemble import load_joint_card
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.screen import Predictions
from deepnoise_app.session import Notice, PlateKey, RunView, Session
from deepnoise_app.untrusted import read_json

Classes = dict[str, frozenset[str]]
Loaded = tuple[RunView, Predictions, dict[str, object], Classes]
PREDICTIONS, SUMMARY = "predictions.parquet", "summary.json"


class Intake:
    """Reads the predictions of runs and adds them to those that are shown."""

    def __init__(
        self,
        session: Session,
        background: Background,
        go_to: Callable[[PlateKey], None],
        complain: Callable[[Exception], None],
    ) -> None:
        self._session = session
        self._background = background
        self._go_to = go_to
        self._complain = complain
        # Scorings of which some wells are shown already.
        self._coming: set[Path] = set()

    def read(self, view: RunView) -> None:
        """Show what a run has left at its end; nothing where it left no predictions."""
        if (view.path / PREDICTIONS).is_file():
            self._background.ask(
                f"results {view.path}", lambda: _load(view), self._take, self._complain
            )

    def read_so_far(self, view: RunView, paths: Sequence[Path]) -> None:
        """Show the wells that a scoring has named while it goes on, and after it was stopped."""
        if paths:
            self._background.ask(
                "so far",
                lambda: (read_ready(paths[-1]), _classes(view.path)),
                partial(self._take_so_far, view),
                lambda _: None,  # the next table, or the last, is as good
            )

    def _take_so_far(self, view: RunView, so_far: tuple[Predictions, Classes]) -> None:
        if view.path in self._session.scorings:
            return  # all of it is there by now
        found, classes = so_far
        self._session.classes = {**self._session.classes, **classes}
        self.merge(found, view)
        if view.path not in self._coming:
            self._coming.add(view.path)
            self._session.paint_names()
            QTimer.singleShot(0, partial(self._go_where_named, found))

    def _take(self, loaded: Loaded) -> None:
        view, new, summary, classes = loaded
        _, strange = take_in(self._session, new.plates, view.origin)
        if strange:
            self._session.notice = Notice(f"{view.title}: {strange_word(self._session, strange)}")
        new = new.without(strange)
        if not len(new):
            return
        others = tuple(one for one in self._session.scorings if one != view.path)
        self._session.scorings = (*others, view.path)
        self._session.summary = summary
        # Before the predictions, whose listeners read both.
        self._session.classes = {**self._session.classes, **classes}
        self._add(new)
        self._session.paint_names()
        # In a turn of its own, so that the window answers in between.
        QTimer.singleShot(0, partial(self._go_where_named, new))

    def _go_where_named(self, new: Predictions) -> None:
        """Bring an open plate with new names to the front, unless the one in front has some.

        After a training these are the held-out plates; those that it learned from have no names.
        """
        plate = self._session.plate
        if plate is None or new.has(plate.key):
            return
        named = next((p.key for p in self._session.plates if new.has(p.key)), None)
        if named is not None:
            self._go_to(named)

    def merge(self, new: Predictions, view: RunView) -> None:
        """Add predictions of a run to those that are there; newer ones of a plate count."""
        _, strange = take_in(self._session, new.plates, view.origin)
        self._add(new.without(strange))

    def _add(self, new: Predictions) -> None:
        old = self._session.predictions
        if len(new):
            self._session.predictions = new if old is None else old.renewed(new)


def read_ready(path: Path) -> Predictions:
    """Read predictions and find the rows of their plates, so that the window need not."""
    found = Predictions.read(path)
    for key in found.plates:
        found.of(key)
    return found


def _load(view: RunView) -> Loaded:
    predictions = read_ready(view.path / PREDICTIONS)
    summary = read_json(view.path / SUMMARY)
    return view, predictions, summary, _classes(view.path)


def _classes(path: Path) -> Classes:
    """Name of the model of a run, and what it can name; empty where the model is gone."""
    recipe = RunFolder(path).recipe
    model = path / "model" if recipe.task == "train" else recipe.scoring.model or ""
    try:
        card = load_joint_card(model)
    except DeepNoiseError:
        return {}
    return {card.name: frozenset(card.classes) - set(card.control_classes)}
