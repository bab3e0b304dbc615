"""Where the network computes, and how much memory there is."""

from __future__ import annotations

import os

import psutil
import torch

from deepnoise_app.errors import RecipeError

# Share of the free memory that decoded images may fill.
KEPT_SHARE = 0.4


def pick_device(name: str) -> torch.device:
    """Return the device that a recipe names; `auto` takes the fastest there is.

    Raises
    ------
    RecipeError
        If this computer, or its torch, does not have it.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind, found in there.items() if found))
    if not there[name]:
        usable = ", ".join(kind for kind, found in there.items() if found)
        raise RecipeError(f"device is {name!r}, but torch finds only: {usable}")
    return torch.device(name)


def arithmetic(precision: str, device: torch.device) -> str:
    """Return the precision that is used: on a CPU always 32 bits.

    Gradients of small bf16 convolutions are infinite on some CPUs (torch 2.14 with oneDNN).
    """
    return "32" if device.type == "cpu" else precision


def check_devices(name: str, count: int) -> None:
    """Refuse a wish for devices that this computer does not have.

    Raises
    ------
    RecipeError
        If there are fewer graphics cards, or the kind of device cannot work together.
    """
    kind = pick_device(name).type
    if count == 1 or kind == "cpu":
        return
    there = torch.cuda.device_count() if kind == "cuda" else 1
    if count > there:
        raise RecipeError(f"devices is {count}, but this computer has {there} of the kind {kind}")


def thread_count(wanted: int) -> int:
    """Return how many threads decode; 0 asks for one per core that this process may use."""
    return wanted or len(psutil.Process().cpu_affinity() or []) or os.cpu_count() or 1


def memory_budget() -> int:
    """Bytes that decoded images may fill."""
    return int(psutil.virtual_memory().available * KEPT_SHARE)


def activation_room(device: torch.device) -> int:
    """Bytes that the activations of a network may fill beside what is there."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0] * KEPT_SHARE)
    return memory_budget()


def leave_a_core() -> None:
    """Compute with all cores but one, so that a window beside stays quick."""
    torch.set_num_threads(max(1, torch.get_num_threads() - 1))


def describe_devices() -> dict[str, str]:
    """Return torch's version and what it can compute on."""
    found = {"torch": torch.__version__, "cpu threads": str(torch.get_num_threads())}
    for index in range(torch.cuda.device_count()):
        card = torch.cuda.get_device_properties(index)
        found[f"cuda:{index}"] = f"{card.name}, {card.total_memory / 2**30:.0f} GiB"
    if torch.backends.mps.is_available():
        found["mps"] = "Apple graphics"
    return found


def faults_of_devices() -> dict[str, str]:
    """Return, for each device that is found and does not compute, what torch says of it."""
    names = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    names += ["mps"] if torch.backends.mps.is_available() else []
    return {name: fault for name in names if (fault := _fault_of(name))}


def _fault_of(name: str) -> str:
    try:
        image = torch.ones(1, 3, 8, 8, device=name)
        total = torch.nn.functional.conv2d(image, torch.ones(4, 3, 3, 3, device=name)).sum()
        return "" if total.item() == 4 * 27 * 36 else f"4 * 27 * 36 comes out as {total.item()}"
    except RuntimeError as error:  # of CUDA, cuDNN and want of memory, too
        return str(error) or type(error).__name__


def cuda_of_torch() -> str:
    """Return the version of CUDA that torch was built for; empty for a build without."""
    return torch.version.cuda or ""


def name_device(device: torch.device) -> str:
    """Words for people: `this computer's CPU`, or the name of the graphics card."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return "this computer's Apple graphics" if device.type == "mps" else "this computer's CPU"
