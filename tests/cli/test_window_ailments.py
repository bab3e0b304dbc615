"""What `deepnoise doctor` says of Qt, OpenGL, and libraries of the system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deepnoise_app.cli import window_ailments
from deepnoise_app.cli.window_ailments import Trial, packages, try_window, window

WORKS = {"qt": "PySide6 6.11.3", "opengl": "4.5 (Core) Mesa 22.3.6", "drawn by": "llvmpipe (LLVM)"}


@pytest.fixture(autouse=True)
def plain_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_API", *window_ailments.ASTRAY):
        monkeypatch.delenv(name, raising=False)


def there(_: str) -> str:
    return "there"


def test_window_without_qt_is_explained() -> None:
    (found,) = packages(lambda name: name == "napari")
    assert "no Qt is installed" in found.what
    assert "deepnoise-app[app]" in found.cure


def test_two_qts_are_told() -> None:
    (found,) = packages(lambda name: name in ("napari", "PySide6", "PyQt5"))
    assert found.what.startswith("PySide6 and PyQt5 are all installed")
    assert "pip uninstall PyQt5" in found.cure


def test_variable_that_asks_for_a_qt_that_is_not_there_is_told(monkeypatch) -> None:
    monkeypatch.setenv("QT_API", "pyqt6")
    (found,) = packages(lambda name: name in ("napari", "PySide6"))
    assert "QT_API asks for pyqt6" in found.what
    assert "pyside6" in found.cure
    monkeypatch.setenv("QT_API", "pyside6")
    assert [*packages(lambda name: name in ("napari", "PySide6"))] == []


def test_second_qt_of_opencv_is_told(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "cv2" / "qt").mkdir(parents=True)
    (tmp_path / "cv2" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    (found,) = packages(lambda name: name in ("napari", "PySide6"))
    assert "opencv-python-headless" in found.cure


def test_libraries_of_the_system_are_named_with_their_packages() -> None:
    libraries = window_ailments.libraries
    (found,) = libraries(lambda name: None if name == "xcb-cursor" else "there", "linux")
    assert "libxcb-cursor" in found.what
    assert "apt install libxcb-cursor0" in found.cure
    assert [*libraries(lambda name: None, "darwin")] == []


def test_libraries_are_those_that_the_package_depends_on() -> None:
    from linux_packages import DEPENDS

    assert set(window_ailments.LIBRARIES.values()) == {d for d in DEPENDS if d.startswith("lib")}


def test_software_that_draws_is_told_where_a_card_could() -> None:
    (found,) = window(Trial(WORKS), has_card=True, find=there)
    assert "llvmpipe" in found.what
    assert "driver" in found.cure
    assert [*window(Trial(WORKS), has_card=False, find=there)] == []
    card = WORKS | {"drawn by": "NVIDIA GeForce"}
    assert [*window(Trial(card), has_card=True, find=there)] == []


@pytest.mark.parametrize("opengl", [{}, {"opengl": "1.4 (old)"}])
def test_lack_of_opengl_is_told(opengl: dict[str, str]) -> None:
    (found,) = window(Trial({"qt": "PySide6"} | opengl), has_card=False, find=there)
    assert "they need OpenGL 2.1" in found.what


def test_qt_that_cannot_start_is_explained_by_what_is_missing(monkeypatch) -> None:
    words = 'qt.qpa.plugin: Could not load the Qt platform plugin "xcb"'
    missing = [*window(Trial(last_words=words), has_card=False, find=lambda _: None)]
    assert ["libxcb-cursor0" in found.cure for found in missing] == [sys.platform == "linux"]
    (found,) = window(Trial(last_words=words), has_card=False, find=there)
    assert "Could not load" in found.what
    monkeypatch.setenv("QT_PLUGIN_PATH", "/opt/other/qt")
    (found,) = window(Trial(last_words=words), has_card=False, find=there)
    assert "leads it to /opt/other/qt" in found.what
    assert "unset QT_PLUGIN_PATH" in found.cure


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own display")
def test_a_real_trial_finds_what_draws_or_says_why_not(monkeypatch) -> None:
    if os.environ.get("DISPLAY"):
        found = try_window()
        assert found.last_words == ""
        assert found.opengl >= (2, 1)
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    (told,) = window(try_window(), has_card=False)
    assert told.what.startswith("the display :987 cannot be reached")


def test_trial_that_does_not_end_is_told(monkeypatch) -> None:
    def late(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("python", 60)

    monkeypatch.setattr(subprocess, "run", late)
    assert "has not answered" in try_window().last_words
