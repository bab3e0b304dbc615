"""What a recipe file says about itself: the comment at its top."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

from deepnoise_app.runs.recipe import MOST_BYTES, shipped_recipes
from deepnoise_app.untrusted import read_plain


def recipe_text(name_or_path: str | Path) -> str:
    """Return the comment at the top of a TOML recipe; empty where there is none.

    Lines of a paragraph are joined; paragraphs and points of a list stay apart.
    """
    path = shipped_recipes().get(str(name_or_path), Path(name_or_path))
    if path.suffix == ".json" or not path.is_file():
        return ""
    lines = read_plain(path, MOST_BYTES, head=True).decode("utf-8", "replace").splitlines()
    comment = [line[1:].strip() for line in takewhile(lambda line: line.startswith("#"), lines)]
    text = "\n".join(comment).strip()
    return re.sub(r"(?<!\n)\n(?!\n|- )", " ", text)
