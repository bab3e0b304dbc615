"""The verbs of how channels look: colour, visibility, black and white point, palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.contrast import plate_contrast, white_above
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.look import first_looks
from deepnoise_app.screen import Plate
from deepnoise_app.session import Session


class LookDesk:
    """Changes looks and contrast; each plate has its own contrast unless that is locked."""

    def __init__(
        self, session: Session, background: Background, complain: Callable[[Exception], None]
    ) -> None:
        self._session = session
        self._background = background
        self._complain = complain

    def suit(self, plate: Plate, before: Plate | None) -> None:
        """Give the plate that comes to the front looks and contrast."""
        if before is None or before.channels != plate.channels:
            self._session.looks = first_looks(plate.channels)
        self._find_contrast(plate)

    def set_colour(self, channel: int, colour: str) -> None:
        """Show a channel in a colour, `#rrggbb`."""
        self._change_look(channel, colour=colour)

    def set_visible(self, channel: int, visible: bool) -> None:
        """Show or hide a channel."""
        self._change_look(channel, visible=visible)

    def set_palette(self, name: str) -> None:
        """Show all channels in the colours of a palette."""
        plate = self._session.plate
        if plate is not None:
            fresh = first_looks(plate.channels, name)
            self._session.looks = tuple(
                replace(look, colour=new.colour)
                for look, new in zip(self._session.looks, fresh, strict=True)
            )

    def _change_look(self, channel: int, **changes: object) -> None:
        looks = list(self._session.looks)
        looks[channel] = replace(looks[channel], **changes)  # type: ignore[arg-type]
        self._session.looks = tuple(looks)

    def set_contrast(self, channel: int, black: float, white: float) -> None:
        """Set black and white point of a channel, on this plate or, if locked, on all."""
        plate = self._session.plate
        if plate is None or plate.key not in self._session.contrast:
            return
        keys = list(self._session.contrast) if self._session.contrast_locked else [plate.key]
        picture = self._session.picture
        white = white_above(black, white, picture.pixels.dtype if picture is not None else int)
        changed = dict(self._session.contrast)
        for key in keys:
            if len(changed[key]) > channel:
                changed[key] = np.array(changed[key])
                changed[key][channel] = black, white
        self._session.contrast = changed

    def lock_contrast(self, locked: bool) -> None:
        """Show all plates with the contrast of the one in front, or each with its own."""
        self._session.contrast_locked = locked
        plate = self._session.plate
        if plate is None:
            return
        mine = self._session.contrast.get(plate.key)
        self._session.contrast = {plate.key: mine} if locked and mine is not None else {}
        if not locked:
            self._find_contrast(plate)

    def reset_contrast(self) -> None:
        """Take the contrast from the plate in front again; if locked, that of all plates."""
        plate = self._session.plate
        if plate is not None:
            known = {} if self._session.contrast_locked else self._session.contrast
            self._session.contrast = {k: v for k, v in known.items() if k != plate.key}
            self._find_contrast(plate)

    def _find_contrast(self, plate: Plate) -> None:
        if plate.key in self._session.contrast:
            return
        shared = self._shared(plate)
        if shared is not None:
            self._session.contrast = {**self._session.contrast, plate.key: shared}
            return

        def found(limits: NDArray[Any]) -> None:
            if self._session.is_open(plate):
                # Another plate's may have come first: locked, all have that.
                shared = self._shared(plate)
                mine = limits if shared is None else shared
                self._session.contrast = {**self._session.contrast, plate.key: mine}

        topic = f"contrast {plate.key}"
        self._background.ask(topic, lambda: plate_contrast(plate), found, self._complain)

    def _shared(self, plate: Plate) -> NDArray[Any] | None:
        """Return the contrast of all plates with the same channels, where it is locked."""
        known = self._session.contrast
        if not self._session.contrast_locked:
            return None
        alike = (p for p in self._session.plates if p.channels == plate.channels)
        return next((known[p.key] for p in alike if p.key in known), None)
