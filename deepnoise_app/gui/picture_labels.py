"""What is written above the sites of the chosen wells: as much as each site has room for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from deepnoise_app.gui.label_layer import Texts
from deepnoise_app.gui.labels import (
    LETTER_PX,
    LINE_PX,
    Label,
    features_of,
    places_of,
    plate_of_picture,
    said_of,
)
from deepnoise_app.gui.look import GAP, ROOM_ABOVE
from deepnoise_app.gui.painted import named_on
from deepnoise_app.session import Picture, Session

# Share of a site's height between the site and its label.
ABOVE = 0.015
# Up to so many sites have room for a whole label each.
FEW = 2
# Lines that fit above sites which lie in one row: nothing is above them.
MOST_LINES = 3
# Room for two of them above a picture that fills the height of the canvas.
HEAD_PX = 2.2 * LINE_PX


@dataclass(frozen=True, slots=True)
class Room:
    """What a label may take: letters in a line, and lines."""

    letters: float
    lines: int

    @classmethod
    def over(cls, picture: Picture, zoom: float) -> Room:
        """Return the room above each site; `zoom`: pixels of the canvas per pixel of the files."""
        lefts = sorted({place.left for place in picture.places})
        tops = sorted({place.top for place in picture.places})
        width = lefts[1] - lefts[0] if len(lefts) > 1 else picture.pixels.shape[2] + GAP
        letters = width * picture.step[1] * zoom / LETTER_PX - 1
        if len(tops) < 2:
            return cls(letters, MOST_LINES)
        above = (tops[1] - tops[0]) * ROOM_ABOVE / (1 + ROOM_ABOVE)
        return cls(letters, max(1, int(above * picture.step[0] * zoom // LINE_PX)))

    def fits(self, label: Label) -> bool:
        """Whether a label touches no other."""
        lines = label.text.split("\n")
        return len(lines) <= self.lines and max(map(len, lines)) <= self.letters


def picture_texts(session: Session, zoom: float) -> Texts:
    """Return the labels of the picture on screen; `zoom` as `Room.over` has it."""
    labels = labels_of(session, zoom)
    within = np.array([label.top > 0 for label in labels], dtype=bool)
    return Texts(places_of(labels), features_of(labels), within)


def labels_of(session: Session, zoom: float) -> tuple[Label, ...]:
    """Return the labels of the picture on screen, from left to right."""
    picture = session.picture
    plate = plate_of_picture(session)
    if picture is None or plate is None or not picture.places:
        return ()
    named, room = named_on(session, plate), Room.over(picture, zoom)
    rows = len({place.top for place in picture.places})
    above = ABOVE * picture.step[0] * picture.pixels.shape[1] / rows
    labels, said = [], set()
    for place in picture.places:
        corner = place.left * picture.step[1], place.top * picture.step[0]
        known = (plate.map[place.well].perturbation, *said_of(named, place.well))
        # Where many sites stand close, what is known of a well is said once.
        again = len(picture.places) > FEW and place.well in said
        whole = Label(place.well, place.site, *corner, above, *(() if again else known))
        whole = replace(whole, lost=place.lost)
        labels.append(next(filter(room.fits, _shorter(whole)), _bare(whole)))
        said.add(place.well)
    return tuple(labels)


def _shorter(whole: Label) -> Iterator[Label]:
    """Yield a label in one line, in several, and without what was predicted."""
    expected = replace(_bare(whole), expected=whole.expected)
    for label in (whole, expected):
        yield label
        yield replace(label, stacked=True)


def _bare(whole: Label) -> Label:
    """Return a label that says no more than which site it is."""
    return Label(whole.well, whole.site, whole.left, whole.top, whole.above, lost=whole.lost)
