"""Reads the real KcViab screen (Boutros 2004), where it is there: one number per well."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import PlateShape, Role, WellId

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "kcviab"
ABSENT = "the real KcViab screen is not in ../shared/data"
CONTROLS = {
    "A01": ("other", Role.EMPTY),
    "A02": ("other", Role.EMPTY),
    "B01": ("neg", Role.NEGATIVE),
    "B02": ("pos", Role.POSITIVE),
}


def read_kcviab() -> list[PlateValues]:
    """Log2 of luminescence: 57 plates in each of two replicates, contaminated plate 6 without A."""
    plates = []
    for line in (FOLDER / "Platelist.txt").read_text().splitlines()[1:]:
        name, number, replicate = line.split("\t")
        rows = [one.split("\t") for one in (FOLDER / name).read_text().splitlines()]
        wells = [WellId.parse(one[1]) for one in rows]
        values = np.log2([float(one[2]) for one in rows])
        dirty = np.array([number == "6" and well.row == 0 for well in wells])
        names = [well.name for well in wells]
        plates.append(
            PlateValues(
                f"replicate {replicate}",
                f"Plate{number}",
                PlateShape(16, 24),
                np.array([well.row for well in wells]),
                np.array([well.column for well in wells]),
                np.where(dirty, np.nan, values),
                tuple(CONTROLS[n][1] if n in CONTROLS else Role.TREATMENT for n in names),
                tuple(CONTROLS[n][0] if n in CONTROLS else f"{number}-{n}" for n in names),
            )
        )
    return plates
