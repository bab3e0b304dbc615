"""Opens screens: one file per layout, a registry that asks them all, tables and a file check."""

from deepnoise_app.readers.check import check_files
from deepnoise_app.readers.library import infer_library, read_library
from deepnoise_app.readers.look import look_at_pixels
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.readers.platemap import PlateMaps, read_plate_map
from deepnoise_app.readers.reader import Reader
from deepnoise_app.readers.registry import open_screen
from deepnoise_app.readers.rxrx import RXRX_CHANNELS

__all__ = [
    "RXRX_CHANNELS",
    "FilePixels",
    "PlateMaps",
    "Reader",
    "check_files",
    "infer_library",
    "look_at_pixels",
    "open_screen",
    "read_library",
    "read_plate_map",
]
