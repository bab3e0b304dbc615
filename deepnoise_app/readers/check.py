"""Looks at every image file of a screen: whether it is whole, readable and of the usual size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.headers import Header
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.screen import Plate, Problem, ProblemKind, Screen

Tell = Callable[[int, int], None]
Place = tuple[int, int, int]
WORKERS = 8
# Files that a thread looks at before it hands its findings back.
CHUNK = 256


@dataclass(frozen=True, slots=True)
class _Job:
    plate: Plate
    pixels: FilePixels
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    plate: Plate
    place: Place
    found: Header | str


def check_files(screen: Screen, tell: Tell | None = None, workers: int = WORKERS) -> Screen:
    """Return the same screen with what is wrong with its files added to the problems.

    Reads the first and last bytes of each file. Plates whose pixels do not lie in files of one
    plane each are passed over.

    Parameters
    ----------
    tell
        Called with the number of files looked at and of all.
    """
    jobs = list(_jobs(screen.imaged))
    total = sum(len(job.places) for job in jobs)
    looks: list[_Look] = []
    with ThreadPoolExecutor(max(1, workers)) as pool:
        for part in pool.map(_look, jobs):
            looks += part
            if tell is not None:
                tell(len(looks), total)
    return replace(screen, problems=(*screen.problems, *_unreadable(looks), *_sizes(looks)))


def _jobs(plates: Iterable[Plate]) -> Iterator[_Job]:
    for plate in plates:
        if isinstance(plate.pixels, FilePixels):
            places = plate.pixels.planes()
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


def _unreadable(looks: Iterable[_Look]) -> Iterator[Problem]:
    for look in looks:
        if isinstance(look.found, str):
            yield _problem(look, ProblemKind.UNREADABLE, look.found)


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
            yield _problem(look, ProblemKind.SIZE, message)


def _usual(count: Counter[Header], overall: Counter[Header]) -> Header:
    """Most frequent header of a plate; where several are, that of most of the screen."""
    return max(count, key=lambda header: (count[header], overall[header]))


def _problem(look: _Look, kind: ProblemKind, message: str) -> Problem:
    plate, (well, site, channel) = look.plate, look.place
    return Problem(
        kind, message, plate.experiment, plate.name,
        plate.wells[well], plate.sites[site], channel + 1,
    )  # fmt: skip
