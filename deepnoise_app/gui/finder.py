"""The verbs that find wells on all open plates: filter them, go to the next one that passes."""

from __future__ import annotations

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.well_rows import Passing, WellRows
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import Filter, WellId, parse_filter
from deepnoise_app.session import PlateKey, Session

TOPIC = "filter"


class Finder:
    """Keeps `session.passing` in step with the filter, the plates and the predictions."""

    def __init__(self, session: Session, background: Background, workbench: Workbench) -> None:
        self._session = session
        self._background = background
        self._workbench = workbench
        self._filter = Filter()
        for fact in (session.events.screens, session.events.predictions):
            fact.connect(self._renew)

    def find(self, text: str) -> None:
        """Show which wells pass a filter; an empty one shows all of them alike.

        Raises
        ------
        FilterError
            If the filter cannot be read.
        """
        self._filter = parse_filter(text)
        self._renew()

    def step(self) -> None:
        """Go to the next well that passes, plate by plate, and round."""
        passing = self._session.passing
        if passing is None:
            return
        places = [(key, well) for key, wells in passing.items() for well in sorted(wells)]
        if places:
            key, well = places[self._place_after(places) % len(places)]
            self._workbench.show_plate(key)
            self._workbench.choose([well])

    def _place_after(self, places: list[tuple[PlateKey, WellId]]) -> int:
        plate, well = self._session.plate, self._session.well
        if plate is None or well is None:
            return 0
        order = [one.key for one in self._session.plates]
        here = (order.index(plate.key), well)
        behind = (i for i, (key, one) in enumerate(places) if (order.index(key), one) > here)
        return next(behind, 0)

    def _renew(self) -> None:
        session, wanted = self._session, self._filter
        rows = WellRows(session.plates, session.predictions)

        def work() -> tuple[WellRows, Passing | None]:
            rows.columns  # noqa: B018 (made here, not when the window asks for them)
            return rows, rows.passing(wanted) if wanted.alternatives else None

        self._background.ask(TOPIC, work, self._take, self._refuse)

    def _take(self, found: tuple[WellRows, Passing | None]) -> None:
        rows, passing = found
        self._session.well_columns = rows.columns
        self._session.filter_fault = ""
        self._session.passing = passing

    def _refuse(self, error: Exception) -> None:
        self._session.passing = None
        self._session.filter_fault = str(error)
