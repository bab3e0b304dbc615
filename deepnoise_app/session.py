"""The facts on screen: what is open, chosen, shown and running. No Qt, no computing.

Each field is one fact, holds a frozen value and tells when it changes
(`session.events.plate.connect(...)`). Panels read facts; only the workbench writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from numpy.typing import NDArray
from psygnal import SignalGroupDescriptor

from deepnoise_app.analysis.beside import Baselines
from deepnoise_app.analysis.embedding_map import EmbeddingMaps
from deepnoise_app.analysis.insight import Insight
from deepnoise_app.analysis.left_in import LeftIn
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.sheet import Quality, QualitySheet, SheetChoice
from deepnoise_app.errors import ScreenError
from deepnoise_app.facts import (
    MEASURED,
    SCORED,
    Detail,
    Look,
    MapFinding,
    Notice,
    Origin,
    PackOffer,
    Paint,
    Painting,
    Picture,
    Place,
    PlateKey,
    RunRecord,
    RunView,
    Sight,
    Tone,
    Why,
)
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.ladder_table import LadderTable
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.screen import Mosaic, Plate, PlateOverlay, Predictions, Screen, WellId
from deepnoise_app.screen.filter import Columns

__all__ = [
    "FIRST_RECIPE",
    "MEASURED",
    "SCORED",
    "Detail",
    "Look",
    "MapFinding",
    "Notice",
    "Origin",
    "PackOffer",
    "Paint",
    "Painting",
    "Picture",
    "Place",
    "PlateKey",
    "RunRecord",
    "RunView",
    "Session",
    "Sight",
    "Tone",
    "Why",
]

LAYOUT = Painting()
NOTHING_CHOSEN = SheetChoice()

# What a newcomer trains by.
FIRST_RECIPE = "laptop"


@dataclass(eq=False)
class Session:
    """All facts.

    `contrast` is (C, 2) grey levels per plate; `colour_range` None means robust; `waiting` are
    folders that will be scored one after the other; `summary` is that of the last scoring;
    `whole_plate` says whether the canvas shows the plate as a mosaic, `detail` is what lies finer
    over it, `zoomed_to` the well that a verb has asked to the middle;
    `as_model` shows pixels as a model sees them, by the `sights` of the plates;
    `origins` are the folders that told what runs have found of plates;
    `classes` are the perturbations that each model of `predictions` can name, by its name;
    `scorings` are the run folders whose predictions are shown, the last one last; `insight` is
    what predictions tell where the truth is known, `baselines` what trivial ways to name the same
    wells reach, `embeddings` their wells on a plane, `left_in` what these still know of plates and
    places, `ladder` one that was opened, `why` the explanation of a well;
    `plan` what a scoring with the present settings would take (empty: not asked yet);
    `recipe`, `recipe_name` and `training_plan` are those of the next training, `held_out_shown`
    says whether its held-out wells are painted while it goes on; `history` are the runs on disk;
    `sheet` is the measure of all plates that is looked at, `quality` what is told about it,
    `findings` what a check of the plate maps found;
    `passing` are the wells that pass the filter, by plate (None: there is no filter),
    `well_columns` what it can ask for, `filter_fault` what is wrong with it; `range_locked` keeps
    one colour range for all plates, `can_undo_map`: a plate map from a file can be taken back;
    `front` is the panel that a verb has asked to the front, by its title; `busy` what goes on, and
    `can_stop` whether it can be stopped.
    """

    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor()

    screens: tuple[Screen, ...] = ()
    plate: Plate | None = None
    wells: tuple[WellId, ...] = ()
    site: int | None = None
    looks: tuple[Look, ...] = ()
    contrast: Mapping[PlateKey, NDArray[Any]] = field(default_factory=dict)
    contrast_locked: bool = False
    picture: Picture | None = None
    whole_plate: bool = False
    mosaic: Mosaic | None = None
    detail: Detail | None = None
    zoomed_to: WellId | None = None
    as_model: bool = False
    sights: Mapping[PlateKey, Sight] = field(default_factory=dict)
    painting: Painting = LAYOUT
    colour_range: tuple[float, float] | None = None
    measures: Mapping[PlateKey, Measures] = field(default_factory=dict)
    origins: Mapping[PlateKey, Origin] = field(default_factory=dict)
    predictions: Predictions | None = None
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    overlay: PlateOverlay | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    scorings: tuple[Path, ...] = ()
    insight: Insight | None = None
    baselines: Baselines | None = None
    embeddings: EmbeddingMaps | None = None
    left_in: LeftIn | None = None
    ladder: LadderTable | None = None
    why: Why | None = None
    runs: tuple[RunView, ...] = ()
    waiting: tuple[Path, ...] = ()
    scoring: Scoring = field(default_factory=lambda: Scoring(model="demo"))
    card: ModelCard | None = None
    plan: Mapping[str, Any] = field(default_factory=dict)
    recipe: Recipe = field(default_factory=lambda: Recipe.load(FIRST_RECIPE))
    recipe_name: str = FIRST_RECIPE
    training_plan: Mapping[str, Any] = field(default_factory=dict)
    held_out_shown: bool = False
    history: tuple[RunRecord, ...] = ()
    sheet_choice: SheetChoice = NOTHING_CHOSEN
    sheet: QualitySheet | None = None
    quality: Quality | None = None
    findings: tuple[MapFinding, ...] = ()
    passing: Mapping[PlateKey, frozenset[WellId]] | None = None
    well_columns: Columns = field(default_factory=dict)
    filter_fault: str = ""
    range_locked: bool = False
    can_undo_map: bool = False
    front: str = ""
    busy: str = ""
    can_stop: bool = False
    notice: Notice | None = None
    pack_offer: PackOffer | None = None

    def bring_forward(self, panel: str) -> None:
        """Ask for a panel, also when it was the last one asked for."""
        self.front = ""
        self.front = panel

    def zoom_to(self, well: WellId) -> None:
        """Ask a well to the middle of the mosaic, also when it was the last one asked for."""
        self.zoomed_to = None
        self.zoomed_to = well

    def paint_names(self) -> None:
        """Paint the predictions, unless what is painted comes of them already."""
        if self.painting.paint not in SCORED:
            self.painting = Painting(Paint.PREDICTION)

    @property
    def plates(self) -> tuple[Plate, ...]:
        """All plates of all screens that have an image."""
        return tuple(plate for screen in self.screens for plate in screen.imaged)

    @property
    def well(self) -> WellId | None:
        """The first of the chosen wells."""
        return self.wells[0] if self.wells else None

    @property
    def shown_range(self) -> tuple[float, float]:
        """Values at the ends of the colour bar."""
        if self.colour_range is not None:
            return self.colour_range
        if self.painting.paint is Paint.QUALITY and self.sheet is not None:
            return self.sheet.shown
        return self.overlay.robust_range() if self.overlay is not None else (0.0, 1.0)

    def screen_of(self, plate: Plate) -> Screen | None:
        """Return the screen that a plate belongs to."""
        return next((s for s in self.screens if any(p is plate for p in s.plates)), None)

    def holder(self, key: PlateKey) -> Screen | None:
        """Return the open screen that holds a plate of these names."""
        return next((s for s in self.screens if any(p.key == key for p in s.plates)), None)

    def is_open(self, plate: Plate) -> bool:
        """Whether these very images are open, whatever the plate map says of them."""
        return any(one.pixels is plate.pixels for one in self.plates)

    def reader_for(self, paths: Iterable[str]) -> str | None:
        """Return the pattern of names with which folders were opened; None where they had none.

        Raises
        ------
        ScreenError
            If the folders were not all opened with the same one.
        """
        wanted = set(paths)
        readers = {screen.reader for screen in self.screens if screen.path in wanted}
        patterns = {one if one.startswith("pattern:") else None for one in readers}
        if len(patterns) > 1:
            raise ScreenError(
                "the open folders are named after different patterns: close some of them, so that"
                " those that stay are named alike"
            )
        return next(iter(patterns), None)

    def run(self, path: Path) -> RunView | None:
        """Return the view of a run, if it is watched."""
        return next((view for view in self.runs if view.path == path), None)
