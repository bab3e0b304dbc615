"""What may keep torch from computing, or from using the graphics card."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from deepnoise_app.cli.ailments import INSTALLED, Ailment, mend


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
    if not cuda:
        yield Ailment(
            "there is an NVIDIA card, but this torch is a build without CUDA",
            f"{_another_build()}; in a napari that shall stay as it is, name another environment as"
            " *worker Python* (docs/plugin.md)",
        )
    else:
        yield Ailment(
            f"there is an NVIDIA card, but torch, built for CUDA {cuda}, cannot use it: its driver"
            " may be too old",
            f"bring the driver up to date and start the computer anew, or {_another_build()}",
        )


def trials(faults: Mapping[str, str]) -> Iterator[Ailment]:
    """Say which devices do not compute; `faults` are torch's words by device."""
    for device, words in faults.items():
        said = words.strip().partition("\n")[0].rstrip(".") or "no word was said"
        cure = "end other programs that use it" if "out of memory" in said else _another_build()
        yield Ailment(f"torch finds {device} but cannot compute on it: {said}", cure)


def has_nvidia_driver() -> bool:
    """Whether the system has the driver of an NVIDIA card."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def _another_build() -> str:
    if INSTALLED in Path(sys.prefix).parts:
        return "say `deepnoise-setup repair`, which takes the build that fits the card"
    auto = "`uv pip install --torch-backend=auto --reinstall torch torchvision`"
    return f"say {auto}, which takes the build that fits the card"
