"""All ways in which a plate could lie, and how probable its images make each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from deepnoise_app.analysis.evidence import (
    NOTHING,
    Calibration,
    Codes,
    PlateEvidence,
    fit_calibration,
)
from deepnoise_app.analysis.rearranged import rearrangements
from deepnoise_app.screen import Library, PlateMap, Role

Key = tuple[str, str]
AS_MAPPED, REARRANGED, OTHER_PLATE, LIBRARY = "as-mapped", "rearranged", "other-plate", "library"
# Before any image is seen: how often a plate goes wrong, shared out over the ways it can.
PRIOR = {REARRANGED: 0.008, OTHER_PLATE: 0.008, LIBRARY: 0.004}
# Evidence of wells on one plate is not independent: it counts as this part of its sum. Fitted on
# simulated errors: python -m pytest tests/benchmarks/bench_calibration.py -m benchmark -s
WEIGHT = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """One way in which a plate could lie.

    `codes` are (wells,), the classes that it expects; None for a library plate in an unknown
    arrangement, of which `columns` are the classes. `map` and `of` as in a fit.
    """

    kind: str
    words: str
    codes: Codes | None
    columns: NDArray[np.intp] | None
    map: PlateMap | None
    of: Key | None = None


def hypotheses(
    plate: PlateEvidence, plates: Sequence[PlateEvidence], library: Library | None
) -> list[Hypothesis]:
    """All hypotheses that differ from each other in some checked well; as mapped comes first."""
    own = plate.codes(plate.map)
    made = [Hypothesis(AS_MAPPED, "lies as the plate map says", own, None, plate.map)]
    seen = {own.tobytes()}

    def add(kind: str, words: str, plate_map: PlateMap, of: Key | None = None) -> None:
        codes = plate.codes(plate_map)
        if codes.tobytes() not in seen and (codes != NOTHING).any():
            seen.add(codes.tobytes())
            made.append(Hypothesis(kind, words, codes, None, plate_map, of))

    for way in rearrangements():
        add(REARRANGED, way.words, way.apply(plate.map, plate.shape))
    for other in plates:
        if other.key != plate.key:
            name = " ".join(other.key)
            add(OTHER_PLATE, f"holds what the map says of {name}", other.map, other.key)
    for name, perturbations in ({} if library is None else library.plates).items():
        held = [i for i, c in enumerate(plate.classes) if c in perturbations]
        if held:
            words = f"holds library plate {name} in an arrangement that no map tells"
            made.append(Hypothesis(LIBRARY, words, None, np.array(held, dtype=np.intp), None))
    return made


def _evidence(plate: PlateEvidence, guess: Hypothesis, ratios: NDArray[np.float64]) -> float:
    if guess.codes is not None:
        at = np.flatnonzero(guess.codes != NOTHING)
        return float(ratios[at, guess.codes[at]].sum())
    treated = np.array([_may_be_treated(plate, well) for well in range(len(plate.wells))])
    held = np.exp(ratios[treated][:, guess.columns]) if treated.any() else np.ones((0, 1))
    return float(np.log(held.mean(axis=1)).sum())


def _may_be_treated(plate: PlateEvidence, well: int) -> bool:
    return plate.map[plate.wells[well]].role in (Role.TREATMENT, Role.UNKNOWN)


def _best_codes(plate: PlateEvidence, guesses: list[Hypothesis], calibration: Calibration) -> Codes:
    ratios = calibration.ratios(plate)
    told = [guess for guess in guesses if guess.codes is not None]
    best = max(told, key=lambda guess: _evidence(plate, guess, ratios))
    return best.codes if best.codes is not None else plate.codes(plate.map)


def calibrate(plates: Sequence[PlateEvidence], guesses: Sequence[list[Hypothesis]]) -> Calibration:
    """Find how far scores are to be trusted, taking of each plate what fits best for true."""
    calibration = Calibration()
    for _ in range(2):
        best = [_best_codes(p, g, calibration) for p, g in zip(plates, guesses, strict=True)]
        calibration = fit_calibration(plates, best)
    return calibration


def evidence_for(
    plate: PlateEvidence, guesses: list[Hypothesis], ratios: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(hypotheses,): sum over wells of the logarithm of the likelihood ratio against chance."""
    return np.array([_evidence(plate, guess, ratios) for guess in guesses])


def probabilities(
    guesses: list[Hypothesis], evidence: NDArray[np.float64], weight: float = WEIGHT
) -> NDArray[np.float64]:
    """(hypotheses,): how probable each is; they sum to 1."""
    counts = {kind: sum(guess.kind == kind for guess in guesses) for kind in PRIOR}
    prior = np.array([PRIOR[g.kind] / counts[g.kind] if g.kind in PRIOR else 0 for g in guesses])
    prior[0] = 1 - prior.sum()
    return np.asarray(softmax(weight * evidence + np.log(prior)))
