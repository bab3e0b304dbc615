"""The picture in napari's viewer: one image layer per channel and one layer of labels.

The layers are made once and refilled; they hold plain numpy arrays, because napari slices on the
GUI thread. Layers of the user's are never touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from napari.components import ViewerModel
from napari.layers import Image, Layer, Points
from napari.utils.events import Event
from napari.utils.theme import get_theme
from numpy.typing import NDArray

from deepnoise_app.gui.labels import Label, features_of, labels_of, plate_of_picture
from deepnoise_app.gui.layers import (
    channel_layer,
    colour_of,
    label_layer,
    places_of,
    share_of_light,
)
from deepnoise_app.gui.levels import grey_range
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Picture, PlateKey, Session


class Canvas:
    """Shows the picture of a session in a viewer, and hears what the user does to its layers.

    napari's own controls and the panels stay in step: what is changed on a layer goes to the
    workbench, what comes back from the session is written only where it differs.
    """

    def __init__(self, viewer: ViewerModel, session: Session, workbench: Workbench) -> None:
        self._viewer = viewer
        self._session = session
        self._workbench = workbench
        self._channels: list[Image] = []
        self._labels: Points | None = None
        self._shape: tuple[int, ...] = ()
        self._plate: PlateKey | None = None
        self._share = 1.0
        self._writing = False
        for fact, slot in self._slots:
            getattr(session.events, fact).connect(slot)
        viewer.events.theme.connect(self._on_theme)
        self._on_picture()

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Our layers in the viewer: the channels, then the labels."""
        ours = (*self._channels, *([self._labels] if self._labels is not None else []))
        return tuple(layer for layer in ours if layer in self._viewer.layers)

    def close(self) -> None:
        """Take our layers away and hear nothing more."""
        for fact, slot in self._slots:
            getattr(self._session.events, fact).disconnect(slot)
        self._viewer.events.theme.disconnect(self._on_theme)
        self._clear()

    @property
    def _slots(self) -> tuple[tuple[str, object], ...]:
        return (
            ("plate", self._on_plate),
            ("picture", self._on_picture),
            ("looks", self._on_looks),
            ("contrast", self._on_contrast),
            ("predictions", self._on_predictions),
        )

    # From the session -----------------------------------------------------------------------

    def _on_plate(self) -> None:
        if self._session.plate is None:
            self._clear()

    def _on_picture(self) -> None:
        picture, plate = self._session.picture, plate_of_picture(self._session)
        if picture is None or plate is None:
            self._clear()
            return
        with self._quietly():
            names = [channel.name for channel in plate.channels]
            made = self._make_channels(names, picture.pixels)
            self._fill(picture)
            self._write_looks()
            self._write_contrast()
            self._write_labels()
        if made:
            self._viewer.layers.selection.active = self._channels[0]
        shape = picture.pixels.shape[1:]
        if picture.places and shape != self._shape:
            self._shape = shape
            self._viewer.reset_view()

    def _on_looks(self) -> None:
        with self._quietly():
            self._write_looks()

    def _on_contrast(self) -> None:
        with self._quietly():
            self._write_contrast()

    def _on_predictions(self) -> None:
        with self._quietly():
            self._write_labels()

    def _fill(self, picture: Picture) -> None:
        """Give each layer its plane; without a site they turn black and keep their size."""
        for layer, plane in zip(self._channels, picture.pixels, strict=True):
            layer.data = plane if picture.places else np.zeros_like(layer.data)

    def _write_looks(self) -> None:
        for layer, look in zip(self._channels, self._session.looks, strict=False):
            if colour_of(layer) != look.colour:
                layer.colormap = look.colour
            if layer.visible != look.visible:
                layer.visible = look.visible
        self._balance()

    def _balance(self) -> None:
        """Dim channels that add up, so that six of them are not one white; keep what users set."""
        before, shown = self._share, sum(look.visible for look in self._session.looks)
        self._share = share_of_light(shown)
        for layer in self._channels:
            if layer.opacity == before:
                layer.opacity = self._share

    def _write_contrast(self) -> None:
        picture = self._session.picture
        found = None if picture is None else self._session.contrast.get(picture.plate)
        if picture is None or found is None or not len(self._channels):
            return
        fresh, self._plate = picture.plate != self._plate, picture.plate
        for layer, (black, white) in zip(self._channels, found, strict=False):
            low, high = grey_range(layer.dtype, float(white), float(black))
            if not fresh:  # a slider must not shrink under the hand that drags it
                before = layer.contrast_limits_range
                low, high = min(low, before[0]), max(high, before[1])
            if not np.allclose(layer.contrast_limits, (black, white)):
                layer.contrast_limits = (float(black), float(white))
            layer.contrast_limits_range = (low, high)

    def _write_labels(self) -> None:
        if not self._channels:
            return
        labels = labels_of(self._session)
        if self._labels is None or self._labels not in self._viewer.layers:
            self._labels = self._make_labels(labels)
            return
        places = places_of(labels)
        if not np.array_equal(places, self._labels.data):
            self._labels.data = places
            self._labels.editable = False  # new data make it editable
        features = features_of(labels)
        if not features.equals(self._labels.features):
            self._labels.features = features

    # Layers ---------------------------------------------------------------------------------

    def _make_channels(self, names: Sequence[str], pixels: NDArray[np.generic]) -> bool:
        """Make the layers that are not there; returns whether all are new."""
        if [layer.metadata.get("channel") for layer in self._channels] != list(names):
            self._clear()
        is_new = not self._channels
        for channel, (name, plane) in enumerate(zip(names, pixels, strict=True)):
            if is_new:
                self._channels.append(self._make_channel(name, plane))
            elif self._channels[channel] not in self._viewer.layers:
                self._channels[channel] = self._make_channel(name, plane)
        return is_new and bool(self._channels)

    def _make_channel(self, name: str, plane: NDArray[np.generic]) -> Image:
        layer = channel_layer(name, plane)
        layer.events.contrast_limits.connect(self._on_layer_contrast)
        layer.events.visible.connect(self._on_layer_visible)
        layer.events.colormap.connect(self._on_layer_colormap)
        below = len(self._viewer.layers)
        if self._labels is not None and self._labels in self._viewer.layers:
            below = self._viewer.layers.index(self._labels)
        self._viewer.layers.insert(below, layer)
        return layer

    def _make_labels(self, labels: tuple[Label, ...]) -> Points:
        layer = label_layer(labels, self._ink)
        active = self._viewer.layers.selection.active
        self._viewer.layers.append(layer)
        layer.editable = False  # entering a viewer makes it editable
        self._viewer.layers.selection.active = active
        return layer

    def _clear(self) -> None:
        with self._quietly():
            for layer in self.layers:
                self._viewer.layers.remove(layer)
        self._channels, self._labels, self._shape, self._plate = [], None, (), None
        self._share = 1.0

    @property
    def _ink(self) -> str:
        """The colour of texts on napari's canvas."""
        return str(get_theme(self._viewer.theme).text.as_hex())

    # From napari ----------------------------------------------------------------------------

    def _on_theme(self) -> None:
        if self._labels is not None:
            self._labels.text.color = self._ink

    def _on_layer_contrast(self, event: Event) -> None:
        if not self._writing and event.source in self._channels:
            black, white = event.source.contrast_limits
            channel = self._channels.index(event.source)
            self._workbench.set_contrast(channel, float(black), float(white))

    def _on_layer_visible(self, event: Event) -> None:
        if not self._writing and event.source in self._channels:
            channel = self._channels.index(event.source)
            self._workbench.set_visible(channel, bool(event.source.visible))

    def _on_layer_colormap(self, event: Event) -> None:
        if not self._writing and event.source in self._channels:
            channel = self._channels.index(event.source)
            self._workbench.set_colour(channel, colour_of(event.source))

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Write to layers without hearing it back."""
        before, self._writing = self._writing, True
        try:
            yield
        finally:
            self._writing = before
