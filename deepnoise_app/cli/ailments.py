"""What may be wrong with an installation, each with how to mend it; knows nothing of printing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.util import find_spec
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError

APP = "deepnoise-app"
READERS = "deepnoise_app.readers"
LEAST_FREE_GIB = 2
LEAST_MEMORY_GIB = 4
# Libraries that a window needs on Linux, and Debian's packages of them.
LIBRARIES = {"GL": "libgl1", "EGL": "libegl1", "xcb-cursor": "libxcb-cursor0"}
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


def window() -> Iterator[Ailment]:
    """Look for what a window is made of: napari, a Qt binding, the libraries of the system."""
    if find_spec("napari") is None:
        yield Ailment("napari is not installed, so there is no window", mend(f"{APP}[app]"))
    if not any(find_spec(name) for name in ("PySide6", "PyQt6")):
        yield Ailment("no Qt is installed, so there is no window", mend(f"{APP}[app]"))
    yield from libraries(find_library)


def libraries(find: Callable[[str], str | None], system: str = sys.platform) -> Iterator[Ailment]:
    """Look for libraries of the system; `find` tells where one is."""
    missing = {f"lib{n}": p for n, p in LIBRARIES.items() if system == "linux" and find(n) is None}
    if missing:
        yield Ailment(
            f"the window needs {' and '.join(missing)}, which this system lacks",
            f"`sudo apt install {' '.join(missing.values())}` on Debian and Ubuntu; other systems"
            " have packages of like names",
        )


def torch_import(error: Exception) -> Ailment:
    """Return what it means that torch or timm cannot be imported."""
    if "torchvision::" in str(error):
        return Ailment(
            "torch and torchvision are of different builds, so no model can be loaded",
            mend("torch torchvision") + " with both named in one command, so that they fit",
        )
    return Ailment(f"torch or timm cannot be imported: {error}", mend("torch"))


def graphics(cuda: str, devices: Iterable[str], has_nvidia: bool) -> Iterator[Ailment]:
    """Look whether torch uses the graphics card.

    Parameters
    ----------
    cuda
        Version of CUDA that torch was built for; empty for a build without.
    devices
        Names of what torch computes on.
    has_nvidia
        Whether the system has the driver of an NVIDIA card.
    """
    if not has_nvidia or any(name.startswith("cuda") for name in devices):
        return
    auto = "`uv pip install --torch-backend=auto --reinstall torch torchvision`"
    ours = INSTALLED in Path(sys.prefix).parts
    cure = "say `deepnoise-setup repair`" if ours else f"{auto} takes the build that fits the card"
    if not cuda:
        yield Ailment(
            "there is an NVIDIA card, but this torch is a build without CUDA",
            f"{cure}; in a napari that shall stay as it is, name another environment as *worker"
            " Python* (docs/plugin.md)",
        )
    else:
        yield Ailment(
            f"there is an NVIDIA card, but torch, built for CUDA {cuda}, cannot use it: its driver"
            " may be too old",
            f"bring the driver up to date and start the computer anew, or {cure}",
        )


def has_nvidia_driver() -> bool:
    """Whether the system has the driver of an NVIDIA card."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


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
    elif not os.access(there, os.W_OK):
        yield Ailment(
            f"the folder {path} ({name}) cannot be written",
            f"make {there} your own, or set DEEPNOISE_HOME to a folder that is",
        )
    elif shutil.disk_usage(there).free < LEAST_FREE_GIB * 2**30:
        yield Ailment(
            f"less than {LEAST_FREE_GIB} GiB are free in {path} ({name})",
            "delete old runs in the Runs panel, or set DEEPNOISE_HOME to a folder on another disk",
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
