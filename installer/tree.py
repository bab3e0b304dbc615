"""Lays the files of the Linux packages: the same under `/usr` and in the tarball."""

from __future__ import annotations

import shutil
from pathlib import Path

from icons import ICON, SIZES

LINUX = Path(__file__).resolve().parent / "linux"


def lay(payload: Path, lib: Path, share: Path) -> None:
    """Lay the program into `lib`, menu entry, icons and file types into `share`."""
    shutil.copytree(payload, lib)
    for name in ("deepnoise", "deepnoise-setup"):
        copy(LINUX / "deepnoise", lib / name, 0o755)
    for entry in LINUX.glob("*.desktop"):
        copy(entry, share / "applications" / entry.name)
    copy(LINUX / "deepnoise.xml", share / "mime" / "packages" / "deepnoise.xml")
    icons = share / "icons" / "hicolor"
    copy(ICON, icons / "scalable" / "apps" / "deepnoise.svg")
    for size in SIZES:
        source = payload / "icons" / f"{size}.png"
        copy(source, icons / f"{size}x{size}" / "apps" / "deepnoise.png")


def copy(source: Path, target: Path, mode: int = 0o644) -> None:
    """Copy a file, make the folders above it, set its mode."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)
