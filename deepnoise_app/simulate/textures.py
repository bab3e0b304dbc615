"""Fine structure of cells, drawn once: banks of periodic texture that every cell samples.

A bank covers one field of view. It is made from Fourier noise on a fixed grid and resampled by
cropping or padding its spectrum, so that every pixel size shows the same structures, only more
coarsely.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.simulate.draws import Level, draws

Plane = NDArray[np.float32]
GRID = 512
# How far beyond the field (as a part of it) a bank repeats itself, so that no index need wrap.
MARGIN = 0.3


@dataclass(frozen=True)
class TextureBank:
    """Textures for one pixel size, each (side, side), flattened; deviation 1.

    `lumps` shape outlines, `net` is the mesh of the ER, `fibres` run along x, `threads` are
    mitochondria, `grains` chromatin and vesicles, `spots` nucleoli, `puncta` bright vesicles; the
    last two are 0 in most places, the others have mean 0.
    """

    size: int
    margin: int
    planes: dict[str, Plane]

    def around(
        self, places: NDArray[np.int32], u: NDArray[np.float32], v: NDArray[np.float32]
    ) -> dict[str, NDArray[np.float32]]:
        """Sample every texture at `u`, `v` pixels (cells, rows, columns) from each cell's place."""
        limit = np.float32(self.margin - 1)
        start = places % self.size + self.margin
        column = np.rint(np.clip(u, -limit, limit)).astype(np.int32) + start[:, 0, None, None]
        row = np.rint(np.clip(v, -limit, limit)).astype(np.int32) + start[:, 1, None, None]
        index = row * (self.size + 2 * self.margin) + column
        return {name: plane[index] for name, plane in self.planes.items()}


@lru_cache(maxsize=4)
def texture_bank(size: int) -> TextureBank:
    """Return the textures for sites of `size` pixels."""
    margin = int(np.ceil(MARGIN * size)) + 2
    made = {name: _prepared(plane, size, margin) for name, plane in _native().items()}
    return TextureBank(size, margin, made)


@lru_cache(maxsize=1)
def _native() -> dict[str, NDArray[np.float64]]:
    """Each texture on the fixed grid; wavelengths in parts of 512 to a field."""
    return {
        "lumps": _noise(0, 40.0),
        "net": -np.abs(_noise(1, 13.0)) + 0.5 * _noise(2, 7.0),
        "fibres": _bent(
            _ridges(_noise(3, 11.0, stretch=7.0)) + 0.6 * _ridges(_noise(4, 7, stretch=9)), 4.0
        ),
        "threads": _ridges(_noise(5, 12.0, stretch=1.8)) + _ridges(_noise(6, 9.0)),
        "grains": _noise(7, 6.0),
        "spots": _only_high(_noise(8, 12.0), 1.3),
        "puncta": _only_high(_noise(9, 6.5), 2.3),
    }


def _noise(number: int, wavelength: float, stretch: float = 1.0) -> NDArray[np.float64]:
    """(GRID, GRID) periodic noise around one wavelength, drawn out along x by `stretch`."""
    white = draws(0, Level.TEXTURE, number).standard_normal((GRID, GRID))
    ky = np.fft.fftfreq(GRID)[:, None]
    kx = np.fft.rfftfreq(GRID)[None, :] * stretch
    k = np.hypot(ky, kx) * wavelength
    band = k * np.exp(-(k**2))
    made = np.fft.irfft2(np.fft.rfft2(white) * band, s=(GRID, GRID))
    return np.asarray(made / made.std())


def _ridges(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thin bright lines where the noise crosses zero."""
    return np.asarray(np.exp(-((noise / 0.28) ** 2)))


def _bent(plane: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Shift each place along y by a smooth amount of deviation `by`."""
    rows = np.arange(GRID)[:, None] + np.rint(by * _noise(10, 80.0)).astype(int)
    return np.asarray(plane[rows % GRID, np.arange(GRID)[None, :]])


def _only_high(noise: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Blobs where the noise is above `level` deviations."""
    return np.maximum(noise - level, 0)


def _prepared(plane: NDArray[np.float64], size: int, margin: int) -> Plane:
    resampled = _resampled(plane, size)
    sparse = plane.min() >= 0 and np.median(plane) == 0
    scaled = (np.maximum(resampled, 0) if sparse else resampled - plane.mean()) / plane.std()
    return np.pad(scaled, margin, mode="wrap").astype(np.float32).ravel()


def _resampled(plane: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return the same periodic picture on a grid of `size`: crop or pad its spectrum."""
    spectrum = np.fft.fftshift(np.fft.fft2(plane))
    keep = min(size, GRID)
    middle = slice(GRID // 2 - keep // 2, GRID // 2 - keep // 2 + keep)
    wide = np.zeros((size, size), dtype=complex)
    there = slice(size // 2 - keep // 2, size // 2 - keep // 2 + keep)
    wide[there, there] = spectrum[middle, middle]
    return np.asarray(np.fft.ifft2(np.fft.ifftshift(wide)).real * (size / GRID) ** 2)
