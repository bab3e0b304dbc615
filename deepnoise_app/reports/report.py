"""One self-contained page about a folder: a scoring, a measuring, a training, or a screen."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.profiles import Profiles
from deepnoise_app.analysis.proof import prove
from deepnoise_app.analysis.trivial import trivial_profiles
from deepnoise_app.errors import ModelError, RunError, ScreenError
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.remote import address_of
from deepnoise_app.reports.html import heading, page, paragraph, picture, table
from deepnoise_app.reports.measured import measured_sections
from deepnoise_app.reports.pictures import save_mosaic
from deepnoise_app.reports.proved import proved_sections
from deepnoise_app.reports.scored import scored_sections
from deepnoise_app.reports.trained import trained_sections
from deepnoise_app.runs.card import ModelCard, load_card
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.screen import Predictions, Screen, read_parquet
from deepnoise_app.untrusted import read_json

SUMMARY, EMBEDDINGS = "summary.json", "embeddings.parquet"
SHOWN_PLATES, SHOWN_PROBLEMS = 4, 20
VERSIONS = ("deepnoise-app", "numpy", "scipy", "pandas", "scikit-image", "torch", "timm")


@dataclass(frozen=True, slots=True)
class Trivial:
    """Measures of the wells that a model has scored; `note` says what is lacking, and the cure."""

    measures: Measures | None = None
    note: str = "The wells were not measured, so that there are no trivial profiles to compare with"


def write_report(folder: Path, out: Path, trivial: Trivial | None = None) -> None:
    """Write a page about a run folder or a screen.

    Parameters
    ----------
    trivial
        Measures of the wells of a scoring, to compare its embeddings with.

    Raises
    ------
    DeepNoiseError
        If the folder is neither, or holds nothing to report yet.
    """
    if address_of(folder) is None and not folder.is_dir():
        raise RunError(f"there is no folder {folder}: give a run, or a screen")
    run = RunFolder(folder.absolute())
    if run.recipe_path.is_file():
        title, parts = _run(run, trivial or Trivial())
    else:
        title, parts = _screen(open_screen(folder))
    write_whole(out, page(title, [*parts, *_made(folder.name)]))


def _run(run: RunFolder, trivial: Trivial) -> tuple[str, list[str]]:
    task = run.recipe.task
    head = [paragraph(f"Run {run.path.name}: {run.status().message or 'no word yet'}")]
    if run.predictions_path.is_file():
        predictions = Predictions.read(run.predictions_path)
        parts = [*head, *scored_sections(predictions, _summary(run)), *_proved(run, trivial)]
        return "Predicted perturbations", parts
    measured = sorted((run.path / "measures").glob("*.parquet"))
    if measured:
        wells = pd.concat([Measures.read(path).table for path in measured], ignore_index=True)
        return "Measures of plates", head + list(measured_sections(Measures(wells)))
    if task == "train":
        return "A model in training", head + list(trained_sections(run.events(), _card(run)))
    raise RunError(f"{run.path} has nothing to report yet: its task {task} has left no result")


def _proved(run: RunFolder, trivial: Trivial) -> Iterator[str]:
    """Tell what the embeddings of a scoring know, where it left some, and trivial profiles."""
    path = run.path / EMBEDDINGS
    if path.is_file():
        model = Profiles.of(read_parquet(path), "embeddings")
        others = () if trivial.measures is None else trivial_profiles(trivial.measures, model)
        proofs = [proof for profiles in (model, *others) for proof in prove(profiles)]
        yield from proved_sections(proofs, trivial.note)


def _summary(run: RunFolder) -> dict[str, Any]:
    try:
        found = read_json(run.path / SUMMARY)
    except OSError:
        return {}
    except ValueError as error:
        raise RunError(f"{run.path / SUMMARY} cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _card(run: RunFolder) -> ModelCard | None:
    try:
        return load_card(run.model)
    except ModelError:
        return None


def _screen(screen: Screen) -> tuple[str, list[str]]:
    if not screen.imaged:
        raise ScreenError(f"{screen.path} has no image to report on")
    return "A screen", list(_screen_sections(screen))


def _screen_sections(screen: Screen) -> Iterator[str]:
    channels = ", ".join(channel.name for channel in screen.channels)
    yield paragraph(f"Layout {screen.reader}, channels {channels}.")
    yield table(
        ("Plate", "Size", "Imaged wells", "Listed wells", "Perturbations", "Problems"),
        [
            (" ".join(plate.key), f"{plate.shape.rows} × {plate.shape.columns}", len(plate.wells),
             len(plate.map), len(plate.map.perturbations),
             sum((p.experiment, p.plate) == plate.key for p in screen.problems))
            for plate in screen.imaged
        ],
    )  # fmt: skip
    problems = [str(problem) for problem in screen.problems]
    for plate in screen.imaged[:SHOWN_PLATES]:
        yield heading(" ".join(plate.key))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "wells.png")
            problems += save_mosaic(plate, path)
            yield picture(path.read_bytes(), f"First site of every well of {' '.join(plate.key)}")
    if len(screen.imaged) > SHOWN_PLATES:
        yield paragraph(f"And {len(screen.imaged) - SHOWN_PLATES} plates more.", "small")
    if problems:
        yield heading("Problems")
        for problem in problems[:SHOWN_PROBLEMS]:
            yield paragraph(problem, "small")
        if len(problems) > SHOWN_PROBLEMS:
            yield paragraph(f"And {len(problems) - SHOWN_PROBLEMS} more.", "small")


def _made(name: str) -> Iterator[str]:
    """How the page came about: without paths, which are nobody else's business."""
    yield heading("About this page")
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    versions = ", ".join(f"{package} {version(package)}" for package in VERSIONS)
    yield paragraph(f"Made from {name} on {when}. {versions}.", "small")
    yield paragraph(
        "DeepNoise follows Yang et al., Genomics, Proteomics & Bioinformatics 2023;20(5):989–1001.",
        "small",
    )
