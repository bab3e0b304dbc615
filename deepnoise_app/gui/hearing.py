"""What readers say while they read, in whatever thread: on screen it is a notice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]

from deepnoise_app.session import Notice, Session, Tone

SPEAKERS = "deepnoise_app.readers"


class Hearing(QObject):
    """Shows the warnings of the readers, until it is closed."""

    _said = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._said.connect(self._show)
        self._handler = _Handler(self._said.emit)
        logging.getLogger(SPEAKERS).addHandler(self._handler)

    def close(self) -> None:
        """Hear nothing more."""
        logging.getLogger(SPEAKERS).removeHandler(self._handler)

    def _show(self, text: str) -> None:
        self._session.notice = Notice(text, Tone.PROBLEM, text)


class _Handler(logging.Handler):
    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(RuntimeError):  # the window is gone
            self._tell(record.getMessage())
