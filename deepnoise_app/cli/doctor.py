"""`deepnoise doctor`: what is installed, what it can compute on, and what is wrong."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError

PACKAGES = ("deepnoise-app", "timm", "numpy", "pandas", "imagecodecs", "napari", "PySide6")
LEAST_FREE_GIB = 2


def doctor() -> None:
    """Show versions, devices, memory, graphics, folders, and what is wrong with them."""
    wrong: list[str] = []
    for title, found in _sections(wrong):
        print(title)
        for name, value in found.items():
            print(f"  {name:16}{value}")
    print("Nothing is wrong." if not wrong else "What is wrong:")
    for sentence in wrong:
        print(f"  - {sentence}")


def _sections(wrong: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    yield (
        "System",
        {
            "system": platform.platform(),
            "python": f"{platform.python_version()} at {sys.executable}",
        },
    )
    yield "Packages", _packages(wrong)
    yield "Computing", _computing(wrong)
    yield "Graphics", _graphics(wrong)
    yield "Folders", _folders(wrong)
    yield "Models", _models(wrong)


def _packages(wrong: list[str]) -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
            optional = name in ("napari", "PySide6")
            cure = "the window needs it: install deepnoise-app[app]" if optional else "install it"
            wrong.append(f"{name} is not installed; {cure}")
    return found


def _computing(wrong: list[str]) -> dict[str, str]:
    import psutil

    memory = psutil.virtual_memory()
    found = {"memory": f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB free"}
    try:
        from deepnoise_app.learning.device import describe_devices
    except (ImportError, OSError, RuntimeError) as error:
        wrong.append(f"torch or timm cannot be imported: {error}")
        return found
    devices = describe_devices()
    if not any(name.startswith(("cuda", "mps")) for name in devices):
        devices["graphics card"] = "none that torch can use: scoring works, large trainings do not"
    return found | devices


def _graphics(wrong: list[str]) -> dict[str, str]:
    if sys.platform != "linux":
        return {"display": "of the system"}
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "none"
    found = {"display": display}
    for name in ("GL", "EGL"):
        library = find_library(name)
        found[f"lib{name}"] = library or "not found"
        if library is None:
            wrong.append(f"the library lib{name} is missing: the window needs OpenGL")
    return found


def _folders(wrong: list[str]) -> dict[str, str]:
    import platformdirs

    from deepnoise_app.runs.folder import runs_folder

    found = {}
    places = {
        "here": Path.cwd(),
        "runs": runs_folder(),
        "settings": Path(platformdirs.user_config_dir("deepnoise")),
        "cache": Path(platformdirs.user_cache_dir("deepnoise")),
    }
    for name, path in places.items():
        there = next(p for p in (path, *path.parents) if p.exists())
        writable = os.access(there, os.W_OK)
        free = shutil.disk_usage(there).free / 2**30
        found[name] = f"{path}: {free:.1f} GiB free{'' if writable else ', not writable'}"
        if not writable:
            wrong.append(f"the folder {path} ({name}) cannot be written")
        elif free < LEAST_FREE_GIB:
            wrong.append(f"less than {LEAST_FREE_GIB} GiB are free in {path} ({name})")
    return found


def _models(wrong: list[str]) -> dict[str, str]:
    from deepnoise_app.assets import models_folder, shipped_models
    from deepnoise_app.runs.card import load_card

    found = {}
    for name, folder in shipped_models().items():
        try:
            card = load_card(folder)
        except DeepNoiseError as error:
            wrong.append(str(error))
            found[name] = "does not load"
        else:
            found[name] = f"{len(card.classes)} classes, {len(card.channels)} channels"
    if not found:
        wrong.append(f"no model is shipped in {models_folder()}")
    return found
