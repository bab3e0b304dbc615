"""The frozen values that the facts of a session hold: what panels show. No Qt, no computing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunStatus
from deepnoise_app.screen import Screen, WellId

PlateKey = tuple[str, str]


class Tone(StrEnum):
    """How urgent a notice is."""

    INFORMATION = "information"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """A sentence for the user; `details` are what *copy details* copies.

    The same sentence again is news: what was refused twice was asked twice. `folder` is the one
    whose names it speaks of: they may be read in another way.
    """

    text: str
    tone: Tone = Tone.INFORMATION
    details: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a channel is shown: its colour, `#rrggbb`, and whether it is shown."""

    colour: str
    visible: bool = True


class Place(NamedTuple):
    """Where a site lies on a picture: its top left corner, in pixels of the picture.

    A site is `lost` of which nothing can be read.
    """

    well: WellId
    site: int
    left: int
    top: int = 0
    lost: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """How a model sees a plate: (pixel - mean) / deviation, (C,) each, in grey levels.

    `wells` is how many wells they were taken from; `size` the side to which the whole field of a
    site is resized, in pixels, 0 where no model is chosen.
    """

    mean: NDArray[np.float32]
    std: NDArray[np.float32]
    wells: int
    size: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The sites of the chosen wells, side by side.

    `pixels` is (C, rows, columns), 0 where a plane is missing; `faults` say what could not be
    read, `left_out` how many sites there was no room for. `step` is how many pixels of the files
    one pixel stands for, down and across. Seen as a model does, `sight` says how, and pixels are
    deviations from the plate's mean.
    """

    plate: PlateKey
    pixels: NDArray[Any]
    places: tuple[Place, ...]
    faults: tuple[str, ...] = ()
    step: tuple[float, float] = (1.0, 1.0)
    sight: Sight | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """A part of the mosaic in finer pixels: (rows, columns, RGB), laid over it.

    `top` and `left` are its corner and `step` the side of its pixels, in pixels of the files.
    """

    plate: PlateKey
    pixels: NDArray[np.uint8]
    top: float
    left: float
    step: float


@dataclass(frozen=True, slots=True, eq=False)
class Why:
    """Why a well is named as it is: per site what speaks for (above 0) and against the name."""

    plate: PlateKey
    well: WellId
    target: str
    sentence: str
    maps: Mapping[int, NDArray[np.float32]]


class Paint(StrEnum):
    """What the plate grid paints."""

    LAYOUT = "layout"
    MEAN = "Mean"
    DEVIATION = "Std"
    EFFECT = "effect"
    PREDICTION = "prediction"
    CONFIDENCE = "confidence"
    AGREEMENT = "agreement"
    QUALITY = "quality"


# What has to be measured before it can be painted.
MEASURED = (Paint.MEAN, Paint.DEVIATION, Paint.EFFECT)
# What has to be scored before it can be painted.
SCORED = (Paint.PREDICTION, Paint.CONFIDENCE, Paint.AGREEMENT)


@dataclass(frozen=True, slots=True)
class Painting:
    """What is painted on the plate; `channel` is an index, for measures only."""

    paint: Paint = Paint.LAYOUT
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose plates a fact tells of: folders, and how their names were read (None: as they fit)."""

    folders: frozenset[str] = frozenset()
    reader: str | None = None

    @classmethod
    def of(cls, recipe: Recipe) -> Origin:
        """Return what a run tells of."""
        return cls(frozenset(recipe.screen), recipe.reader)

    def tells_of(self, screen: Screen) -> bool:
        """Whether the plates of a screen are meant."""
        return screen.path in self.folders and self.reader in (None, screen.reader)

    def shared(self, other: Origin) -> Origin | None:
        """Return what both tell of; None where they cannot tell of the same plate."""
        folders, readers = self.folders & other.folders, {self.reader, other.reader} - {None}
        return Origin(folders, next(iter(readers), None)) if folders and len(readers) < 2 else None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it is watched: its folder, what it is for and tells of, and where it stands."""

    path: Path
    task: str
    title: str
    status: RunStatus = field(default_factory=RunStatus)
    stopping: bool = False
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it lies on disk: what it reached, and when (seconds since 1970).

    `accuracy` are the accuracies of the best epoch or of the scoring, 0 to 1, by name; `used`
    says with what it works, `outcome` what it found where no accuracy tells. `snapshots` are the
    epochs of a training whose models it has kept, the last one first.
    """

    view: RunView
    when: float
    accuracy: Mapping[str, float] = field(default_factory=dict)
    has_model: bool = False
    used: str = ""
    outcome: str = ""
    snapshots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MapFinding:
    """What the images say about the plate map of one plate.

    `alarm`: it does not fit, or wells have changed places; `told`: the images tell either way.
    `proposal` is the file with the plate map that would fit, None where there is none; `partners`
    are the plates with which contents are exchanged; `accepted`: the proposal is what counts now.
    """

    plate: PlateKey
    sentence: str
    alarm: bool
    told: bool = True
    proposal: Path | None = None
    partners: tuple[PlateKey, ...] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class PackOffer:
    """What packing a screen would take and save; `run` is the packing once it was begun.

    `before_bytes` is 0 where the originals are no files of their own; `speed_up` tells how many
    times as fast reading is afterwards.
    """

    screen: str
    to: Path
    before_bytes: int = 0
    after_bytes: int = 0
    seconds: float = 0.0
    speed_up: float = 1.0
    run: RunView | None = None
