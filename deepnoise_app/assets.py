"""Finds `resources/` and `models/`: in a checkout, an editable install and a built wheel alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def models_folder() -> Path:
    """Folder that holds one folder per shipped model."""
    return _folder("models")


def resources_folder() -> Path:
    """Folder of icons, palettes and plate maps."""
    return _folder("resources")


def shipped_models() -> dict[str, Path]:
    """Name and folder of every shipped model."""
    found = sorted(models_folder().glob("*/model.json"))
    return {card.parent.name: card.parent for card in found}


def help_folder() -> Path:
    """Folder of the help pages, Markdown, one per panel."""
    packed = _PACKAGE / "_data" / "help"
    return packed if packed.is_dir() else _PACKAGE.parent / "docs" / "help"
