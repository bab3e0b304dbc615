"""Looks at pixels before anybody trusts them: blank, saturated, doubled or unreadable planes.

By default at a few sites of each plate; on demand at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.check import WORKERS, unreadable
from deepnoise_app.readers.threads import in_threads
from deepnoise_app.readers.walk import Tell
from deepnoise_app.screen import Plane, Plate, Problem, ProblemKind, Screen

# Sites of a plate that are looked at unless all are asked for.
SAMPLE = 4
# A plane in which more pixels than this are as bright as can be has lost what it should show.
SATURATED = 0.01
# Brightest values of cameras that fill 16 bits only in part.
_CEILINGS = (1023, 4095, 16383)
# A well whose planes are like those of another by more than chance has been copied.
_SMALLEST_ALIKE = 64


@dataclass(frozen=True, slots=True)
class _Place:
    plate: Plate
    well: int
    site: int
    channel: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one plane looks like: `mark` is the same for the same pixels."""

    place: _Place
    blank: bool = False
    saturated: float = 0
    mark: bytes = b""
    fault: str = ""


def look_at_pixels(
    screen: Screen,
    tell: Tell | None = None,
    sites: int | None = SAMPLE,
    workers: int = WORKERS,
) -> Screen:
    """Return the same screen with what is wrong with its pixels added to the problems.

    What `check_files` found unreadable is not reported again. Where most of the planes of a channel
    that were looked at on a plate are blank or saturated, that is one problem.

    Parameters
    ----------
    tell
        Called with the number of planes decoded and to be decoded; what it raises ends the look.
    sites
        How many sites of each plate are looked at, spread over it; None for all.
    """
    places = [place for plate in screen.imaged for place in _places(plate, sites)]
    known = {
        (p.experiment, p.plate, p.well, p.site, p.channel)
        for p in screen.problems
        if p.kind is ProblemKind.UNREADABLE
    }
    seen: list[_Seen] = []
    for one in in_threads(_look, places, workers):
        seen.append(one)
        if tell is not None:
            tell(len(seen), len(places))
    faults = ((p.plate, (p.well, p.site, p.channel), one.fault) for one in seen if one.fault
              for p in (one.place,))  # fmt: skip
    problems = [*unreadable(faults), *_unusual(seen), *_alike(seen)]
    new = [p for p in problems if p.kind is not ProblemKind.UNREADABLE or not _keys(p) & known]
    return replace(screen, problems=(*screen.problems, *new))


def _places(plate: Plate, sites: int | None) -> Iterator[_Place]:
    pairs = np.argwhere(plate.present.any(axis=2))
    if sites is not None and len(pairs) > sites:
        pairs = pairs[np.linspace(0, len(pairs) - 1, sites).round().astype(int)]
    for well, site in pairs.tolist():
        for channel in np.flatnonzero(plate.present[well, site]).tolist():
            yield _Place(plate, well, site, channel)


def _look(place: _Place) -> _Seen:
    plate = place.plate
    try:
        plane = plate.read(plate.wells[place.well], plate.sites[place.site], [place.channel])[0]
    except PixelError as error:
        return _Seen(place, fault=str(error))
    if not plane.size:
        return _Seen(place, blank=True)
    low, high = plane.min(), plane.max()
    if low == high:
        return _Seen(place, blank=True)
    mark = blake2b(np.ascontiguousarray(plane).data, digest_size=16).digest()
    large = plane.size >= _SMALLEST_ALIKE
    return _Seen(place, saturated=_saturated(plane, high), mark=mark if large else b"")


def _saturated(plane: Plane, high: np.generic) -> float:
    """Share of pixels at the brightest value that the camera or the file can hold."""
    if not np.issubdtype(plane.dtype, np.integer):
        return 0.0
    brightest = int(high)
    if brightest != np.iinfo(plane.dtype).max and brightest not in _CEILINGS:
        return 0.0
    return float(np.count_nonzero(plane == high) / plane.size)


def _unusual(seen: Iterable[_Seen]) -> Iterator[Problem]:
    """Blank and saturated planes; most of a channel is one problem."""
    channels: dict[tuple[int, int], list[_Seen]] = {}
    for one in seen:
        if not one.fault:
            channels.setdefault((id(one.place.plate), one.place.channel), []).append(one)
    for planes in channels.values():
        blank = [one for one in planes if one.blank]
        bright = [one for one in planes if one.saturated > SATURATED]
        yield from _summary(planes, blank, ProblemKind.BLANK, "blank: all pixels are alike")
        yield from _summary(
            planes, bright, ProblemKind.SATURATED, "saturated: over 1 % of the pixels are as bright"
            " as can be",
        )  # fmt: skip


def _summary(
    planes: list[_Seen], odd: list[_Seen], kind: ProblemKind, what: str
) -> Iterator[Problem]:
    if 2 * len(odd) > len(planes) > 1:
        plate, channel = odd[0].place.plate, odd[0].place.channel
        message = f"{len(odd)} of {len(planes)} planes looked at are {what}"
        yield Problem(kind, message, plate.experiment, plate.name, channel=channel + 1)
        return
    for one in odd:
        share = f" ({one.saturated:.0%})" if kind is ProblemKind.SATURATED else ""
        yield _problem(one, kind, what + share)


def _alike(seen: Iterable[_Seen]) -> Iterator[Problem]:
    first: dict[bytes, _Seen] = {}
    for one in seen:
        if one.mark:
            other = first.setdefault(one.mark, one)
            if other is not one:
                yield _problem(one, ProblemKind.DUPLICATE, f"the same pixels as {_told(other)}")


def _told(one: _Seen) -> str:
    plate, place = one.place.plate, one.place
    channel = plate.channels[place.channel].name
    site = plate.sites[place.site]
    return f"{plate.experiment} {plate.name} {plate.wells[place.well]} site {site}, {channel}"


def _problem(one: _Seen, kind: ProblemKind, message: str) -> Problem:
    plate, place = one.place.plate, one.place
    return Problem(
        kind, message, plate.experiment, plate.name,
        plate.wells[place.well], plate.sites[place.site], place.channel + 1,
    )  # fmt: skip


def _keys(p: Problem) -> set[tuple[object, ...]]:
    """Where a problem is: its plane, and its site as a whole."""
    site = (p.experiment, p.plate, p.well, p.site)
    return {(*site, p.channel), (*site, None)}
