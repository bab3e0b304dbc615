"""One model of a scoring: corrects a plate as it was asked to, scores it, says what it noticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.discriminants import Discriminants
from deepnoise_app.learning.anchor import anchored, count_controls
from deepnoise_app.learning.discriminants import APPLIED, FEWEST_WELLS, may_name, named_by
from deepnoise_app.learning.familiar import unlike_reasons
from deepnoise_app.learning.material import Material
from deepnoise_app.learning.score import PlateScores, Scorer
from deepnoise_app.learning.survey import Normalisation
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.recipe import Scoring
from deepnoise_app.screen import PlateMap, WellId

# Batch-norm statistics of fewer wells would be mostly theirs, not the plate's.
FEWEST_ADAPTED = 8
# Fewer negative controls than this cost more than they bring (docs/scoring.md).
FEW_CONTROLS = 4
NONE, ADAPTED, ANCHORED = "none", "adabn", "control-anchored"

Fault = tuple[WellId, int, str]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPlate:
    """Scores of a plate with what was noticed on the way.

    `reasons` say in what the plate is unlike the training data, `notes` what was asked and could
    not be done, `faults` (well, number of the site, text) what only decoding could tell.
    `unadapted` are the scores in one view by the network as it was trained, where batch norm was
    adapted.
    """

    scores: PlateScores
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    unadapted: PlateScores | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A model with its scorer; `anchor` and `adapt` say what it corrects.

    With `discriminants` it is they that name the wells.
    """

    card: ModelCard
    scorer: Scorer
    anchor: bool = False
    adapt: bool = False
    discriminants: Discriminants | None = None
    should_stop: Callable[[], bool] = field(default=lambda: False)

    @classmethod
    def of(
        cls,
        card: ModelCard,
        scorer: Scorer,
        wish: Scoring,
        discriminants: Discriminants | None,
        should_stop: Callable[[], bool],
    ) -> Member:
        """Return a member that does what a recipe asks for."""
        naming = discriminants if wish.discriminate else None
        return cls(card, scorer, wish.anchor, wish.adapt, naming, should_stop)

    def score(self, material: Material, at: int, roles: PlateMap) -> ScoredPlate:
        """Score one plate of the material.

        Parameters
        ----------
        roles
            What is known of the wells before scoring: where the negative controls are.

        Raises
        ------
        Interrupted
            If `should_stop` says so.
        """
        survey = material.surveys[at]
        notes: list[str] = []
        group, scorer, applied = material.groups[at], self.scorer, []
        if self.anchor:
            found = self._anchored(material, at, roles, notes)
            if found is not None:
                group = found
                applied.append(ANCHORED)
        unadapted: PlateScores | None = None
        if self.adapt and self._may_adapt(material, at, notes):
            # Adapted features lie where those of the training lie, whatever the plate: only the
            # network as it was trained can say that a plate is unlike.
            unadapted = self._score(replace(scorer, views=1), material, at, group)
            scorer = scorer.adapted(material.store, survey, group, self.should_stop)
            applied.insert(0, ADAPTED)
        scores = self._score(scorer, material, at, group)
        if self.discriminants is not None and _may_name(scores, notes):
            scores = named_by(self.discriminants, scores)
            applied.append(APPLIED)
        return ScoredPlate(
            replace(scores, correction="+".join(applied) or NONE),
            tuple(unlike_reasons(self.card, survey, (unadapted or scores).embeddings)),
            tuple(notes),
            _faults(material, at),
            unadapted,
        )

    def _may_adapt(self, material: Material, at: int, notes: list[str]) -> bool:
        plate, readable = material.store.plates[at], len(material.surveys[at].chosen())
        if readable >= FEWEST_ADAPTED:
            return True
        notes.append(
            f"{' '.join(plate.key)} keeps the model's batch-norm statistics: {readable} wells"
            f" with an image are too few for its own (at least {FEWEST_ADAPTED})"
        )
        return False

    def _anchored(
        self, material: Material, at: int, roles: PlateMap, notes: list[str]
    ) -> Normalisation | None:
        plate = material.store.plates[at]
        found = anchored(plate, material.surveys[at], roles, self.card.control_anchor)
        count = count_controls(plate, roles)
        if found is None:
            notes.append(
                f"{' '.join(plate.key)} is normalised by all its wells: no negative control of"
                " it with a complete image is known"
            )
        elif count < FEW_CONTROLS:
            notes.append(
                f"{' '.join(plate.key)} is anchored to only {count} negative control"
                f"{'s' * (count != 1)}: its normalisation is as noisy as they are"
            )
        return found

    def _score(
        self, scorer: Scorer, material: Material, at: int, group: Normalisation
    ) -> PlateScores:
        return scorer.score(material.store, material.surveys[at], at, group, self.should_stop)


def _may_name(scores: PlateScores, notes: list[str]) -> bool:
    if may_name(scores):
        return True
    notes.append(
        f"{scores.experiment} {scores.plate} is named by the network alone: fewer than"
        f" {FEWEST_WELLS} wells with an image are too few for discriminants"
    )
    return False


def _faults(material: Material, at: int) -> tuple[Fault, ...]:
    plate, survey = material.store.plates[at], material.surveys[at]
    return tuple(
        (plate.wells[ref.well], plate.sites[ref.site], fault)
        for ref, faults in zip(survey.refs, survey.faults, strict=True)
        for fault in dict.fromkeys(faults)
        if not fault.endswith("is missing")
    )


def together(
    parts: Sequence[ScoredPlate], cards: Sequence[ModelCard], joint: ModelCard
) -> ScoredPlate:
    """Return what several models say about one plate, with equal weights.

    Logits are brought to the joint scale and to the joint order of classes, then averaged.
    Embeddings stand side by side, each of length 1.
    """
    if len(parts) == 1:
        return parts[0]
    first = parts[0].scores
    logits = np.mean(
        [
            joint.scale / card.scale * part.scores.logits[:, _order(card, joint)]
            for part, card in zip(parts, cards, strict=True)
        ],
        axis=0,
    )
    return ScoredPlate(
        replace(
            first,
            logits=np.asarray(logits, dtype=np.float32),
            embeddings=np.concatenate([_unit(part.scores.embeddings) for part in parts], axis=1),
            sites=np.min([part.scores.sites for part in parts], axis=0),
            flags=tuple(
                tuple(sorted(set().union(*flags)))
                for flags in zip(*(part.scores.flags for part in parts), strict=True)
            ),
            discriminants=_joint(parts, cards, joint),
            correction=", ".join(dict.fromkeys(part.scores.correction for part in parts)),
        ),
        tuple(dict.fromkeys(reason for part in parts for reason in part.reasons)),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        tuple(dict.fromkeys(fault for part in parts for fault in part.faults)),
    )


def _joint(
    parts: Sequence[ScoredPlate], cards: Sequence[ModelCard], joint: ModelCard
) -> NDArray[np.float32] | None:
    """Mean of what the discriminants of all models say, in the joint order of treatments."""
    found = []
    for part, card in zip(parts, cards, strict=True):
        if part.scores.discriminants is None:
            return None
        place = {name: i for i, name in enumerate(card.treatments)}
        found.append(part.scores.discriminants[:, [place[name] for name in joint.treatments]])
    return np.asarray(np.mean(found, axis=0), dtype=np.float32)


def _order(card: ModelCard, joint: ModelCard) -> list[int]:
    place = {name: i for i, name in enumerate(card.classes)}
    return [place[name] for name in joint.classes]


def _unit(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.maximum(length, 1e-12), dtype=np.float32)
