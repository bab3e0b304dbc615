"""Writes a screen as the RxRx1 challenge laid it out: PNG files and comma-separated tables.

Experiments whose treatments are all named go to `train`, the others to `test`. Everything is
written into a hidden folder beside the place and renamed at the end, so that a folder of that
name is always a whole screen.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np

from deepnoise_app.errors import (
    DiskFullError,
    PixelError,
    RunError,
    ScreenError,
    is_disk_full,
)
from deepnoise_app.screen import Library, Plate, PlateMap, Role, Screen, WellId
from deepnoise_app.screen.formulas import write_csv

if TYPE_CHECKING:
    import pandas as pd

Tell = Callable[[int, int], None]
_NUMBER = re.compile(r"^Plate([1-9]\d*)$")
_NAMED = ("id_code", "experiment", "plate", "well", "sirna")


def write_rxrx(
    screen: Screen,
    truth: Mapping[tuple[str, str], PlateMap],
    out: Path,
    tell: Tell | None = None,
    workers: int = 2,
) -> None:
    """Write all images and tables of a screen to a new folder.

    Parameters
    ----------
    truth
        Whole plate maps by experiment and plate; what the screen hides of them goes to
        `OUT.truth.csv` beside the folder.
    tell
        Called with the number of sites written and of all sites.
    workers
        Threads that read and compress sites.

    Raises
    ------
    ScreenError
        If `out` is there and not empty, or a plate's name is not `Plate1`, `Plate2`, ...
    RunError
        If the folder cannot be written or the disk is full.
    PixelError
        If a site cannot be read, or its pixels are no grey values of 8 or 16 bits.
    """
    out = Path(out)
    beside = out.with_name(f".{out.name}-unfinished")
    numbers = {plate.key: _number(plate) for plate in screen.plates}
    _check_empty(out)
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        _write_images(screen, beside, tell, max(1, workers))
        _write_tables(screen, numbers, beside)
        write_csv(_hidden(screen, truth), out.with_name(f"{out.name}.truth.csv"))
        if out.exists():
            out.rmdir()
        beside.rename(out)
    except PixelError:
        raise
    except OSError as error:
        raise _unwritten(error, out) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Site:
    """One site to be written, and the folder that its images go to."""

    plate: Plate
    well: WellId
    number: int
    folder: Path

    def write(self) -> None:
        missing = self.plate.missing(self.well, self.number)
        channels = [c for c in range(len(self.plate.channels)) if c not in missing]
        pixels = self.plate.read(self.well, self.number, channels)
        if pixels.dtype not in (np.uint8, np.uint16):
            raise PixelError(
                f"{self.plate.experiment} {self.plate.name} {self.well}: PNG holds grey values of"
                f" 8 or 16 bits, these pixels are {pixels.dtype}"
            )
        for channel, plane in zip(channels, pixels, strict=True):
            name = f"{self.well}_s{self.number}_w{channel + 1}.png"
            (self.folder / name).write_bytes(imagecodecs.png_encode(plane, level=4))


def _write_images(screen: Screen, folder: Path, tell: Tell | None, workers: int) -> None:
    sites = list(_sites(screen, folder))
    for place in dict.fromkeys(site.folder for site in sites):
        place.mkdir(parents=True)
    with ThreadPoolExecutor(workers) as pool:
        try:
            for done, _ in enumerate(pool.map(_Site.write, sites), start=1):
                if tell is not None:
                    tell(done, len(sites))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _sites(screen: Screen, folder: Path) -> Iterator[_Site]:
    hidden = _blinded(screen)
    for plate in screen.imaged:
        part = "test" if plate.experiment in hidden else "train"
        place = folder / part / plate.experiment / plate.name
        for well in plate.wells:
            for site in plate.sites_of(well):
                yield _Site(plate, well, site, place)


def _write_tables(screen: Screen, numbers: Mapping[tuple[str, str], int], folder: Path) -> None:
    wells = _listed(screen, numbers)
    controls = wells["well_type"].isin([str(Role.POSITIVE), str(Role.NEGATIVE)])
    treated = wells["well_type"] == str(Role.TREATMENT)
    for part, here in (("train", ~wells["hidden"]), ("test", wells["hidden"])):
        if not here.any():
            continue
        columns = list(_NAMED if part == "train" else _NAMED[:-1])
        write_csv(wells.loc[here & treated, columns], folder / f"{part}.csv")
        columns = [*_NAMED, "well_type"]
        write_csv(wells.loc[here & controls, columns], folder / f"{part}_controls.csv")
    if screen.library is not None:
        write_csv(_library(screen.library), folder / "library.csv")


def _listed(screen: Screen, numbers: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """Return one row per listed well, in the columns of all tables."""
    import pandas as pd

    hidden = _blinded(screen)
    rows = [
        (
            f"{plate.experiment}_{numbers[plate.key]}_{well}",
            plate.experiment,
            numbers[plate.key],
            well.name,
            plate.map[well].perturbation,
            str(plate.map[well].role),
            plate.experiment in hidden,
        )
        for plate in screen.plates
        for well in plate.map
    ]
    made = pd.DataFrame(rows, columns=[*_NAMED, "well_type", "hidden"])
    return made.astype({"hidden": bool})


def _blinded(screen: Screen) -> frozenset[str]:
    """Experiments in which at least one treatment has no name."""
    return frozenset(
        plate.experiment
        for plate in screen.plates
        for content in (plate.map[well] for well in plate.map)
        if content.role is Role.TREATMENT and not content.perturbation
    )


def _hidden(screen: Screen, truth: Mapping[tuple[str, str], PlateMap]) -> pd.DataFrame:
    """Return one row per well that the truth names and the screen does not."""
    import pandas as pd

    rows = [
        (*plate.key, well.name, real.perturbation, str(real.role))
        for plate in screen.plates
        for well, real in truth.get(plate.key, PlateMap()).contents.items()
        if real.perturbation and not plate.map[well].perturbation
    ]
    return pd.DataFrame(rows, columns=["experiment", "plate", "well", "perturbation", "role"])


def _library(library: Library) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (plate, perturbation, copies)
        for plate in library.names
        for perturbation, copies in library.plates[plate].items()
    ]
    return pd.DataFrame(rows, columns=["library_plate", "perturbation", "copies"])


def _number(plate: Plate) -> int:
    match = _NUMBER.match(plate.name)
    if match is None:
        raise ScreenError(
            f"{plate.experiment} {plate.name!r}: this layout numbers its plates, expected a name"
            " like 'Plate1'"
        )
    return int(match[1])


def _check_empty(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()):
        raise ScreenError(f"{out} is not empty: choose a new folder, or empty this one first")
    if out.exists() and not out.is_dir():
        raise ScreenError(f"{out} is a file: choose a new folder")


def _unwritten(error: OSError, out: Path) -> RunError:
    if is_disk_full(error):
        return DiskFullError(
            f"the disk is full: {out} was not written, free some space or choose another disk"
        )
    reason = error.strerror or str(error)
    return RunError(f"cannot write {out}: {reason}; choose a folder that you may write to")
