"""DeepNoise as a plugin of a plain napari."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.metadata import metadata
from pathlib import Path

import pytest
from napari.components import ViewerModel
from npe2 import PluginManifest
from qtpy.QtCore import Qt
from qtpy.QtGui import QAction
from qtpy.QtWidgets import QFileDialog, QMenu, QPushButton, QToolButton

from deepnoise_app.assets import resources_folder
from deepnoise_app.errors import RunError
from deepnoise_app.gui import main_widget
from deepnoise_app.gui.address_dialog import AddressDialog
from deepnoise_app.gui.host import plugin_setting
from deepnoise_app.gui.main_widget import MENU, MainWidget
from deepnoise_app.gui.plugin import PATH_KEY, read_folder, sample_plate
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.session import Paint, Painting
from deepnoise_app.writers.omezarr import write_omezarr


def test_the_manifest_is_valid_and_every_command_can_be_imported() -> None:
    manifest = PluginManifest.from_distribution("deepnoise-app")
    manifest.validate_imports()
    assert manifest.display_name == "DeepNoise"
    assert {w.display_name for w in manifest.contributions.widgets} == {"DeepNoise"}
    assert manifest.contributions.readers[0].accepts_directories
    assert {category.value for category in manifest.categories} >= {"Image Processing", "IO"}


def test_the_hub_finds_all_that_it_shows() -> None:
    about = metadata("deepnoise-app")
    assert "Framework :: napari" in about.get_all("Classifier")
    assert about["Summary"]
    assert about["License-Expression"] == "BSD-3-Clause"
    assert "## As a plugin of napari" in (about["Description"] or about.get_payload())
    icon = PluginManifest.from_distribution("deepnoise-app").icon
    package, name = icon.split(":")
    assert package == "deepnoise_app._data.resources"
    assert (resources_folder() / name).is_file()


def test_the_settings_page_explains_the_worker_python() -> None:
    pages = PluginManifest.from_distribution("deepnoise-app").contributions.configurations
    python = pages["worker"].properties["python"]
    assert python.title == "Worker Python"
    assert python.default == ""
    assert "deepnoise-app installed" in python.description


def test_the_reader_answers_none_at_once_for_what_is_no_plate(tmp_path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    deep = tmp_path / "deep"
    for number in range(500):
        (deep / f"{number:03d}").mkdir(parents=True)
    began = time.perf_counter()
    assert read_folder(str(tmp_path / "a.png")) is None
    assert read_folder(str(deep)) is None
    assert read_folder(str(tmp_path / "nothing")) is None
    assert read_folder([str(deep)]) is None
    assert time.perf_counter() - began < 5


def test_the_reader_gives_the_first_imaged_well_and_says_where_it_comes_from(plates) -> None:
    read = read_folder(str(plates))
    layers = read(str(plates))
    assert [kind for _, _, kind in layers] == ["image"] * 6
    assert [meta["name"] for _, meta, _ in layers][:2] == ["Nuclei", "ER"]
    assert layers[0][0].shape == (64, 64 * 2 + 8)
    assert layers[0][1]["metadata"][PATH_KEY] == str(plates)
    assert layers[0][1]["metadata"]["well"] == "A01"


@pytest.fixture
def page(plugin_settings, npe2pm, tmp_path, monkeypatch):
    """Return our page of napari's settings, of this test alone."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    from napari.settings import get_plugin_settings

    npe2pm.register(PluginManifest.from_distribution("deepnoise-app"))
    return get_plugin_settings("deepnoise-app").worker


def test_workers_run_on_the_python_of_the_settings_page(page, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(main_widget, "start_detached", lambda *words: asked.append(words) or 1)
    main_widget._start_on_chosen_python(Path("/run"))
    page.python = "~/gpu/bin/python"
    main_widget._start_on_chosen_python(Path("/run"))
    assert asked == [
        (Path("/run"), None),
        (Path("/run"), str(Path("~/gpu/bin/python").expanduser())),
    ]


def test_a_worker_python_that_is_not_there_is_named(page, tmp_path) -> None:
    page.python = "/nowhere/python"
    run = RunFolder.create(tmp_path / "run", Recipe(task="plan"))
    with pytest.raises(RunError, match="no worker could be started with /nowhere/python"):
        main_widget._start_on_chosen_python(run.path)


def test_a_napari_without_settings_pages_is_served_too(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "napari.settings", None)
    assert plugin_setting("python") == ""


def test_a_zarr_plate_is_taken_too(plates, tmp_path) -> None:
    write_omezarr(open_screen(plates), tmp_path)
    (store, *_) = tmp_path.rglob("*.zarr")
    for path in (store, store.parent):
        read = read_folder(str(path))
        assert read is not None
        assert len(read(str(path))) == 6


def test_the_sample_is_a_well_of_a_simulated_plate() -> None:
    layers = sample_plate()
    assert len(layers) == 6
    assert layers[0][0].std() > 0


def test_the_widget_adopts_measures_and_scores_what_naparis_reader_has_opened(
    make_napari_viewer, plates, tmp_path, monkeypatch, wait
) -> None:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    viewer = make_napari_viewer()
    widget = MainWidget(viewer, tmp_path / "runs")
    viewer.window.add_dock_widget(widget, name="DeepNoise")
    data, meta, _ = read_folder(str(plates))(str(plates))[0]
    viewer.add_image(data, **meta)
    session = widget.parts.session
    wait(lambda: session.picture is not None)
    assert session.screens[0].path == str(plates)
    names = [layer.name for layer in viewer.layers]
    assert names == [channel.name for channel in session.plate.channels] + ["Wells"]

    widget.parts.painter.paint(Painting(Paint.DEVIATION, 1))
    wait(lambda: session.overlay is not None and len(session.overlay.values) == 19)
    widget.parts.desk.score()
    wait(lambda: bool(session.scorings))
    predicted = viewer.layers["Wells"].features["predicted"]
    assert set(predicted) <= set(session.predictions.table["Prediction_PlatePrior"])
    assert len(viewer.layers) == len(names)
    widget.parts.close()


def loaded_by(code: str) -> set[str]:
    """Names of all modules that a fresh Python has loaded after some code."""
    code += "; import sys; print(*sys.modules); sys.stdout.flush(); import os; os._exit(0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["main_widget", "window", "start", "plugin"])
def test_the_window_knows_nothing_of_torch(module) -> None:
    loaded = loaded_by(f"import deepnoise_app.gui.{module}")
    assert loaded & {"torch", "timm", "lightning_fabric"} == set()


def test_the_window_appears_before_what_it_does_not_show_yet_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    loaded = loaded_by(
        "from deepnoise_app.gui.host import *; keep_napari_apart(); app = application();"
        "from deepnoise_app.gui.window import MainWindow; import deepnoise_app.gui.main_widget;"
        "window = MainWindow(standalone()); window.show(); app.processEvents()"
    )
    assert "deepnoise_app.gui.results_tabs" in loaded
    late = {"pandas", "pyarrow", "pyqtgraph", "matplotlib", "sklearn", "anndata",
            "scipy.stats", "scipy.optimize", "scipy.special", "scipy.ndimage"}  # fmt: skip
    assert loaded & late == set()


def test_what_is_wanted_soon_is_loaded_once_the_window_is_up(
    make_napari_viewer, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    viewer = make_napari_viewer()
    widget = MainWidget(viewer, tmp_path / "runs")
    with qtbot.waitSignal(widget.parts.preload.loaded, timeout=60_000):
        widget.show()
    assert {"pandas", "pyarrow.parquet", "pyqtgraph", "scipy.ndimage"} <= set(sys.modules)
    widget.close()


def test_the_empty_plugin_says_what_to_open(
    make_napari_viewer, wait, qtbot, tmp_path: Path, plates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(plates))
    widget = MainWidget(make_napari_viewer(), tmp_path / "runs")
    qtbot.addWidget(widget)
    widget.show()
    assert not widget.parts.plates.isVisible()
    buttons = {one.text(): one for one in widget.findChildren(QPushButton) if one.isVisible()}
    assert {"Open plate folder…", "Open the demo screen"} <= set(buttons)
    qtbot.mouseClick(buttons["Open plate folder…"], Qt.MouseButton.LeftButton)
    wait(lambda: widget.parts.session.picture is not None)
    assert widget.parts.plates.isVisible()
    assert not buttons["Open plate folder…"].isVisible()
    widget.close()


def entries(menu: QMenu) -> dict[str, QAction]:
    """Return what stands in a menu and in the menus below it."""
    found = {}
    for action in menu.actions():
        found[action.text().replace("&", "")] = action
        if action.menu() is not None:
            found |= entries(action.menu())
    return found


@pytest.fixture
def docked(make_napari_viewer, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return our widget in the dock of a real napari that is seen."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    viewer = make_napari_viewer(show=True)
    widget = MainWidget(viewer, tmp_path / "runs")
    viewer.window.add_dock_widget(widget, name="DeepNoise")
    yield widget
    widget.close()


@pytest.fixture
def menu(docked: MainWidget, wait) -> QMenu:
    (button,) = [one for one in docked.findChildren(QToolButton) if one.accessibleName() == MENU]
    wait(button.isVisible)
    return button.menu()


def test_the_menu_of_the_dock_has_every_verb_of_the_window_about_plates_and_runs(
    window, qtbot, tmp_path
) -> None:
    widget = MainWidget(ViewerModel(), tmp_path / "plugin's runs")
    qtbot.addWidget(widget)
    (mine,) = [entries(one) for one in widget.findChildren(QMenu) if one.title() == MENU]
    widget.close()
    bars = {one.text().replace("&", ""): one.menu() for one in window.menuBar().actions()}
    theirs = entries(bars["File"]) | entries(bars["Help"]) | entries(bars["Model"])
    elsewhere = {"Preferences…", "Quit", *(name for name, _ in window.parts.panels)}
    assert "" in theirs  # separators
    assert set(theirs) - elsewhere <= set(mine)


def test_in_napari_plates_are_opened_packed_and_found_again_by_the_menu(
    docked, menu, wait, plates, monkeypatch
) -> None:
    session, found = docked.parts.session, entries(menu)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(plates))
    found["Open plate folder…"].trigger()
    wait(lambda: session.picture is not None and session.card is not None)
    asked = []
    monkeypatch.setattr(docked.parts.jobs, "begin", lambda *run: asked.append(run) or never())
    found["Pack for speed…"].trigger()
    assert [(run.task, run.screen) for run, _ in asked] == [("pack", [str(plates)])]
    menu.aboutToShow.emit()
    assert found["Change how names are read…"].isEnabled()
    docked.parts.workbench.close(session.screens[0])
    recent = found["Open recent"].menu()
    recent.aboutToShow.emit()
    entries(recent)[plates.name].trigger()
    wait(lambda: bool(session.screens))


def never() -> None:
    raise RunError("no worker in this test")


def test_in_napari_an_address_is_typed_and_told_when_it_does_not_answer(docked, menu, wait) -> None:
    entries(menu)["Open address…"].trigger()
    (dialog,) = docked.findChildren(AddressDialog)
    dialog.field.setText("http://127.0.0.1:9/plate.zarr")
    dialog.ok.click()
    wait(lambda: docked.parts.session.notice is not None)
    assert "http://127.0.0.1:9/plate.zarr" in docked.parts.session.notice.text


def test_what_the_menu_of_the_dock_asks_for_a_run_is_watched(
    docked, menu, wait, tmp_path, monkeypatch
) -> None:
    run = RunFolder.create(tmp_path / "elsewhere", Recipe(task="score"))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(run.path))
    entries(menu)["Watch a run…"].trigger()
    wait(lambda: any(view.path == run.path for view in docked.parts.session.runs))
