"""Does the plate map fit the images? Compares the map with other ways the plate could lie.

For every plate all hypotheses get a probability: as mapped; turned, mirrored, shifted; what the map
says of another plate; another library plate, or the same one, in an arrangement that no map tells.
Then single wells that have changed places are looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

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
from deepnoise_app.analysis.exchanges import Exchange, find_exchanges
from deepnoise_app.analysis.rearranged import rearrangements
from deepnoise_app.screen import Library, PlateMap, Role

Key = tuple[str, str]
AS_MAPPED, REARRANGED, OTHER_PLATE, LIBRARY = "as-mapped", "rearranged", "other-plate", "library"
# Before any image is seen: how often a plate goes wrong, shared out over the ways it can.
PRIOR = {REARRANGED: 0.008, OTHER_PLATE: 0.008, LIBRARY: 0.004}
# Evidence of wells on one plate is not independent: it counts as this part of its sum. Set on
# simulated errors so that of alarms with probability p a share p is right, or more.
WEIGHT = 0.5
ALARM = 0.9
# Weighted evidence (in natural logarithms) below which no arrangement can be told from chance.
LEAST_EVIDENCE = 3.0
SHOWN = 5


class Verdict(StrEnum):
    """What the images say about a plate map."""

    FITS = "fits"
    DIFFERS = "differs"
    UNTOLD = "cannot be told"


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One hypothesis about a plate: its words, its probability and what then lies where.

    `evidence` is the summed logarithm of the wells' likelihood ratio against chance. `map` is None
    for a library plate in an unknown arrangement; `of` is the plate whose map it is, if another's.
    """

    kind: str
    words: str
    probability: float
    evidence: float
    map: PlateMap | None
    of: Key | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PlateCheck:
    """The verdict on one plate, best hypotheses first, and wells that have changed places.

    `agreeing` of `wells` checked wells look most like what the map says. `proposal` is a plate map
    that the user may accept; None where there is nothing to propose.
    """

    experiment: str
    plate: str
    verdict: Verdict
    sentence: str
    agreeing: int
    wells: int
    fits: tuple[Fit, ...]
    exchanged: tuple[Exchange, ...]
    proposal: PlateMap | None

    @property
    def key(self) -> Key:
        """Experiment and plate name."""
        return self.experiment, self.plate


@dataclass(frozen=True, slots=True, eq=False)
class MapCheck:
    """All plates of a screen, and how far the scores were trusted."""

    plates: tuple[PlateCheck, ...]
    calibration: Calibration


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    kind: str
    words: str
    codes: Codes | None
    columns: NDArray[np.intp] | None
    map: PlateMap | None
    of: Key | None = None


def check_maps(plates: Sequence[PlateEvidence], library: Library | None = None) -> MapCheck:
    """Check the plate maps of a screen against what is seen on its plates.

    Parameters
    ----------
    library
        Library plates; without it, only arrangements that some map tells are considered.
    """
    guesses = [_guesses(plate, plates, library) for plate in plates]
    calibration = Calibration()
    for _ in range(2):
        best = [_best_codes(p, g, calibration) for p, g in zip(plates, guesses, strict=True)]
        calibration = fit_calibration(plates, best)
    checks = [_check(p, g, calibration) for p, g in zip(plates, guesses, strict=True)]
    return MapCheck(tuple(_with_swaps(checks)), calibration)


def _guesses(
    plate: PlateEvidence, plates: Sequence[PlateEvidence], library: Library | None
) -> list[_Guess]:
    """All hypotheses that differ from each other in some checked well; as mapped comes first."""
    own = plate.codes(plate.map)
    made = [_Guess(AS_MAPPED, "lies as the plate map says", own, None, plate.map)]
    seen = {own.tobytes()}

    def add(kind: str, words: str, plate_map: PlateMap, of: Key | None = None) -> None:
        codes = plate.codes(plate_map)
        if codes.tobytes() not in seen and (codes != NOTHING).any():
            seen.add(codes.tobytes())
            made.append(_Guess(kind, words, codes, None, plate_map, of))

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
            made.append(_Guess(LIBRARY, words, None, np.array(held, dtype=np.intp), None))
    return made


def _evidence(plate: PlateEvidence, guess: _Guess, ratios: NDArray[np.float64]) -> float:
    """Sum over wells of the logarithm of the likelihood ratio against chance."""
    if guess.codes is not None:
        at = np.flatnonzero(guess.codes != NOTHING)
        return float(ratios[at, guess.codes[at]].sum())
    treated = np.array([_may_be_treated(plate, well) for well in range(len(plate.wells))])
    held = np.exp(ratios[treated][:, guess.columns]) if treated.any() else np.ones((0, 1))
    return float(np.log(held.mean(axis=1)).sum())


def _may_be_treated(plate: PlateEvidence, well: int) -> bool:
    return plate.map[plate.wells[well]].role in (Role.TREATMENT, Role.UNKNOWN)


def _best_codes(plate: PlateEvidence, guesses: list[_Guess], calibration: Calibration) -> Codes:
    ratios = calibration.ratios(plate)
    told = [guess for guess in guesses if guess.codes is not None]
    best = max(told, key=lambda guess: _evidence(plate, guess, ratios))
    return best.codes if best.codes is not None else plate.codes(plate.map)


def _check(plate: PlateEvidence, guesses: list[_Guess], calibration: Calibration) -> PlateCheck:
    ratios = calibration.ratios(plate)
    evidence = np.array([_evidence(plate, guess, ratios) for guess in guesses])
    shares = softmax(WEIGHT * evidence + np.log(_priors(guesses)))
    order = np.argsort(-shares, kind="stable")[:SHOWN]
    fits = tuple(
        Fit(g.kind, g.words, float(shares[i]), float(evidence[i]), g.map, g.of)
        for i, g in ((int(i), guesses[i]) for i in order)
    )
    agreeing, wells = plate.agreement()
    made = PlateCheck(*plate.key, Verdict.FITS, "", agreeing, wells, fits, (), None)
    if not wells or WEIGHT * float(evidence.max()) < LEAST_EVIDENCE:
        return replace(made, verdict=Verdict.UNTOLD, sentence=_untold(made))
    if float(shares[0]) <= 1 - ALARM:
        return replace(made, verdict=Verdict.DIFFERS, sentence=_differs(made), proposal=fits[0].map)
    exchanged = find_exchanges(plate.wells, guesses[0].codes, ratios)
    return replace(
        made,
        sentence=_fits(made, exchanged),
        exchanged=exchanged,
        proposal=_exchanged_map(plate.map, exchanged) if exchanged else None,
    )


def _priors(guesses: list[_Guess]) -> NDArray[np.float64]:
    counts = {kind: sum(guess.kind == kind for guess in guesses) for kind in PRIOR}
    wrong = np.array([PRIOR[g.kind] / counts[g.kind] if g.kind in PRIOR else 0 for g in guesses])
    wrong[0] = 1 - wrong.sum()
    return wrong


def _with_swaps(checks: list[PlateCheck]) -> list[PlateCheck]:
    """Say of two plates that each hold the other's content that they are swapped."""
    best = {c.key: c.fits[0].of for c in checks if c.verdict is Verdict.DIFFERS}
    made = []
    for check in checks:
        other = best.get(check.key)
        if other is not None and best.get(other) == check.key:
            chance = check.fits[0].probability
            sentence = f"is swapped with {' '.join(other)} (probability {chance:.2f})"
            check = replace(check, sentence=sentence)  # noqa: PLW2901
        made.append(check)
    return made


def _exchanged_map(plate_map: PlateMap, exchanged: Sequence[Exchange]) -> PlateMap:
    contents = dict(plate_map.contents)
    for one in exchanged:
        contents[one.first], contents[one.second] = plate_map[one.second], plate_map[one.first]
    return PlateMap(contents)


def _untold(check: PlateCheck) -> str:
    if not check.wells:
        return "no well holds a perturbation that is known here, so nothing can be checked"
    return (
        f"cannot be told: {check.agreeing} of {check.wells} wells look like what the map says, and"
        " no other arrangement fits better than chance"
    )


def _differs(check: PlateCheck) -> str:
    best = check.fits[0]
    return f"{best.words} (probability {best.probability:.2f})"


def _fits(check: PlateCheck, exchanged: Sequence[Exchange]) -> str:
    whole = f"fits: {check.agreeing} of {check.wells} wells look like what the map says"
    if not exchanged:
        return whole
    told = ", ".join(f"{one.first} and {one.second}" for one in exchanged)
    return f"{whole}, but these have changed places: {told}"
