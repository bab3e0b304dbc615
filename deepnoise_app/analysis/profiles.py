"""Profiles of wells (embeddings or measures) and the corrections of whole profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import Role, WellId

FEATURE = "Embedding_"
# Added to the variances before sphering, as a part of their mean: few controls tell few directions.
REGULARISED = 1e-2
LEAST_HARMONY = 30
SEPARATOR = " / "


class Profiling(StrEnum):
    """What is taken out of profiles."""

    NONE = "none"
    CENTRED = "plate-mean"
    SPHERED = "sphering-on-controls"
    HARMONY = "harmony"


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Features of wells, (wells, features), finite, and for each well what it is.

    `plates` are unique names (experiment and plate); `perturbations` are empty where not known.
    `correction` is what was taken out.
    """

    name: str
    features: NDArray[np.float64]
    experiments: tuple[str, ...]
    plates: tuple[str, ...]
    wells: tuple[WellId, ...]
    roles: tuple[Role, ...]
    perturbations: tuple[str, ...]
    correction: Profiling = Profiling.NONE

    def __len__(self) -> int:
        return len(self.wells)

    def only(self, at: NDArray[np.intp]) -> Profiles:
        """Return the wells at some numbers."""
        return replace(
            self,
            features=self.features[at],
            experiments=tuple(self.experiments[i] for i in at),
            plates=tuple(self.plates[i] for i in at),
            wells=tuple(self.wells[i] for i in at),
            roles=tuple(self.roles[i] for i in at),
            perturbations=tuple(self.perturbations[i] for i in at),
        )

    @classmethod
    def of(cls, table: pd.DataFrame, name: str, columns: Sequence[str] | None = None) -> Profiles:
        """Take profiles from a table of wells; wells with a value that is not known are left out.

        Parameters
        ----------
        columns
            Features; by default all that begin with `Embedding_`.

        Raises
        ------
        ScreenError
            If no feature or no complete well is there.
        """
        chosen = list(columns or [c for c in table.columns if str(c).startswith(FEATURE)])
        if not chosen:
            raise ScreenError(f"the table {name} has no features: expected columns {FEATURE}…")
        complete = table[np.isfinite(table[chosen].to_numpy(dtype=np.float64)).all(axis=1)]
        if not len(complete):
            raise ScreenError(f"no well of {name} has all features")
        experiments = complete["Metadata_Experiment"].astype(str)
        return cls(
            name,
            complete[chosen].to_numpy(dtype=np.float64),
            tuple(experiments),
            tuple(experiments + SEPARATOR + complete["Metadata_Plate"].astype(str)),
            tuple(WellId.parse(str(well)) for well in complete["Metadata_Well"]),
            tuple(Role(str(role)) for role in complete["Metadata_Role"]),
            tuple(complete["Metadata_Perturbation"].fillna("").astype(str)),
        )


def correct_profiles(profiles: Profiles, correction: Profiling) -> Profiles:
    """Correct whole profiles.

    Sphering makes the negative controls vary alike in all directions (Ando 2017); Harmony brings
    plates together in clusters (Korsunsky 2019).

    Raises
    ------
    ScreenError
        If it would erase declared biology, controls are lacking, or what computes it is not
        installed.
    """
    match correction:
        case Profiling.CENTRED:
            made = _centred(profiles)
        case Profiling.SPHERED:
            made = _sphered(profiles)
        case Profiling.HARMONY:
            made = _harmony(profiles)
        case _:
            made = profiles.features
    return replace(profiles, features=made, correction=correction)


def _centred(profiles: Profiles) -> NDArray[np.float64]:
    frame = pd.DataFrame(profiles.features)
    return (frame - frame.groupby(np.array(profiles.plates)).transform("mean")).to_numpy()


def _sphered(profiles: Profiles) -> NDArray[np.float64]:
    negative = np.array([role is Role.NEGATIVE for role in profiles.roles])
    plates = np.array(profiles.plates)
    lacking = sorted(set(plates) - set(plates[negative]))
    if lacking or negative.sum() < 3:
        where = f"{lacking[0]} has none" if lacking else f"there are {negative.sum()}"
        raise ScreenError(
            f"the correction {Profiling.SPHERED} is refused: it needs negative controls on every"
            f" plate, and {where}"
        )
    frame = pd.DataFrame(profiles.features)
    means = frame[negative].groupby(plates[negative]).mean()
    centred = profiles.features - means.loc[plates].to_numpy()
    controls = centred[negative]
    values, vectors = np.linalg.eigh(controls.T @ controls / len(controls))
    values = np.maximum(values, 0) + REGULARISED * max(float(values.mean()), 1e-12)
    return np.asarray(centred @ (vectors / np.sqrt(values)) @ vectors.T)


def _harmony(profiles: Profiles) -> NDArray[np.float64]:
    from deepnoise_app.analysis.confounding import islands

    held: dict[str, set[str]] = {}
    for plate, name in zip(profiles.plates, profiles.perturbations, strict=True):
        held.setdefault(plate, set()).update({name} if name else set())
    reason = islands(held, "plate")
    if reason:
        raise ScreenError(f"the correction {Profiling.HARMONY} is refused: {reason}")
    if len(held) < 2:
        return profiles.features
    if len(profiles) < LEAST_HARMONY:
        raise ScreenError(
            f"the correction {Profiling.HARMONY} is refused: {len(profiles)} wells form no"
            f" clusters, at least {LEAST_HARMONY} are needed"
        )
    if profiles.features.shape[1] < 2:
        raise ScreenError(
            f"the correction {Profiling.HARMONY} is refused: it compares directions, and"
            f" {profiles.name} is a single number for each well"
        )
    try:
        import harmonypy
    except ImportError:
        raise ScreenError(
            f"the correction {Profiling.HARMONY} is refused: it needs the package harmonypy, which"
            " comes under the GPL and so only on wish: `pip install 'deepnoise-app[harmony]'`"
        ) from None

    meta = pd.DataFrame({"plate": profiles.plates})
    clusters = min(100, max(2, round(len(profiles) / 30)))  # harmonypy's own rule, but for the 2
    found = harmonypy.run_harmony(
        profiles.features, meta, ["plate"], nclust=clusters, verbose=False
    )
    corrected = np.asarray(found.Z_corr, dtype=np.float64)
    return corrected if corrected.shape == profiles.features.shape else corrected.T
