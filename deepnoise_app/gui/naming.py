"""Tries patterns on the real names of a folder, in the background; the last question counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deepnoise_app.gui.background import Background
from deepnoise_app.readers.learn import Shown, read_names, real_names
from deepnoise_app.readers.pattern import GUESSES, PREFIX, suggest
from deepnoise_app.readers.walk import looking
from deepnoise_app.session import Session

Failed = Callable[[Exception], None]
TOPIC = "names of a folder"


class Naming:
    """Suggests a pattern for a folder, and says what a pattern reads in ten of its names."""

    def __init__(self, session: Session, background: Background) -> None:
        self._session = session
        self._background = background
        self._known: dict[Path, tuple[str, ...]] = {}

    def suggest(self, folder: Path, then: Callable[[str], None], failed: Failed) -> None:
        """Find the pattern to begin with: that of the open folder, or the one that fits most."""
        readers = (screen.reader for screen in self._session.screens if screen.path == str(folder))
        used = next((one.removeprefix(PREFIX) for one in readers if one.startswith(PREFIX)), "")
        self._known.pop(folder, None)

        def find() -> str:
            with looking():
                self._known[folder] = real_names(folder)
                return used or suggest(folder) or GUESSES[0]

        self._background.ask(TOPIC, find, then, failed)

    def read(
        self,
        folder: Path,
        pattern: str,
        then: Callable[[tuple[Shown, ...]], None],
        failed: Failed,
    ) -> None:
        """Read the names by a pattern; one that cannot be understood is a fault."""
        names = self._known.get(folder, ())
        self._background.ask(TOPIC, lambda: read_names(names, pattern), then, failed)

    def forget(self) -> None:
        """Want no answer any more."""
        self._background.forget(TOPIC)
