"""Where the evidence of a map check comes from: a model's scores, or measures of the wells.

The request is a recipe with the task `check-map`: its screens, its plate map and its model (none:
wells that hold the same are compared).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deepnoise_app.analysis.evidence import PlateEvidence
from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import open_screen, read_library, read_plate_map
from deepnoise_app.runs.events import Event, Progress, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.runs.work import Ended, Listen, ShouldStop
from deepnoise_app.screen import Library, Plate, PlateMap, read_parquet

Found = tuple[tuple[PlateEvidence, ...], Library | None]


@dataclass(frozen=True, slots=True)
class Gathering:
    """How evidence is gathered: in a new folder, heard, stopped; `conclude` judges how it ended."""

    folder: Path
    listen: Listen
    should_stop: ShouldStop
    conclude: Callable[[Ended], None]

    def hear(self, event: Event) -> None:
        """Pass on progress and warnings only: predictions and measures are not what was asked."""
        if isinstance(event, Progress | Warned):
            self.listen(event)


def mapped_plates(recipe: Recipe) -> list[Plate]:
    """Return the imaged plates that a map speaks of, with it; the screen's own if none is given.

    Raises
    ------
    ScreenError
        If it speaks of none.
    """
    paths, plate_map = list(dict.fromkeys(recipe.screen)), recipe.scoring.plate_map
    plates = [plate for path in paths for plate in open_screen(Path(path), recipe.reader).imaged]
    if not plates:
        raise ScreenError(f"no plate of {', '.join(paths)} has an image to check")
    given = None if plate_map is None else read_plate_map(Path(plate_map))
    maps = {
        plate.key: plate.map if given is None else given.get(plate.key, PlateMap())
        for plate in plates
    }
    known = [
        plate
        for plate in plates
        if any(content.perturbation for content in maps[plate.key].contents.values())
    ]
    if not known:
        what = "the screen" if plate_map is None else str(plate_map)
        raise ScreenError(
            f"{what} says of no imaged plate what its wells hold: give --plate-map with the plates"
            f" called as in the screen, such as {' '.join(plates[0].key)}"
        )
    return [replace(plate, map=maps[plate.key]) for plate in known]


def gather(recipe: Recipe, plates: Sequence[Plate], gathering: Gathering) -> Found:
    """Score or measure the plates in a run folder; the plate map takes no part in a scoring.

    Returns
    -------
    found
        The evidence, and the library: the one that the recipe names, or else the model's.
    """
    by_model = recipe.scoring.model is not None
    found = _from_model(recipe, plates, gathering) if by_model else (
        _from_measures(recipe, plates, gathering), None
    )  # fmt: skip
    given = recipe.scoring.library
    return found if given is None else (found[0], read_library(Path(given)))


def _names(plates: Sequence[Plate]) -> list[str]:
    return ["/".join(plate.key) for plate in plates]


def _from_model(recipe: Recipe, plates: Sequence[Plate], gathering: Gathering) -> Found:
    from deepnoise_app.learning.scored import load_scores
    from deepnoise_app.learning.work import make_plan, work
    from deepnoise_app.runs.card import load_card

    asked = recipe.model_copy(
        update={
            "task": "score",
            "plates": _names(plates),
            "scoring": Scoring(model=recipe.scoring.model),
        }
    )
    plan = make_plan(asked)
    run = RunFolder.create(gathering.folder, asked)
    gathering.conclude(work(run, plan, gathering.hear, gathering.should_stop))
    card = load_card(recipe.scoring.model or "")
    scored = {
        (part.scores.experiment, part.scores.plate): part.scores
        for part in map(load_scores, run.checkpoint.glob("plate-*.safetensors"))
        if part is not None
    }
    evidence = tuple(
        PlateEvidence(
            *plate.key,
            plate.shape,
            scored[plate.key].wells,
            scored[plate.key].logits,
            tuple(card.classes),
            plate.map,
        )
        for plate in plates
        if plate.key in scored
    )
    return evidence, None if card.library is None else Library(card.library)


def _from_measures(
    recipe: Recipe, plates: Sequence[Plate], gathering: Gathering
) -> tuple[PlateEvidence, ...]:
    import pandas as pd

    from deepnoise_app.analysis.likeness import evidence_from_measures
    from deepnoise_app.analysis.measures import Measures
    from deepnoise_app.measuring import measure, measures_path

    asked = recipe.model_copy(
        update={
            "task": "measure",
            "measures": "all",
            "plates": _names(plates),
            "scoring": Scoring(),
        }
    )
    run = RunFolder.create(gathering.folder, asked)
    gathering.conclude(measure(run, gathering.hear, gathering.should_stop))
    tables = [read_parquet(measures_path(run, plate.key)) for plate in plates]
    return evidence_from_measures(
        Measures(pd.concat(tables, ignore_index=True)),
        {plate.key: plate.map for plate in plates},
        {plate.key: plate.shape for plate in plates},
    )
