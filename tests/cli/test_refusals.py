"""What cannot be served is said in one sentence on stderr, before any work, with exit code 2."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deepnoise_app.cli import run
from deepnoise_app.errors import Interrupted
from deepnoise_app.runs.folder import RunFolder


@pytest.fixture
def refused(deepnoise):
    """Run a command that must be refused; returns its sentence."""

    def command(*words: object) -> str:
        said = deepnoise(*words)
        assert said.code == 2, said
        assert said.out == ""
        assert said.err.startswith("deepnoise: ")
        assert all(line.startswith("- ") for line in said.err.splitlines()[1:])
        return said.err

    return command


def test_a_folder_that_is_not_there(refused, tmp_path) -> None:
    assert "no_such" in refused("inspect", tmp_path / "no_such")


def test_a_folder_without_a_plate_lists_every_refusal(refused, tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    sentence = refused("inspect", tmp_path)
    assert "rxrx" in sentence
    assert "pattern" in sentence


def test_a_pattern_that_cannot_be_used(refused, screen) -> None:
    assert "does not tell the well" in refused("inspect", screen, "--pattern", "{plate}_{site}")
    assert "is named like {well}=" in refused("inspect", screen, "--pattern", "{well}=")
    sentence = refused("inspect", screen, "--reader", "rxrx", "--pattern", "{well}")
    assert "--pattern goes with the reader 'pattern', not 'rxrx'" in sentence


def test_no_such_recipe(refused, screen, tmp_path) -> None:
    sentence = refused("train", screen, "--recipe", "quick", "--out", tmp_path / "run")
    assert "no recipe 'quick'" in sentence
    assert "laptop" in sentence
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[training]\nepochs = -1", "training.epochs is -1, expected a whole number from 0"),
        ("[training]\nepoch = 3", "there is no knob 'training.epoch'"),
        ("[network]\nbackbone = 'no_such'", "timm has no network 'no_such'"),
        ("training = [", "is not valid TOML"),
    ],
)
def test_a_recipe_that_does_not_load(refused, screen, tmp_path, text, part) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    assert part in refused("train", screen, "--recipe", path, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("held_out", "part"),
    [
        ("HUVEC-09", "no labelled experiment 'HUVEC-09'"),
        ("HUVEC-01/Plate1", "only whole experiments can be held out"),
    ],
)
def test_a_split_that_cannot_be(refused, screen, tmp_path, held_out, part) -> None:
    words = ("train", screen, "--out", tmp_path / "run", "--hold-out", held_out)
    assert part in refused(*words)


def test_a_screen_without_labels_cannot_be_learned_from(refused, screen, tmp_path) -> None:
    sentence = refused("train", screen / "test", "--out", tmp_path / "run")
    assert "training needs" in sentence


def test_no_such_model(refused, screen, tmp_path) -> None:
    sentence = refused("score", "no_such", screen, "--out", tmp_path / "s")
    assert "no model 'no_such'" in sentence
    assert not (tmp_path / "s").exists()


def test_a_model_to_start_from_that_is_not_there(refused, screen, tmp_path) -> None:
    sentence = refused("train", screen, "--from", "nowhere", "--out", tmp_path / "run")
    assert "no model 'nowhere'" in sentence
    assert not (tmp_path / "run").exists()


def test_a_model_with_a_wrong_hash_or_a_pickle(refused, screen, trained, tmp_path) -> None:
    model = tmp_path / "model"
    shutil.copytree(trained / "model", model)
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x99")
    assert "SHA-256" in refused("score", model, screen, "--out", tmp_path / "s")
    weights.write_bytes(pickle.dumps([1.0]))
    assert "is a pickle" in refused("score", model, screen, "--out", tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_an_output_folder_that_is_full_or_cannot_be_written(refused, screen, trained, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    words = ("score", trained / "model", screen / "test", "--out")
    assert "is not empty" in refused(*words, tmp_path / "full")
    (tmp_path / "file").write_text("mine")
    assert "cannot be made" in refused(*words, tmp_path / "file")
    assert "cannot be made" in refused(*words, tmp_path / "file" / "below")
    assert "mine" in refused("demo", "--out", tmp_path / "full")
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"


def test_a_plate_map_of_other_plates(refused, screen, trained, tmp_path) -> None:
    path = tmp_path / "map.csv"
    path.write_text("experiment,plate,well,perturbation,role\nX,P,B02,a,treatment\n")
    words = ("score", trained / "model", screen / "test", "--out", tmp_path / "s")
    assert "names X P, but the screen has HUVEC-03" in refused(*words, "--plate-map", path)
    assert "none names a treatment" in refused(*words, "--candidates", "plate-map")


def test_a_screen_that_lacks_a_channel_of_the_model(refused, screen, trained, tmp_path) -> None:
    plate = tmp_path / "HUVEC-01" / "Plate1"
    plate.mkdir(parents=True)
    for path in (screen / "train" / "HUVEC-01" / "Plate1").glob("*_w[1-4].png"):
        (plate / path.name).write_bytes(path.read_bytes())
    sentence = refused("score", trained / "model", tmp_path, "--out", tmp_path / "s")
    assert "has no counterpart" in sentence


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["scores"], "no such command 'scores'"),
        (["inspect", ".", "--jsno"], "no such option: --jsno"),
        (["inspect"], "missing argument 'path'"),
        (["simulate", "out", "--experiments", "two"], "invalid value for '--experiments'"),
        (
            ["score", "demo", ".", "--out", "o", "--candidates", "some"],
            "'some' is not one of 'all'",
        ),
    ],
)
def test_a_misused_command_gets_one_sentence_that_leads_to_its_help(refused, words, part) -> None:
    sentence = refused(*words)
    assert part in sentence
    assert " --help" in sentence
    assert len(sentence.splitlines()) == 1


def test_a_disk_that_becomes_full_is_a_failure_and_no_refusal(
    deepnoise, tmp_path, monkeypatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "some.png")

    monkeypatch.setattr("deepnoise_app.writers.rxrx.Path.write_bytes", full)
    said = deepnoise("simulate", tmp_path / "s", "--size", 16, "--experiments", 1)
    assert said.code == 1
    assert said.err.startswith("deepnoise: the disk is full")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("deepnoise_app.readers.open_screen", full)
    said = deepnoise("inspect", tmp_path)
    assert (said.code, said.err) == (
        1,
        "deepnoise: the disk is full: some.png could not be written\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_disk_that_is_too_full_for_the_answer_gets_one_sentence(screen) -> None:
    program = [sys.executable, "-m", "deepnoise_app", "inspect", str(screen), "--json"]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            program, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "deepnoise: the disk is full: a file could not be written\n"


def test_a_demonstration_removes_its_own_files_and_no_screen_of_the_user(
    refused, deepnoise, tmp_path, monkeypatch
) -> None:
    (tmp_path / "screen").mkdir()
    (tmp_path / "screen" / "mine.png").write_bytes(b"mine")
    assert "holds 'screen', which is not of the demonstration" in refused("demo", "--out", tmp_path)
    (tmp_path / "screen.truth.csv").touch()
    (tmp_path / ".screen-unfinished").mkdir()  # as one leaves it that was killed

    def stop(*_: object) -> None:
        raise Interrupted("far enough")

    monkeypatch.setattr("deepnoise_app.demo.write_demo", stop)
    assert deepnoise("demo", "--out", tmp_path).code == 130
    assert list(tmp_path.iterdir()) == []


def test_an_unexpected_fault_gives_a_sentence_and_exit_code_1(deepnoise, screen, monkeypatch):
    def fault(*args: object, **keywords: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr("deepnoise_app.readers.open_screen", fault)
    said = deepnoise("inspect", screen)
    assert said.code == 1
    assert "an unexpected fault: ZeroDivisionError: a slip" in said.err


def test_ctrl_c_stops_keeps_the_model_and_ends_with_130(screen, trained, tmp_path) -> None:
    recipe = tmp_path / "long.toml"
    text = (trained.parent / "recipe.toml").read_text()
    recipe.write_text(text.replace("epochs = 2", "epochs = 5000"))
    words = ["train", screen, "--recipe", recipe, "--out", tmp_path / "run"]
    program = [sys.executable, "-m", "deepnoise_app", *map(str, words)]
    process = subprocess.Popen(program, stderr=subprocess.PIPE, text=True)
    model = tmp_path / "run" / "model" / "model.json"
    began = time.monotonic()
    while not model.is_file() and time.monotonic() - began < 90:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "stopping after the step under way" in said
    assert said.endswith("; --resume goes on from here\n")
    assert "Traceback" not in said
    assert model.is_file()


def test_ctrl_c_while_a_screen_is_simulated_leaves_nothing_behind(tmp_path) -> None:
    words = ["simulate", tmp_path / "out", "--size", "16", "--experiments", "2000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "deepnoise_app", *map(str, words)], stderr=subprocess.PIPE, text=True
    )
    began = time.monotonic()
    while not list(tmp_path.rglob("*.png")) and time.monotonic() - began < 60:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said.splitlines()[-1] == f"deepnoise: stopped: {tmp_path / 'out'} was not written"
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", ["deepnoise_app.cli.app", "deepnoise_app.readers"])
def test_ctrl_c_at_any_import_ends_without_a_traceback(screen, moment) -> None:
    """The first module is imported before a command runs, the second by the command."""
    press = (
        "import signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {moment!r}: signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        f"sys.argv = ['deepnoise', 'inspect', {str(screen)!r}]\n"
        "from deepnoise_app.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", press], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_under_way_a_training_is_resumed(screen, trained, tmp_path) -> None:
    recipe = tmp_path / "some.toml"
    text = (trained.parent / "recipe.toml").read_text()
    recipe.write_text(text.replace("epochs = 2", "epochs = 40\nsave_every_steps = 1"))
    words = ["train", screen, "--recipe", recipe, "--out", tmp_path / "run"]
    program = [sys.executable, "-m", "deepnoise_app", *map(str, words)]
    process = subprocess.Popen(program, stderr=subprocess.DEVNULL)
    state = tmp_path / "run" / "checkpoint" / "state.json"
    began = time.monotonic()
    while not state.is_file() and time.monotonic() - began < 90:
        time.sleep(0.02)
    process.kill()
    process.wait()
    folder = RunFolder(tmp_path / "run")
    assert "ended without a word" in folder.status().message
    assert run([*map(str, words), "--resume"]) == 0
    assert (folder.model / "model.safetensors").is_file()
