"""The canvas in a real viewer: standing layers, labels, and napari's own controls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from napari.components import ViewerModel

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.canvas import Canvas
from deepnoise_app.gui.layers import LABELS, colour_of
from deepnoise_app.gui.levels import grey_range
from deepnoise_app.gui.look import first_looks, read_picture
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import COLUMNS, Predictions, Screen, WellId
from deepnoise_app.session import Look, Picture, Place, Session
from deepnoise_app.simulate import ScreenDesign, simulate_screen

DESIGN = ScreenDesign(experiments=2, unlabelled=0, plates=2, perturbations=8, sites=2, size=64)


@pytest.fixture(scope="module")
def screen() -> Screen:
    return simulate_screen(DESIGN).screen


@pytest.fixture
def session(screen: Screen) -> Session:
    """The first plate in front, with contrast; its first well on screen."""
    plate = screen.imaged[0]
    session = Session(screens=(screen,), plate=plate, wells=(plate.wells[0],))
    session.looks = first_looks(plate.channels)
    session.contrast = {plate.key: np.array([(c, 100.0 + c) for c in range(6)])}
    session.picture = read_picture(plate, session.wells)
    return session


@pytest.fixture
def workbench(session: Session, qapp):
    background = Background()
    yield Workbench(session, background)
    background.close()


@pytest.fixture
def viewer() -> ViewerModel:
    """The model of a viewer, which is all that the canvas knows of napari."""
    return ViewerModel()


@pytest.fixture
def canvas(viewer, session: Session, workbench: Workbench):
    made = Canvas(viewer, session, workbench)
    yield made
    made.close()


def show(session: Session, number: int) -> None:
    """Show another well of the plate in front."""
    session.wells = (session.plate.wells[number],)
    session.picture = read_picture(session.plate, session.wells, session.site)


def predictions(screen: Screen, well: WellId, name: str) -> Predictions:
    plate = screen.imaged[0]
    row = dict.fromkeys(COLUMNS, "") | {
        "Metadata_Experiment": plate.experiment,
        "Metadata_Plate": plate.name,
        "Metadata_Well": well.name,
        "Metadata_Role": "treatment",
        "Prediction_Free": name,
        "Confidence": 0.93,
    }
    return Predictions(pd.DataFrame([row]))


def test_each_channel_is_a_layer_with_name_colour_contrast_and_axes(canvas, viewer, session):
    names = [channel.name for channel in session.plate.channels]
    assert [layer.name for layer in viewer.layers] == [*names, LABELS]
    for number, layer in enumerate(canvas.layers[:-1]):
        assert np.array_equal(layer.data, session.picture.pixels[number])
        assert type(layer.data) is np.ndarray
        assert not layer.multiscale
        assert layer.blending == "additive"
        assert layer.contrast_limits == [number, 100 + number]
        assert layer.contrast_limits_range == [0, 255]
        assert colour_of(layer) == session.looks[number].colour
        assert np.array_equal(layer.colormap.colors[0][:3], (0, 0, 0))
        assert layer.axis_labels == ("y", "x")
        assert [str(unit) for unit in layer.units] == ["pixel", "pixel"]


def test_next_well_refills_the_standing_layers(canvas, viewer, session):
    before = list(viewer.layers)
    show(session, 3)
    assert list(viewer.layers) == before
    assert np.array_equal(viewer.layers[2].data, session.picture.pixels[2])


def test_pictures_and_layers_of_the_users_keep_their_pixels(canvas, viewer, session):
    first = session.picture
    kept, mine = first.pixels.copy(), np.full_like(first.pixels[1], 7)
    show(session, 3)
    assert np.array_equal(first.pixels, kept)
    assert not np.array_equal(session.picture.pixels, kept)
    viewer.layers[1].data = mine
    show(session, 4)
    assert (mine == 7).all()
    for layer, plane in zip(canvas.layers[:-1], session.picture.pixels, strict=True):
        assert np.array_equal(layer.data, plane)


def test_view_stays_where_the_user_left_it_until_the_shape_changes(canvas, viewer, session):
    viewer.scene.camera.zoom, viewer.scene.camera.center = 7.5, (0, 20.0, 30.0)
    show(session, 3)
    assert viewer.scene.camera.zoom == 7.5
    assert viewer.scene.camera.center[1:] == (20.0, 30.0)
    session.site = 1
    show(session, 3)
    assert viewer.scene.camera.zoom != 7.5


def test_each_site_says_well_site_and_perturbation(canvas, viewer, session):
    well = session.wells[0]
    expected = session.plate.map[well].perturbation
    labels = viewer.layers[LABELS]
    assert list(labels.features["label"]) == [f"{well} s{s} · {expected}" for s in (1, 2)]
    assert list(labels.text.values) == list(labels.features["label"])
    assert labels.data[:, 1].tolist() == [place[2] for place in session.picture.places]
    assert not labels.editable


def test_labels_take_in_predictions_when_they_come(canvas, viewer, screen, session):
    well = session.wells[0]
    expected = session.plate.map[well].perturbation
    labels = viewer.layers[LABELS]
    session.predictions = predictions(screen, well, expected)
    assert labels.text.values[0] == f"{well} s1 · {expected} 0.93"
    session.predictions = predictions(screen, well, "other")
    assert labels.text.values[1] == f"{well} s2 · {expected}\n→ other 0.93"
    assert list(labels.features["predicted"]) == ["other", "other"]
    assert list(labels.features["confidence"]) == [0.93, 0.93]
    session.predictions = None
    assert labels.features["confidence"].isna().all()


def test_number_of_labels_follows_the_number_of_sites(canvas, viewer, session):
    for site, count in ((1, 1), (None, 2), (2, 1)):
        session.site = site
        show(session, 2)
        assert len(viewer.layers[LABELS].data) == count
        assert len(viewer.layers[LABELS].text.values) == count


def test_colour_and_visibility_follow_the_session(canvas, viewer, session):
    session.looks = (Look("#123456", visible=False), *session.looks[1:])
    assert colour_of(viewer.layers[0]) == "#123456"
    assert not viewer.layers[0].visible
    assert viewer.layers[1].visible


def test_light_of_all_shown_channels_is_shared_out(canvas, viewer, session):
    assert {layer.opacity for layer in canvas.layers[:-1]} == {0.41}
    viewer.layers[5].opacity = 0.8
    session.looks = tuple(
        Look(look.colour, visible=number == 0) for number, look in enumerate(session.looks)
    )
    assert viewer.layers[0].opacity == 1
    assert viewer.layers[5].opacity == 0.8


def test_controls_of_napari_tell_the_workbench(canvas, viewer, session):
    layer = viewer.layers[1]
    layer.contrast_limits = (20, 90)
    layer.visible = False
    layer.colormap = "magenta"
    assert session.contrast[session.plate.key][1].tolist() == [20, 90]
    assert not session.looks[1].visible
    assert session.looks[1].colour == "#ff00ff"


def test_a_colour_map_of_the_users_is_kept(canvas, viewer, session):
    viewer.layers[0].colormap = "viridis"
    show(session, 2)
    assert viewer.layers[0].colormap.name == "viridis"


def test_session_and_layers_do_not_echo_each_other(canvas, viewer, session):
    heard = []
    session.events.contrast.connect(lambda: heard.append("contrast"))
    session.events.looks.connect(lambda: heard.append("looks"))
    session.contrast = {session.plate.key: np.tile((5.0, 50.0), (6, 1))}
    session.looks = first_looks(session.plate.channels, "Grey")
    show(session, 1)
    assert heard == ["contrast", "looks"]
    viewer.layers[0].contrast_limits = (6, 60)
    assert heard == ["contrast", "looks", "contrast"]


def test_a_deleted_layer_is_made_again_at_the_next_picture(canvas, viewer, session):
    names = {layer.name for layer in viewer.layers}
    viewer.layers.remove(viewer.layers[2])
    viewer.layers.remove(viewer.layers[LABELS])
    show(session, 1)
    assert {layer.name for layer in viewer.layers} == names
    assert viewer.layers[-1].name == LABELS
    made = viewer.layers[session.plate.channels[2].name]
    assert made.contrast_limits == [2, 102]
    assert np.array_equal(made.data, session.picture.pixels[2])
    made.visible = False
    assert not session.looks[2].visible


def test_layers_of_the_user_are_never_touched(canvas, viewer, session):
    mine = viewer.add_image(np.ones((20, 30)), name="mine", colormap="magma")
    before = mine.data, mine.colormap.name, mine.contrast_limits, mine.visible
    show(session, 1)
    session.plate = None
    session.picture = None
    assert list(viewer.layers) == [mine]
    assert (mine.data, mine.colormap.name, mine.contrast_limits, mine.visible) == before


def test_a_layer_of_the_users_with_our_name_stays_his(viewer, session, workbench):
    name = session.plate.channels[0].name
    mine = viewer.add_image(np.ones((9, 9)), name=name)
    canvas = Canvas(viewer, session, workbench)
    assert mine.data.shape == (9, 9)
    assert mine not in canvas.layers
    canvas.close()
    assert list(viewer.layers) == [mine]


def test_a_well_without_image_is_black_and_without_label(canvas, viewer, session):
    standing = list(viewer.layers)
    session.picture = Picture(session.plate.key, np.zeros((6, 1, 1), np.uint8), ())
    assert list(viewer.layers) == standing
    assert not any(layer.data.any() for layer in viewer.layers[:-1])
    assert len(viewer.layers[LABELS].data) == 0


def test_other_channels_get_layers_of_their_own(canvas, viewer, screen, session):
    from dataclasses import replace

    plate = replace(screen.imaged[0], name="Narrow", channels=screen.channels[:2])
    session.looks = first_looks(plate.channels)
    session.plate = plate
    session.picture = Picture(
        plate.key, np.full((2, 8, 8), 900, np.uint16), (Place(plate.wells[0], 1, 0),)
    )
    assert len(viewer.layers) == 3
    session.contrast = {**session.contrast, plate.key: np.array([(100.0, 800.0)] * 2)}
    assert viewer.layers[0].contrast_limits == [100, 800]
    assert viewer.layers[0].contrast_limits_range == [0, 1023]


def test_wider_pixels_fill_layers_that_held_narrow_ones(canvas, viewer, session):
    before = viewer.layers[0]
    wide = session.picture.pixels.astype(np.uint16) * 200
    session.contrast = {session.plate.key: np.tile((0.0, 9000.0), (6, 1))}
    session.picture = Picture(session.plate.key, wide, session.picture.places)
    assert viewer.layers[0] is before
    assert before.data.dtype == np.uint16
    assert before.contrast_limits == [0, 9000]
    assert before.contrast_limits_range[1] >= 9000


def test_labels_are_legible_in_both_themes(canvas, viewer):
    def brightness() -> float:
        return float(np.mean(viewer.layers[LABELS].text.color.constant[:3]))

    viewer.theme = "dark"
    assert brightness() > 0.7
    viewer.theme = "light"
    assert brightness() < 0.4
    viewer.canvas.background_color_override = "black"
    viewer.theme = "dark"
    viewer.theme = "light"
    assert brightness() > 0.7


def test_after_closing_nothing_is_heard(viewer, session, workbench):
    canvas = Canvas(viewer, session, workbench)
    canvas.close()
    show(session, 1)
    assert len(viewer.layers) == 0


@pytest.mark.parametrize(
    ("kind", "white", "top"),
    [
        ("uint8", 35, 255),
        ("uint16", 300, 1023),
        ("uint16", 3000, 4095),
        ("uint16", 60000, 65535),
        ("float32", 0.01, 0.02),
        ("float32", 0.4, 0.8),
        ("float32", 40.0, 80.0),
    ],
)
def test_contrast_slider_suits_the_pixels(kind, white, top):
    assert grey_range(kind, white) == (0, top)


def test_contrast_slider_reaches_below_nothing_where_pixels_do():
    assert grey_range("float32", 4.0, -3.0)[0] == -3.0
