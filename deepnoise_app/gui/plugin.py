"""What napari calls by name: the reader of plate folders, and the sample.

Everything else of the app is in the widget; this module loads neither napari nor a window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from deepnoise_app.analysis.contrast import plate_contrast
from deepnoise_app.errors import DeepNoiseError, ScreenError
from deepnoise_app.gui.look import first_looks, read_picture
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.registry import reader_makers
from deepnoise_app.readers.walk import is_image, looking, walk
from deepnoise_app.screen import Plate

LayerData = tuple[Any, dict[str, Any], str]
ReadFolder = Callable[[Any], list[LayerData]]

# In the metadata of our layers: the folder that was opened, so that the widget can open it whole.
PATH_KEY = "deepnoise_path"
# How much of a tree is looked at before it is refused: napari asks for every folder dropped on it.
MOST_FOLDERS = 200
MOST_IMAGE_FOLDERS = 5


def read_folder(path: str | Sequence[str]) -> ReadFolder | None:
    """Return what reads the first imaged well of a folder of plates; None for anything else."""
    if not isinstance(path, str) or not _looks_like_plates(Path(path)):
        return None
    return lambda _: _first_well(Path(path))


def sample_plate() -> list[LayerData]:
    """Return a well of a simulated plate; nothing is written."""
    from deepnoise_app.simulate import ScreenDesign, simulate_screen

    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=8, size=256)
    return _layers(simulate_screen(design).screen.imaged[0], {})


def _looks_like_plates(root: Path) -> bool:
    """Whether a reader takes one of the first folders with images; looks no further than that."""
    if not root.is_dir():
        return False
    seen = islice(walk(root), MOST_FOLDERS)
    holding = (folder for folder in seen if folder.store or any(map(is_image, folder.names)))
    places = [root.joinpath(*folder.parts) for folder in islice(holding, MOST_IMAGE_FOLDERS)]
    makers = reader_makers().values() if places else ()
    with looking():
        return any(_takes(maker, place) for maker in makers for place in places)


def _takes(maker: Callable[[], Any], place: Path) -> bool:
    try:
        return maker().refusal(place) is None
    except (DeepNoiseError, OSError):
        return False


def _first_well(path: Path) -> list[LayerData]:
    screen = open_screen(path)
    if not screen.imaged:
        raise ScreenError(f"{path}: no well of {len(screen.plates)} plates has an image")
    return _layers(screen.imaged[0], {PATH_KEY: str(path)})


def _layers(plate: Plate, metadata: dict[str, Any]) -> list[LayerData]:
    """Layers of the first imaged well, one per channel, as the canvas shows them."""
    well = plate.wells[0]
    picture = read_picture(plate, [well])
    contrast = plate_contrast(plate, wells=1)
    place = {"experiment": plate.experiment, "plate": plate.name, "well": well.name}
    return [
        (
            plane,
            {
                "name": channel.name,
                "colormap": look.colour,
                "blending": "additive",
                "contrast_limits": (float(black), float(white)),
                "metadata": {**metadata, **place},
            },
            "image",
        )
        for channel, look, (black, white), plane in zip(
            plate.channels, first_looks(plate.channels), contrast, picture.pixels, strict=True
        )
    ]
