"""The picture in napari's viewer: one image layer per channel and one layer of labels.

The layers are made once and refilled; they hold plain numpy arrays, because napari slices on the
GUI thread. Layers of the user's are never touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from napari.components import ViewerModel
from napari.layers import Image, Layer
from napari.utils.events import Event
from napari.utils.theme import get_theme

from deepnoise_app.gui.icons import write_icons_in
from deepnoise_app.gui.label_layer import LabelLayer, Texts
from deepnoise_app.gui.layer_planes import LayerPlanes
from deepnoise_app.gui.layers import channel_layer, colour_of, share_of_light
from deepnoise_app.gui.levels import grey_range
from deepnoise_app.gui.picture_labels import HEAD_PX, picture_texts
from deepnoise_app.gui.scale_bar import show_scale_bar
from deepnoise_app.gui.scene import CanvasScene, scene_of
from deepnoise_app.gui.view_watch import ViewWatch
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import Plane
from deepnoise_app.session import Session


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
        self._labels = LabelLayer(viewer)
        self._shape: tuple[object, ...] = ()
        self._planes = LayerPlanes()
        self._limits_of: object = None
        self._share = 1.0
        self._writing = False
        for fact, slot in self._slots:
            getattr(session.events, fact).connect(slot)
        viewer.events.theme.connect(self._on_theme)
        self.watch = ViewWatch(viewer)
        self.watch.rested.connect(self._on_view)
        self._on_theme()
        self._on_scene()

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Our layers in the viewer: the channels, then the labels."""
        labels = [self._labels.layer] if self._labels.layer is not None else []
        return tuple(layer for layer in (*self._channels, *labels) if layer in self._viewer.layers)

    def close(self) -> None:
        """Take our layers away and hear nothing more."""
        for fact, slot in self._slots:
            getattr(self._session.events, fact).disconnect(slot)
        self._viewer.events.theme.disconnect(self._on_theme)
        self.watch.close()
        self._clear()

    @property
    def _slots(self) -> tuple[tuple[str, object], ...]:
        return (
            ("plate", self._on_plate),
            ("picture", self._on_scene),
            ("mosaic", self._on_scene),
            ("whole_plate", self._on_scene),
            ("looks", self._on_looks),
            ("contrast", self._on_contrast),
            ("as_model", self._on_contrast),
            ("sights", self._on_contrast),
            ("predictions", self._on_view),
        )

    # From the session -----------------------------------------------------------------------

    def _on_plate(self) -> None:
        if self._session.plate is None:
            self._clear()

    def _on_scene(self) -> None:
        scene = scene_of(self._session)
        if scene is None:
            self._clear()
            return
        with self._quietly():
            names = [channel.name for channel in scene.plate.channels]
            planes = self._planes.of(scene)
            made = self._make_channels(names, planes)
            mosaic = self._session.mosaic
            whole = not scene.is_mosaic or mosaic is None or mosaic.is_complete
            self._planes.fill(self._channels, scene, planes, whole)
            self._write_looks()
            self._write_contrast()
            self._write_labels()
            show_scale_bar(self._viewer, scene.plate)
        if made:
            self._viewer.layers.selection.active = self._channels[0]
        shape = (scene.is_mosaic, scene.scale, *scene.pixels.shape[1:])
        if not scene.empty and shape != self._shape:
            self._shape = shape
            self.watch.fit(0 if scene.is_mosaic else HEAD_PX)
            self._on_view()

    def _on_looks(self) -> None:
        with self._quietly():
            self._write_looks()

    def _on_contrast(self) -> None:
        with self._quietly():
            self._write_contrast()

    def _on_view(self) -> None:
        """Write as much as there is room for now."""
        with self._quietly():
            self._write_labels()

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
        scene = scene_of(self._session)
        if scene is None or not len(self._channels):
            return
        limits = scene.limits
        if limits is None:
            limits = self._session.contrast.get(scene.plate.key)
        if limits is None:
            return
        limits_of = scene.plate.key, scene.limits is None
        fresh, self._limits_of = limits_of != self._limits_of, limits_of
        for layer, (black, white) in zip(self._channels, limits, strict=False):
            low, high = grey_range(layer.dtype, float(white), float(black))
            if not fresh:  # a slider must not shrink under the hand that drags it
                before = layer.contrast_limits_range
                low, high = min(low, before[0]), max(high, before[1])
            if not np.allclose(layer.contrast_limits, (black, white)):
                layer.contrast_limits = (float(black), float(white))
            layer.contrast_limits_range = (low, high)

    def _write_labels(self) -> None:
        scene = scene_of(self._session)
        if scene is not None and self._channels and not scene.is_mosaic:
            zoom = self.watch.view.zoom * (scene.plate.pixel_size_um or 1.0)
            self.write_texts(picture_texts(self._session, zoom), scene)

    def write_texts(self, texts: Texts, scene: CanvasScene) -> None:
        """Show other texts than those of a picture: a mosaic has its own."""
        self._labels.write(texts, scene.plate.pixel_size_um or 1.0, scene.unit)

    # Layers ---------------------------------------------------------------------------------

    def _make_channels(self, names: Sequence[str], pixels: Plane) -> bool:
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

    def _make_channel(self, name: str, plane: Plane) -> Image:
        layer = channel_layer(name, plane)
        layer.events.contrast_limits.connect(self._on_layer_contrast)
        layer.events.visible.connect(self._on_layer_visible)
        layer.events.colormap.connect(self._on_layer_colormap)
        below = len(self._viewer.layers)
        standing = [one for one in self._channels if one in self._viewer.layers]
        if standing:
            below = self._viewer.layers.index(standing[-1]) + 1
        elif self._labels.layer is not None and self._labels.is_there:
            below = self._viewer.layers.index(self._labels.layer)
        self._viewer.layers.insert(below, layer)
        return layer

    def _clear(self) -> None:
        with self._quietly():
            for layer in self.layers:
                self._viewer.layers.remove(layer)
        self._labels.clear()
        self._channels, self._shape, self._limits_of, self._share = [], (), None, 1.0
        self._planes.forget()

    # From napari ----------------------------------------------------------------------------

    def _on_theme(self) -> None:
        self._labels.write_ink()
        write_icons_in(get_theme(self._viewer.theme).icon.as_hex())

    def _on_layer_contrast(self, event: Event) -> None:
        if not self._writing and event.source in self._channels and not self._is_fixed:
            black, white = event.source.contrast_limits
            channel = self._channels.index(event.source)
            self._workbench.looks.set_contrast(channel, float(black), float(white))

    def _on_layer_visible(self, event: Event) -> None:
        if not self._writing and event.source in self._channels:
            channel = self._channels.index(event.source)
            self._workbench.looks.set_visible(channel, bool(event.source.visible))

    def _on_layer_colormap(self, event: Event) -> None:
        if not self._writing and event.source in self._channels:
            channel = self._channels.index(event.source)
            self._workbench.looks.set_colour(channel, colour_of(event.source))

    @property
    def _is_fixed(self) -> bool:
        """Whether black and white are those of a model, and not of the plate's contrast."""
        scene = scene_of(self._session)
        return scene is None or scene.limits is not None

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Write to layers without hearing it back."""
        before, self._writing = self._writing, True
        try:
            yield
        finally:
            self._writing = before
