"""What may keep the window from opening or make it slow: Qt, OpenGL, libraries of the system."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from ctypes.util import find_library
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from deepnoise_app.cli.ailments import APP, Ailment, mend
from deepnoise_app.runs.process import own_python
from deepnoise_app.untrusted import parse_json

# Libraries that a window needs on Linux, and Debian's packages of them.
LIBRARIES = {
    "GL": "libgl1",
    "EGL": "libegl1",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-randr": "libxcb-randr0",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xinerama": "libxcb-xinerama0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
}
BINDINGS = ("PySide6", "PyQt6", "PyQt5", "PySide2")
# Variables that lead a Qt to the plugins of another one.
ASTRAY = ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH")
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "gdi generic", "basic render")
LEAST_OPENGL = (2, 1)
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Trial:
    """What a start of Qt has found, or the last words of one that failed."""

    found: Mapping[str, str] = field(default_factory=dict)
    last_words: str = ""

    @property
    def opengl(self) -> tuple[int, ...]:
        """Version of OpenGL; empty where there is none."""
        numbers = self.found.get("opengl", "").split(" ")[0].split(".")
        return tuple(int(n) for n in numbers[:2] if n.isdigit())

    @property
    def is_by_software(self) -> bool:
        """Whether the processor draws, and no graphics card."""
        return any(name in self.found.get("drawn by", "").lower() for name in SOFTWARE)


def try_window() -> Trial:
    """Start Qt and OpenGL in a process of their own, without a window."""
    command = [own_python(), "-m", "deepnoise_app.gui.trial"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE_S,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Trial(last_words=f"it has not answered for {PATIENCE_S} s")
    except OSError as error:
        return Trial(last_words=str(error))
    try:
        return Trial(parse_json(done.stdout.splitlines()[-1]))
    except (ValueError, IndexError):
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        told = [line for line in said if line.startswith("qt.qpa")] or said[-1:]
        return Trial(last_words=" ".join(told) or f"it ended with {done.returncode}")


def packages(has: Callable[[str], object] = find_spec) -> Iterator[Ailment]:
    """Look for napari and a Qt, and for more than one Qt."""
    if not has("napari"):
        yield Ailment("napari is not installed, so there is no window", mend(f"{APP}[app]"))
    there = [name for name in BINDINGS if has(name)]
    if not there:
        yield Ailment("no Qt is installed, so there is no window", mend(f"{APP}[app]"))
    if len(there) > 1:
        yield Ailment(
            f"{' and '.join(there)} are all installed, and two Qts in one program crash it",
            f"keep the one that napari uses, and take the others away: `pip uninstall {there[-1]}`",
        )
    wished = os.environ.get("QT_API", "")
    if wished and wished.lower() not in (name.lower() for name in there):
        yield Ailment(
            f"the variable QT_API asks for {wished}, which is not installed",
            f"unset it, or set it to {there[0].lower() if there else 'nothing'}",
        )
    spec = find_spec("cv2")
    if spec is not None and spec.origin and Path(spec.origin).with_name("qt").is_dir():
        yield Ailment(
            "opencv-python brings a Qt of its own, which may take the place of napari's",
            "use the build without windows: `pip uninstall opencv-python` and then `pip install"
            " opencv-python-headless`",
        )


def window(
    trial: Trial, has_card: bool, find: Callable[[str], str | None] = find_library
) -> Iterator[Ailment]:
    """Look at how a trial went.

    Parameters
    ----------
    has_card
        Whether this computer has a graphics card that could draw.
    find
        Tells where a library of the system is.
    """
    if trial.last_words:
        yield from _failed(trial.last_words, find)
    elif trial.opengl < LEAST_OPENGL:
        yield Ailment(
            f"images cannot be shown: they need OpenGL 2.1, and there is"
            f" {trial.found.get('opengl', 'none')}",
            "install the driver of the graphics card, or `sudo apt install libgl1-mesa-dri` on"
            " Debian and Ubuntu; over remote desktop, use one that passes OpenGL on",
        )
    elif trial.is_by_software and has_card:
        yield Ailment(
            f"the processor draws the images ({trial.found['drawn by']}) although there is a"
            " graphics card: large plates move slowly",
            "install the driver of the card, and start the computer anew; over remote desktop this"
            " is usual",
        )


def _failed(words: str, find: Callable[[str], str | None]) -> Iterator[Ailment]:
    if "could not connect to display" in words:
        yield Ailment(
            f"the display {os.environ.get('DISPLAY', '')} cannot be reached, so no window opens",
            "start DeepNoise from the desktop that you sit at; by ssh, say `ssh -X`; the commands"
            " need no window (`deepnoise --help`)",
        )
        return
    led = [name for name in ASTRAY if os.environ.get(name)]
    if led:
        yield Ailment(
            f"Qt cannot start, and {led[0]} leads it to {os.environ[led[0]]}, perhaps the plugins"
            " of another Qt",
            f"say `unset {led[0]}`, then try again",
        )
    missing = [*libraries(find)]
    yield from missing
    if not led and not missing:
        yield Ailment(f"Qt cannot start: {words.rstrip('.')}", mend(f"{APP}[app]"))


def libraries(find: Callable[[str], str | None], system: str = sys.platform) -> Iterator[Ailment]:
    """Look for libraries of the system; `find` tells where one is."""
    missing = {f"lib{n}": p for n, p in LIBRARIES.items() if system == "linux" and find(n) is None}
    if missing:
        yield Ailment(
            f"the window needs {' and '.join(missing)}, which this system lacks",
            f"`sudo apt install {' '.join(missing.values())}` on Debian and Ubuntu; other systems"
            " have packages of like names",
        )


def has_card(nvidia: bool, nodes: Path = Path("/dev/dri")) -> bool:
    """Whether there is a graphics card that could draw."""
    return nvidia or any(nodes.glob("renderD*"))
