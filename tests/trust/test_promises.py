"""The pages on trust and dependencies are true: each promise has its test, each package its row."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROMISES = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
DEPENDENCIES = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
ROWS = [
    row
    for row in re.findall(r"^\| ([\w-]+) \| (.+?) \| ([\w.-]+) \|$", DEPENDENCIES, re.MULTILINE)
    if row[0] != "package"
]
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
    extras = PROJECT["optional-dependencies"].values()
    return {Requirement(text).name for text in sum(extras, PROJECT["dependencies"])}


def licence_of(name: str) -> str:
    """Return all that a package says of its licence, in small letters."""
    told: PackageMetadata = metadata(name)
    words = [told.get("License-Expression") or "", (told.get("License") or "")[:200]]
    words += [text for text in told.get_all("Classifier") or [] if text.startswith("License")]
    return " ".join(words).lower()


def brought(names: list[str]) -> set[str]:
    """Return these packages and all that they bring here, and those bring."""
    found: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        try:
            waiting += [Requirement(line) for line in requires(wanted.name) or ()]
        except PackageNotFoundError:
            continue  # of another system
        found.add(wanted.name)
    return found


def test_every_dependency_has_its_reason_and_its_licence() -> None:
    assert {name for name, _, _ in ROWS} == needed()
    assert all(len(why) > 4 for _, why, _ in ROWS)


@pytest.mark.parametrize(("name", "licence"), [(n, lic) for n, _, lic in ROWS])
def test_the_licence_of_a_dependency_is_the_one_it_declares(name: str, licence: str) -> None:
    assert SPELLED[licence] in licence_of(name)


def test_no_package_that_always_comes_asks_more_than_to_be_named() -> None:
    packages = brought(PROJECT["dependencies"])
    assert len(packages) > 60
    strict = re.compile(r"\bl?a?gpl|gnu |creative commons|non-?commercial")
    asking = {name for name in packages if strict.search(licence_of(name))}
    assert asking == set()
    under_mpl = {name for name in packages if "mpl-2.0" in licence_of(name)}
    assert under_mpl <= set(re.findall(r"[\w-]+", DEPENDENCIES.partition("under the MPL")[0]))


def test_what_asks_more_comes_on_wish_only() -> None:
    assert SPELLED["GPL-3.0-or-later"] in licence_of("harmonypy")
    assert PROJECT["optional-dependencies"]["harmony"] == ["harmonypy>=2"]
    assert "harmonypy" not in brought(PROJECT["optional-dependencies"]["app"])
