"""Asks where the plate map shall be written, from wherever it is saved."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QWidget

from deepnoise_app.gui.map_desk import MapDesk


def ask_where_to_save(parent: QWidget, maps: MapDesk) -> None:
    """Let the user choose a file, and write what is known of the open plates to it."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save the plate map", "plate-map.csv", "*.csv")
    if name:
        path = Path(name)
        maps.save(path if path.suffix else path.with_suffix(".csv"))
