"""What a recipe file says about itself: the comment at its top."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

from deepnoise_app.runs.recipe import shipped_recipes


def recipe_text(name_or_path: str | Path) -> str:
    """Return the comment at the top of a TOML recipe as one text; empty where there is none."""
    path = shipped_recipes().get(str(name_or_path), Path(name_or_path))
    if path.suffix == ".json" or not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    comment = takewhile(lambda line: line.startswith("#"), lines)
    return " ".join(line.lstrip("#").strip() for line in comment).strip()
