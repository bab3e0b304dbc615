"""Takes a picture of the first-start window in each state; nothing is downloaded.

`make screenshots` runs it under a virtual display, with `installer/` on Python's path.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import ImageGrab

import icons
from deepnoise_setup import faults, pages
from deepnoise_setup.installation import GENERAL
from deepnoise_setup.places import Places
from deepnoise_setup.progress import Phase, Progress
from deepnoise_setup.window import SetupWindow


def states(places: Places) -> dict[str, pages.Page]:
    """Return every page that the window can show."""
    log = places.payload / "constraints.txt"
    folder = "/home/ana/.local/share/deepnoise-environment"
    half = Progress(Phase.DOWNLOADING, 1_200_000_000, 3_550_000_000, 190)
    return {
        "welcome": pages.welcome(places),
        "looking": pages.working(Progress()),
        "downloading": pages.working(half),
        "downloading-general": pages.working(
            Progress(Phase.DOWNLOADING, 2_900_000_000, 3_550_000_000, 20, GENERAL)
        ),
        "waiting": pages.working(Progress(Phase.WAITING, half.done, half.total, 12)),
        "placing": pages.working(Progress(Phase.PLACING)),
        "ready": pages.working(Progress(Phase.READY)),
        "stopping": pages.stopping(),
        "stopped": pages.stopped(),
        "offline": pages.failed(faults.offline(), log),
        "full": pages.failed(faults.full(folder, 3_100_000_000, 7_900_000_000), log),
        "read-only": pages.failed(faults.read_only(folder), Path("nothing")),
        "certificate": pages.failed(faults.from_uv(["invalid peer certificate"], folder), log),
        "broken": pages.failed(faults.from_uv(["uv was killed"], folder), log),
        "repair": pages.repair(places),
        "remove": pages.remove(places),
        "removed": pages.removed(everything=False),
    }


def main(out: Path) -> None:
    """Show each page, and take its picture."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        payload = Path(place)
        (payload / "icons").mkdir()
        (payload / "constraints.txt").touch()
        for size in icons.SIZES:
            icons.write_png(size, payload / "icons" / f"{size}.png")
        places = Places(payload, Path(place, "deepnoise-environment"), Path(place, "pointer"))
        window = SetupWindow(places, pages.welcome(places))
        for name, page in states(places).items():
            window.show(page)
            window.root.update()
            x, y = window.root.winfo_rootx(), window.root.winfo_rooty()
            box = (x, y, x + window.root.winfo_width(), y + window.root.winfo_height())
            ImageGrab.grab(bbox=box, xdisplay="").save(out / f"{name}.png")
        window.root.destroy()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
