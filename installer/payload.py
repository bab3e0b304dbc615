"""Gathers what every installer carries: the app's wheel, the pins, `uv`, the setup, the icons."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipapp
from dataclasses import dataclass
from pathlib import Path

from icons import SIZES, write_png

ROOT = Path(__file__).resolve().parents[1]
SETUP = Path(__file__).resolve().parent / "deepnoise_setup"
PINS = ROOT / "constraints.txt"
UV = [sys.executable, "-m", "uv"]

# What torch itself pins, differently for each of its builds.
OF_TORCH = re.compile(r"(nvidia-|cuda-|triton\b)")


@dataclass(frozen=True, slots=True)
class Platform:
    """A system that an installer is built for, in uv's and in Debian's words."""

    name: str
    architecture: str
    program: str = "uv"


PLATFORMS = {
    "linux-amd64": Platform("x86_64-manylinux_2_28", "amd64"),
    "linux-arm64": Platform("aarch64-manylinux_2_28", "arm64"),
    "windows-amd64": Platform("x86_64-pc-windows-msvc", "amd64", "uv.exe"),
    "macos-arm64": Platform("aarch64-apple-darwin", "arm64"),
}


def build_wheel(out: Path) -> Path:
    """Build the app's wheel into a folder."""
    _run([*UV, "build", "--quiet", "--wheel", "--out-dir", out, ROOT])
    (wheel,) = out.glob("deepnoise_app-*.whl")
    return wheel


def gather(platform: Platform, wheel: Path, into: Path) -> None:
    """Fill a folder with what the first start needs."""
    (into / "icons").mkdir(parents=True)
    shutil.copy(wheel, into)
    (into / "constraints.txt").write_text(user_pins(PINS.read_text("utf-8")), encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", into)
    _take_uv(platform, into / platform.program)
    _zip_setup(into / "setup.pyz")
    for size in SIZES:
        write_png(size, into / "icons" / f"{size}.png")
    (into / "id").write_text(f"{_id(into)}\n", encoding="utf-8")


def user_pins(text: str) -> str:
    """Return the pins without what belongs to one build of torch only."""
    return "".join(line for line in text.splitlines(keepends=True) if not OF_TORCH.match(line))


def uv_version() -> str:
    """Return the version of `uv` that the pins name: the one that the tests have used."""
    found = re.search(r"^uv==(\S+)", PINS.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{PINS} pins no uv: expected a line like 'uv==0.13.9'")
    return found[1]


def version_of(wheel: Path) -> str:
    """Return the version of the app."""
    return wheel.name.split("-")[1]


def _take_uv(platform: Platform, target: Path) -> None:
    """Take the program out of its wheel for a platform; this one cannot run those of others."""
    with tempfile.TemporaryDirectory() as place:
        wanted = ["--no-deps", "--only-binary", ":all:", f"uv=={uv_version()}"]
        where = ["--python-platform", platform.name, "--target", place]
        _run([*UV, "pip", "install", "--quiet", *where, *wanted])
        found = next(path for path in Path(place).rglob(platform.program) if path.is_file())
        shutil.copy(found, target)
    target.chmod(0o755)


def _zip_setup(target: Path) -> None:
    """Pack the setup as one file, so that nothing is compiled beside it."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(
            SETUP,
            Path(place, SETUP.name),
            ignore=shutil.ignore_patterns("__pycache__", "__main__.py"),
        )
        shutil.copy(SETUP / "__main__.py", place)
        zipapp.create_archive(place, target, compressed=True)


def _id(folder: Path) -> str:
    """Return what tells this package from others: a digest of the app and its pins."""
    digest = hashlib.sha256()
    for file in sorted((*folder.glob("*.whl"), folder / "constraints.txt")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _run(command: list[str | Path]) -> None:
    subprocess.run([str(word) for word in command], check=True)
