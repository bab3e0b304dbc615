"""Writes tiny screens of random images in every layout that the built-in readers know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray

from deepnoise_app.screen import WellId

Key = tuple[str, str, str, int, int]
Planes = dict[Key, NDArray[np.generic]]
SIZE = 24


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
    labels: Callable[[Path, Planes], None] | None = None

    @property
    def asked(self) -> str | None:
        """What to ask `open_screen` for."""
        return None if self.pattern is None else f"pattern:{self.pattern}"

    def path(self, root: Path, key: Key) -> Path:
        return root / self.file(key)

    def write(self, root: Path, planes: Planes) -> None:
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
LAYOUTS = (CHALLENGE, RELEASE, BARE, TREE, FLAT, NUMBERED)
