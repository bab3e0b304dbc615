"""OME-Zarr plates, versions 0.4 and 0.5: those of bioformats2raw, ngio, and our own.

A plate is called as its folder, without `.zarr`; its experiment is the folder above. Plates with
several acquisitions become one plate for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.assemble import against_map, missing_planes
from deepnoise_app.readers.beside import tables_beside
from deepnoise_app.readers.channels import unify
from deepnoise_app.readers.omezarr_look import FoundPlate, is_plate, look
from deepnoise_app.readers.omezarr_metadata import (
    fault_of,
)
from deepnoise_app.readers.pack_text import is_pack
from deepnoise_app.readers.packs import open_packed_plates, plates_within
from deepnoise_app.readers.remote import Place
from deepnoise_app.readers.walk import normal, walk
from deepnoise_app.readers.zarr_pixels import ZarrPixels
from deepnoise_app.screen import (
    Channel,
    Plate,
    PlateMap,
    PlateShape,
    Problem,
    ProblemKind,
    Screen,
    Stack,
    StackChoice,
)


class OmeZarrReader:
    """Reads plates of the OME-Zarr specification for high-content screening."""

    name = "ome-zarr"

    def refusal(self, path: Path) -> str | None:
        """Why this is no OME-Zarr plate; None if it is."""
        stores = list(_stores(normal(path)))
        if any(is_plate(store) or is_pack(store) or fault_of(store) for store in stores):
            return None
        return "a Zarr store is there, but no plate" if stores else "there is no Zarr store"

    def open(self, path: Path, stack: StackChoice | None = None) -> Screen:
        """Read metadata: of the plate, of its wells and of its first image."""
        return self.open_stores(normal(path), list(_stores(normal(path))), stack)

    def open_stores(
        self, root: Place, stores: Sequence[Place], stack: StackChoice | None = None
    ) -> Screen:
        """Open some stores as one screen; `root` is what it is called.

        Raises
        ------
        ScreenError
            If none of them is a plate that can be read.
        """
        faults = {str(store): fault for store in stores if (fault := fault_of(store))}
        whole = [store for store in stores if str(store) not in faults]
        plates: list[FoundPlate] = []
        problems = list(faults.values())
        packed = open_packed_plates(root, whole, self.name)
        if packed is not None:
            if stack not in (None, StackChoice()):
                raise ScreenError(f"{root} is a pack: Z-plane and time were chosen when packing")
            return replace(packed, problems=(*packed.problems, *problems))
        for store in whole:
            try:
                for place in plates_within(store):
                    plates += look(place) if is_plate(place) else []
            except ScreenError as error:
                problems.append(Problem(ProblemKind.UNREADABLE, str(error)))
        if not plates:
            more = f": {problems[0].message}" if problems else ""
            raise ScreenError(f"{root} holds no OME-Zarr plate that can be read{more}")
        return _assemble(root, plates, problems, stack or StackChoice())


def _stores(root: Path) -> Iterator[Path]:
    """Zarr stores below a folder, except for packs that lie beside what they were made from."""
    for folder in walk(root):
        place = root.joinpath(*folder.parts)
        beside = folder.store and folder.parts and place.with_suffix("").is_dir()
        if folder.store and not (beside and is_pack(place)):
            yield place


def _assemble(
    root: Place, found: list[FoundPlate], problems: list[Problem], wish: StackChoice
) -> Screen:
    planes = {n + 1 for one in found for n in range(one.shape.get("z", 1))}
    times = {n + 1 for one in found for n in range(one.shape.get("t", 1))}
    stack = Stack.chosen(planes, times, wish)
    texts = {one.key: [str(i + 1) for i in range(one.shape.get("c", 1))] for one in found}
    known = {
        one.key: {str(i + 1): channel for i, channel in enumerate(one.image.channels)}
        for one in found
    }
    channels, own = unify(texts, known)
    maps, library, wrong = tables_beside(root, texts) if isinstance(root, Path) else ({}, None, [])
    usual = sorted({n for one in found for _, images in one.wells.values() for n in images})
    plates = []
    problems = [*problems, *wrong]
    for one in sorted(found, key=lambda one: one.key):
        plate = _plate(one, channels, own[one.key], stack, maps.get(one.key, PlateMap()))
        plates.append(plate)
        problems += [*one.problems, *missing_planes(plate, usual)]
        problems += against_map(plate, any_listed=bool(maps))
    return Screen(
        str(root), OmeZarrReader.name, channels, tuple(plates), tuple(problems), library, stack
    )


def _plate(
    one: FoundPlate,
    channels: tuple[Channel, ...],
    texts: tuple[str, ...],
    stack: Stack,
    plate_map: PlateMap,
) -> Plate:
    wells = tuple(sorted(well for well, (_, images) in one.wells.items() if images))
    sites = tuple(sorted({number for well in wells for number in one.wells[well][1]}))
    names = tuple(dict.fromkeys(p for well in wells for p in one.wells[well][1].values()))
    at = {name: i for i, name in enumerate(names)}
    image_of = np.full((len(wells), len(sites)), -1, dtype=np.int16)
    for i, well in enumerate(wells):
        for number, path in one.wells[well][1].items():
            image_of[i, sites.index(number)] = at[path]
    pixels = ZarrPixels(
        str(one.place),
        tuple(one.wells[well][0] for well in wells),
        names,
        image_of,
        one.image.levels,
        one.image.axes,
        tuple(int(text) - 1 if text else -1 for text in texts),
        None if stack.plane is None else stack.plane - 1,
        (stack.time or 1) - 1,
    )
    shape = PlateShape.holding([one.corner, *wells, *plate_map])
    return Plate(
        *one.key, shape, channels, sites, wells, pixels, plate_map, one.image.pixel_size_um
    )
