"""The pages on trust and dependencies are true: each promise has its test, each package its row."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISES = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
ROWS = [row for row in re.findall(
    r"^\| ([\w-]+) \| (.+?) \| ([\w.-]+) \|$",
    (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"),
    re.MULTILINE,
) if row[0] != "package"]  # fmt: skip
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# How packages spell the licences of the list.
SPELLED = {
    "PSF": "python software foundation", "Apache-2.0": "apache", "BSD-3-Clause": "bsd",
    "MIT": "mit", "GPL-3.0-or-later": "gpl-3.0-or-later", "LGPL-3.0-only": "lgpl-3.0-only",
}  # fmt: skip


def promised() -> list[str]:
    return re.findall(r"`(tests/\S+?\.py::\w+)`", PROMISES)


def test_every_promise_names_a_test() -> None:
    part = PROMISES.partition("## The promises")[2].partition("## Where a promise ends")[0]
    promises = [line for line in part.splitlines() if line.startswith("- ")]
    assert len(promises) > 25
    for promise in promises:
        assert "::test_" in promise, promise


@pytest.mark.parametrize("name", promised())
def test_the_test_of_a_promise_exists(name: str) -> None:
    path, _, test = name.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def needed() -> set[str]:
    listed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["app"]]
    return {re.split(r"[<>=!\[; ]", text)[0] for text in listed}


def test_every_dependency_has_its_reason_and_its_licence() -> None:
    assert {name for name, _, _ in ROWS} == needed()
    assert all(len(why) > 4 for _, why, _ in ROWS)


@pytest.mark.parametrize(("name", "licence"), [(n, lic) for n, _, lic in ROWS])
def test_the_licence_of_a_dependency_is_the_one_it_declares(name: str, licence: str) -> None:
    told: PackageMetadata = metadata(name)
    words = [told.get("License-Expression") or "", (told.get("License") or "")[:200]]
    words += [text for text in told.get_all("Classifier") or [] if text.startswith("License")]
    assert SPELLED[licence] in " ".join(words).lower()
