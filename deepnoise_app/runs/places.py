"""Where the app keeps what is the user's: one folder by the variable, else those of the system."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME = "DEEPNOISE_HOME"
_APP = "deepnoise"


def data_folder() -> Path:
    """Folder of what the app keeps for the user: runs, trained models, the demo screen."""
    return _named() or Path(platformdirs.user_data_dir(_APP, appauthor=False))


def runs_folder() -> Path:
    """Folder of the runs that the window begins."""
    return data_folder() / "runs"


def settings_folder() -> Path:
    """Folder of the window's settings, and of napari's own settings for the standalone window."""
    named = _named()
    return named / "settings" if named else Path(platformdirs.user_config_dir(_APP, False))


def cache_folder() -> Path:
    """Folder of what may be deleted at any time: measures and thumbnails."""
    named = _named()
    return named / "cache" if named else Path(platformdirs.user_cache_dir(_APP, False))


def _named() -> Path | None:
    home = os.environ.get(HOME)
    return Path(home) if home else None
