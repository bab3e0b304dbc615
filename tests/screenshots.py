"""Takes the pictures of the window for README and docs: `make screenshots`.

Real widgets in a real window on a virtual display, simulated plates only. Every panel has a
picture in every state, in both themes; each is to be looked at before it is committed. Names of
scenes take those alone: `screenshots.py plates packing`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path


def main(wanted: list[str]) -> str | None:
    """Take all pictures, or those of some scenes; returns what went wrong."""
    user = Path(tempfile.mkdtemp())
    home = user / "DeepNoise"
    home.mkdir()
    # Paths in the pictures begin with `~`.
    os.environ |= {"HOME": str(user), "USERPROFILE": str(user), "DEEPNOISE_HOME": str(home)}
    failed = take(home, wanted)
    shutil.rmtree(user, ignore_errors=True)  # a worker that was stopped may still write
    return f"not taken: {', '.join(failed)}" if failed else None


def take(home: Path, wanted: list[str]) -> list[str]:
    """Take the pictures; returns scenes that failed. napari is loaded once the home is known."""
    from deepnoise_app.gui.host import keep_napari_apart

    keep_napari_apart()
    from photographer import OUT, Photographer
    from scenes.maps import plate_maps
    from scenes.packing import packing
    from scenes.plates import closed_again, nothing_open, plates
    from scenes.plugin import plugin
    from scenes.quality import quality
    from scenes.results import results
    from scenes.scoring import at_work, otherwise, scoring
    from scenes.training import runs, training
    from scenes.windows import windows

    from deepnoise_app.gui import window as standing

    # In this order: each goes on from where the one before has left the window.
    scenes = (
        nothing_open, plates, at_work, packing, scoring, results, plate_maps, otherwise, quality,
        training, runs, windows, closed_again, plugin,
    )  # fmt: skip
    OUT.mkdir(parents=True, exist_ok=True)
    one, failed = Photographer(home), []
    for scene in scenes:
        if not wanted or scene.__name__ in wanted:
            try:
                scene(one)
            except Exception:  # noqa: BLE001 (told; the other scenes are taken)
                traceback.print_exc()
                failed.append(scene.__name__)
    standing.may_close = lambda *_: True  # nothing asks before it closes
    one.window.close()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
