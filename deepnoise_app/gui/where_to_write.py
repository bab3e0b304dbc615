"""Asks where a file shall be written: it gets the ending of its kind, and none is lost unasked."""

from __future__ import annotations

import re
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget

from deepnoise_app.gui.plain import plain

TABLES = "CSV (*.csv);;Parquet (*.parquet)"
HEAT_MAPS = "Picture (*.png);;Drawing (*.svg);;Table (*.csv)"


def where_to_write(parent: QWidget, title: str, proposed: str, kinds: str) -> Path | None:
    """Let the user choose a file; None if he does not want to.

    Parameters
    ----------
    proposed
        A name, or a path, to begin with.
    kinds
        As `QFileDialog` takes them. A name that ends like none of them gets the ending of the
        chosen one; the dialog has not asked about a file of that longer name, so it is asked here.
    """
    while True:
        name, kind = QFileDialog.getSaveFileName(parent, title, proposed, kinds)
        if not name:
            return None
        path = _ended(Path(name), kind, kinds)
        if path == Path(name) or not path.exists() or _may_write_over(parent, path):
            return path
        proposed = str(path)


def _ended(path: Path, kind: str, kinds: str) -> Path:
    if path.suffix.lower() in _endings(kinds):
        return path
    ending = (_endings(kind) or _endings(kinds))[0]
    return path.with_name(path.name.rstrip(".") + ending)


def _endings(kinds: str) -> list[str]:
    return re.findall(r"\*(\.\w+)", kinds.lower())


def _may_write_over(parent: QWidget, path: Path) -> bool:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Replace the file")
    box.setText(plain(f"{path.name} is there already. Replace it?"))
    box.setInformativeText(plain(f"In {path.parent}. What it holds now is lost."))
    replace = box.addButton("Replace it", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is replace
