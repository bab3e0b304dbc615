"""The language everyone speaks: screens, plates, wells, maps, libraries, predictions, problems."""

from deepnoise_app.screen.colour import own_colours
from deepnoise_app.screen.columns import TextColumn, natural
from deepnoise_app.screen.factors import Factor, join_factors
from deepnoise_app.screen.filter import Filter, parse_filter
from deepnoise_app.screen.mosaic import Mosaic, MosaicLayout
from deepnoise_app.screen.overlay import COLOUR_MAPS, CONTROL_COLOURS, PlateOverlay, Scale
from deepnoise_app.screen.plate import Channel, PixelSource, Plane, Plate
from deepnoise_app.screen.platemap import UNKNOWN, Content, Library, PlateMap, Role
from deepnoise_app.screen.predictions import COLUMNS, Predictions
from deepnoise_app.screen.problem import Problem, ProblemKind
from deepnoise_app.screen.readable import readable_planes
from deepnoise_app.screen.screen import Screen
from deepnoise_app.screen.stack import PROJECTION, Stack, StackChoice
from deepnoise_app.screen.tabular import read_csv, read_parquet
from deepnoise_app.screen.well import STANDARD_SHAPES, PlateShape, WellId, row_letters

__all__ = [
    "COLOUR_MAPS",
    "COLUMNS",
    "CONTROL_COLOURS",
    "PROJECTION",
    "STANDARD_SHAPES",
    "UNKNOWN",
    "Channel",
    "Content",
    "Factor",
    "Filter",
    "Library",
    "Mosaic",
    "MosaicLayout",
    "PixelSource",
    "Plane",
    "Plate",
    "PlateMap",
    "PlateOverlay",
    "PlateShape",
    "Predictions",
    "Problem",
    "ProblemKind",
    "Role",
    "Scale",
    "Screen",
    "Stack",
    "StackChoice",
    "TextColumn",
    "WellId",
    "join_factors",
    "natural",
    "own_colours",
    "parse_filter",
    "read_csv",
    "read_parquet",
    "readable_planes",
    "row_letters",
]
