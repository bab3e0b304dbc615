"""What may be wrong with an installation, each with how to mend it; knows nothing of printing."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError

APP = "deepnoise-app"
READERS = "deepnoise_app.readers"
LEAST_FREE_GIB = 2
LEAST_MEMORY_GIB = 4
# Folder of the environment that our own installer makes.
INSTALLED = "deepnoise-environment"


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something wrong, and what mends it; both are sentences without their full stop."""

    what: str
    cure: str


def mend(package: str) -> str:
    """Say how a package is brought right: as DeepNoise itself was installed."""
    if INSTALLED in Path(sys.prefix).parts:
        return "say `deepnoise-setup repair`, or choose Repair with a right click on the icon"
    return f"install it into the environment of {sys.executable}: `pip install {package!r}`"


def packages() -> Iterator[Ailment]:
    """Look for packages that are missing, or of a version that DeepNoise does not go with."""
    from packaging.requirements import Requirement

    for line in requires(APP) or ():
        wanted = Requirement(line)
        core = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            if core:
                wish = f"{wanted.name}{wanted.specifier}"
                yield Ailment(f"{wanted.name} is not installed", mend(wish))
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            yield Ailment(
                f"{wanted.name} {found} does not go with this DeepNoise, which wants"
                f" {wanted.specifier}",
                mend(f"{wanted.name}{wanted.specifier}"),
            )


def memory(total: int) -> Iterator[Ailment]:
    """Look whether there is memory enough; `total` in bytes."""
    if total < LEAST_MEMORY_GIB * 2**30:
        yield Ailment(
            f"this computer has {total / 2**30:.1f} GiB of memory, where {LEAST_MEMORY_GIB} are the"
            " least to train with",
            "close other programs, choose a smaller recipe (quick-look), or train elsewhere",
        )


def folder(name: str, path: Path) -> Iterator[Ailment]:
    """Look whether a folder can be used."""
    there = next(p for p in (path, *path.parents) if p.exists())
    if not there.is_dir():
        yield Ailment(f"{there} is a file, so there can be no folder {path} ({name})", "rename it")
    elif fault := _fault_of_writing(there):
        yield Ailment(
            f"the folder {path} ({name}) cannot be written: {fault}",
            f"make {there} your own, or set DEEPNOISE_HOME to a folder that is",
        )
    elif shutil.disk_usage(there).free < LEAST_FREE_GIB * 2**30:
        yield Ailment(
            f"less than {LEAST_FREE_GIB} GiB are free in {path} ({name})",
            "delete old runs in the Runs panel, or set DEEPNOISE_HOME to a folder on another disk",
        )


def _fault_of_writing(folder: Path) -> str:
    """Return why nothing can be written there: asked by writing, as rights alone do not tell."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def temporary(find: Callable[[], str] = tempfile.gettempdir) -> Iterator[Ailment]:
    """Look whether there is a folder for what is needed for a moment."""
    try:
        find()
    except OSError:
        yield Ailment(
            "there is no folder for temporary files that can be written",
            "make room in /tmp, or set TMPDIR to a folder that can be written",
        )


def worker(program: str) -> Iterator[Ailment]:
    """Look whether the Python that is set to train and score is there; empty for the usual one."""
    if program and not os.access(program, os.X_OK):
        yield Ailment(
            f"the worker Python {program}, named in the preferences, is not there or is no program",
            "name another one in the preferences, or leave the field empty to use this one",
        )


def readers() -> Iterator[Ailment]:
    """Look for readers of third parties, and of our own, that cannot be loaded."""
    found = entry_points(group=READERS)
    if not found:
        yield Ailment("no reader of plates is registered", mend(APP))
    for entry in found:
        try:
            entry.load()
        except Exception as error:  # noqa: BLE001 (code of others may fail in any way)
            package = entry.dist.name if entry.dist is not None else "an unknown package"
            yield Ailment(
                f"the reader {entry.name!r} of {package} cannot be loaded: {error}",
                f"bring {package} up to date, or remove it",
            )


def model(name: str, path: Path) -> Iterator[Ailment]:
    """Look whether a shipped model is whole."""
    from deepnoise_app.runs.card import load_card

    try:
        load_card(path)
    except DeepNoiseError as error:
        yield Ailment(f"the shipped model {name!r} is damaged: {error}", mend(APP))
