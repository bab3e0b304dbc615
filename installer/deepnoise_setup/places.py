"""Where everything is: what the package brought, and the folder that the first start fills."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = "DEEPNOISE_ENVIRONMENT"
NAME = "deepnoise-environment"
PACKAGE = "deepnoise_app"


@dataclass(frozen=True, slots=True)
class Places:
    """Paths only; making one touches nothing.

    Parameters
    ----------
    payload
        Folder of the wheel, the pins and the `uv` program; may be read-only.
    folder
        Folder of the private environment; nothing of the user's own lies in it.
    pointer
        File that names another folder, where the user has chosen one.
    """

    payload: Path
    folder: Path
    pointer: Path

    @classmethod
    def of(cls, payload: Path, environ: Mapping[str, str] = os.environ) -> Places:
        """Return the places for a user: the folder named by a variable, chosen, or usual."""
        pointer = _settings(environ) / "environment-folder"
        named = environ.get(FOLDER) or _read(pointer)
        return cls(payload, Path(named) if named else _data(environ) / NAME, pointer)

    @property
    def wheel(self) -> Path:
        """The app."""
        return next(iter(sorted(self.payload.glob(f"{PACKAGE}-*.whl"))), self.payload / "no.whl")

    @property
    def pins(self) -> Path:
        """The version of every package that the app was tested with."""
        return self.payload / "constraints.txt"

    @property
    def uv(self) -> Path:
        """The program that downloads and installs."""
        return self.payload / ("uv.exe" if sys.platform == "win32" else "uv")

    @property
    def wanted(self) -> str:
        """What the package brings: an environment made from anything else is out of date."""
        return _read(self.payload / "id")

    @property
    def environment(self) -> Path:
        """The private environment."""
        return self.folder / "venv"

    @property
    def programs(self) -> Path:
        """Folder of the programs of the environment."""
        return self.environment / ("Scripts" if sys.platform == "win32" else "bin")

    @property
    def python(self) -> Path:
        """Python of the environment."""
        return self.programs / ("python.exe" if sys.platform == "win32" else "python")

    @property
    def app(self) -> Path:
        """The command `deepnoise` of the environment."""
        return self.programs / ("deepnoise.exe" if sys.platform == "win32" else "deepnoise")

    @property
    def cache(self) -> Path:
        """What was downloaded; shares its files with the environment, so it takes no more room."""
        return self.folder / "cache"

    @property
    def requirements(self) -> Path:
        """What is asked of `uv`."""
        return self.folder / "requirements.in"

    @property
    def lock(self) -> Path:
        """What `uv` has found to fit this computer."""
        return self.folder / "pylock.deepnoise.toml"

    @property
    def kept(self) -> Path:
        """Names of what was downloaded whole."""
        return self.folder / "downloaded.txt"

    @property
    def ready(self) -> Path:
        """Written last; says which package the environment was made from."""
        return self.folder / "ready"

    @property
    def log(self) -> Path:
        """What was done, for a report."""
        return self.folder / "log.txt"

    @property
    def is_ready(self) -> bool:
        """Whether the environment is whole and was made from this package."""
        made = _read(self.ready)
        return bool(made) and made == self.wanted and self.app.is_file()

    @property
    def is_begun(self) -> bool:
        """Whether something was downloaded before."""
        return self.cache.is_dir()

    @property
    def is_outdated(self) -> bool:
        """Whether a whole environment of another version is there."""
        made = _read(self.ready)
        return bool(made) and made != self.wanted

    def free(self) -> int:
        """Bytes that are free where the folder is, or will be."""
        there = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        return shutil.disk_usage(there).free


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())


def _data(environ: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or _home(environ) / "AppData" / "Local")
    if sys.platform == "darwin":
        return _home(environ) / "Library" / "Application Support"
    return Path(environ.get("XDG_DATA_HOME") or _home(environ) / ".local" / "share")


def _settings(environ: Mapping[str, str]) -> Path:
    if sys.platform == "linux":
        base = Path(environ.get("XDG_CONFIG_HOME") or _home(environ) / ".config")
        return base / "deepnoise"
    return _data(environ) / "deepnoise"
