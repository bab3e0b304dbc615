"""The demonstration's screen: one experiment that the shipped model has not seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deepnoise_app.runs.card import load_card

MODEL = "demo"
# The model was trained on experiments 1 to 24 of this screen (see models/demo/README.md); the
# demonstration makes the next one, which the training never made.
TRAINED_EXPERIMENTS = 24


def write_demo(screen: Path, tell: Callable[[int, int], None] | None = None) -> None:
    """Write the screen to a new folder; its tables say what the wells got.

    Raises
    ------
    DeepNoiseError
        If the shipped model does not load or the folder cannot be written.
    """
    from deepnoise_app.simulate import ScreenDesign, simulate_screen  # slow, and seldom needed
    from deepnoise_app.writers.rxrx import write_rxrx

    card = load_card(MODEL)
    design = ScreenDesign(
        experiments=TRAINED_EXPERIMENTS + 1,
        unlabelled=0,
        size=card.image_size[0] if card.image_size else card.input_size,
        perturbations=len(card.classes) - len(card.control_classes),
    )
    made = simulate_screen(design)
    unseen = made.screen.only([design.experiment_name(TRAINED_EXPERIMENTS)])
    truth = {plate.key: made.truth[plate.key] for plate in unseen.plates}
    write_rxrx(unseen, truth, screen, tell)
