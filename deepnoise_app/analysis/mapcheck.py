"""Does the plate map fit the images? Compares the map with other ways the plate could lie.

For every plate all hypotheses get a probability: as mapped; turned, mirrored, shifted; what the map
says of another plate; another library plate, or the same one, in an arrangement that no map tells.
Then single wells that have changed places are looked for, on a plate and between plates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from deepnoise_app.analysis.evidence import Calibration, PlateEvidence
from deepnoise_app.analysis.exchanges import Exchange, find_exchanges
from deepnoise_app.analysis.hypotheses import (
    WEIGHT,
    Hypothesis,
    Key,
    calibrate,
    evidence_for,
    hypotheses,
    probabilities,
)
from deepnoise_app.screen import UNKNOWN, Library, PlateMap

ALARM = 0.9
# Weighted evidence (in natural logarithms) below which no arrangement can be told from chance.
LEAST_EVIDENCE = 5.0
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

    @property
    def partners(self) -> tuple[Key, ...]:
        """Plates whose contents this one holds according to its proposal."""
        if self.proposal is None:
            return ()
        whole = [self.fits[0].of] if self.verdict is Verdict.DIFFERS else []
        wells = [one.plate for one in self.exchanged]
        return tuple(dict.fromkeys(key for key in (*whole, *wells) if key is not None))

    def accepted(self, plate_map: PlateMap) -> PlateMap:
        """Return what lies where if the proposal is accepted.

        Wells that `plate_map` lists and the proposal does not are listed without content.
        """
        if self.proposal is None:
            return plate_map
        return PlateMap(dict.fromkeys(plate_map, UNKNOWN)) | self.proposal


@dataclass(frozen=True, slots=True, eq=False)
class MapCheck:
    """All plates of a screen, and how far the scores were trusted."""

    plates: tuple[PlateCheck, ...]
    calibration: Calibration


def check_maps(plates: Sequence[PlateEvidence], library: Library | None = None) -> MapCheck:
    """Check the plate maps of a screen against what is seen on its plates.

    Parameters
    ----------
    library
        Library plates; without it, only arrangements that some map tells are considered.
    """
    guesses = [hypotheses(plate, plates, library) for plate in plates]
    calibration = calibrate(plates, guesses)
    checks = [_check(p, g, calibration) for p, g in zip(plates, guesses, strict=True)]
    checks = _with_exchanges(_with_swaps(checks), plates, calibration)
    return MapCheck(tuple(checks), calibration)


def _check(plate: PlateEvidence, guesses: list[Hypothesis], calibration: Calibration) -> PlateCheck:
    evidence = evidence_for(plate, guesses, calibration.ratios(plate))
    shares = probabilities(guesses, evidence)
    order = (-shares).argsort(kind="stable")[:SHOWN]
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
    return replace(made, sentence=_fits(made, ()))


def _with_exchanges(
    checks: list[PlateCheck], plates: Sequence[PlateEvidence], calibration: Calibration
) -> list[PlateCheck]:
    """Say of plates whose map fits which wells changed places, also between plates."""
    made = list(checks)
    maps = {plate.key: plate.map for plate in plates}
    for experiment in dict.fromkeys(check.experiment for check in checks):
        at = [i for i, check in enumerate(checks)
              if check.experiment == experiment and check.verdict is Verdict.FITS]  # fmt: skip
        mine = [plates[i] for i in at]
        found = find_exchanges(mine, [calibration.ratios(plate) for plate in mine])
        for i, exchanged in zip(at, found, strict=True):
            if exchanged:
                made[i] = replace(
                    checks[i],
                    sentence=_fits(checks[i], exchanged),
                    exchanged=exchanged,
                    proposal=_exchanged_map(checks[i].key, exchanged, maps),
                )
    return made


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


def _exchanged_map(
    key: Key, exchanged: Sequence[Exchange], maps: Mapping[Key, PlateMap]
) -> PlateMap:
    contents = dict(maps[key].contents)
    for one in exchanged:
        contents[one.first] = maps[one.plate or key][one.second]
        if one.plate is None:
            contents[one.second] = maps[key][one.first]
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
    told = ", ".join(
        f"{one.first} and {one.second}" + ("" if one.plate is None else f" of {one.plate[1]}")
        for one in exchanged
    )
    return f"{whole}, but these have changed places: {told}"
