"""Puts a screen together from the files of its plates and the plate maps: shared by all readers.

Lists what does not fit: planes that are missing or there twice, wells imaged but not listed or
listed but not imaged. A plate without any image is one problem, not hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from deepnoise_app.readers.index import PlateFiles
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.screen import (
    PROJECTION,
    Channel,
    Library,
    Plate,
    PlateMap,
    PlateShape,
    Problem,
    ProblemKind,
    Screen,
    Stack,
    StackChoice,
    WellId,
    natural,
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a reader found: files of each plate, plate maps, problems so far.

    `texts` are the channels as in the file names of all plates, in the order of `channels`;
    `own_texts` those of plates that have others, empty ones for channels that a plate lacks.
    """

    root: Path
    reader: str
    channels: tuple[Channel, ...]
    texts: tuple[str, ...]
    files: Mapping[PlateKey, PlateFiles]
    maps: Mapping[PlateKey, PlateMap] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    library: Library | None = None
    own_texts: Mapping[PlateKey, tuple[str, ...]] = field(default_factory=dict)
    pixel_sizes_um: Mapping[PlateKey, float] = field(default_factory=dict)
    shapes: Mapping[PlateKey, PlateShape] = field(default_factory=dict)
    offset: int = 0


def assemble(found: Findings, wish: StackChoice | None = None) -> Screen:
    """Return the screen with everything that is wrong with it.

    Raises
    ------
    ScreenError
        If no plate has the Z-plane or time point that is wished for.
    """
    keys = sorted(found.files.keys() | found.maps.keys(), key=lambda k: (k[0], natural(k[1])))
    shapes = _shapes(found, keys)
    stack = _stack(found.files.values(), wish or StackChoice())
    usual = sorted({site for files in found.files.values() for site in files.sites()})
    plates, problems = [], list(found.problems)
    for key in keys:
        files = found.files.get(key) or PlateFiles(*key)
        texts = found.own_texts.get(key, found.texts)
        pixels = replace(files.pixels(found.root, texts, stack), offset=found.offset)
        plate = Plate(
            *key, shapes[key[0]], found.channels, files.sites(), files.wells(), pixels,
            found.maps.get(key, PlateMap()), found.pixel_sizes_um.get(key, 0),
        )  # fmt: skip
        plates.append(plate)
        problems += files.duplicates(texts)
        problems += missing_planes(plate, usual)
        problems += _thin(plate, files, texts, stack)
        problems += against_map(plate, any_listed=bool(found.maps))
    return Screen(
        str(found.root), found.reader, found.channels, tuple(plates), tuple(problems),
        found.library, stack,
    )  # fmt: skip


def _stack(plates: Iterable[PlateFiles], wish: StackChoice) -> Stack:
    depths: set[int] = set()
    times: set[int] = set()
    for files in plates:
        depths |= files.depths()
        times |= files.times()
    return Stack.chosen(depths - {PROJECTION}, times, wish)


def _thin(
    plate: Plate, files: PlateFiles, texts: tuple[str, ...], stack: Stack
) -> Iterator[Problem]:
    """Sites whose stacks lack some Z-planes: what they show is not what the others show."""
    for well, site, text, planes in files.thin(stack.time):
        channel = texts.index(text)
        told = ", ".join(
            f"Z-plane {number}" if number != PROJECTION else "projection" for number in planes
        )
        message = f"channel {_called(plate, channel)} lacks {told}, which others have"
        yield Problem(
            ProblemKind.MISSING, message, plate.experiment, plate.name, well, site, channel + 1
        )


def _shapes(found: Findings, keys: Iterable[PlateKey]) -> dict[str, PlateShape]:
    """All plates of an experiment have one shape, however few of their wells are imaged."""
    wells: dict[str, list[WellId]] = {}
    for key in keys:
        there = wells.setdefault(key[0], [])
        there += found.maps.get(key, ())
        if key in found.files:
            there += found.files[key].wells()
        if key in found.shapes:
            there.append(last_well(found.shapes[key]))
    return {experiment: PlateShape.holding(there) for experiment, there in wells.items()}


def last_well(shape: PlateShape) -> WellId:
    """Return the well in the last corner of a plate."""
    return WellId(shape.rows - 1, shape.columns - 1)


def missing_planes(plate: Plate, usual: Sequence[int]) -> list[Problem]:
    """Missing planes; what a whole plate or a whole well lacks is one problem."""
    if not plate.wells:
        return []
    found = [_lack(plate, site=s) for s in usual if s not in plate.sites]
    lacking = ~plate.present
    for c in np.flatnonzero(lacking.all(axis=(0, 1))).tolist():
        found.append(_lack(plate, channel=c))
        lacking[:, :, c] = False
    if len(plate.wells) > 1:
        for s, c in np.argwhere(lacking.all(axis=0)).tolist():
            found.append(_lack(plate, site=plate.sites[s], channel=c))
            lacking[:, s, c] = False
    for w, s in np.argwhere(~plate.present.any(axis=2)).tolist():
        found.append(_lack(plate, plate.wells[w], plate.sites[s]))
        lacking[w, s] = False
    for w, s, c in np.argwhere(lacking).tolist():
        found.append(_lack(plate, plate.wells[w], plate.sites[s], c))
    return found


def against_map(plate: Plate, *, any_listed: bool) -> list[Problem]:
    """Compare the wells with images with those of the plate map."""
    if not len(plate.map):
        message = "imaged, but no table lists this plate"
        told = any_listed and len(plate.wells) > 0
        return [_report(plate, ProblemKind.NOT_LISTED, message)] if told else []
    if not plate.wells:
        message = f"none of the {len(plate.map)} listed wells has an image"
        return [_report(plate, ProblemKind.NOT_IMAGED, message)]
    imaged, listed = set(plate.wells), set(plate.map)
    absent, extra = sorted(listed - imaged), sorted(imaged - listed)
    return [
        *_wells(plate, absent, len(listed), ProblemKind.NOT_IMAGED, "listed, but has no image"),
        *_wells(plate, extra, len(imaged), ProblemKind.NOT_LISTED, "imaged, but in no table"),
    ]


def _wells(
    plate: Plate, wells: list[WellId], total: int, kind: ProblemKind, message: str
) -> list[Problem]:
    if 2 * len(wells) <= total:
        return [_report(plate, kind, message, well) for well in wells]
    what = "listed wells have no image" if kind is ProblemKind.NOT_IMAGED else (
        "imaged wells are in no table")  # fmt: skip
    return [_report(plate, kind, f"{len(wells)} of {total} {what}")]


def _lack(
    plate: Plate, well: WellId | None = None, site: int | None = None, channel: int | None = None
) -> Problem:
    what = f"site {site}" if channel is None else f"channel {_called(plate, channel)}"
    number = None if channel is None else channel + 1
    message = f"no image of {what}"
    return Problem(
        ProblemKind.MISSING, message, plate.experiment, plate.name, well, site, number
    )  # fmt: skip


def _report(plate: Plate, kind: ProblemKind, message: str, well: WellId | None = None) -> Problem:
    return Problem(kind, message, plate.experiment, plate.name, well)


def _called(plate: Plate, channel: int) -> str:
    name = plate.channels[channel].name
    return name if name == str(channel + 1) else f"{channel + 1} ({name})"
