"""What the window remembers from one start to the next: recent plates, layout, theme."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qtpy.QtCore import QByteArray, QSettings

from deepnoise_app.readers.remote import address_of
from deepnoise_app.runs.places import settings_folder

MOST_RECENT = 8
THEMES = ("dark", "light")


class Preferences:
    """Reads and writes one settings file; what it cannot write is forgotten at the end."""

    def __init__(self, path: Path | None = None) -> None:
        file = path or settings_folder() / "window.ini"
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Folders and addresses opened lately, the last one first; they may be gone by now.

        No disk is asked: that of a server that is gone answers after minutes.
        """
        return self._paths("recent")

    def remember(self, paths: Iterable[Path]) -> None:
        """Put folders at the head of those opened lately."""
        names = [str(path) for path in (*paths, *self.recent)]
        self._settings.setValue("recent", list(dict.fromkeys(names))[:MOST_RECENT])

    def forget_recent(self) -> None:
        """Forget which folders were opened."""
        self._settings.remove("recent")

    @property
    def watched(self) -> tuple[Path, ...]:
        """Folders of runs that lie elsewhere and are watched; they may be gone by now."""
        return self._paths("watched")

    @watched.setter
    def watched(self, paths: Iterable[Path]) -> None:
        self._settings.setValue("watched", [str(path) for path in dict.fromkeys(paths)])

    @property
    def theme(self) -> str:
        """`dark` or `light`."""
        found = str(self._settings.value("theme", THEMES[0]))
        return found if found in THEMES else THEMES[0]

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("theme", name)

    @property
    def worker_python(self) -> str:
        """Program with which runs work; empty: that of this window."""
        return str(self._settings.value("worker_python", "") or "")

    @worker_python.setter
    def worker_python(self, program: str) -> None:
        self._settings.setValue("worker_python", program)

    def last(self, host: str = "") -> str:
        """What the window was like when it was closed, as `come_back` writes it.

        Without a `host` that of the standalone window: each host has its own.
        """
        return str(self._settings.value(f"last{host}", "") or "")

    def keep_last(self, text: str, host: str = "") -> None:
        """Keep what the window is like now."""
        self._settings.setValue(f"last{host}", text)

    def layout(self) -> tuple[QByteArray, QByteArray]:
        """Geometry and arrangement of the window; empty before the first time."""
        return self._bytes("geometry"), self._bytes("arrangement")

    def keep_layout(self, geometry: QByteArray, arrangement: QByteArray) -> None:
        """Keep geometry and arrangement of the window."""
        self._settings.setValue("geometry", geometry)
        self._settings.setValue("arrangement", arrangement)

    def save(self) -> None:
        """Write what changed to the file."""
        self._settings.sync()

    def _paths(self, name: str) -> tuple[Path, ...]:
        known = self._settings.value(name, [])
        names = known if isinstance(known, list) else [known] if known else []
        return tuple(map(Path, map(str, names)))

    def _bytes(self, name: str) -> QByteArray:
        found = self._settings.value(name)
        return found if isinstance(found, QByteArray) else QByteArray()


def still_there(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return those of some folders that are there, and addresses; may take minutes."""
    return tuple(path for path in paths if address_of(path) is not None or path.is_dir())
