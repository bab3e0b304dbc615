"""Names of menus, buttons and panels in the pages are those of the window."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from npe2 import PluginManifest
from qtpy.QtWidgets import QMenu

from deepnoise_app.runs.stages import Training

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "help").glob("*.md")),
    *(ROOT / "docs" / f"{name}.md" for name in ("formats", "plugin", "tutorial", "scoring")),
]
# Cursive, and no part of bold; names of what is seen begin with a capital.
CURSIVE = re.compile(r"(?<![*\w])\*([A-Z][^*]*?)\*(?![*\w])", re.DOTALL)
# Of other programs: the file manager and napari; and titles of papers and of paragraphs, and words.
ELSEWHERE = {
    "Open with", "Plugins > DeepNoise", "Plugins > Install/Uninstall Plugins", "File > Preferences",
    "Genomics, Proteomics & Bioinformatics", "You want to",
}  # fmt: skip


def cursive(page: Path) -> Iterator[str]:
    """Names in a page, without those that end a sentence: they begin a paragraph."""
    for found in CURSIVE.findall(page.read_text(encoding="utf-8")):
        name = " ".join(found.split())
        if not name.endswith(".") and name not in ELSEWHERE:
            yield name


@cache
def words_on_screen() -> frozenset[str]:
    """Every text in the source of the window, and of napari's pages about us."""
    found = set()
    for path in (ROOT / "deepnoise_app" / "gui").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(part.strip("* ") for part in (node.value, *node.value.split("\n")))
    found.update(name.replace("_", " ") for name in Training.model_fields)  # as the form has them
    pages = PluginManifest.from_distribution("deepnoise-app").contributions.configurations
    for one in pages.values():
        found.update(value.title for value in one.properties.values())
    return frozenset(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_names_on_a_page_are_those_on_screen(page: Path) -> None:
    alone = {name for name in cursive(page) if " > " not in name}
    said = "\n".join(words_on_screen()).lower()
    unknown = [one for one in alone if not re.search(rf"\b{re.escape(one.lower())}", said)]
    assert sorted(unknown) == []


def test_menus_on_the_pages_are_those_of_the_window(window) -> None:
    bar = window.menuBar().actions()
    tops = {action.text().replace("&", ""): action.menu() for action in bar}
    paths = {name for page in PAGES for name in cursive(page) if " > " in name}
    paths -= {"Preferences > DeepNoise > Worker Python"}  # napari's, as the test above knows
    assert len(paths) > 2
    for name in paths:
        top, entry = name.split(" > ")
        assert isinstance(tops[top], QMenu)
        assert entry in [action.text().replace("&", "") for action in tops[top].actions()], name
