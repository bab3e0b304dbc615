"""Builds the `.deb`, and the tarball for other distributions."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

from payload import ROOT, Platform
from tree import LINUX, copy, lay

DEPENDS = (
    "python3 (>= 3.11)",
    "python3-tk",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libxkbcommon-x11-0",
)
RECOMMENDS = ("libgl1-mesa-dri", "ca-certificates")


def build_deb(platform: Platform, version: str, payload: Path, out: Path) -> Path:
    """Build the Debian package."""
    root = payload.parent / "deb"
    lay(payload, root / "usr/lib/deepnoise", root / "usr/share")
    (root / "usr/bin").mkdir()
    for name in ("deepnoise", "deepnoise-setup"):
        (root / "usr/bin" / name).symlink_to(f"../lib/deepnoise/{name}")
    copy(ROOT / "LICENSE", root / "usr/share/doc/deepnoise/copyright")
    copy(LINUX / "prerm", root / "DEBIAN/prerm", 0o755)
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    control = (
        (LINUX / "control")
        .read_text("utf-8")
        .format(
            version=version,
            architecture=platform.architecture,
            kibibytes=sum(path.stat().st_size for path in files) // 1024,
            depends=", ".join(DEPENDS),
            recommends=", ".join(RECOMMENDS),
        )
    )
    (root / "DEBIAN/control").write_text(control, encoding="utf-8")
    _plain_modes(root)
    made = out / f"deepnoise_{version}_{platform.architecture}.deb"
    build = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z2", "--build", str(root), str(made)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return made


def build_tarball(platform: Platform, version: str, payload: Path, out: Path) -> Path:
    """Build the archive with `install.sh`."""
    name = f"deepnoise-{version}-linux-{platform.architecture}"
    root = payload.parent / name
    lay(payload, root / "lib", root / "share")
    copy(LINUX / "install.sh", root / "install.sh", 0o755)
    shutil.copy(ROOT / "LICENSE", root)
    _plain_modes(root)
    made = out / f"{name}.tar.xz"
    with tarfile.open(made, "w:xz", preset=2) as archive:
        archive.add(root, name, filter=_of_root)
    return made


def _of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def _plain_modes(root: Path) -> None:
    """Let everybody read and nobody but the owner write, whatever the builder's own settings."""
    for path in (root, *root.rglob("*")):
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)
