"""What menus offer of help: the pages, versions for a report, and whose method this is."""

from __future__ import annotations

import platform
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from qtpy.QtGui import QAction, QGuiApplication  # type: ignore[attr-defined]
from qtpy.QtWidgets import QMenu, QMessageBox, QWidget

from deepnoise_app.gui.help import PAGES, Helper

PACKAGES = ("deepnoise-app", "napari", "PySide6", "torch", "timm", "numpy", "pandas")
PAPER = (
    "DeepNoise follows Yang S, Shen T, Fang Y, et al. (2023), <i>DeepNoise: Signal and Noise"
    " Disentanglement Based on Classifying Fluorescent Microscopy Images via Deep Learning</i>,"
    " Genomics, Proteomics & Bioinformatics 20(5):989–1001."
)


def fill_help(menu: QMenu, helper: Helper, window: QWidget) -> QAction:
    """Add what helps, told beside a window; returns the entry about what has the focus."""
    here = menu.addAction("About this panel", helper.show_here)
    for page in PAGES:
        menu.addAction(page.capitalize(), partial(helper.show, page))
    menu.addSeparator()
    menu.addAction("Copy versions for a report", _copy_versions)
    menu.addAction("About DeepNoise", partial(_about, window))
    return here


def _copy_versions() -> None:
    QGuiApplication.clipboard().setText("\n".join(versions()))


def _about(window: QWidget) -> None:
    text = f"<b>DeepNoise</b><br>{PAPER}<br><br>{'<br>'.join(versions())}"
    QMessageBox.about(window, "About DeepNoise", text)


def versions() -> list[str]:
    """Name the system and the packages that matter, a line each."""
    found = [f"{platform.system()} {platform.release()}, Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found
