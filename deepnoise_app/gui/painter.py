"""What is painted on the plate: chooses the overlay, has plates measured, exports heat maps."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.heat_map_file import write_heat_map
from deepnoise_app.gui.job import Jobs, saved
from deepnoise_app.gui.origins import take_in
from deepnoise_app.gui.painted import overlay_of, painted_figure, painted_table
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.session import (
    MEASURED,
    Notice,
    Origin,
    Paint,
    Painting,
    PlateKey,
    RunView,
    Session,
    Tone,
)


class Painter:
    """Keeps the overlay in step with plate, measures and predictions."""

    def __init__(self, session: Session, background: Background, jobs: Jobs) -> None:
        self._session = session
        self._background = background
        self._jobs = jobs
        self._measuring: dict[tuple[str, PlateKey], Path] = {}  # the runs
        session.events.painting.connect(self._forget_range)
        session.events.sheet_choice.connect(self._on_sheet_choice)
        for fact in ("plate", "painting", "measures", "predictions", "sheet"):
            getattr(session.events, fact).connect(self._repaint)
        session.events.plate.connect(self._on_plate)
        session.events.screens.connect(self._on_screens)
        jobs.told.connect(self._hear)

    def paint(self, painting: Painting) -> None:
        """Paint something else; a plate that lacks the measure is measured first.

        What ended early is begun anew: somebody asks for it again.
        """
        over = {view.path for view in self._jobs.views if view.status.is_over}
        self._measuring = {key: run for key, run in self._measuring.items() if run not in over}
        self._session.painting = painting
        self._measure_if_wanted()

    def set_range(self, low: float, high: float) -> None:
        """Set the values at the ends of the colour bar."""
        self._session.colour_range = (min(low, high), max(low, high))

    def lock_range(self, locked: bool) -> None:
        """Paint all plates with the colour range of the one in front, or each with its own."""
        shown = self._session.shown_range
        self._session.range_locked = locked
        self._session.colour_range = shown if locked else None

    def reset_range(self) -> None:
        """Take the ends of the colour bar from the values: 2 to 98 %."""
        self._session.colour_range = None
        if self._session.range_locked:
            self._session.colour_range = self._session.shown_range

    @property
    def has_something(self) -> bool:
        """Whether something is painted: the layout, or values."""
        session = self._session
        layout = session.plate is not None and session.painting.paint is Paint.LAYOUT
        return layout or session.overlay is not None

    def export(self, path: Path) -> None:
        """Write what is painted as a picture (`.png`, `.svg`) or as a table (`.csv`)."""
        plate, overlay = self._session.plate, self._session.overlay
        if plate is None or not self.has_something:
            return
        draw = partial(painted_figure, plate, overlay, self._session.shown_range)

        def written(_: None) -> None:
            self._session.notice = Notice(f"Written: {path}")

        def failed(error: Exception) -> None:
            self._session.notice = Notice(str(error), Tone.PROBLEM, str(error))

        write = partial(write_heat_map, path, partial(painted_table, plate, overlay), draw)
        self._background.write(f"export {path}", write, written, failed)

    def _forget_range(self) -> None:
        """Whoever paints other values: a colour range, locked or not, is that of the old ones."""
        self._session.colour_range = None
        self._session.range_locked = False

    def _on_sheet_choice(self) -> None:
        if self._session.painting.paint is Paint.QUALITY:
            self._forget_range()

    def _on_plate(self) -> None:
        """Another plate has its own colour range, unless that is locked."""
        if not self._session.range_locked:
            self._session.colour_range = None
        self._measure_if_wanted()

    def _measure_if_wanted(self) -> None:
        plate, painting = self._session.plate, self._session.painting
        if plate is None or painting.paint not in MEASURED:
            return
        screen = self._session.screen_of(plate)
        known = self._session.measures.get(plate.key, ())
        if screen is None or len(known) == len(plate.wells):
            return
        if (screen.path, plate.key) in self._measuring:
            return
        recipe = Recipe(
            task="measure",
            screen=[screen.path],
            plates=["/".join(plate.key)],
            reader=self._session.reader_for([screen.path]),
        )
        try:
            run = self._jobs.begin(recipe, " ".join(plate.key))
        except DeepNoiseError as error:
            self._session.notice = Notice(str(error), Tone.PROBLEM, str(error))
        else:
            self._measuring[screen.path, plate.key] = run.path

    def _on_screens(self) -> None:
        """Forget what was asked for screens that are closed: their measures are forgotten too."""
        there = {screen.path for screen in self._session.screens}
        self._measuring = {key: run for key, run in self._measuring.items() if key[0] in there}

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        if view.task != "measure":
            return
        for path in saved(view.path, events, "measures"):
            # A file that is being replaced is passed over: the next event brings it.
            read = partial(Measures.read, path)
            take = partial(self._take, view.origin)
            self._background.ask(f"measures {path}", read, take, _passed_over)

    def _take(self, origin: Origin, found: Measures) -> None:
        if len(found):
            first = found.table.iloc[0]
            key = (str(first["Metadata_Experiment"]), str(first["Metadata_Plate"]))
            if key in take_in(self._session, [key], origin)[0]:
                self._session.measures = {**self._session.measures, key: found}

    def _repaint(self) -> None:
        self._session.overlay = overlay_of(self._session)


def _passed_over(_: Exception) -> None:
    """Nobody is told."""
