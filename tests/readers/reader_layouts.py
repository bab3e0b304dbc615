"""Writes tiny screens of random images in every layout that the built-in readers know."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray

from deepnoise_app.screen import Channel, Plate, PlateShape, Screen, WellId
from deepnoise_app.writers.files import FileLayout, Spot, write_files
from deepnoise_app.writers.imagexpress import ImageXpressLayout
from deepnoise_app.writers.joint import write_ome_tiff, write_wilds
from deepnoise_app.writers.loaddata import write_load_data
from deepnoise_app.writers.omezarr import write_omezarr
from deepnoise_app.writers.perkinelmer import PerkinElmerLayout
from deepnoise_app.writers.vendors import CELLOMICS, CYTATION, INCELL, ScanRLayout
from deepnoise_app.writers.yokogawa import YokogawaLayout

Key = tuple[str, str, str, int, int]
Planes = dict[Key, NDArray[np.generic]]
SIZE = 24
# In alphabetical order, as layouts that name their channels list them.
CHANNELS = tuple(
    Channel(name, emission_nm=400 + 50 * i, colour=f"#0{i}f00{i}")
    for i, name in enumerate(("Alexa 488", "Brightfield", "Cy5", "DAPI", "FITC", "TRITC"))
)


def random_planes(
    experiments: tuple[str, ...] = ("HUVEC-01", "HUVEC-02"),
    plates: tuple[str, ...] = ("Plate1", "Plate2"),
    wells: tuple[str, ...] = ("B02", "B03", "C11"),
    sites: tuple[int, ...] = (1, 2),
    channels: int = 6,
    dtype: type = np.uint8,
    size: int = SIZE,
) -> Planes:
    """One random image for every plane, by experiment, plate, well, site and channel from 1."""
    rng = np.random.default_rng(7)
    high = np.iinfo(dtype).max
    return {
        (e, p, w, s, c): rng.integers(0, high, (size, size), dtype=dtype, endpoint=True)
        for e in experiments
        for p in plates
        for w in wells
        for s in sites
        for c in range(1, channels + 1)
    }


@dataclass(frozen=True)
class MemoryPixels:
    """Planes that are held in memory, (wells, sites, channels, H, W)."""

    planes: NDArray[np.generic]

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.ones(self.planes.shape[:3], dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> NDArray[np.generic]:
        assert not level
        return self.planes[well, site, channel]


def memory_screen(planes: Planes) -> Screen:
    """The same planes as a screen, to be written; pixels are 0.65 micrometres wide."""
    plates = []
    for experiment, name in sorted({key[:2] for key in planes}):
        mine = {key[2:]: plane for key, plane in planes.items() if key[:2] == (experiment, name)}
        wells = sorted({WellId.parse(key[0]) for key in mine})
        sites = tuple(sorted({key[1] for key in mine}))
        count = max(key[2] for key in mine)
        by_place = {(WellId.parse(w), s, c): plane for (w, s, c), plane in mine.items()}
        pixels = np.stack([
            np.stack([
                np.stack([by_place[w, s, c] for c in range(1, count + 1)]) for s in sites
            ]) for w in wells
        ])  # fmt: skip
        plates.append(Plate(
            experiment, name, PlateShape.holding(wells), CHANNELS[:count], sites, tuple(wells),
            MemoryPixels(pixels), pixel_size_um=0.65,
        ))  # fmt: skip
    return Screen("memory", "memory", plates[0].channels, tuple(plates))


def write_image(path: Path, plane: NDArray[np.generic]) -> Path:
    """Write a PNG or TIFF file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".png":
        path.write_bytes(imagecodecs.png_encode(plane, level=1))
    else:
        tifffile.imwrite(path, plane, compression="lzw")
    return path


def write_rows(path: Path, header: str, rows: list[str], encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    return path


@dataclass(frozen=True)
class Layout:
    """A layout: how its files are called, and which reader opens it."""

    name: str
    reader: str
    file: Callable[[Key], str]
    pattern: str | None = None
    dtype: type = np.uint8
    channels: int = 6
    labels: Callable[[Path, Planes], None] | None = None
    writer: Callable[[Screen, Path], None] | None = None

    @property
    def asked(self) -> str | None:
        """What to ask `open_screen` for."""
        return None if self.pattern is None else f"pattern:{self.pattern}"

    def path(self, root: Path, key: Key) -> Path:
        return root / self.file(key)

    def write(self, root: Path, planes: Planes) -> None:
        if self.writer is not None:
            self.writer(memory_screen(planes), root)
        else:
            for key, plane in planes.items():
                write_image(self.path(root, key), plane)
        if self.labels is not None:
            self.labels(root, planes)


def wells_of(planes: Planes) -> list[tuple[str, str, str]]:
    return sorted({key[:3] for key in planes})


def label_of(plate: str, well: str) -> str:
    return f"sirna_{plate[-1]}{well}"


def challenge_tables(root: Path, planes: Planes) -> None:
    """B02 is untreated; `HUVEC-02` is unlabelled."""
    rows: dict[str, list[str]] = {
        "train": [],
        "test": [],
        "train_controls": [],
        "test_controls": [],
    }
    for experiment, plate, well in wells_of(planes):
        part = "test" if experiment == "HUVEC-02" else "train"
        start = f"{experiment}_{plate[-1]}_{well},{experiment},{plate[-1]},{well}"
        if well == "B02":
            rows[f"{part}_controls"].append(f"{start},UNTREATED,negative_control")
        else:
            rows[part].append(start + ("" if part == "test" else f",{label_of(plate, well)}"))
    write_rows(root / "train.csv", "id_code,experiment,plate,well,sirna", rows["train"])
    write_rows(root / "test.csv", "id_code,experiment,plate,well", rows["test"])
    for part in ("train", "test"):
        write_rows(
            root / f"{part}_controls.csv",
            "id_code,experiment,plate,well,sirna,well_type",
            rows[f"{part}_controls"],
        )


def release_table(root: Path, planes: Planes) -> None:
    rows = []
    for experiment, plate, well, site in sorted({key[:4] for key in planes}):
        number = plate[-1]
        got = "EMPTY,1138" if well == "B02" else f"{label_of(plate, well)},12"
        role = "negative_control" if well == "B02" else "treatment"
        rows.append(
            f"{experiment}_{number}_{well}_{site},{experiment}_{number}_{well},HUVEC,train,"
            f"{experiment},{number},{well},{site},{role},{got}"
        )
    header = "site_id,well_id,cell_type,dataset,experiment,plate,well,site,well_type,sirna,sirna_id"
    write_rows(root / "metadata.csv", header, rows)


def plate_map_table(root: Path, planes: Planes) -> None:
    rows = [
        f"{e},{p},{w}," + ("DMSO,negative_control" if w == "B02" else f"{label_of(p, w)},treatment")
        for e, p, w in wells_of(planes)
    ]
    write_rows(root / "platemap.csv", "experiment,plate,well,perturbation,role", rows, "utf-8-sig")


def _part(experiment: str) -> str:
    return "test" if experiment == "HUVEC-02" else "train"


def _row_column(well: str) -> str:
    found = WellId.parse(well)
    return f"r{found.row + 1:02d}c{found.column + 1:02d}"


CHALLENGE = Layout(
    "challenge", "rxrx", lambda k: f"{_part(k[0])}/{k[0]}/{k[1]}/{k[2]}_s{k[3]}_w{k[4]}.png",
    labels=challenge_tables,
)  # fmt: skip
RELEASE = Layout(
    "release", "rxrx", lambda k: f"images/{k[0]}/{k[1]}/{k[2]}_s{k[3]}_w{k[4]}.png",
    labels=release_table,
)  # fmt: skip
BARE = Layout(
    "bare", "rxrx", lambda k: f"{k[0]}/{k[1]}/{k[2]}_s{k[3]}_w{k[4]}.tif", dtype=np.uint16
)
TREE = Layout("tree", "pattern", lambda k: f"{k[0]}/barcode {k[1]}/{k[2]}_f{k[3]:02d}_c{k[4]}.png")
FLAT = Layout(
    "flat", "pattern", lambda k: f"{k[0]}/{k[1]}_{k[2]}_s{k[3]}_w{k[4]}.TIF",
    dtype=np.uint16, labels=plate_map_table,
)  # fmt: skip
NUMBERED = Layout(
    "numbered", "pattern",
    lambda k: f"{k[0]}/{k[1]}/Images/{_row_column(k[2])}f{k[3]:02d}p01-ch{k[4]}sk1{{x}}.tiff",
    pattern="{experiment}/{plate}/Images/r{row}c{column}f{site}p*-ch{channel}sk*", dtype=np.uint16,
)  # fmt: skip


def stub(experiment: str, name: str) -> Plate:
    """A plate that has names and no pixels."""
    nothing = MemoryPixels(np.zeros(0))
    return Plate(experiment, name, PlateShape(8, 12), CHANNELS, (1, 2), (), nothing)


def spot_of(key: Key) -> Spot:
    return Spot(WellId.parse(key[2]), key[3], key[4] - 1)


def of_files(name: str, reader: str, layout: FileLayout, dtype: type = np.uint16) -> Layout:
    """A layout that a writer of the app makes, one file a plane."""

    def file(key: Key) -> str:
        return layout.path(stub(*key[:2]), spot_of(key))

    return Layout(
        name,
        reader,
        file,
        dtype=dtype,
        writer=lambda screen, root: write_files(screen, layout, root),
    )


VENDORS = (
    of_files("harmony", "perkinelmer", PerkinElmerLayout()),
    of_files("harmony-bare", "perkinelmer", PerkinElmerLayout("")),
    of_files("imagexpress", "imagexpress", ImageXpressLayout()),
    of_files("metaxpress-database", "imagexpress", ImageXpressLayout(database=True)),
    of_files("yokogawa", "yokogawa", YokogawaLayout()),
    of_files("scanr", "scanr", ScanRLayout()),
    of_files("cellomics", "cellomics", CELLOMICS),
    of_files("cytation", "cytation", CYTATION),
    of_files("incell", "incell", INCELL),
)
# One file holds one plane: it can be lost, cut off or doubled alone.
LAYOUTS = (CHALLENGE, RELEASE, BARE, TREE, FLAT, NUMBERED, *VENDORS)
SOME = (CHALLENGE, FLAT, VENDORS[0])


def _zarr(version: Literal["0.4", "0.5"]) -> Layout:
    return Layout(
        f"ome-zarr-{version}", "ome-zarr", lambda k: f"{k[0]}/{k[1]}.ome.zarr", dtype=np.uint16,
        writer=lambda screen, root: write_omezarr(screen, root, version),
    )  # fmt: skip


# One file or store holds several planes.
JOINT = (
    _zarr("0.4"),
    _zarr("0.5"),
    Layout(
        "ome-tiff", "tiff-pages", lambda k: f"{k[0]}/{k[1]}/{k[1]}_{k[2]}_s{k[3]}.ome.tif",
        dtype=np.uint16, writer=write_ome_tiff,
    ),
    Layout(
        "ome-tiff-well", "tiff-pages", lambda k: f"{k[0]}/{k[1]}/{k[1]}_{k[2]}.ome.tif",
        dtype=np.uint16,
        writer=lambda screen, root: write_ome_tiff(screen, root, one_file_a_well=True),
    ),
    Layout(
        "wilds", "wilds", lambda k: f"images/{k[0]}/{k[1]}/{k[2]}_s{k[3]}.png",
        channels=3, writer=write_wilds,
    ),
)  # fmt: skip
LOAD_DATA = Layout(
    "load-data", "load-data",
    lambda k: f"images/{PerkinElmerLayout('').path(stub(*k[:2]), spot_of(k))}",
    dtype=np.uint16, writer=write_load_data,
)  # fmt: skip
LISTED = (LOAD_DATA,)


def _own() -> tuple[Layout, ...]:
    """The layout of a reader of another package, which the suite shall be run on alone."""
    module, _, name = os.environ.get("DEEPNOISE_LAYOUT", "").partition(":")
    sys.modules.setdefault("reader_layouts", sys.modules[__name__])
    return (getattr(import_module(module), name),) if name else ()


OWN = _own()
if OWN:
    LAYOUTS, SOME, JOINT, LISTED = OWN, OWN, (), ()
