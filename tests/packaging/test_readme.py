"""Every command of the README, run as a reader would: in order, in one empty folder."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
OPENS_A_WINDOW = {"open"}


def _commands() -> list[list[str]]:
    """Words of every command line in the fenced blocks, without comments."""
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def _of(program: str) -> list[list[str]]:
    return [words[1:] for words in _commands() if words[0] == program]


def test_readme_shows_only_commands_that_are_tested_here() -> None:
    assert {words[0] for words in _commands()} == {"deepnoise", "make"}


def test_readme_says_how_to_try_use_and_change_the_app() -> None:
    assert ["demo"] in _of("make")
    assert ["test"] in _of("make")
    shown = {arguments[0] for arguments in _of("deepnoise") if arguments}
    assert shown >= {"simulate", "inspect", "train", "score", "doctor"}


@pytest.mark.parametrize("arguments", _of("make"), ids=" ".join)
def test_make_target_of_the_readme_exists(arguments: list[str]) -> None:
    dry = ["make", "--dry-run", *arguments]
    done = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Nothing to be done" not in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_commands_of_the_readme_work_in_order_and_ask_no_network(offline) -> None:
    program = Path(sys.executable).with_name("deepnoise")
    for arguments in _of("deepnoise"):
        window = not arguments or arguments[0] in OPENS_A_WINDOW
        done = offline.run(program, *([*arguments[:1], "--help"] if window else arguments))
        said = f"deepnoise {shlex.join(arguments)}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, said
        assert "Traceback" not in done.stderr, said
        assert not offline.log.exists(), said
