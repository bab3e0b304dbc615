"""The cells of one site: where each lies, how it is turned, what its traits are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.simulate.celltypes import CellType
from deepnoise_app.simulate.traits import CELL_SD, INDEX, NAMES, SPREAD, Traits, look

Values = NDArray[np.float32]
# Cells are placed on a field this much larger on each side, so that some are cut by its edge.
BORDER = 0.08
# Part of the cells that have rounded up: dying or dividing, small and very bright.
ROUNDED = 0.025


@dataclass(frozen=True, slots=True)
class Cells:
    """All cells of one site, one entry each; lengths in parts of the field's side.

    `traits` maps a trait to its factor; `nucleus` and `body` are (cells, 2) half axes along and
    across the cell; `golgi` is the (cells, 2) offset of the Golgi in the cell's own frame.
    """

    x: Values
    y: Values
    angle: Values
    nucleus: Values
    body: Values
    golgi: Values
    brightness: Values
    texture: NDArray[np.int32]
    traits: dict[str, Values]

    def __len__(self) -> int:
        return len(self.x)

    def some(self, which: NDArray[np.intp]) -> Cells:
        """Return these cells alone, in this order."""
        return Cells(
            self.x[which],
            self.y[which],
            self.angle[which],
            self.nucleus[which],
            self.body[which],
            self.golgi[which],
            self.brightness[which],
            self.texture[which],
            {name: values[which] for name, values in self.traits.items()},
        )


def draw_cells(rng: np.random.Generator, kind: CellType, well: Traits) -> Cells:
    """Draw the cells of one site; `well` (traits,) is z of the well's average cell."""
    x, y = _positions(rng, kind, float(np.exp(SPREAD["density"] * well[INDEX["density"]])))
    n = len(x)
    traits = look(well + rng.normal(0, CELL_SD, (n, len(NAMES))).astype(np.float32))
    rounded = rng.random(n) < ROUNDED
    nucleus, body = _axes(rng, kind, traits, rounded)
    side = rng.uniform(-0.9, 0.9, n)
    golgi = nucleus * (1.35 * np.stack([np.cos(side), np.sin(side)], axis=1))
    pile = kind.clumping * _landscape(rng, x, y, 6, 2.0)
    return Cells(
        x,
        y,
        _angles(rng, kind, x, y),
        nucleus,
        body,
        golgi.astype(np.float32),
        np.exp(rng.normal(0, 0.26, n) + 1.2 * rounded + 0.22 * pile).astype(np.float32),
        rng.integers(0, 1 << 30, (n, 2)).astype(np.int32),
        traits,
    )


def _positions(rng: np.random.Generator, kind: CellType, density: float) -> tuple[Values, Values]:
    """Places on a loose grid, thinned where a smooth random landscape is low."""
    wanted = kind.cells * density
    full = wanted * (1 + kind.clumping)
    count = int(np.ceil(np.sqrt(full) * (1 + 2 * BORDER)))
    step = (1 + 2 * BORDER) / count
    line = (np.arange(count) + 0.5) * step - BORDER
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    grid[:, 0] += 0.5 * step * (np.arange(len(grid)) // count % 2)
    grid += rng.uniform(-0.48, 0.48, grid.shape) * step
    land = _landscape(rng, grid[:, 0], grid[:, 1], 6, 2.4)
    chance = wanted / full * (1 + kind.clumping * 0.7 * land)
    kept = grid[rng.random(len(grid)) < chance].astype(np.float32)
    if not len(kept):
        kept = np.full((1, 2), 0.5, dtype=np.float32)
    return kept[:, 0], kept[:, 1]


def _landscape(
    rng: np.random.Generator, x: NDArray[np.floating], y: NDArray[np.floating], n: int, waves: float
) -> NDArray[np.floating]:
    """Sum of a few random waves at most `waves` to a field; deviation about 1."""
    direction = rng.uniform(0, 2 * np.pi, n)
    rate = 2 * np.pi * rng.uniform(0.4, waves, n)
    phase = rng.uniform(0, 2 * np.pi, n)
    along = np.outer(x, rate * np.cos(direction)) + np.outer(y, rate * np.sin(direction))
    return np.asarray(np.cos(along + phase).sum(axis=1) * np.sqrt(2 / n))


def _angles(rng: np.random.Generator, kind: CellType, x: Values, y: Values) -> Values:
    """Neighbours lie alike: a smooth field of directions and each cell's own will."""
    flow = 0.7 * _landscape(rng, x, y, 4, 1.2) + rng.uniform(0, np.pi)
    own = rng.normal(0, 0.35 if kind.body_elongation > 1.2 else 1.5, len(x))
    return np.asarray(flow + own, dtype=np.float32)


def _axes(
    rng: np.random.Generator, kind: CellType, traits: dict[str, Values], rounded: NDArray[np.bool_]
) -> tuple[Values, Values]:
    """Half axes of nucleus and body, both (cells, 2)."""
    n = len(rounded)
    stretch = np.sqrt(1 + (kind.elongation - 1) * traits["elongation"] ** 3)
    radius = kind.nucleus * traits["nucleus_size"] * np.where(rounded, 0.75, 1.0)
    nucleus = np.stack([radius * stretch, radius / stretch], axis=1)
    long = np.sqrt(kind.body_elongation) * np.exp(rng.normal(0, 0.12, n))
    long = np.where(rounded, 1.0, long)
    reach = kind.body * traits["body_size"] * np.where(rounded, 0.4, 1.0)
    body = np.stack([reach * long, reach / long], axis=1)
    body = np.clip(body, 1.25 * nucleus, 1.7 * kind.body)
    return nucleus.astype(np.float32), body.astype(np.float32)
