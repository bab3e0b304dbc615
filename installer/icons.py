"""Draws the icon in every size, and as the files of Windows and macOS."""

from __future__ import annotations

import io
import os
from pathlib import Path

ICON = Path(__file__).resolve().parents[1] / "resources" / "icon.svg"
SIZES = (16, 24, 32, 48, 64, 96, 128, 256, 512)


def png(size: int) -> bytes:
    """Return the icon as a PNG of so many pixels."""
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(ICON)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def write_png(size: int, file: Path) -> None:
    """Write the icon as a PNG."""
    file.write_bytes(png(size))


def write_ico(file: Path) -> None:
    """Write the icon of Windows."""
    _pillow(256).save(file, sizes=[(size, size) for size in SIZES if size <= 256])


def write_icns(file: Path) -> None:
    """Write the icon of macOS."""
    _pillow(512).save(file)


def _pillow(size: int):  # type: ignore[no-untyped-def]
    from PIL import Image

    return Image.open(io.BytesIO(png(size)))
