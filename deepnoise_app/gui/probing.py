"""Keeps what embeddings still know of plates and places in step with the embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deepnoise_app.analysis.left_in import left_in
from deepnoise_app.gui.background import Background
from deepnoise_app.session import Notice, Session, Tone

if TYPE_CHECKING:
    import pandas as pd

TOPIC = "left in"


class Probing:
    """Probes in a thread; answers about embeddings that are no longer shown are dropped."""

    def __init__(self, session: Session, background: Background) -> None:
        self._session = session
        self._background = background
        self._asked: pd.DataFrame | None = None
        session.events.embeddings.connect(self._on_embeddings)

    def _on_embeddings(self) -> None:
        maps, session = self._session.embeddings, self._session
        described = maps.described if maps is not None else None
        if described is self._asked:
            return  # only what the plate maps say is new
        self._asked, session.left_in = described, None
        if described is None:
            self._background.forget(TOPIC)
            return
        self._background.ask(
            TOPIC,
            lambda: left_in(described),
            lambda found: setattr(session, "left_in", found),
            self._failed,
        )

    def _failed(self, error: Exception) -> None:
        text = f"What the embeddings still know of plates could not be worked out: {error}"
        self._session.notice = Notice(text, Tone.PROBLEM, str(error))
