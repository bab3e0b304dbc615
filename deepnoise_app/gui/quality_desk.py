"""The verbs for quality: measure all plates, choose what is looked at, check the plate maps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QTimer

from deepnoise_app.analysis.correction import WORDS
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.sheet import (
    QualitySheet,
    SheetChoice,
    joined,
    make_sheet,
    tell_quality,
)
from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.heat_map_file import write_heat_map
from deepnoise_app.gui.job import Jobs, saved
from deepnoise_app.gui.origins import take_in
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.screen import Plate, WellId
from deepnoise_app.session import (
    MapFinding,
    Notice,
    Paint,
    Painting,
    PlateKey,
    RunView,
    Session,
)
from deepnoise_app.untrusted import read_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Measures come several times a second while plates are measured: the sheet follows more slowly.
REST_MS = 400
PROPOSAL = "proposal.csv"


class QualityDesk:
    """Keeps sheet, summary and flags in step with the measures; nothing is computed here."""

    def __init__(
        self,
        session: Session,
        background: Background,
        jobs: Jobs,
        desk: RunDesk,
        workbench: Workbench,
    ) -> None:
        self._session = session
        self._workbench = workbench
        self._background = background
        self._jobs = jobs
        self._desk = desk
        self._rest = QTimer(background, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._renew)
        session.events.measures.connect(self._on_measures)
        session.events.screens.connect(self._on_screens)
        jobs.told.connect(self._hear)

    # Verbs ----------------------------------------------------------------------------------

    def measure(self, whole: bool) -> None:
        """Measure all open plates; `whole`: focus, texture and number of nuclei as well."""
        self._begin("measure", measures="all" if whole else "basic")

    def check_maps(self, model: str | None) -> None:
        """Ask whether the plate maps fit the images, by a model or by wells that hold the same."""
        used = self._session.scoring
        scoring = Scoring(model=model, plate_map=used.plate_map, library=used.library)
        self._begin("check-map", scoring=scoring)

    def choose(self, choice: SheetChoice) -> None:
        """Look at another measure, or at another correction of it."""
        if choice != self._session.sheet_choice:
            self._session.sheet_choice = choice
            self._renew()

    def show(self, key: PlateKey, well: WellId | None = None) -> None:
        """Bring a plate to the front, painted as the sheet shows it, and go to a well of it."""
        self._workbench.show_plate(key)
        if self._session.sheet is not None:
            self._session.painting = Painting(Paint.QUALITY)
        if well is not None:
            self._workbench.choose([well])

    def enlarge(self) -> None:
        """Show the plate in front large, where plates are walked on."""
        self._session.bring_forward("Plates")

    def export(self, path: Path) -> None:
        """Write the sheet as a picture (`.png`, `.svg`) or as a table (`.csv`)."""
        sheet = self._session.sheet
        if sheet is not None:
            self._background.write(
                f"export {path}",
                lambda: _write(sheet, path),
                lambda _: setattr(self._session, "notice", Notice(f"Written: {path}")),
                self._desk.complain,
            )

    def _begin(self, task: str, **wanted: object) -> None:
        screens = [screen.path for screen in self._session.screens]
        if not screens:
            return
        try:
            reader = self._session.reader_for(screens)
        except DeepNoiseError as error:
            self._desk.complain(error)
            return
        asked = {"task": task, "screen": screens, "reader": reader, **wanted}
        recipe = Recipe().model_copy(update=asked)
        self._desk.begin(recipe, " and ".join(Path(path).name for path in screens))

    # What comes -----------------------------------------------------------------------------

    def _on_measures(self) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def _on_screens(self) -> None:
        there = {plate.key for plate in self._session.plates}
        kept = tuple(f for f in self._session.findings if f.plate in there)
        self._session.findings = kept
        self._on_measures()

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        for path in saved(view.path, events, "map-check"):
            try:
                found = _findings(path)
            except (OSError, ValueError) as error:
                self._desk.complain(error)
            else:
                mine, _ = take_in(self._session, (one.plate for one in found), view.origin)
                self._session.findings = tuple(one for one in found if one.plate in mine)
        if view.task == "measure" and events and view.status.is_over:
            self._rest.start()

    def _renew(self) -> None:
        """Lay out the sheet again, and tell about it once nothing is measured any more."""
        session, choice = self._session, self._session.sheet_choice
        parts = [
            (session.measures[plate.key], plate)
            for plate in session.plates
            if len(session.measures.get(plate.key, ()))
        ]
        if not parts:
            self._background.forget("sheet")
            self._background.forget("quality")
            session.sheet, session.quality = None, None
            return
        if choice.column != (session.sheet.choice.column if session.sheet else ""):
            session.quality = None  # it speaks of another measure
        self._background.ask(
            "sheet",
            lambda: make_sheet(_measures(parts), choice),
            lambda found: setattr(session, "sheet", found),
            self._desk.complain,
        )
        if not any(v.task == "measure" and not v.status.is_over for v in self._jobs.views):
            self._background.ask(
                "quality",
                lambda: tell_quality(_measures(parts), choice),
                lambda found: setattr(session, "quality", found),
                self._desk.complain,
            )


def _measures(parts: Iterable[tuple[Measures, Plate]]) -> Measures:
    """Put together the measures of plates, with what their plate maps say now."""
    return joined(measures.mapped(plate) for measures, plate in parts)


def _findings(path: Path) -> tuple[MapFinding, ...]:
    """Read what a map check has found; its proposals lie beside it."""
    plates, file = read_json(path)["plates"], path.parent / PROPOSAL
    return tuple(
        MapFinding(
            (one["experiment"], one["plate"]),
            one["sentence"],
            one["verdict"] == "differs" or bool(one["exchanged"]),
            one["verdict"] != "cannot be told",
            file if one.get("proposed") and file.is_file() else None,
            tuple((str(key[0]), str(key[1])) for key in one.get("partners", ())),
        )
        for one in plates
    )


def _write(sheet: QualitySheet, path: Path) -> None:
    """Write a sheet as its file name ends."""

    def draw() -> Figure:
        from deepnoise_app.reports.sheets import draw_sheet  # slow to load

        title = f"{sheet.title} ({WORDS[sheet.choice.correction]})"
        return draw_sheet(sheet.plates, title, sheet.unit)

    write_heat_map(path, sheet.table, draw)
