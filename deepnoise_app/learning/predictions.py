"""From logits to named perturbations: free, one per well, plate prior (Yang et al. 2023)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import log_softmax

from deepnoise_app.analysis.library import LibraryOrder
from deepnoise_app.analysis.naming import Candidates, Labels, Rules
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.screen import COLUMNS, Library, PlateMap, Predictions, Role

UNASSIGNED_FLAG, UNCALLED, STRANGER = "unassigned", "uncalled", "not-in-library"


@dataclass(frozen=True, slots=True)
class Naming:
    """What predictions may be made of.

    `classes` are the model's, `controls` those of them that only controls get: they are left out.
    `copies` says how many wells of a plate each perturbation may get without a library; one where
    it says nothing. `model` stands in the table. `temperature` tempers confidence and margin, and
    nothing else, `discriminant_temperature` those of plates that discriminants name. Wells of lower
    confidence than `abstain_below` are flagged as uncalled, wells whose highest logit is below
    `stranger_below` as not in this library.
    """

    classes: tuple[str, ...]
    controls: tuple[str, ...] = ()
    library: Library | None = None
    copies: Mapping[str, int] = field(default_factory=dict)
    candidates: Candidates = "library"
    model: str = ""
    temperature: float = 1.0
    discriminant_temperature: float = 1.0
    abstain_below: float = 0.0
    stranger_below: float | None = None

    @classmethod
    def by_card(
        cls, card: ModelCard, library: Library | None, candidates: Candidates, abstain_below: float
    ) -> Naming:
        """Return what a model may make of a plate."""
        bare = cls(
            tuple(card.classes),
            tuple(card.control_classes),
            library,
            card.copies,
            candidates,
            card.name,
        )
        return bare.doubting(card, abstain_below)

    def doubting(self, card: ModelCard, abstain_below: float) -> Naming:
        """Return the same with the temperature and the library limit of a card."""
        calibration, limit = card.calibration, card.library_limit
        other = card.discriminant_calibration
        return replace(
            self,
            temperature=1.0 if calibration is None else calibration.temperature,
            discriminant_temperature=1.0 if other is None else other.temperature,
            abstain_below=abstain_below,
            stranger_below=None if limit is None else limit.cosine * card.scale,
        )

    @property
    def treatments(self) -> tuple[str, ...]:
        """Classes that a well may be given."""
        apart = set(self.controls)
        return tuple(name for name in self.classes if name not in apart)

    @property
    def rules(self) -> Rules:
        """What wells may be given when they compete."""
        return Rules(self.treatments, self.library, self.copies, self.candidates)


def name_experiment(
    plates: Sequence[PlateScores],
    roles: Sequence[PlateMap],
    expected: Sequence[PlateMap],
    naming: Naming,
) -> tuple[list[Predictions], LibraryOrder | None]:
    """Name the perturbations on the plates of one experiment.

    Parameters
    ----------
    roles
        Per plate, what is known of the wells before scoring: controls and empty wells stay out of
        the assignment.
    expected
        Per plate, what the wells are expected to hold: it only fills the columns of the table,
        unless `naming.candidates` is `plate-map`.

    Returns
    -------
    predictions
        One table per plate.
    order
        Inferred library plates; None without a library or a treated well.
    """
    log_p = [_log_shares(plate, naming) for plate in plates]
    if naming.candidates == "plate-map":
        roles = expected
    compete = [_competing(p, r) for p, r in zip(plates, roles, strict=True)]
    # Controls tell nothing of a library plate.
    treated = [scores[mask] for scores, mask in zip(log_p, compete, strict=True)]
    prior, order = naming.rules.by_content(treated, expected)
    tables = [
        _table(plates[i], log_p[i], compete[i], prior[i], expected[i], naming)
        for i in range(len(plates))
    ]
    return tables, order


def _log_shares(plate: PlateScores, naming: Naming, tempered: bool = False) -> NDArray[np.float64]:
    """(wells, treatments): logarithm of the softmax; comparable between wells."""
    if plate.discriminants is None:
        scores, temperature = _treatment_logits(plate, naming), naming.temperature
    else:
        scores = plate.discriminants.astype(np.float64)
        temperature = naming.discriminant_temperature
    return np.asarray(log_softmax(scores / (temperature if tempered else 1.0), axis=1))


def _treatment_logits(plate: PlateScores, naming: Naming) -> NDArray[np.float64]:
    apart = set(naming.controls)
    kept = [i for i, name in enumerate(naming.classes) if name not in apart]
    return plate.logits[:, kept].astype(np.float64)


def _competing(plate: PlateScores, plate_map: PlateMap) -> NDArray[np.bool_]:
    """(wells,): those that may be given a perturbation."""
    apart = {Role.POSITIVE, Role.NEGATIVE, Role.EMPTY}
    known = np.array([plate_map[well].role not in apart for well in plate.wells], dtype=np.bool_)
    return np.asarray(known & np.isfinite(plate.logits).all(axis=1))


def _table(
    plate: PlateScores,
    log_p: NDArray[np.float64],
    compete: NDArray[np.bool_],
    prior: Labels,
    expected: PlateMap,
    naming: Naming,
) -> Predictions:
    names = naming.treatments
    readable = [bool(np.isfinite(row).all()) for row in log_p]
    ranked = np.argsort(-np.nan_to_num(log_p), axis=1, kind="stable")[:, :5]
    tempered = _log_shares(plate, naming, tempered=True)
    best = np.nan_to_num(np.exp(np.take_along_axis(tempered, ranked, axis=1)))
    top = [[names[i] if ok else "" for i in row] + [""] * (5 - len(row))
           for row, ok in zip(ranked, readable, strict=True)]  # fmt: skip
    one = _spread(compete, naming.rules.one_per_well(log_p[compete]))
    doubts: dict[str, Sequence[bool] | NDArray[np.bool_]] = {
        UNASSIGNED_FLAG: [not label for label in one],
        UNCALLED: best[:, 0] < naming.abstain_below,
        STRANGER: _strangers(plate, naming),
    }
    flags = [
        (*mine, *(flag for flag, found in doubts.items() if compete[at] and found[at]))
        for at, mine in enumerate(plate.flags)
    ]
    second = best[:, 1] if best.shape[1] > 1 else np.zeros(len(best))
    columns: dict[str, object] = {
        "Metadata_Experiment": plate.experiment,
        "Metadata_Plate": plate.plate,
        "Metadata_Well": [well.name for well in plate.wells],
        "Metadata_Role": [str(expected[well].role) for well in plate.wells],
        "Metadata_Perturbation": [expected[well].perturbation for well in plate.wells],
        "Prediction_Free": [row[0] for row in top],
        "Prediction_OnePerWell": one,
        "Prediction_PlatePrior": _spread(compete, prior),
        "Confidence": best[:, 0],
        "Margin": best[:, 0] - second,
        **{f"Top{n}": [row[n - 1] for row in top] for n in range(2, 6)},
        "Sites": plate.sites,
        "Flags": [";".join(mine) for mine in flags],
        "Model": naming.model,
        "Correction": plate.correction,
    }
    return Predictions(pd.DataFrame(columns, columns=list(COLUMNS)))


def _strangers(plate: PlateScores, naming: Naming) -> NDArray[np.bool_]:
    """(wells,): those that are like no perturbation that they may be given."""
    if naming.stranger_below is None:
        return np.zeros(len(plate.wells), dtype=np.bool_)
    return np.asarray(_treatment_logits(plate, naming).max(axis=1) < naming.stranger_below)


def _spread(mask: NDArray[np.bool_], labels: Labels) -> Labels:
    """Labels of the competing wells at their places among all wells; empty elsewhere."""
    waiting = iter(labels)
    return [next(waiting) if one else "" for one in mask]
