"""Screens of scores whose truth is known, and errors of the bench planted in their plate maps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deepnoise_app.analysis.evidence import PlateEvidence
from deepnoise_app.analysis.rearranged import rearrangements
from deepnoise_app.screen import Content, Library, PlateMap, PlateShape, Role, WellId

DEPTH = 24
SHAPE = PlateShape(8, 12)
ERRORS = ("none", "swap", "rotated", "mirrored", "shift", "library", "exchange", "between")


def made_screen(
    seed: int = 0,
    noise: float = 1.0,
    experiments: int = 3,
    plates: int = 4,
    each: int = 60,
    shape: PlateShape = SHAPE,
    shift: float = 0.0,
) -> tuple[list[PlateEvidence], Library]:
    """Scores of an ArcFace-like model: 10 cosines with class centres, wells off by `noise`.

    `shift` moves all wells of a plate alike, so that their errors are not independent. Each plate
    holds one library plate of `each` perturbations in an order of its own, and four
    wells each of two controls.
    """
    rng = np.random.default_rng(seed)
    names = [f"s{i}" for i in range(plates * each)] + ["water", "kill"]
    centres = rng.normal(size=(len(names), DEPTH))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    wells = [WellId(r, c) for r in range(shape.rows) for c in range(shape.columns)]
    controls = {
        w: ("kill" if i % 2 else "water") for i, w in enumerate(wells[:: len(wells) // 8][:8])
    }
    free = [well for well in wells if well not in controls]
    made = []
    for e in range(experiments):
        for p in range(plates):
            group = (p + e) % plates
            got = rng.permutation(np.arange(group * each, (group + 1) * each))
            chosen = sorted(rng.choice(len(free), each, replace=False))
            contents = {free[w]: Content(names[k], Role.TREATMENT)
                        for w, k in zip(chosen, got, strict=True)}  # fmt: skip
            contents |= {
                w: Content(n, Role.NEGATIVE if n == "water" else Role.POSITIVE)
                for w, n in controls.items()
            }
            plate_map = PlateMap(dict(sorted(contents.items())))
            truth = [names.index(plate_map[w].perturbation) for w in plate_map]
            seen = centres[truth] + noise * rng.normal(size=(len(truth), DEPTH)) / np.sqrt(DEPTH)
            if shift:
                seen += shift * rng.normal(size=DEPTH) / np.sqrt(DEPTH)
            seen /= np.linalg.norm(seen, axis=1, keepdims=True)
            made.append(PlateEvidence(f"E{e}", f"P{p}", shape, tuple(plate_map),
                                      10 * seen @ centres.T, tuple(names), plate_map))  # fmt: skip
    groups = {f"L{g}": {names[i]: 1 for i in range(g * each, (g + 1) * each)}
              for g in range(plates)}  # fmt: skip
    return made, Library(groups)


def plant(
    screen: list[PlateEvidence], error: str, rng: np.random.Generator
) -> tuple[list[PlateEvidence], int]:
    """Change plate maps by an error; returns the screen and the number of a plate that is wrong."""
    at = int(rng.integers(len(screen)))
    maps = [plate.map for plate in screen]
    ways = {way.name: way for way in rearrangements()}
    shape = screen[at].shape
    if error == "swap":
        other = int(rng.choice([i for i in range(len(screen)) if i != at]))
        maps[at], maps[other] = maps[other], maps[at]
    elif error == "rotated":
        maps[at] = ways["rotated"].apply(maps[at], shape)
    elif error == "mirrored":
        maps[at] = ways[str(rng.choice(["mirrored-rows", "mirrored-columns"]))].apply(
            maps[at], shape
        )
    elif error == "shift":
        names = [name for name in ways if name[-2] in "+-"]
        maps[at] = ways[str(rng.choice(names))].apply(maps[at], shape)
    elif error == "library":
        held = {c.perturbation for c in maps[at].contents.values()}
        others = sorted(set(screen[at].classes) - held - {"water", "kill"})
        treated = [w for w in maps[at] if maps[at][w].role is Role.TREATMENT]
        new = rng.choice(others, min(len(treated), len(others)), replace=False)
        contents = dict(maps[at].contents)
        contents |= {w: Content(str(n), Role.TREATMENT)
                     for w, n in zip(treated, new, strict=False)}  # fmt: skip
        maps[at] = PlateMap(contents)
    elif error == "exchange":
        treated = [w for w in maps[at] if maps[at][w].role is Role.TREATMENT]
        first, second = (treated[int(i)] for i in rng.choice(len(treated), 2, replace=False))
        contents = dict(maps[at].contents)
        contents[first], contents[second] = contents[second], contents[first]
        maps[at] = PlateMap(contents)
    elif error == "between":
        near = [i for i, plate in enumerate(screen)
                if plate.experiment == screen[at].experiment and i != at]  # fmt: skip
        other = int(rng.choice(near))
        first, second = (
            str(rng.choice([w.name for w in maps[i] if maps[i][w].role is Role.TREATMENT]))
            for i in (at, other)
        )
        a, b = WellId.parse(first), WellId.parse(second)
        moved = {at: {a: maps[other][b]}, other: {b: maps[at][a]}}
        for i, content in moved.items():
            maps[i] = PlateMap({**maps[i].contents, **content})
    return [replace(p, map=m) for p, m in zip(screen, maps, strict=True)], at
