"""What the shipped model reaches on plates that no training saw, under every correction.

`python -m pytest tests/benchmarks/bench_demo_model.py -s` prints the figures of `docs/scoring.md`
and of `models/demo/README.md`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.screen import PlateMap, Role, WellId
from deepnoise_app.simulate import ScreenDesign, layout, pixels, simulate_screen, site
from deepnoise_app.writers.rxrx import write_rxrx

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

TREATED, CONTROLS = 48, 12
CORRECTIONS = (
    "", "--adapt", "--anchor", "--anchor --adapt", "--discriminate", "--discriminate --adapt",
    "--discriminate --anchor",
)  # fmt: skip
Scored = Callable[..., dict[str, dict[str, float]]]


@pytest.fixture
def scored(offline) -> Scored:
    """Score a screen with the shipped model; returns its accuracies with intervals."""

    def score(screen: Path, words: str, *hidden: str | Path) -> dict[str, dict[str, float]]:
        out = screen.parent / f"{screen.name} {words}"
        program = Path(sys.executable).with_name("deepnoise")
        done = offline.run(program, "score", "demo", screen, *hidden, *words.split(), "--out", out)
        assert done.returncode == 0, done.stderr
        found: dict[str, dict[str, float]] = json.loads((out / "summary.json").read_text())[
            "accuracy"
        ]
        return found

    return score


def test_small_plates_as_those_of_the_demonstration(tmp_path, scored, say) -> None:
    """Six experiments behind those that the model was trained on."""
    made = simulate_screen(ScreenDesign(experiments=24, unlabelled=6, size=64))
    fresh = made.screen.only([plate.experiment for plate in made.screen.plates[-12:]])
    write_rxrx(fresh, made.truth, tmp_path / "fresh")
    for words in ("", "--adapt", "--discriminate", "--discriminate --adapt"):
        truth = "--plate-map", tmp_path / "fresh.truth.csv"
        found = scored(tmp_path / "fresh", words, *truth)
        told = ["{value:.3f} ({low:.3f} to {high:.3f})".format(**one) for one in found.values()]
        say(f"small plates `{words}`: {' | '.join(told)}")


def test_wells_of_perturbations_that_the_model_does_not_know(tmp_path, scored, say) -> None:
    """Half of the library is new to the model, which knows sirna_0 to sirna_33."""
    design = ScreenDesign(experiments=28, unlabelled=0, size=64, perturbations=64)
    made = simulate_screen(design)
    some = made.screen.only([design.experiment_name(number) for number in (24, 25, 26, 27)])
    truth = {plate.key: made.truth[plate.key] for plate in some.plates}
    write_rxrx(some, truth, tmp_path / "half")
    scored(tmp_path / "half", "")
    table = pd.read_csv(tmp_path / "half " / "predictions.csv", keep_default_na=False)
    treated = table[table["Metadata_Role"] == "treatment"]
    number = treated["Metadata_Perturbation"].str.removeprefix("sirna_").astype(int)
    flagged = treated["Flags"].str.contains("not-in-library")
    for name, mine in (("known", number < 32), ("unknown", number > 33)):
        say(f"{name}: {flagged[mine].mean():.3f} of {mine.sum()} wells are flagged")


@pytest.mark.parametrize("kinds", [32, 2])
def test_plates_of_many_and_of_a_few_strong_hits(tmp_path, scored, monkeypatch, say, kinds) -> None:
    """Plates of 96 wells with so many kinds of perturbations; free accuracy."""

    def contents(design: ScreenDesign, experiment: int, plate: int) -> dict[WellId, int]:
        rng = np.random.default_rng([experiment, plate, kinds])
        wells = list(layout.usable_wells(layout.plate_shape(design)))
        rng.shuffle(wells)
        names = list(map(int, rng.permutation(design.perturbations)[:kinds]))
        treated = [names[i % kinds] for i in range(TREATED)]
        return dict(sorted(zip(wells, [*treated, *[-1] * CONTROLS], strict=False)))

    for module in (layout, pixels, site):
        monkeypatch.setattr(module, "plate_contents", contents)
    monkeypatch.setattr(pixels, "_kept", pixels._Kept())  # those of other contents
    design = ScreenDesign(experiments=28, unlabelled=0, size=64, perturbations=32, wells=96)
    made = simulate_screen(design)
    some = made.screen.only([design.experiment_name(number) for number in (24, 25, 26)])
    for known in (CONTROLS, 4, 1):
        maps = {plate.key: knowing(made.truth[plate.key], known) for plate in some.plates}
        plates = tuple(replace(plate, map=maps[plate.key]) for plate in some.plates)
        screen = tmp_path / f"{known} controls"
        write_rxrx(replace(some, plates=plates), maps, screen)
        for words in CORRECTIONS if known == CONTROLS else ("--anchor",):
            free = scored(screen, words)["free"]["value"]
            say(f"{kinds} kinds, {known} controls `{words}`: {free:.3f}")


def knowing(whole: PlateMap, controls: int) -> PlateMap:
    """Return a plate map that knows so many of the negative controls."""
    negative = [well for well in whole if whole[well].role is Role.NEGATIVE]
    left_out = set(negative[controls:])
    return PlateMap({well: whole[well] for well in whole if well not in left_out})
