"""Paints cells in six stains: what a perfect microscope without noise would see.

Each cell is a small patch in which two distances are known, that from the nucleus and that from
the middle of the cell, both 1 at the border; the stains are simple functions of the two and of
the textures. Cells of like size are painted at once and added up; where bodies overlap, the light
is shared, for a layer of cells has one thickness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import Channel
from deepnoise_app.simulate.cells import Cells
from deepnoise_app.simulate.celltypes import CellType
from deepnoise_app.simulate.textures import texture_bank

Stack = NDArray[np.float32]
CHANNELS = (
    Channel("Nuclei", "Hoechst"),
    Channel("ER", "ConA"),
    Channel("Actin", "Phalloidin"),
    Channel("Nucleoli and RNA", "Syto14"),
    Channel("Mitochondria", "MitoTracker"),
    Channel("Golgi and membrane", "WGA"),
)
# Beside the stains two more planes are painted: how much body and how much nucleus lies there.
PLANES = len(CHANNELS) + 2
# Pixels painted in one go: few enough to stay in the processor's cache.
BATCH_PX = 8_000
# Bodies end here, in units of their radius: their rims are uneven.
REACH = 1.2
# What of the stain over a nucleus is left, for each channel: ER and mitochondria spare it.
OVER_NUCLEUS = (1.0, 0.38, 0.8, 0.65, 0.4, 1.0)


@dataclass(frozen=True, slots=True)
class Patches:
    """Patches of some cells, each array (cells, rows, columns).

    `beyond`: distance from the nucleus in its radii, 0 within; `out`: distance from the middle in
    radii of the body; `textures` by name, of mean 0 and deviation 1.
    """

    beyond: Stack
    out: Stack
    nucleus: Stack
    body: Stack
    golgi: Stack
    textures: dict[str, Stack]


def paint(cells: Cells, kind: CellType, size: int) -> Stack:
    """Return (6, size, size) light of all cells, in units of a usual cell's stain."""
    order = np.argsort(cells.body[:, 0], kind="stable")
    reaches = np.ceil(REACH * size * cells.body[order, 0]).astype(int) + 1
    edge = int(reaches[-1])
    canvas = np.zeros((PLANES, size + 2 * edge, size + 2 * edge), dtype=np.float32)
    start = 0
    while start < len(order):
        batch = max(1, BATCH_PX // (2 * int(reaches[start]) + 1) ** 2)
        some = order[start : start + batch]
        reach = int(reaches[start : start + batch][-1])
        _paint_some(canvas, cells.some(some), kind, size, reach)
        start += batch
    light = _shared(canvas[:, edge:-edge, edge:-edge])
    return light ** np.array(kind.contrast, dtype=np.float32)[:, None, None]


def _paint_some(canvas: Stack, cells: Cells, kind: CellType, size: int, reach: int) -> None:
    """Paint cells of about one size; only those that can reach the field."""
    edge = (canvas.shape[1] - size) // 2
    column = np.floor(cells.x * size).astype(int)
    row = np.floor(cells.y * size).astype(int)
    patches = _patches(cells, size, reach, column, row)
    stained = _stained(cells, kind, patches)  # (cells, planes, rows, columns)
    near = (column >= -reach) & (row >= -reach) & (column < size + reach) & (row < size + reach)
    for i in np.flatnonzero(near):
        # The border of the canvas may be narrower than a cell outside the field is away from it.
        top, left = int(row[i]) + edge - reach, int(column[i]) + edge - reach
        skip_r, skip_c = max(-top, 0), max(-left, 0)
        into = canvas[:, top + skip_r : top + 2 * reach + 1, left + skip_c : left + 2 * reach + 1]
        rows, columns = into.shape[1:]
        into += stained[i, :, skip_r : skip_r + rows, skip_c : skip_c + columns]


def _patches(
    cells: Cells, size: int, reach: int, column: NDArray[np.int_], row: NDArray[np.int_]
) -> Patches:
    line = np.arange(-reach, reach + 1, dtype=np.float32)
    dx = line[None, None, :] + (0.5 + column - cells.x * size).astype(np.float32)[:, None, None]
    dy = line[None, :, None] + (0.5 + row - cells.y * size).astype(np.float32)[:, None, None]
    cos, sin = (f(cells.angle)[:, None, None] for f in (np.cos, np.sin))
    u, v = cos * dx + sin * dy, cos * dy - sin * dx
    textures = texture_bank(size).around(cells.texture, u, v)
    lumps = textures["lumps"]
    nucleus = _per_cell(cells.nucleus * size)
    body = _per_cell(cells.body * size)
    within = np.hypot(u / nucleus[0], v / nucleus[1]) * (1 + 0.05 * lumps)
    # A tapered, lobed outline: the body is thinner to one end, and uneven all around.
    taper = 1 + 0.25 * np.clip(u / body[0], -1, 1)
    out = np.hypot(u / body[0], v * taper / body[1]) * (1 + 0.22 * np.clip(lumps, -0.75, 2))
    golgi = _per_cell(cells.golgi * size)
    radius = 0.75 * nucleus[1]
    away = ((u - golgi[0]) ** 2 + (v - golgi[1]) ** 2) / (radius * radius)
    return Patches(
        np.maximum(within - 1, 0),
        out,
        np.clip((1 - within) * (0.9 * nucleus[1]) + 0.5, 0, 1),
        np.clip((1 - out) * np.minimum(0.35 * body[1], 2.5) + 0.5, 0, 1),
        np.exp(-away),
        textures,
    )


def _stained(cells: Cells, kind: CellType, p: Patches) -> Stack:
    """(cells, planes, rows, columns): the recipe of each stain."""
    t = {name: values[:, None, None] for name, values in cells.traits.items()}
    tex = p.textures
    light = cells.brightness[:, None, None]
    lit = light * p.body * (1.15 - 0.5 * np.minimum(p.out, 1.3))
    rim = p.body * np.exp(-(((p.out - 0.88) / 0.14) ** 2))
    reach = kind.spread * t["er_reach"]
    near, wide = np.exp(p.beyond / -reach), np.exp(p.beyond / (-2 * reach))
    fibres = np.maximum(0.25 + tex["fibres"], 0) * t["fibres"]
    threads = np.maximum(1 + 0.5 * t["mitochondria_network"] * tex["threads"], 0)
    nucleoli = p.nucleus * tex["spots"] * t["nucleoli"]
    puncta = tex["puncta"] * kind.speckle
    planes = np.empty((len(cells), PLANES, *p.body.shape[1:]), dtype=np.float32)
    planes[:, 0] = light * t["dna"] * p.nucleus * (1 + 0.14 * t["chromatin"] * tex["grains"])
    planes[:, 1] = lit * t["er"] * (near * (1 + 0.30 * tex["net"]) + 0.10)
    planes[:, 2] = lit * t["actin"] * (0.55 + kind.fibres * 0.36 * fibres + 0.6 * puncta)
    planes[:, 2] += light * t["actin"] * (0.35 + 0.4 * tex["fibres"].clip(0)) * rim
    planes[:, 3] = lit * t["rna"] * (wide * (0.8 + 0.16 * tex["net"]) + 0.10) + 0.22 * nucleoli
    planes[:, 4] = lit * t["mitochondria"] * (near * 0.8 * threads + 0.12 + 0.5 * puncta)
    planes[:, 5] = lit * t["membrane"] * (0.42 + 0.08 * tex["grains"]) + 0.2 * rim * t["membrane"]
    planes[:, 5] += t["golgi"] * (0.6 * p.golgi * (1 + 0.4 * tex["grains"])) * lit
    planes[:, 5] += (0.7 + 0.06 * tex["grains"]) * p.nucleus * light + 0.25 * puncta * lit
    planes[:, 6] = p.body
    planes[:, 7] = p.nucleus
    return planes


def _shared(canvas: Stack) -> Stack:
    """Share the light where bodies overlap and darken what spares the nuclei."""
    light = canvas[:6].copy()
    cover, nuclei = canvas[6], np.minimum(canvas[7], 1)
    light[1:] *= np.maximum(cover, 1) ** np.float32(-0.6)
    for channel, left in enumerate(OVER_NUCLEUS):
        if left < 1:
            light[channel] *= 1 - (1 - left) * nuclei
    return np.maximum(light, 0)


def _per_cell(pairs: NDArray[np.float32]) -> tuple[Stack, Stack]:
    return pairs[:, 0, None, None].astype(np.float32), pairs[:, 1, None, None].astype(np.float32)
