"""Where the evidence of a map check comes from: a model's scores, or measures of the wells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deepnoise_app.analysis.evidence import PlateEvidence
from deepnoise_app.cli.console import Display, StopOnInterrupt
from deepnoise_app.cli.runs import finish, measure_here
from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import open_screen, read_plate_map
from deepnoise_app.runs.events import Event, Progress, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.screen import Library, Plate, PlateMap

Found = tuple[tuple[PlateEvidence, ...], Library | None]


def mapped_plates(paths: Sequence[Path], plate_map: Path | None) -> list[Plate]:
    """Return the imaged plates that a map speaks of, with it; the screen's own if none is given.

    Raises
    ------
    ScreenError
        If it speaks of none.
    """
    plates = [plate for path in dict.fromkeys(paths) for plate in open_screen(path).imaged]
    if not plates:
        raise ScreenError(f"no plate of {', '.join(map(str, paths))} has an image to check")
    given = None if plate_map is None else read_plate_map(plate_map)
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


def from_model(paths: Sequence[Path], plate_map: Path | None, model: str, folder: Path) -> Found:
    """Score the plates in a run folder; the plate map takes no part in that."""
    from deepnoise_app.cli.score import scoring_recipe
    from deepnoise_app.learning.scored import load_scores
    from deepnoise_app.learning.work import make_plan, work
    from deepnoise_app.runs.card import load_card

    plates = mapped_plates(paths, plate_map)
    recipe = scoring_recipe(model, list(paths))
    recipe = recipe.model_copy(update={"plates": ["/".join(plate.key) for plate in plates]})
    plan = make_plan(recipe)
    run = RunFolder.create(folder, recipe)
    stop = StopOnInterrupt()
    with Display() as display, stop.watching():
        finish(work(run, plan, lambda event: _hear(display, event), lambda: stop.asked))
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


def from_measures(paths: Sequence[Path], plate_map: Path | None, folder: Path) -> Found:
    """Measure the plates in a run folder and compare wells that hold the same."""
    import pandas as pd

    from deepnoise_app.analysis.likeness import evidence_from_measures
    from deepnoise_app.analysis.measures import Measures
    from deepnoise_app.measuring import measures_path

    plates = mapped_plates(paths, plate_map)
    recipe = Recipe(
        task="measure",
        measures="all",
        screen=[str(path.absolute()) for path in dict.fromkeys(paths)],
        plates=["/".join(plate.key) for plate in plates],
        scoring=Scoring(),
    )
    run = RunFolder.create(folder, recipe)
    finish(measure_here(run))
    tables = [pd.read_parquet(measures_path(run, plate.key)) for plate in plates]
    evidence = evidence_from_measures(
        Measures(pd.concat(tables, ignore_index=True)),
        {plate.key: plate.map for plate in plates},
        {plate.key: plate.shape for plate in plates},
    )
    return evidence, None


def _hear(display: Display, event: Event) -> None:
    """Progress and warnings only: the predictions are not what was asked for."""
    if isinstance(event, Progress | Warned):
        display.hear(event)
