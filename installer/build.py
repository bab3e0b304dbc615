"""Builds the installers: `python installer/build.py [PLATFORM...] --out dist`.

For Linux the finished packages; for Windows and macOS the folder that `windows/build.ps1` and
`macos/build.sh` make an installer of, on those systems.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from icons import write_icns, write_ico
from linux_packages import build_deb, build_tarball
from payload import PLATFORMS, build_wheel, gather, version_of

HERE = Path(__file__).resolve().parent


def here() -> str:
    """Return the platform of this computer, as `PLATFORMS` names it."""
    system = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "amd64"
    return f"{system}-{machine}"


def build(name: str, wheel: Path, out: Path) -> list[Path]:
    """Build what is made for one platform."""
    with tempfile.TemporaryDirectory() as place:
        payload = Path(place) / "payload"
        gather(PLATFORMS[name], wheel, payload)
        if name.startswith("linux"):
            version = version_of(wheel)
            builders = [build_tarball, *[build_deb] * (shutil.which("dpkg-deb") is not None)]
            return [make(PLATFORMS[name], version, payload, out) for make in builders]
        staged = out / name
        shutil.rmtree(staged, ignore_errors=True)
        shutil.copytree(payload, staged)
    (write_ico if name.startswith("windows") else write_icns)(
        staged / ("deepnoise.ico" if name.startswith("windows") else "deepnoise.icns")
    )
    return [staged]


def main() -> None:
    """Build for the platforms named, by default this one."""
    parser = argparse.ArgumentParser(description="Build the installers of DeepNoise.")
    parser.add_argument("platforms", nargs="*", metavar="PLATFORM", help=", ".join(PLATFORMS))
    parser.add_argument("--out", type=Path, default=HERE.parent / "dist")
    wanted = parser.parse_args()
    if unknown := [name for name in wanted.platforms if name not in PLATFORMS]:
        parser.error(f"{unknown[0]!r} is no platform: expected one of {', '.join(PLATFORMS)}")
    wanted.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        wheel = build_wheel(Path(place))
        for name in wanted.platforms or [here()]:
            for made in build(name, wheel, wanted.out):
                print(made)  # noqa: T201 (the answer of the command)


if __name__ == "__main__":
    main()
