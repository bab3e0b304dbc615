"""A small screen on disk and commands that run in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deepnoise_app.cli import run

RECIPE = """
task = "train"
[network]
backbone = "resnet10t"
input_size = 16
embedding = 8
options = { channels = [8, 8, 16, 16], stem_width = 8 }
[training]
epochs = 2
batch_size = 8
snapshot_every = 1
[scoring]
views = 1
"""


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def deepnoise(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run `deepnoise` with these words; a traceback fails the test."""

    def command(*words: object) -> Said:
        capfd.readouterr()
        code = run([str(word) for word in words])
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return command


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two labelled experiments and one without labels, of one plate each, 16 pixels."""
    path = tmp_path_factory.mktemp("cli") / "screen"
    words = "--experiments 2 --unlabelled 1 --plates 1 --perturbations 4 --sites 2 --size 16"
    assert run(["simulate", str(path), *words.split()]) == 0
    return path


@pytest.fixture(scope="session")
def trained(screen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run folder of a training of seconds on that screen."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "recipe.toml").write_text(RECIPE)
    run_folder = folder / "run"
    words = ["train", screen, "--recipe", folder / "recipe.toml", "--out", run_folder]
    assert run(list(map(str, words))) == 0
    return run_folder


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a screen of plates of eleven wells, and the model of a training on it."""
    folder = tmp_path_factory.mktemp("learned")
    words = "--experiments 3 --unlabelled 0 --plates 1 --perturbations 8 --sites 1 --size 16"
    assert run(["simulate", str(folder / "screen"), *words.split()]) == 0
    (folder / "recipe.toml").write_text(RECIPE)
    words = ["--recipe", folder / "recipe.toml", "--out", folder / "run"]
    assert run(["train", str(folder / "screen"), *map(str, words)]) == 0
    return folder / "screen", folder / "run" / "model"
