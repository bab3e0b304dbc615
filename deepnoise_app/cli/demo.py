"""`deepnoise demo`: the main job on a simulated experiment that the shipped model has not seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

MODEL = "demo"
# The model was trained on experiments 1 to 14 of this screen (see models/demo/README.md); the
# demonstration makes the next one, which the training never made.
TRAINED_EXPERIMENTS = 14


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("demo"),
) -> None:
    """Simulate an experiment, score it with the shipped model, and show how well it went."""
    from deepnoise_app.cli.console import Display
    from deepnoise_app.cli.runs import finish, open_run, work_here
    from deepnoise_app.cli.score import scoring_recipe, show_summary
    from deepnoise_app.learning.work import make_plan
    from deepnoise_app.readers import open_screen
    from deepnoise_app.reports.page import write_page
    from deepnoise_app.runs.card import load_card
    from deepnoise_app.screen import Predictions
    from deepnoise_app.simulate import ScreenDesign, simulate_screen
    from deepnoise_app.writers.rxrx import write_rxrx

    card = load_card(MODEL)
    design = ScreenDesign(
        experiments=TRAINED_EXPERIMENTS,
        unlabelled=1,
        size=card.image_size[0] if card.image_size else card.input_size,
        perturbations=len(card.classes) - len(card.control_classes),
    )
    made = simulate_screen(design)
    unseen = made.screen.only([design.experiment_name(TRAINED_EXPERIMENTS)])
    screen = out / "screen"
    _clear(out)
    with Display() as display:
        truth = {plate.key: made.truth[plate.key] for plate in unseen.plates}
        write_rxrx(
            unseen, truth, screen, lambda done, total: display.count("Simulating", done, total)
        )
    recipe = scoring_recipe(MODEL, [screen], plate_map=out / "screen.truth.csv")
    plan = make_plan(recipe)
    run = open_run(out / "run", recipe, resume=False)
    finish(work_here(run, plan))
    summary = json.loads((run.path / "summary.json").read_text(encoding="utf-8"))
    predictions = Predictions.read(run.predictions_path)
    for name in ("summary.json", "predictions.csv", "predictions.parquet"):
        (run.path / name).replace(out / name)
    write_page(open_screen(screen), predictions, summary, out)
    show_summary(summary)
    print(f"Report: {out / 'report.html'}")


def _clear(out: Path) -> None:
    """Remove what an earlier demonstration left, and nothing else.

    Raises
    ------
    RunError
        If the folder holds other things.
    """
    import shutil

    from deepnoise_app.errors import RunError

    mine = {"screen", "screen.truth.csv", "run", "summary.json", "predictions.csv",
            "predictions.parquet", "report.html", "pictures"}  # fmt: skip
    try:
        out.mkdir(parents=True, exist_ok=True)
        strange = sorted({path.name for path in out.iterdir()} - mine)
        if strange:
            raise RunError(
                f"{out} holds {strange[0]!r}, which is not of the demonstration: choose another"
                " folder with --out"
            )
        for path in out.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise RunError(f"the folder {out} cannot be written: {error.strerror}") from error
