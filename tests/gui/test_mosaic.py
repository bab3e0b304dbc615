"""The whole plate on the canvas: layers, labels, finer pixels, clicks; the sight of a model."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from napari.components import ViewerModel

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.canvas import Canvas
from deepnoise_app.gui.detail import Painted, Tiles, Window, read_detail
from deepnoise_app.gui.labels import LETTER_PX, LINE_PX
from deepnoise_app.gui.layers import LABELS
from deepnoise_app.gui.look import ROOM_ABOVE, read_picture
from deepnoise_app.gui.mosaic_desk import MosaicDesk
from deepnoise_app.gui.mosaic_layers import CHOSEN, DETAIL, Frames
from deepnoise_app.gui.mosaic_view import MosaicView
from deepnoise_app.gui.picture_labels import labels_of
from deepnoise_app.gui.sight import SEEN_RANGE, resized, sight_of
from deepnoise_app.gui.view_watch import View
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.measuring.thumbnails import Filling
from deepnoise_app.screen import MosaicLayout, PlateShape, Screen, WellId
from deepnoise_app.session import Look, Session
from deepnoise_app.simulate import ScreenDesign, simulate_screen

DESIGN = ScreenDesign(experiments=1, unlabelled=0, plates=2, perturbations=96, sites=2, size=64)


@pytest.fixture(scope="module")
def screen() -> Screen:
    return simulate_screen(DESIGN).screen


@pytest.fixture
def parts(screen, qapp, monkeypatch):
    """Everything that a mosaic needs, around the model of a viewer."""
    monkeypatch.setattr("deepnoise_app.screen.mosaic.LONGEST_SIDE", 600)
    session, viewer, background = Session(screens=(screen,)), ViewerModel(), Background()
    workbench = Workbench(session, background)
    desk = MosaicDesk(session, background, workbench)
    canvas = Canvas(viewer, session, workbench)
    view = MosaicView(viewer, session, workbench, desk, canvas)
    workbench.show_plate(screen.imaged[0].key)
    yield SimpleNamespace(**locals())
    desk.close()
    view.close()
    canvas.close()
    background.close()


@pytest.fixture
def whole(parts, qtbot):
    """The same with the whole plate on screen."""
    qtbot.waitUntil(lambda: bool(parts.session.contrast) and parts.session.picture is not None)
    parts.workbench.show_whole_plate(True)
    mosaic = lambda: parts.session.mosaic  # noqa: E731
    qtbot.waitUntil(lambda: mosaic() is not None and mosaic().is_complete, timeout=30_000)
    return parts


def press(parts, well: WellId, *modifiers: str, drag: bool = False) -> None:
    """Press the mouse on a well of the mosaic, and let it go."""
    layout = parts.session.mosaic.layout
    top, left = layout.corner(well)
    side = 2**layout.level
    place = (top + 3) * side, (left + 3) * side
    event = SimpleNamespace(position=place, modifiers=modifiers, type="mouse_press", button=1)
    run = parts.view._on_press(parts.viewer, event)
    next(run)
    if drag:
        event.type = "mouse_move"
        next(run)
    event.type = "mouse_release"
    with pytest.raises(StopIteration):
        next(run)


def test_standing_layers_are_refilled_with_the_mosaic_and_back(parts, qtbot):
    qtbot.waitUntil(lambda: parts.session.picture is not None)
    before = list(parts.canvas.layers)
    parts.workbench.show_whole_plate(True)
    qtbot.waitUntil(lambda: parts.session.mosaic is not None)
    qtbot.waitUntil(lambda: parts.session.mosaic.is_complete)
    mosaic = parts.session.mosaic
    assert list(parts.canvas.layers) == before
    for layer, plane in zip(before, mosaic.pixels, strict=False):
        assert type(layer.data) is np.ndarray
        assert np.array_equal(layer.data, plane)
        assert tuple(layer.scale) == (2**mosaic.layout.level,) * 2
    parts.workbench.show_whole_plate(False)
    qtbot.waitUntil(lambda: before[0].data.shape == (64, 136))
    assert tuple(before[0].scale) == (1, 1)
    assert not any(layer.visible for layer in parts.view._layers.layers)


def test_chosen_wells_have_frames_where_they_lie(whole):
    wells = whole.session.plate.wells[3], whole.session.plate.wells[9]
    whole.workbench.choose(wells)
    layer, layout = whole.viewer.layers[CHOSEN], whole.session.mosaic.layout
    for well in wells:
        row, column = (at * 2**layout.level for at in layout.corner(well))
        height = layout.well_size[0] * 2**layout.level
        at = layer.world_to_data((row + height - 1, column + 10))
        assert layer.data[round(at[0]), round(at[1]), 3] == 255


def test_click_chooses_the_well_and_a_drag_does_not(whole):
    third, fifth = whole.session.plate.wells[3], whole.session.plate.wells[5]
    press(whole, third)
    assert whole.session.wells == (third,)
    press(whole, fifth, drag=True)
    assert whole.session.wells == (third,)
    press(whole, fifth, "Control")
    assert whole.session.wells == (third, fifth)


def test_going_near_a_well_brings_it_to_the_middle_and_reads_it_finer(whole, qtbot):
    well = whole.session.plate.wells[10]
    whole.desk.zoom_to(well)
    layout, camera = whole.session.mosaic.layout, whole.viewer.scene.camera
    side = 2**layout.level
    top, left = (side * at for at in layout.corner(well))
    assert camera.center[1] == pytest.approx(top + layout.well_size[0] * side / 2)
    assert camera.center[2] == pytest.approx(left + layout.well_size[1] * side / 2)
    qtbot.waitUntil(lambda: whole.session.detail is not None, timeout=10_000)
    detail = whole.session.detail
    assert detail.step < side
    row, column = round((top - detail.top) / detail.step), round((left - detail.left) / detail.step)
    shown = detail.pixels[row : row + 64, column : column + 64]
    planes = whole.session.plate.read(well, whole.session.plate.sites[0])
    limits = whole.session.contrast[whole.session.plate.key]
    assert np.array_equal(shown, Painted(whole.session.looks, limits, 0.41)(planes))
    assert whole.viewer.layers[DETAIL].visible


def test_far_away_rows_and_columns_are_named_and_near_the_wells(whole, qtbot):
    camera = whole.viewer.scene.camera
    whole.viewer.reset_view()
    whole.view._on_view()
    texts = list(whole.viewer.layers[LABELS].features["label"])
    assert "1" in texts
    assert "A" in texts
    well = whole.session.plate.wells[0]
    whole.desk.zoom_to(well)
    camera.zoom *= 3
    whole.view._on_view()
    texts = list(whole.viewer.layers[LABELS].features["label"])
    assert f"{well} · {whole.session.plate.map[well].perturbation}" in texts
    assert "A" not in texts


def test_headers_stay_in_sight_wherever_one_looks(whole):
    camera = whole.viewer.scene.camera
    camera.zoom, camera.center = 0.8, (0.0, 400.0, 400.0)
    whole.view._on_view()
    layer, view = whole.viewer.layers[LABELS], whole.view.watch.view
    columns = [str(text).isdigit() for text in layer.features["label"]]
    assert all(view.top < row < view.bottom for row in layer.data[columns, 0])


def test_another_plate_has_its_own_mosaic(whole, screen, qtbot):
    whole.workbench.show_plate(screen.imaged[1].key)
    qtbot.waitUntil(
        lambda: (
            whole.session.mosaic is not None
            and whole.session.mosaic.plate == screen.imaged[1].key
            and whole.session.mosaic.is_complete
        )
    )


def test_closing_the_plate_takes_all_layers_away(whole, screen):
    whole.desk.zoom_to(whole.session.plate.wells[4])
    whole.workbench.close(screen)
    assert list(whole.viewer.layers) == []


def test_known_pixel_size_brings_a_scale_bar_and_micrometres(parts, screen, qtbot):
    qtbot.waitUntil(lambda: parts.session.picture is not None)
    bar = parts.viewer.canvas.overlays.scale_bar
    assert not bar.visible
    plate = replace(screen.imaged[0], pixel_size_um=0.65)
    parts.session.plate = plate
    parts.session.picture = read_picture(plate, [plate.wells[2]])
    assert bar.visible
    layer = parts.canvas.layers[0]
    assert tuple(layer.scale) == (0.65, 0.65)
    assert [str(unit) for unit in layer.units] == ["micrometer", "micrometer"]
    assert tuple(parts.viewer.layers[LABELS].scale) == (0.65, 0.65)


def test_as_the_model_sees_it_pixels_are_deviations_at_its_size(parts, qtbot):
    qtbot.waitUntil(lambda: parts.session.picture is not None and bool(parts.session.contrast))
    parts.session.card = SimpleNamespace(input_size=32)
    parts.workbench.see_as_model(True)
    qtbot.waitUntil(lambda: parts.session.picture.sight is not None)
    picture, plate = parts.session.picture, parts.session.plate
    place = picture.places[0]
    seen = picture.pixels[:, :32, :32]
    site = plate.read(place.well, place.site).astype(float)
    small = site.reshape(6, 32, 2, 32, 2).mean(axis=(2, 4))
    wanted = (small - picture.sight.mean[:, None, None]) / picture.sight.std[:, None, None]
    assert np.allclose(seen, wanted, atol=1e-4)
    assert picture.step == (2, 2)
    layer = parts.canvas.layers[0]
    assert layer.contrast_limits == list(SEEN_RANGE)
    layer.contrast_limits = (0, 2)
    assert parts.session.contrast[plate.key][0].tolist() != [0, 2]
    parts.workbench.see_as_model(False)
    qtbot.waitUntil(lambda: parts.session.picture.sight is None)
    assert layer.contrast_limits == parts.session.contrast[plate.key][0].tolist()


def test_whole_fields_are_resized_as_the_learning_does():
    from deepnoise_app.learning.data import FULL, shrink

    planes = np.random.default_rng(0).integers(0, 255, (2, 50, 70), dtype=np.uint8)
    for size in (25, 32):
        theirs = shrink(planes, size) / FULL * 255
        ours = np.stack([resized(plane, size) for plane in planes])
        assert np.abs(theirs - ours).max() < 0.02


def test_mean_and_deviation_are_means_of_each_sites_own(screen):
    plate = screen.imaged[0]
    sight = sight_of(plate, 0, wells=len(plate.wells))
    sites = [plate.read(well, site) for well in plate.wells for site in plate.sites]
    assert np.allclose(sight.mean, np.mean([s.mean(axis=(1, 2)) for s in sites], axis=0))
    assert np.allclose(sight.std, np.mean([s.std(axis=(1, 2)) for s in sites], axis=0), rtol=1e-4)


def test_many_sites_lie_in_rows_with_room_for_their_labels(screen):
    plate = screen.imaged[0]
    wells = plate.wells[:4]
    picture = read_picture(plate, wells)
    tops = {place.well: {p.top for p in picture.places if p.well == place.well}
            for place in picture.places}  # fmt: skip
    assert all(len(one) == 1 for one in tops.values())
    assert picture.pixels.shape[2] == 4 * 64 + 3 * 8
    for place in picture.places:
        there = picture.pixels[:, place.top : place.top + 64, place.left : place.left + 64]
        assert np.array_equal(there, plate.read(place.well, place.site))
    session = Session(screens=(screen,), plate=plate, wells=wells, picture=picture)
    said = [label.text for label in labels_of(session, 4.0)]
    assert said[1] == f"{wells[0]} s2"
    assert plate.map[wells[0]].perturbation in said[0]


@pytest.mark.parametrize("zoom", [0.3, 1.0, 1.6, 2.2, 6.0])
def test_labels_of_wells_side_by_side_never_touch(screen, zoom):
    plate = screen.imaged[0]
    wells = plate.wells[:4]
    picture = read_picture(plate, wells)
    session = Session(screens=(screen,), plate=plate, wells=wells, picture=picture)
    labels = labels_of(session, zoom)
    for label in labels:
        lines = label.text.split("\n")
        assert len(lines) == 1 or max(map(len, lines)) * LETTER_PX < (64 + 8) * zoom
        assert len(lines) * LINE_PX <= max(64 * ROOM_ABOVE * zoom, LINE_PX)
    if zoom == 2.2:  # what does not fit in a line stands in two
        name = plate.map[wells[0]].perturbation
        assert [label.text for label in labels[:2]] == [f"{wells[0]} s1\n{name}", f"{wells[0]} s2"]
    assert any(label.expected for label in labels) == (zoom > 2)


def test_a_window_is_as_fine_as_the_view_asks_and_never_larger_than_its_bound():
    layout = MosaicLayout(PlateShape(16, 24), (1,), 64, 64, 3)
    assert Window.of(layout, View(0, 0, 800, 800, 1.0)) is None
    near = Window.of(layout, View(100, 100, 200, 220, 8.0))
    assert near == Window(100, 100, 200, 220, 0)
    assert Window.of(layout, View(0, 0, 600, 600, 2.1)).level == 2
    assert Window.of(layout, View(-500, -500, -10, -10, 8.0)) is None
    assert Window.of(layout, View(-1e5, -1e5, 1e5, 1e5, 8.0)) is None


def test_what_is_no_longer_wanted_is_not_read(screen):
    plate = screen.imaged[0]
    mosaic = Filling(plate).mosaic
    window = Window(0, 0, 1100, 800, 0)
    paint = Painted((), np.zeros((0, 2)), 1.0)
    assert read_detail(plate, mosaic, window, paint, Tiles(), lambda: False) is None


def test_tiles_keep_to_their_room(screen):
    plate = screen.imaged[0]
    tiles = Tiles(room=3 * 6 * 64 * 64)
    for well in plate.wells[:8]:
        tiles.read(plate, well, 1, 0)
    assert len(tiles._kept) == 3
    assert next(reversed(tiles._kept))[2] == plate.wells[7]


def test_light_adds_up_as_on_napari_and_hidden_channels_give_none():
    planes = np.array([[[0, 128, 255]], [[255, 255, 255]]], np.uint8)
    looks = Look("#ff0000"), Look("#00ff00", visible=False)
    made = Painted(looks, np.array([(0, 255), (0, 255)]), 0.5)(planes)
    assert made[0, :, 0].tolist() == [0, 64, 128]
    assert not made[..., 1:].any()


def test_frames_of_many_wells_stay_small():
    layout = MosaicLayout(PlateShape(32, 48), (1,), 64, 64)
    wells = tuple(WellId(r, c) for r in range(32) for c in range(48))
    assert Frames.round(layout, wells, 900).pixels.size <= 2**24
