"""The tutorial, word by word: each command is run, and shows what the page says one will see."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGE = DOCS / "tutorial.md"
STEP = re.compile(r"```sh\n(.*?)\n```\n\n```text\n(.*?)\n```", re.DOTALL)
# Pages whose commands are shown with made-up names; each stands in another test or in the tutorial.
INLINE = re.compile(r"`(deepnoise [a-z-]+)[^`]*`")


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Commands of a page, and the lines that one will see."""
    return [(command, seen.splitlines()) for command, seen in STEP.findall(text)]


def shows(out: str, line: str) -> bool:
    """Whether a line of the page stands in what a command said; an ellipsis stands for anything."""
    parts = [re.escape(" ".join(part.split())) for part in line.split("…")]
    said = [" ".join(told.split()) for told in out.splitlines()]
    return any(re.search(" ?.*? ?".join(parts), told) for told in said)


def test_a_line_with_an_ellipsis_is_looked_for_and_can_be_missing() -> None:
    out = "deepnoise\n  free         0.500 (0.2 to 0.8)\n"
    assert shows(out, "  free …")
    assert shows(out, "free … (… to 0.8)")
    assert not shows(out, "free 0.6")
    assert not shows(out, "plate prior …")


def test_every_command_of_the_tutorial_says_what_one_will_see() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(steps(text)) == text.count("```sh") == 7
    assert all(command.startswith("deepnoise ") for command, _ in steps(text))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_tutorial_works_word_by_word(tmp_path: Path) -> None:
    home = {**os.environ, "DEEPNOISE_HOME": str(tmp_path / "home"), "COLUMNS": "200"}
    for command, seen in steps(PAGE.read_text(encoding="utf-8")):
        words = [sys.executable, "-m", "deepnoise_app", *shlex.split(command)[1:]]
        done = subprocess.run(
            words, cwd=tmp_path, env=home, capture_output=True, text=True, check=False
        )
        said = f"{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, f"{command}\n{said}"
        for line in seen:
            assert shows(said, line), f"{command}\n{line}\n---\n{said}"
    for name in ("my-measures/measures.csv", "my-predictions/predictions.csv", "my-report.html"):
        assert (tmp_path / name).is_file()
    assert list((tmp_path / "my-measures" / "heatmaps").glob("*.png"))


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    from typer.main import get_command

    from deepnoise_app.cli.app import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    for command in INLINE.findall(page.read_text(encoding="utf-8")):
        assert command.split()[1] in known, command


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not link.startswith("https://"):
            assert (page.parent / link).exists(), link


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        if page.name != "README.md":
            assert f"({page.relative_to(DOCS).as_posix()})" in index, page
