"""Indices and names that nobody would write: a sentence at most, never a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reader_layouts import JOINT, LAYOUTS, random_planes, write_image, write_rows

from deepnoise_app.errors import DeepNoiseError, ScreenError
from deepnoise_app.readers import open_screen, registry
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.names import spell
from deepnoise_app.readers.sheets import read_rows
from deepnoise_app.screen import ProblemKind

# Files beside the images, by the layout whose images lie there, and what they often hold.
INDICES = {
    "harmony-bare": ("Images/Index.xml", "<Images><Image><URL>x</URL></Image></Images>"),
    "imagexpress": ("P1.HTD", '"HTSInfoFile", Version 1.0\n"XWells", 12\n"WaveName1", "DAPI"\n'),
    "yokogawa": ("MeasurementData.mlf", '<MeasurementRecord Type="IMG">x</MeasurementRecord>'),
    "yokogawa-mes": ("P1.mes", '<a><Channel Ch="1" Target="x" Color="#FF00"/></a>'),
    "yokogawa-mrf": ("MeasurementDetail.mrf", '<a><MeasurementChannel Ch="1"/></a>'),
    "scanr": ("experiment_descriptor.xml", "conversion factor um/pixel</Name><Val>1.2.3</Val>"),
    "incell": ("P1.xdce", '<a><ObjectiveCalibration pixel_width="nan"/></a>'),
}  # fmt: skip
NAMED = [maker() for maker in registry.reader_makers().values()]
VENDORS = [reader for reader in NAMED if isinstance(reader, NamedReader)]
few = settings(max_examples=int(os.environ.get("DEEPNOISE_FUZZ", "25")))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([
                "plate", "rows", "columns", "wells", "name", "path", "rowIndex", "columnIndex",
                "acquisitions", "id", "well", "images", "acquisition", "multiscales", "axes",
                "datasets", "coordinateTransformations", "type", "scale", "unit", "omero",
                "channels", "label", "color", "version",
            ]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def plates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a small plate of a layout once; what lies beside its images may be overwritten."""
    made: dict[str, Path] = {}

    def plate(name: str) -> Path:
        if name not in made:
            layout = next(found for found in (*LAYOUTS, *JOINT) if found.name == name)
            root = made[name] = tmp_path_factory.mktemp(name)
            planes = random_planes(("E",), ("P1",), ("B02", "B03"), (1,), 2, layout.dtype, 4)
            layout.write(root, planes)
        return made[name]

    return plate


def spoiled(text: str) -> st.SearchStrategy[bytes]:
    """Bytes of any kind, and a usual index with some of its bytes changed."""
    usual = text.encode()
    changed = st.tuples(st.integers(0, len(usual) - 1), st.binary(min_size=0, max_size=4)).map(
        lambda change: usual[: change[0]] + change[1] + usual[change[0] + 1 :]
    )
    return st.binary(max_size=60) | changed


@pytest.mark.parametrize("kind", INDICES)
def test_an_index_of_any_bytes_hides_no_image(kind: str, plates: Callable[[str], Path]) -> None:
    layout = kind.removesuffix("-mes").removesuffix("-mrf")
    file, text = INDICES[kind]
    root = plates(layout)

    @few
    @example(text.encode())
    @given(spoiled(text))
    def opens(content: bytes) -> None:
        (root / "E" / "P1" / file).write_bytes(content)
        reader = layout.replace("harmony-bare", "perkinelmer")
        (plate,) = open_screen(root, reader).imaged
        assert plate.present.all()
        assert 0 <= plate.pixel_size_um < np.inf

    opens()


@pytest.mark.parametrize("version", ["0.4", "0.5"])
@pytest.mark.parametrize("group", ["", "B/2", "B/2/0"])
def test_metadata_of_a_store_may_be_anything(
    version: str, group: str, plates: Callable[[str], Path]
) -> None:
    root = plates(f"ome-zarr-{version}")
    file = root / "E" / "P1.ome.zarr" / group / (".zattrs" if version == "0.4" else "zarr.json")
    kept = file.read_text()
    key = {"": "plate", "B/2": "well", "B/2/0": "multiscales"}[group]

    @few
    @given(json_values)
    def opens(value: Any) -> None:
        inside = {key: value}
        whole = inside if version == "0.4" else {
            "zarr_format": 3, "node_type": "group", "attributes": {"ome": inside}
        }  # fmt: skip
        file.write_text(json.dumps(whole))
        try:
            screen = open_screen(root, "ome-zarr")
        except ScreenError:
            assert not group
            return
        for plate in screen.imaged:
            for well in plate.wells:
                try:
                    plate.read(well, plate.sites[0], fill=0)
                except DeepNoiseError as error:
                    assert str(error)  # noqa: PT017 (a sentence is as good as pixels)

    try:
        opens()
    finally:
        file.write_text(kept)


@given(st.binary(max_size=80) | st.text(max_size=40).map(str.encode))
@settings(max_examples=40)
def test_a_store_whose_metadata_is_no_json_is_told(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = tmp_path_factory.getbasetemp() / "broken.zarr"
    store.mkdir(exist_ok=True)
    (store / ".zattrs").write_bytes(content)
    with pytest.raises(ScreenError):
        open_screen(store)


@given(st.text(max_size=30))
@example("B02_s1_w1.TIF" * 20)
@example("A1--W00001--P00001--Z00000--T00000--.tif")
def test_every_reader_reads_any_name_or_leaves_it(name: str) -> None:
    for reader in VENDORS:
        reader.parse(name)


vendor_names = st.builds(
    lambda start, row, column, rest: f"{start}{row}{column}{rest}",
    st.sampled_from(["", "P1_", "P_1_", "r02c", "Ü {x}_"]),
    st.sampled_from(["A", "b", "AF", "AG", "", "r"]),
    st.sampled_from(["1", "01", "48", "49", "00", "999"]),
    st.sampled_from([
        "_s1_w2.TIF", "_w1.tif", "f01p01-ch1sk1fk1fl1.tiff", "_T0001F001L01A01Z01C01.tif",
        "--W00001--P00001--Z00000--T00000--GFP {0}.tif", "_01_1_2_DAPI_001.tif", "f00d2.TIF",
        " - 02(fld 01 wv DAPI - DAPI z 3).tif", "_s1.png", ".ome.tif",
        "_s1_w1AF67A541-A074-4ED4-A516-912D0171B177.tif",
    ]),
)  # fmt: skip


@given(vendor_names)
def test_a_form_spells_the_name_that_it_was_read_from(name: str) -> None:
    for reader in VENDORS:
        parsed = reader.parse(name)
        if parsed is not None:
            assert spell(parsed.form, parsed.well, parsed.site, parsed.channel) == name


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=5, max_size=5))
@settings(max_examples=40)
def test_a_table_of_images_may_hold_anything(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    root = tmp_path_factory.getbasetemp() / "listed"
    if not (root / "a.tif").exists():
        write_image(root / "a.tif", np.zeros((4, 4), np.uint16))
    header = "FileName_DNA,PathName_DNA,Metadata_Plate,Metadata_Well,Metadata_Site"
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    write_rows(root / "load_data.csv", header, ["a.tif,,P1,B02,1", quoted])
    screen = open_screen(root, "load-data")
    assert ("P1" in {plate.name for plate in screen.imaged}) or screen.problems


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_in_a_circle_and_into_nothing_are_no_trouble(tmp_path: Path) -> None:
    write_image(tmp_path / "E" / "P1" / "B02_DAPI.tif", np.zeros((4, 4), np.uint16))
    (tmp_path / "E" / "one").symlink_to(tmp_path / "E" / "two")
    (tmp_path / "E" / "two").symlink_to(tmp_path / "E" / "one")
    (tmp_path / "E" / "P1" / "B03_DAPI.tif").symlink_to(tmp_path / "nowhere.tif")
    (tmp_path / "E" / "P1" / "up").symlink_to(tmp_path, target_is_directory=True)
    screen = open_screen(tmp_path)
    assert len(screen.imaged) == 1
    assert [p for p in screen.problems if p.kind is ProblemKind.UNREADABLE] == []


@given(st.binary(max_size=120))
def test_rows_of_any_bytes_are_rows(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_bytes(content)
    try:
        rows = read_rows(path)
    except ScreenError as error:
        assert "rows.csv" in str(error)  # noqa: PT017 (either outcome is right)
    else:
        assert all(isinstance(cell, str) for row in rows for cell in row)
