"""The verbs of the window: each changes facts of the session, now or when an answer comes."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.album import Album, Page, beside
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.look_desk import LookDesk
from deepnoise_app.gui.naming import Naming
from deepnoise_app.gui.opening import Opening, all_problems, named_folder, understood
from deepnoise_app.gui.origins import forget, leave_word, namesakes, told_elsewhere
from deepnoise_app.gui.sight import sight_of
from deepnoise_app.gui.words import left_out_text
from deepnoise_app.screen import Plate, Role, Screen, WellId
from deepnoise_app.session import (
    SCORED,
    Notice,
    Painting,
    Picture,
    PlateKey,
    Session,
    Sight,
    Tone,
)

T = TypeVar("T")


class Workbench:
    """Opens plates, chooses wells, says what of them is shown.

    Folders are read by `Opening`, pictures by `Album`; how channels look is up to `looks`. What
    runs in worker processes is asked of `RunDesk`, what is painted on the plate of `Painter`.
    """

    def __init__(self, session: Session, background: Background) -> None:
        self.session = session
        self._background = background
        self.names = Naming(session, background)
        self.looks = LookDesk(session, background, self.complain_of_plate)
        self._album = Album(background)
        # Plates of whose pictures it was said that not every site is in them.
        self._told_of: set[PlateKey] = set()
        session.events.card.connect(self._on_card)
        # Asked before plates take the place of others, with the screens that these are of.
        self.may_replace: Callable[[Sequence[Screen], Screen], bool] = lambda *_: True
        self._opening = Opening(session, background, self._opened, self.complain)

    # Plates ---------------------------------------------------------------------------------

    def open(self, paths: Sequence[Path], reader: str | None = None) -> None:
        """Open folders as screens; each takes the place of the same folder opened before."""
        self._opening.open(paths, reader)

    def look(self, paths: Sequence[Path], what: Callable[[], T], then: Callable[[T], None]) -> None:
        """Find out what some paths are; it is stopped as the reading of names is."""
        self._opening.look(paths, what, then)

    def stop_opening(self) -> None:
        """Open none of the folders whose names are being read."""
        self._opening.stop()

    def _opened(self, screen: Screen) -> None:
        session = self.session
        if not self.may_replace(_replaced(session, screen), screen):
            session.notice = Notice(f"{Path(screen.path).name} was not opened: nothing has changed")
            return
        alike = namesakes(session, screen)
        before = [one for one in session.screens if one.path == screen.path]
        said = understood(screen) + leave_word(screen, alike)
        gone = {p.key for one in (*alike, *before) for p in one.plates}
        if any(one.reader == screen.reader for one in before):
            gone -= {plate.key for plate in screen.plates}
        others = tuple(one for one in session.screens if one not in (*alike, *before))
        if gone:
            session.screens = others
        forget(session, gone | told_elsewhere(session, screen))
        session.screens = (*others, screen)
        session.notice = Notice(said, details=all_problems(screen), folder=named_folder(screen))
        if screen.imaged:
            self._paint_what_is_known(screen.imaged[0].key)
            self.show_plate(screen.imaged[0].key)

    def _paint_what_is_known(self, key: PlateKey) -> None:
        """A plate that is just opened shows its layout, and not that it has no predictions."""
        predictions = self.session.predictions
        named = predictions is not None and predictions.has(key)
        if self.session.painting.paint in SCORED and not named:
            self.session.painting = Painting()

    def close(self, screen: Screen) -> None:
        """Close a screen and forget what is known of its plates; nothing on disk changes."""
        kept = tuple(s for s in self.session.screens if s is not screen)
        self.session.screens = kept
        if self.session.plate is not None and self.session.plate not in self.session.plates:
            self.session.plate = None
            self.session.wells = ()
            self.session.picture = None
        forget(self.session, {plate.key for plate in screen.plates})
        if self.session.plate is None and self.session.plates:
            self.show_plate(self.session.plates[0].key)

    def show_plate(self, key: PlateKey) -> None:
        """Bring a plate to the front, at the same well if it was imaged there."""
        plate = next((p for p in self.session.plates if p.key == key), None)
        if plate is None or plate is self.session.plate:
            return
        before = self.session.plate
        well = self.session.well
        self.session.site = self.session.site if self.session.site in plate.sites else None
        self.session.plate = plate
        self.looks.suit(plate, before)
        there = well is not None and well in plate.well_index
        self.choose([well if well is not None and there else plate.wells[0]])

    def choose(self, wells: Sequence[WellId]) -> None:
        """Choose wells of the plate in front; the canvas shows those that were imaged."""
        plate = self.session.plate
        if plate is None:
            return
        self.session.wells = tuple(dict.fromkeys(wells))
        self._read(plate)

    def add(self, well: WellId) -> None:
        """Add a well to those chosen, or take it out."""
        chosen = self.session.wells
        kept = tuple(w for w in chosen if w != well)
        self.choose(kept if well in chosen and kept else (*kept, well))

    def step(self, rows: int, columns: int) -> None:
        """Go to the next imaged well in a direction, passing over those that were not imaged."""
        plate, well = self.session.plate, self.session.well
        if plate is None or well is None:
            return
        found = beside(plate, well, rows, columns)
        if found is not None:
            self.choose([found])

    def go_to(self, role: Role) -> None:
        """Go to the next imaged well of a role, row by row, and round the plate."""
        plate, well = self.session.plate, self.session.well
        found = [w for w in plate.wells if plate.map[w].role is role] if plate is not None else []
        if found:
            behind = [w for w in found if well is not None and w > well]
            self.choose([(behind or found)[0]])

    def show_site(self, site: int | None) -> None:
        """Show one site of each well, or all with None."""
        self.session.site = site
        if self.session.plate is not None:
            self._read(self.session.plate)

    def show_whole_plate(self, whole: bool) -> None:
        """Show the whole plate as a mosaic, or the chosen wells."""
        if whole != self.session.whole_plate:
            self.session.whole_plate = whole
            if self.session.plate is not None:
                self._read(self.session.plate)

    def see_as_model(self, seen: bool) -> None:
        """Show pixels in deviations from the plate's mean, at the size of the chosen model."""
        self.session.as_model = seen
        if self.session.plate is not None:
            self._read(self.session.plate)

    def _read(self, plate: Plate) -> None:
        sight = None
        if self.session.as_model:
            sight = self.session.sights.get(plate.key)
            if sight is None or sight.size != self._seen_size:
                self._find_sight(plate)
                return
        if self.session.whole_plate:
            return
        page = Page(plate, self.session.wells, self.session.site, sight)
        self._album.open(page, self._show, self.complain_of_plate)

    @property
    def _seen_size(self) -> int:
        card = self.session.card
        return card.input_size if card is not None else 0

    def _find_sight(self, plate: Plate) -> None:
        size = self._seen_size

        def found(sight: Sight) -> None:
            if self.session.is_open(plate):
                self.session.sights = {**self.session.sights, plate.key: sight}
            if plate is self.session.plate:
                self._read(plate)

        self._background.ask("sight", lambda: sight_of(plate, size), found, self.complain_of_plate)

    def _on_card(self) -> None:
        if self.session.as_model and self.session.plate is not None:
            self._read(self.session.plate)

    def _show(self, picture: Picture) -> None:
        self.session.picture = picture
        if picture.places and all(place.lost for place in picture.places):
            text = f"Nothing of this well can be read: {picture.faults[0]}"
            self.session.notice = Notice(text, Tone.PROBLEM, "\n".join(picture.faults))
        if picture.left_out and picture.plate not in self._told_of:
            self._told_of.add(picture.plate)
            self.session.notice = Notice(left_out_text(len(picture.places), picture.left_out))

    # Notices --------------------------------------------------------------------------------

    def complain(self, error: Exception, what: str) -> None:
        """Tell the user of a fault: our own words as they are, others as a plain sentence."""
        details = "".join(traceback.format_exception(error))
        known = isinstance(error, DeepNoiseError)
        text = str(error) if known else f"{what}: {type(error).__name__}: {error}"
        self.session.notice = Notice(text, Tone.PROBLEM, text if known else details)

    def complain_of_plate(self, error: Exception) -> None:
        """Tell the user of a fault while a plate was read."""
        self.complain(error, "The plate could not be read")

    def dismiss(self) -> None:
        """Take the notice away."""
        self.session.notice = None


def _replaced(session: Session, screen: Screen) -> list[Screen]:
    """Return open screens whose place another one takes."""
    before = [one for one in session.screens if one.path == screen.path]
    return [*before, *namesakes(session, screen)]
