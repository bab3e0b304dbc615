"""`deepnoise doctor`: what is installed, what it can compute on, what is wrong, how to mend it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from deepnoise_app.cli import ailments
from deepnoise_app.cli.ailments import Ailment
from deepnoise_app.errors import DeepNoiseError

PACKAGES = ("deepnoise-app", "timm", "torchvision", "numpy", "pandas", "napari", "PySide6", "PyQt6")


class Section(NamedTuple):
    """What was found of one kind, and what is wrong with it."""

    title: str
    found: dict[str, str]
    wrong: list[Ailment]


def doctor() -> None:
    """Show versions, devices, memory, graphics, folders, what is wrong and how to mend it."""
    wrong: list[Ailment] = []
    for section in _sections():
        print(section.title)
        for name, value in section.found.items():
            print(f"  {name:16}{value}")
        wrong += section.wrong
    print("Nothing is wrong." if not wrong else "What is wrong, and how to mend it:")
    for ailment in wrong:
        print(f"  - {ailment.what}.\n    {ailment.cure[:1].upper()}{ailment.cure[1:]}.")


def _sections() -> Iterator[Section]:
    yield Section("System", _system(), [])
    yield Section("Packages", _packages(), [*ailments.packages(), *ailments.readers()])
    yield _computing()
    yield Section("Graphics", _window(), [*ailments.window()])
    yield _folders()
    yield _models()


def _system() -> dict[str, str]:
    python = f"{platform.python_version()} at {sys.executable}"
    return {"system": platform.platform(), "python": python}


def _packages() -> dict[str, str]:
    return {name: found for name in PACKAGES if (found := _version(name))}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _computing() -> Section:
    import psutil

    memory = psutil.virtual_memory()
    gib = f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB free"
    found, wrong = {"memory": gib}, [*ailments.memory(memory.total)]
    try:
        from deepnoise_app.learning.device import cuda_of_torch, describe_devices

        devices, cuda = describe_devices(), cuda_of_torch()
    except (ImportError, OSError, RuntimeError) as error:
        return Section("Computing", found, [*wrong, ailments.torch_import(error)])
    wrong += ailments.graphics(cuda, devices, ailments.has_nvidia_driver())
    if not any(name.startswith(("cuda", "mps")) for name in devices):
        devices["graphics card"] = "none that torch can use: scoring works, large trainings do not"
    return Section("Computing", found | devices, wrong)


def _window() -> dict[str, str]:
    if sys.platform != "linux":
        return {"display": "of the system"}
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "none"
    found = {f"lib{name}": find_library(name) or "not found" for name in ailments.LIBRARIES}
    return {"display": display, **found}


def _folders() -> Section:
    import platformdirs

    from deepnoise_app.runs.folder import runs_folder

    places = {
        "here": Path.cwd(),
        "runs": runs_folder(),
        "settings": Path(platformdirs.user_config_dir("deepnoise")),
        "cache": Path(platformdirs.user_cache_dir("deepnoise")),
    }
    found = {name: f"{path}: {_free(path)}" for name, path in places.items()}
    wrong = _all(ailments.folder(name, path) for name, path in places.items())
    return Section("Folders", found, wrong)


def _free(path: Path) -> str:
    there = next(p for p in (path, *path.parents) if p.exists())
    return f"{shutil.disk_usage(there).free / 2**30:.1f} GiB free"


def _models() -> Section:
    from deepnoise_app.assets import models_folder, shipped_models

    shipped = shipped_models()
    wrong = _all(ailments.model(name, path) for name, path in shipped.items())
    if not shipped:
        none = f"no model is shipped in {models_folder()}"
        wrong = [Ailment(none, ailments.mend(ailments.APP))]
    return Section("Models", {name: _describe(path) for name, path in shipped.items()}, wrong)


def _describe(model: Path) -> str:
    from deepnoise_app.runs.card import load_card

    try:
        card = load_card(model)
    except DeepNoiseError:
        return "does not load"
    return f"{len(card.classes)} classes, {len(card.channels)} channels"


def _all(found: Iterable[Iterable[Ailment]]) -> list[Ailment]:
    return [ailment for each in found for ailment in each]
