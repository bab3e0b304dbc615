"""Asks where the plate map shall be written, from wherever it is saved."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QWidget

from deepnoise_app.gui.map_desk import MapDesk
from deepnoise_app.gui.where_to_write import where_to_write


def ask_where_to_save(parent: QWidget, maps: MapDesk) -> None:
    """Let the user choose a file, and write what is known of the open plates to it."""
    path = _chosen(parent)
    if path is not None:
        maps.save(path)


def save_before_it_is_lost(parent: QWidget, maps: MapDesk) -> bool:
    """Do the same at once; returns whether it was written."""
    path = _chosen(parent)
    return path is not None and maps.save_now(path)


def _chosen(parent: QWidget) -> Path | None:
    return where_to_write(parent, "Save the plate map", "plate-map.csv", "Plate map (*.csv)")
