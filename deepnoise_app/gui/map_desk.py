"""The verbs for plate maps: take them from files, accept what the images say, undo, save."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deepnoise_app.analysis.verdict import is_learned, judge
from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.map_change import Change, proposed, read_changes
from deepnoise_app.gui.words import count
from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen import Plate, PlateMap, Predictions, Screen
from deepnoise_app.screen.formulas import write_csv
from deepnoise_app.session import MapFinding, Notice, PlateKey, Session
from deepnoise_app.writers.platemap import plate_map_table

Complain = Callable[[Exception, str], None]


@dataclass(frozen=True, slots=True)
class Before:
    """What counted before a change: maps of the plates, file of the plate map, findings."""

    maps: Mapping[PlateKey, PlateMap]
    file: str | None
    findings: tuple[MapFinding, ...]


class MapDesk:
    """Gives open plates other plate maps; predictions stay, nothing on disk changes.

    `folder` is where tables are written that say what is on screen, for the workers.
    """

    def __init__(
        self, session: Session, background: Background, complain: Complain, folder: Path
    ) -> None:
        self._session = session
        self._background = background
        self._complain = complain
        self._folder = folder
        self._past: list[Before] = []
        self._saved: dict[PlateKey, PlateMap] = {}
        # What a change has put on plates: another map there is that of a plate opened since.
        self._put_there: dict[PlateKey, PlateMap] = {}
        session.events.predictions.connect(self._on_predictions)
        session.events.screens.connect(self._on_screens)

    def take(self, paths: Sequence[Path]) -> None:
        """Read plate maps (CSV, Excel, Parquet) and give them to the plates that they list."""
        plates, folder = self._session.plates, self._folder
        names = ", ".join(path.name for path in paths)
        self._background.ask(
            "plate map",
            lambda: read_changes(paths, plates, folder),
            lambda change: self._changed(change, ()),
            lambda error: self._complain(error, f"{names} could not be read"),
        )

    def accept(self, wanted: Sequence[MapFinding]) -> None:
        """Take what a map check proposes for plates, and for those they are exchanged with."""
        findings = self._session.findings
        keys = {key for finding in wanted for key in together(finding, findings)}
        file = next((one.proposal for one in wanted if one.proposal is not None), None)
        if file is None:
            return
        plates, folder = self._session.plates, self._folder
        told = tuple(replace(one, accepted=True) if one.plate in keys else one for one in findings)
        self._background.ask(
            "plate map",
            lambda: proposed(sorted(keys), file, plates, folder),
            lambda change: self._changed(change, told),
            lambda error: self._complain(error, "The proposal could not be read"),
        )

    def undo(self) -> None:
        """Give the plates back what they held before the last change."""
        if not self._past:
            return
        before = self._past.pop()
        self._put(before.maps, before.file)
        self._session.findings = before.findings
        earlier = count(len(self._past), "earlier change")
        left = f"; {earlier} can be taken back too" if self._past else ""
        self._session.notice = Notice(f"The plates hold again what they held before{left}")

    def save(self, path: Path) -> None:
        """Write what is known of all open plates as a plate map (CSV)."""
        maps = self._known()
        self._background.write(
            f"save {path}",
            lambda: _write(maps, path),
            lambda wells: self._written(maps, path, wells),
            lambda error: self._complain(error, f"{path} could not be written"),
        )

    def save_now(self, path: Path) -> bool:
        """Write the same before anything else happens; whether that went well."""
        maps = self._known()
        try:
            self._written(maps, path, _write(maps, path))
        except (OSError, DeepNoiseError) as error:
            self._complain(error, f"{path} could not be written")
            return False
        return True

    def unsaved(self) -> tuple[PlateKey, ...]:
        """Open plates that hold something else than on disk, and that was not saved."""
        changed = set[PlateKey]().union(*(before.maps for before in self._past))
        return tuple(
            plate.key
            for plate in self._session.plates
            if plate.key in changed
            and plate.map is self._put_there.get(plate.key)
            and plate.map is not self._saved.get(plate.key)
        )

    def _known(self) -> dict[PlateKey, PlateMap]:
        return {plate.key: plate.map for plate in self._session.plates if len(plate.map)}

    def _written(self, maps: Mapping[PlateKey, PlateMap], path: Path, wells: int) -> None:
        self._saved = {**self._saved, **maps}
        text = f"{wells:,} wells of {count(len(maps), 'plate')} written: {path}"
        self._session.notice = Notice(text)

    def _changed(self, change: Change, findings: tuple[MapFinding, ...]) -> None:
        session = self._session
        there = {plate.key: plate.map for plate in session.plates if plate.key in change.maps}
        self._past.append(Before(there, session.scoring.plate_map, session.findings))
        self._put(change.maps, str(change.file))
        session.findings = findings  # what was found of another plate map is no longer so
        session.notice = Notice(change.sentence, details=change.details)

    def _put(self, maps: Mapping[PlateKey, PlateMap], file: str | None) -> None:
        session, before = self._session, self._session.plate
        plates = {p.key: replace(p, map=maps[p.key]) for p in session.plates if p.key in maps}
        self._put_there = {**self._put_there, **maps}
        session.screens = tuple(_with(screen, plates) for screen in session.screens)
        session.scoring = session.scoring.model_copy(update={"plate_map": file})
        if before is not None and before.key in plates:
            session.plate = plates[before.key]
        self._expect(frozenset(maps))
        session.can_undo_map = bool(self._past)

    def _on_screens(self) -> None:
        """Forget changes of plates that are all closed or opened anew: those have other maps."""
        plates, known = self._session.plates, self._put_there
        there = {plate.key for plate in plates if plate.map is known.get(plate.key)}
        if self._past and there.isdisjoint(set().union(*(before.maps for before in self._past))):
            file = self._past[0].file
            self._past.clear()
            self._saved.clear()
            self._put_there.clear()
            self._session.can_undo_map = False
            self._session.scoring = self._session.scoring.model_copy(update={"plate_map": file})

    def _on_predictions(self) -> None:
        self._expect(frozenset())

    def _expect(self, also: frozenset[PlateKey]) -> None:
        """Keep what predictions stand beside in step with the plate maps that were changed."""
        predictions = self._session.predictions
        keys = also.union(*(before.maps for before in self._past))
        if predictions is None or not keys:
            return
        maps = {plate.key: plate.map for plate in self._session.plates if plate.key in keys}
        self._background.ask(
            "expected",
            lambda: predictions.expecting(maps),
            lambda found: self._expected(predictions, found, maps),
            lambda error: self._complain(error, "Accuracies could not be counted again"),
        )

    def _expected(
        self, asked: Predictions, found: Predictions, maps: Mapping[PlateKey, PlateMap]
    ) -> None:
        session = self._session
        if found is asked or session.predictions is not asked:
            return  # nothing differs, or newer ones have come and are asked about
        session.predictions = found
        if session.embeddings is not None:
            session.embeddings = session.embeddings.expecting(maps)
        verdict = judge(found.table, is_learned(found.table, session.classes))
        told = {
            name: {"value": one.value, "low": one.low, "high": one.high}
            for name, one in verdict.accuracies.items()
        }
        wells = {"treated_wells_of_known_perturbation": verdict.wells}
        session.summary = {**session.summary, "accuracy": told, **wells}


def _write(maps: Mapping[PlateKey, PlateMap], path: Path) -> int:
    """Write plate maps as one table; returns how many wells it has."""
    table = plate_map_table(maps)
    write_beside(path, lambda beside: write_csv(table, beside))
    return len(table)


def together(finding: MapFinding, findings: Sequence[MapFinding]) -> tuple[PlateKey, ...]:
    """Plates that change with one: those it is exchanged with, if they raise an alarm too."""
    alarms = {one.plate: one for one in findings if one.proposal is not None}
    keys: list[PlateKey] = []
    waiting = [finding.plate]
    while waiting:
        key = waiting.pop()
        if key in alarms and key not in keys:
            keys.append(key)
            waiting += alarms[key].partners
    return tuple(sorted(keys))


def _with(screen: Screen, plates: Mapping[PlateKey, Plate]) -> Screen:
    """Return a screen with some of its plates changed."""
    if not any(plate.key in plates for plate in screen.plates):
        return screen
    return replace(screen, plates=tuple(plates.get(p.key, p) for p in screen.plates))
