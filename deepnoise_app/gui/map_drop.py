"""The verbs for plate maps from a file: take one for the open plates, say what changed, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.words import count
from deepnoise_app.readers import read_plate_map
from deepnoise_app.screen import Plate, PlateMap, Screen
from deepnoise_app.session import Notice, PlateKey, Session


@dataclass(frozen=True, slots=True)
class Change:
    """Plates as a map makes them, and the sentence about it."""

    plates: Mapping[PlateKey, Plate]
    sentence: str
    details: str = ""


class MapDrop:
    """Gives open plates what a table says that their wells hold; nothing on disk changes."""

    def __init__(
        self,
        session: Session,
        background: Background,
        complain: Callable[[Exception, str], None],
    ) -> None:
        self._session = session
        self._background = background
        self._complain = complain
        self._before: tuple[Mapping[PlateKey, PlateMap], str | None] | None = None

    def take(self, path: Path) -> None:
        """Read a plate map (CSV, Excel, Parquet) and give it to the plates that it lists."""
        plates = self._session.plates
        self._background.ask(
            "plate map",
            lambda: read_change(path, plates),
            lambda change: self._taken(path, change),
            lambda error: self._complain(error, f"{path} could not be read"),
        )

    def undo(self) -> None:
        """Give the plates back what they held before the last table."""
        if self._before is None:
            return
        maps, path = self._before
        plates = {p.key: replace(p, map=maps[p.key])
                  for p in self._session.plates if p.key in maps}  # fmt: skip
        self._before = None
        self._put(plates, path)
        self._session.notice = Notice("The plates hold again what they held before")

    def _taken(self, path: Path, change: Change) -> None:
        maps = {plate.key: plate.map for plate in self._session.plates if plate.key in
                change.plates}  # fmt: skip
        self._before = maps, self._session.scoring.plate_map
        self._put(change.plates, str(path))
        self._session.notice = Notice(change.sentence, details=change.details)

    def _put(self, plates: Mapping[PlateKey, Plate], path: str | None) -> None:
        session, before = self._session, self._session.plate
        session.screens = tuple(_with(screen, plates) for screen in session.screens)
        session.scoring = session.scoring.model_copy(update={"plate_map": path})
        session.can_undo_map = self._before is not None
        if before is not None and before.key in plates:
            session.plate = plates[before.key]


def read_change(path: Path, plates: Sequence[Plate]) -> Change:
    """Read what a table says of these plates.

    Raises
    ------
    ScreenError
        If it cannot be read, or lists none of the plates.
    """
    if not plates:
        raise ScreenError(f"{path.name} may be a plate map: open its plates first, then drop it")
    maps = read_plate_map(path)
    changed = {p.key: replace(p, map=p.map | maps[p.key]) for p in plates if p.key in maps}
    if not changed:
        listed = ", ".join(sorted({" ".join(key).strip() for key in maps})[:3])
        raise ScreenError(
            f"{path.name} lists none of the open plates (it lists {listed}): experiment and plate"
            f" have to be called as here, such as {' '.join(plates[0].key)}"
        )
    fresh = other = named = 0
    for plate in plates:
        for well in changed[plate.key].wells if plate.key in changed else ():
            old, new = plate.map[well], changed[plate.key].map[well]
            named += bool(new.perturbation)
            fresh += new != old and not old.perturbation
            other += new != old and bool(old.perturbation)
    said = f"{path.name}: {count(named, 'well')} named on {count(len(changed), 'plate')}"
    what = [f"{fresh:,} that nothing was known of"] * bool(fresh)
    what += [f"{other:,} held something else before"] * bool(other)
    left = len(plates) - len(changed)
    what += [f"{count(left, 'open plate')} not listed"] * bool(left)
    problems = "\n".join(problem.message for problem in maps.problems)
    what += [count(len(maps.problems), "row") + " left out"] * bool(problems)
    assumed = ", ".join(f"{name} as {str(role).replace('_', ' ')}"
                        for name, role in (maps.assumed or {}).items())  # fmt: skip
    what += [f"taken by its name: {assumed}"] * bool(assumed)
    sentence = "; ".join([said, *what]) if what else f"{said}; nothing has changed"
    return Change(changed, sentence, problems)


def _with(screen: Screen, plates: Mapping[PlateKey, Plate]) -> Screen:
    """Return a screen with some of its plates changed."""
    if not any(plate.key in plates for plate in screen.plates):
        return screen
    return replace(screen, plates=tuple(plates.get(p.key, p) for p in screen.plates))
