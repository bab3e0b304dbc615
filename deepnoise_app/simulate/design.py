"""What a simulated screen shall be: how many experiments, plates, perturbations, sites, pixels."""

from __future__ import annotations

from dataclasses import dataclass

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import STANDARD_SHAPES
from deepnoise_app.simulate.celltypes import CELL_TYPES

SIZES_PX = (16, 2048)


@dataclass(frozen=True, slots=True)
class ScreenDesign:
    """The plan of a simulated screen; the defaults are those of the command `simulate`.

    `unlabelled` experiments come on top of `experiments`. `size` is the side of a site in pixels:
    the same field of view, sampled more coarsely or more finely. `wells` is the nominal plate
    size, None for the smallest standard plate that holds all. Perturbations are 1/`difficulty`
    times as strong as at difficulty 1, while the noise stays what it is.

    Raises
    ------
    ScreenError
        If a value cannot be served.
    """

    experiments: int = 6
    unlabelled: int = 2
    plates: int = 2
    perturbations: int = 32
    sites: int = 2
    size: int = 128
    seed: int = 0
    wells: int | None = None
    difficulty: float = 1.0
    cell_types: tuple[str, ...] = ("HUVEC",)

    def __post_init__(self) -> None:
        self._check_counts()
        self._check_cell_types()
        sizes = [shape.wells for shape in STANDARD_SHAPES]
        if self.wells is not None and self.wells not in sizes:
            known = ", ".join(map(str, sizes))
            raise ScreenError(f"no standard plate has {self.wells} wells, only {known}")
        if not self.difficulty > 0:
            raise ScreenError(f"difficulty is {self.difficulty}: expected a number above 0")

    @property
    def all_experiments(self) -> int:
        """Number of experiments, labelled and unlabelled."""
        return self.experiments + self.unlabelled

    def is_labelled(self, experiment: int) -> bool:
        """Whether experiment number `experiment` (from 0) shows what its wells got."""
        return experiment < self.experiments

    def cell_type(self, experiment: int) -> str:
        """Name of the cell type that experiment number `experiment` (from 0) uses."""
        return self.cell_types[experiment % len(self.cell_types)]

    def experiment_name(self, experiment: int) -> str:
        """`HUVEC-01`, `HUVEC-02`, ...: counted within each cell type."""
        return f"{self.cell_type(experiment)}-{experiment // len(self.cell_types) + 1:02d}"

    def plate_name(self, plate: int) -> str:
        """`Plate1`, `Plate2`, ..."""
        return f"Plate{plate + 1}"

    def _check_counts(self) -> None:
        least = {"experiments": 0, "unlabelled": 0, "plates": 1, "sites": 1, "seed": 0}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise ScreenError(f"{name} is {getattr(self, name)}: expected at least {low}")
        if self.all_experiments < 1:
            raise ScreenError("a screen needs at least one experiment, labelled or unlabelled")
        if self.perturbations < self.plates:
            raise ScreenError(
                f"{self.perturbations} perturbations cannot fill {self.plates} library plates:"
                " expected at least one for each"
            )
        if not SIZES_PX[0] <= self.size <= SIZES_PX[1]:
            low, high = SIZES_PX
            raise ScreenError(f"size is {self.size} pixels: expected {low} to {high}")

    def _check_cell_types(self) -> None:
        if not self.cell_types or len(set(self.cell_types)) < len(self.cell_types):
            raise ScreenError("name at least one cell type, each once")
        for name in self.cell_types:
            if name not in CELL_TYPES:
                raise ScreenError(f"no cell type {name!r}, only {', '.join(CELL_TYPES)}")
