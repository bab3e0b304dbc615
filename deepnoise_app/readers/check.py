"""Looks at the image files of a screen: whether they are whole, readable and of the usual size.

Only the first and last bytes of a file are read; `look` decodes pixels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.headers import Header
from deepnoise_app.readers.pack_pixels import PackPixels
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.readers.threads import in_threads
from deepnoise_app.readers.walk import Tell
from deepnoise_app.readers.zarr_pixels import ZarrPixels
from deepnoise_app.screen import Plate, Problem, ProblemKind, Screen

Place = tuple[int, int, int]
WORKERS = 8
# Files that a thread looks at before it hands its findings back.
CHUNK = 256


@dataclass(frozen=True, slots=True)
class _Job:
    plate: Plate
    pixels: FilePixels | PackPixels | ZarrPixels
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    plate: Plate
    place: Place
    found: Header | str


def check_files(
    screen: Screen, tell: Tell | None = None, workers: int = WORKERS, most: int | None = None
) -> Screen:
    """Return the same screen with what is wrong with its files added to the problems.

    Plates whose pixels lie in no files that we know are passed over.

    Parameters
    ----------
    tell
        Called with the number of planes looked at and of all; what it raises ends the check.
    most
        Look at this many planes alone, spread over all plates; by default at all.
    """
    step = max(1, -(-_count(screen) // most)) if most else 1
    jobs = list(_jobs(screen.imaged, step))
    total = sum(len(job.places) for job in jobs)
    looks: list[_Look] = []
    for part in in_threads(_look, jobs, workers):
        looks += part
        if tell is not None:
            tell(len(looks), total)
    faults = unreadable((one.plate, one.place, str(one.found)) for one in looks
                        if not isinstance(one.found, Header))  # fmt: skip
    return replace(screen, problems=(*screen.problems, *faults, *_sizes(looks)))


def _count(screen: Screen) -> int:
    return sum(int(plate.present.sum()) for plate in screen.imaged)


def _jobs(plates: Iterable[Plate], step: int) -> Iterator[_Job]:
    for plate in plates:
        if isinstance(plate.pixels, FilePixels | PackPixels | ZarrPixels):
            places = map(tuple, np.argwhere(plate.present)[::step].tolist())
            while chunk := tuple(islice(places, CHUNK)):
                yield _Job(plate, plate.pixels, chunk)


def _look(job: _Job) -> list[_Look]:
    looks = []
    for place in job.places:
        try:
            looks.append(_Look(job.plate, place, job.pixels.header(*place)))
        except PixelError as error:
            looks.append(_Look(job.plate, place, str(error)))
    return looks


def unreadable(found: Iterable[tuple[Plate, Place, str]]) -> Iterator[Problem]:
    """What is wrong with planes; a fault that all planes of a site share is one of the site."""
    sites: dict[tuple[int, int, int], list[tuple[Plate, Place, str]]] = {}
    for one in found:
        plate, (well, site, _), _ = one
        sites.setdefault((id(plate), well, site), []).append(one)
    for faults in sites.values():
        plate, (well, site, _), _ = faults[0]
        alike = len({message for *_, message in faults}) == 1
        if alike and 1 < len(faults) == plate.present[well, site].sum():
            yield replace(_problem(*faults[0]), channel=None)
        else:
            yield from (_problem(*fault) for fault in faults)


def _sizes(looks: list[_Look]) -> Iterator[Problem]:
    """Files unlike most of their plate, and plates unlike most of the screen."""
    counts: dict[int, Counter[Header]] = {}
    for look in looks:
        if isinstance(look.found, Header):
            counts.setdefault(id(look.plate), Counter())[look.found] += 1
    overall = sum(counts.values(), Counter[Header]())
    plates = {id(look.plate): look.plate for look in looks}
    usual = {key: _usual(count, overall) for key, count in counts.items()}
    screen = max(overall, key=overall.__getitem__, default=None)
    for key, header in usual.items():
        if header != screen:
            p = plates[key]
            message = f"{header}, but most of the screen has {screen}"
            yield Problem(ProblemKind.SIZE, message, p.experiment, p.name)
    for look in looks:
        if isinstance(look.found, Header) and look.found != usual[id(look.plate)]:
            message = f"{look.found}, but most of the plate has {usual[id(look.plate)]}"
            yield _problem(look.plate, look.place, message, ProblemKind.SIZE)


def _usual(count: Counter[Header], overall: Counter[Header]) -> Header:
    """Most frequent header of a plate; where several are, that of most of the screen."""
    return max(count, key=lambda header: (count[header], overall[header]))


def _problem(
    plate: Plate, place: Place, message: str, kind: ProblemKind = ProblemKind.UNREADABLE
) -> Problem:
    well, site, channel = place
    return Problem(
        kind, message, plate.experiment, plate.name,
        plate.wells[well], plate.sites[site], channel + 1,
    )  # fmt: skip
