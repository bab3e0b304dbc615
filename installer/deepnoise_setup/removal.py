"""Takes away what the first start has made; on wish also what the app keeps for the user."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deepnoise_setup import faults
from deepnoise_setup.claim import claimed
from deepnoise_setup.places import NAME, Places

# What lies in the folder of an environment; a folder with anything else in it is not removed.
OURS = {
    "venv",
    "cache",
    "python",
    "requirements.in",
    "pylock.deepnoise.toml",
    "downloaded.txt",
    "ready",
    "log.txt",
    "stop",
    "setup.lock",
}


@dataclass(frozen=True, slots=True)
class UserFolders:
    """Folders in which the app keeps runs and models, settings, and thumbnails."""

    data: Path
    settings: Path
    cache: Path

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> UserFolders:
        """Return the folders of a user, as the app finds them."""
        home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
        if environ.get("DEEPNOISE_HOME"):
            own = Path(environ["DEEPNOISE_HOME"])
            return cls(own, own / "settings", own / "cache")
        if sys.platform == "win32":
            local = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "deepnoise"
            return cls(local, local, local / "Cache")
        if sys.platform == "darwin":
            support = home / "Library" / "Application Support" / "deepnoise"
            return cls(support, support, home / "Library" / "Caches" / "deepnoise")
        return cls(
            _xdg(environ, "XDG_DATA_HOME", home / ".local" / "share"),
            _xdg(environ, "XDG_CONFIG_HOME", home / ".config"),
            _xdg(environ, "XDG_CACHE_HOME", home / ".cache"),
        )


def _xdg(environ: Mapping[str, str], name: str, usual: Path) -> Path:
    return Path(environ.get(name) or usual) / "deepnoise"


def remove(places: Places, user: UserFolders | None = None) -> None:
    """Remove the environment and what was downloaded; with `user`, everything else as well.

    Raises
    ------
    Fault
        If a setup is under way, the folder holds strange things, or it cannot be removed.
    """
    if places.folder.is_dir():
        strange = sorted({path.name for path in places.folder.iterdir()} - OURS)
        if strange and places.folder.name != NAME:
            raise faults.Fault(
                faults.Kind.BROKEN,
                f"The folder {places.folder} also holds {strange[0]!r}, which is not of DeepNoise.",
                "Nothing was removed: take that out first.",
            )
        try:
            with claimed(places.folder):
                for name in OURS - {"setup.lock"}:
                    _remove(places.folder / name)
            _remove(places.folder)
        except OSError as error:
            raise faults.from_os(error, places.folder) from error
    _remove(places.pointer)
    for folder in (user.data, user.settings, user.cache) if user else ():
        _remove(folder)
    _prune(places.pointer.parent)


def _remove(path: Path) -> None:
    """Remove a file or a folder; of a link only the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """Remove a folder that has become empty."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
