"""Plates of one number per well with effects that are known because they were put in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import PlateShape, Role

Field = Callable[[np.ndarray, np.ndarray], np.ndarray | float]


def nothing(row: np.ndarray, column: np.ndarray) -> float:
    """No effect of position."""
    return 0.0


def made_plate(
    seed: int = 0, rows: int = 16, columns: int = 24, field: Field = nothing, missing: float = 0.0
) -> PlateValues:
    """Heavy-tailed noise (Student's t with 3 degrees) around `field`; wells are missing."""
    rng = np.random.default_rng(seed)
    row, column = (x.ravel() for x in np.mgrid[:rows, :columns])
    values = rng.standard_t(3, rows * columns) + field(row, column)
    kept = rng.random(rows * columns) >= missing
    count = int(kept.sum())
    return PlateValues(
        "E1",
        "P1",
        PlateShape(rows, columns),
        row[kept],
        column[kept],
        values[kept],
        (Role.TREATMENT,) * count,
        tuple(f"s{i}" for i in range(count)),
    )


VARIANCES = {
    "experiment": 1.0,
    "plate": 0.5,
    "row": 0.16,
    "column": 0.25,
    "perturbation": 0.64,
    "residual": 1.0,
}


def made_screen(
    seed: int = 0,
    variances: dict[str, float] = VARIANCES,
    experiments: int = 6,
    plates: int = 4,
    perturbations: int = 96,
    same_places: bool = False,
) -> list[PlateValues]:
    """Plates of 96 wells, a tenth of them missing, with normal effects of these variances."""
    rng = np.random.default_rng(seed)
    row, column = (x.ravel() for x in np.mgrid[:8, :12])
    draw = {name: (lambda n, v=v: rng.normal(0, np.sqrt(v), n)) for name, v in variances.items()}
    effect = draw["perturbation"](perturbations)
    made = []
    for e in range(experiments):
        level = draw["experiment"](1)
        for p in range(plates):
            got = np.arange(96) % perturbations
            got = got if same_places else rng.permutation(got)
            values = level + draw["plate"](1) + draw["row"](8)[row] + draw["column"](12)[column]
            values = values + effect[got] + draw["residual"](96)
            kept = rng.random(96) > 0.1
            made.append(
                PlateValues(
                    f"E{e}",
                    f"P{p}",
                    PlateShape(8, 12),
                    row[kept],
                    column[kept],
                    values[kept],
                    (Role.TREATMENT,) * int(kept.sum()),
                    tuple(f"k{i}" for i in got[kept]),
                )
            )
    return made
