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

from deepnoise_app.cli import ailments, card_ailments, window_ailments
from deepnoise_app.cli.ailments import Ailment
from deepnoise_app.errors import DeepNoiseError

APP = ("deepnoise-app", "timm", "torchvision", "numpy", "pandas")
WINDOW = ("napari", "PySide6", "PyQt6", "PyQt5")


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
    yield _graphics()
    yield _folders()
    yield _models()


def _system() -> dict[str, str]:
    python = f"{platform.python_version()} at {sys.executable}"
    return {"system": platform.platform(), "python": python}


def _packages() -> dict[str, str]:
    return {name: found for name in (*APP, *WINDOW) if (found := _version(name))}


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
        from deepnoise_app.learning import device

        devices, cuda = device.describe_devices(), device.cuda_of_torch()
        faults = device.faults_of_devices()
    except (ImportError, OSError, RuntimeError) as error:
        return Section("Computing", found, [*wrong, card_ailments.torch_import(error)])
    wrong += card_ailments.graphics(cuda, devices, card_ailments.has_nvidia_driver())
    wrong += card_ailments.trials(faults)
    if not any(name.startswith(("cuda", "mps")) for name in devices):
        devices["graphics card"] = "none that torch can use: scoring works, large trainings do not"
    return Section("Computing", found | devices, wrong)


def _graphics() -> Section:
    from deepnoise_app.gui.display import why_no_window

    wrong = [*window_ailments.packages()]
    if why_no_window() is not None:
        return Section("Graphics", {"display": "none"}, [*wrong, *_libraries()])
    trial = window_ailments.try_window()
    card = window_ailments.has_card(card_ailments.has_nvidia_driver())
    wrong += window_ailments.window(trial, card)
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "of the system"
    return Section("Graphics", {"display": display, **trial.found}, wrong)


def _libraries() -> Iterable[Ailment]:
    return window_ailments.libraries(find_library)


def _folders() -> Section:
    from deepnoise_app.runs.places import cache_folder, runs_folder, settings_folder

    places = {"runs": runs_folder(), "settings": settings_folder(), "cache": cache_folder()}
    found = {name: f"{path}: {_free(path)}" for name, path in places.items()}
    wrong = _all(ailments.folder(name, path) for name, path in places.items())
    wrong += [*ailments.temporary(), *ailments.worker(_worker_python())]
    return Section("Folders", {"here": f"{Path.cwd()}: {_free(Path.cwd())}"} | found, wrong)


def _worker_python() -> str:
    try:
        from deepnoise_app.gui.preferences import Preferences
    except ImportError:  # no Qt, so no preferences
        return ""
    return Preferences().worker_python


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
