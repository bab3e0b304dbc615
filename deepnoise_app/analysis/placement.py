"""Does the place of a well alone tell its perturbation? Then the design is confounded.

A network that names perturbations in such a screen may have learned the plate's edges and
gradients instead of the biology, and no held-out experiment of the same design would show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import Plate, Role, WellId

SHUFFLES = 99
# Position tells something if it beats every shuffle, and closes this share of the gap from chance
# to certainty.
TELLING = 0.1


@dataclass(frozen=True, slots=True)
class PositionGuess:
    """How often the place of a well names its perturbation, from the other experiments alone.

    `share` of `wells`, 0 to 1; `chance` is the mean share when perturbations are shuffled among
    the treated wells of each plate, and `highest` the largest one.
    """

    share: float
    chance: float
    highest: float
    wells: int

    @property
    def confounded(self) -> bool:
        """Whether place and perturbation go together far beyond chance."""
        telling = self.chance + TELLING * (1 - self.chance)
        return self.share > self.highest and self.share >= telling

    def __str__(self) -> str:
        return (
            f"the position of a well alone names its perturbation in {self.share:.0%} of"
            f" {self.wells} wells of other experiments (by chance: {self.chance:.0%}): a model can"
            " learn the place instead of the biology, and held-out experiments of this design do"
            " not show it; place the perturbations at random in each experiment"
        )


def guess_by_position(plates: Sequence[Plate], seed: int = 0) -> PositionGuess | None:
    """Name each treated well by what lies in its place in one of the other experiments.

    Parameters
    ----------
    plates
        Labelled plates of all experiments.

    Returns
    -------
    guess
        None where fewer than two experiments have labelled wells.
    """
    wells = [
        (plate.experiment, plate.name, well, plate.map[well].perturbation)
        for plate in plates
        for well in plate.wells
        if plate.map[well].role is Role.TREATMENT and plate.map[well].perturbation
    ]
    if len({experiment for experiment, *_ in wells}) < 2:
        return None
    names, held = np.unique([name for *_, name in wells], return_inverse=True)
    places = _Places([well for _, _, well, _ in wells], [one for one, *_ in wells])
    share = places.share(held)
    rng = np.random.default_rng(seed)
    on_plate = [f"{experiment}\n{plate}" for experiment, plate, *_ in wells]
    groups = [np.flatnonzero(np.array(on_plate) == key) for key in sorted(set(on_plate))]
    shuffled = []
    for _ in range(SHUFFLES if len(names) > 1 else 0):
        trial = held.copy()
        for rows in groups:
            trial[rows] = rng.permutation(trial[rows])
        shuffled.append(places.share(trial))
    chance = float(np.mean(shuffled)) if shuffled else 1.0
    return PositionGuess(share, chance, max(shuffled, default=1.0), len(wells))


class _Places:
    """Wells in the same place, by experiment."""

    def __init__(self, wells: Sequence[WellId], experiments: Sequence[str]) -> None:
        self._place = _numbered([well.name for well in wells])
        self._experiment = _numbered(
            [f"{w.name}\n{e}" for w, e in zip(wells, experiments, strict=True)]
        )
        self._others = _alike(self._place) - _alike(self._experiment)

    def share(self, held: NDArray[np.intp]) -> float:
        """Mean share of the wells in the same place in other experiments that hold the same."""
        kinds = int(held.max()) + 1
        same = _alike(self._place * kinds + held) - _alike(self._experiment * kinds + held)
        return float((same / np.maximum(self._others, 1)).mean())


def _numbered(names: Sequence[str]) -> NDArray[np.intp]:
    return np.asarray(np.unique(names, return_inverse=True)[1])


def _alike(keys: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many have the same key, itself included."""
    _, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(counts[place])
