"""The recipes of installers, as far as they can be checked where they do not run."""

from __future__ import annotations

import io
import os
import plistlib
import re
import shlex
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from icons import ICON, png, write_icns, write_ico
from linux_packages import DEPENDS
from payload import PINS, PLATFORMS, user_pins, uv_version

INSTALLER = Path(__file__).resolve().parents[2] / "installer"
FOLDERS = "zz-deepnoise-folders.desktop"
SCRIPTS = [
    "linux/deepnoise",
    "linux/install.sh",
    "linux/prerm",
    "macos/deepnoise",
    "macos/build.sh",
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_one_for_any_shell(name: str) -> None:
    script = INSTALLER / name
    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("no shell")
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_property_list_of_macos_names_what_the_recipe_builds() -> None:
    about = plistlib.loads((INSTALLER / "macos" / "Info.plist").read_bytes())
    recipe = (INSTALLER / "macos" / "build.sh").read_text(encoding="utf-8")
    assert f"MacOS/{about['CFBundleExecutable']}" in recipe
    assert about["CFBundleIconFile"] in recipe
    assert about["CFBundleVersion"] == "@VERSION@"
    assert "s/@VERSION@/$version/" in recipe


def test_macos_offers_the_app_for_folders_and_models_and_never_as_the_first() -> None:
    about = plistlib.loads((INSTALLER / "macos" / "Info.plist").read_bytes())
    kinds = about["CFBundleDocumentTypes"]
    assert [kind["LSItemContentTypes"] for kind in kinds] == [["public.folder"], ["public.json"]]
    assert {kind["LSHandlerRank"] for kind in kinds} == {"Alternate"}


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """Return a folder as the archive for Linux unpacks to, with programs that do nothing."""
    folder = tmp_path / "archive"
    (folder / "lib").mkdir(parents=True)
    (folder / "share" / "applications").mkdir(parents=True)
    for name in ("deepnoise", "deepnoise-setup"):
        (folder / "lib" / name).write_text("#!/bin/sh\n")
    for entry in (INSTALLER / "linux").glob("*.desktop"):
        shutil.copy(entry, folder / "share" / "applications")
    shutil.copy(INSTALLER / "linux" / "install.sh", folder)
    return folder


@pytest.mark.parametrize("name", ["plain", "my own | programs & more #1"])
def test_menu_finds_the_program_in_any_folder(unpacked: Path, tmp_path: Path, name: str) -> None:
    shell = shutil.which("sh") or pytest.skip("no shell")
    prefix = tmp_path / name
    subprocess.run([shell, unpacked / "install.sh", "--prefix", prefix], check=True)
    entries = sorted((prefix / "share" / "applications").glob("*.desktop"))
    text = "".join(entry.read_text(encoding="utf-8") for entry in reversed(entries))
    found = re.findall(r"^Exec=(.*)$", text, re.MULTILINE)
    assert [shlex.split(line) for line in found] == [
        [f"{prefix}/bin/deepnoise", "open", "%F"],
        [f"{prefix}/bin/deepnoise", "open", "%F"],
        [f"{prefix}/bin/deepnoise-setup", "repair"],
        [f"{prefix}/bin/deepnoise-setup", "remove"],
    ]
    assert (prefix / "bin" / "deepnoise").is_file()


@pytest.mark.parametrize("name", ["50%", 'a "b"', "$HOME", "back`tick", "a\\b", "two\nlines"])
def test_a_folder_that_a_menu_cannot_name_is_refused_before_any_work(
    unpacked: Path, tmp_path: Path, name: str
) -> None:
    shell = shutil.which("sh") or pytest.skip("no shell")
    prefix = tmp_path / name
    done = subprocess.run(
        [shell, unpacked / "install.sh", "--prefix", prefix],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "holds a character that menu entries cannot name" in done.stderr
    assert not prefix.exists()


def test_recipe_of_windows_names_files_that_are_there() -> None:
    recipe = (INSTALLER / "windows" / "deepnoise.iss").read_text(encoding="utf-8")
    sources = re.findall(r'^Source: "([^"]+)"', recipe, re.MULTILINE)
    own = [name for name in sources if not name.startswith("{#Payload}")]
    assert [name for name in own if not (INSTALLER / "windows" / name).is_file()] == []
    sections = set(re.findall(r"^\[(\w+)\]$", recipe, re.MULTILINE))
    assert sections >= {"Setup", "Files", "Icons", "Registry", "UninstallRun", "Code"}
    code = recipe.split("[Code]")[1]
    words = re.findall(r"\b(begin|try|end)\b", code)
    assert words.count("begin") + words.count("try") == words.count("end")


@pytest.mark.parametrize(("after", "kept"), [("files.desktop", True), (FOLDERS, False)])
def test_folders_stay_with_their_file_manager(
    unpacked: Path, tmp_path: Path, after: str, kept: bool
) -> None:
    """Where the desktop would take us instead, the entry for folders is given up."""
    shell = shutil.which("sh") or pytest.skip("no shell")
    programs, prefix = tmp_path / "programs", tmp_path / "home"
    programs.mkdir()
    asks = programs / "xdg-mime"
    asks.write_text(
        f'#!/bin/sh\n[ -e "{prefix}/share/applications/{FOLDERS}" ] && echo {after} ||'
        " echo files.desktop\n"
    )
    asks.chmod(0o755)
    path = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run([shell, unpacked / "install.sh", "--prefix", prefix], check=True, env=path)
    applications = prefix / "share" / "applications"
    assert (applications / FOLDERS).is_file() is kept
    assert (applications / "deepnoise.desktop").is_file()
    subprocess.run([shell, unpacked / "install.sh", "--prefix", prefix, "--uninstall"], check=True)
    assert list(applications.glob("*.desktop")) == []


def test_file_types_of_linux_are_those_of_the_menu_entries() -> None:
    names = {"": "http://www.freedesktop.org/standards/shared-mime-info"}
    types = ET.parse(INSTALLER / "linux" / "deepnoise.xml").getroot().findall("mime-type", names)  # noqa: S314
    listed = {}
    for name in ("deepnoise.desktop", FOLDERS):
        entry = (INSTALLER / "linux" / name).read_text(encoding="utf-8")
        found = re.search(r"^MimeType=(.*);$", entry, re.MULTILINE)
        assert found is not None
        listed[name] = found[1].split(";")
    assert listed["deepnoise.desktop"] == [one.get("type") for one in types]
    assert listed[FOLDERS] == ["inode/directory"]


def test_package_depends_on_a_python_with_a_window() -> None:
    assert {"python3 (>= 3.11)", "python3-tk"} <= set(DEPENDS)


def test_pins_for_users_leave_the_parts_of_torch_to_its_build() -> None:
    pins = user_pins(PINS.read_text(encoding="utf-8"))
    assert re.search(r"^torch==", pins, re.MULTILINE)
    assert re.search(r"^(nvidia|cuda|triton)", pins, re.MULTILINE) is None
    assert len(pins.splitlines()) > 100


def test_uv_is_the_one_that_the_tests_use() -> None:
    assert uv_version() == version("uv")
    assert {"linux-amd64", "windows-amd64", "macos-arm64"} <= set(PLATFORMS)


def test_icon_of_the_plugin_is_the_same_as_a_square_png_as_plugin_lists_want_it() -> None:
    manifest = (INSTALLER.parent / "deepnoise_app" / "napari.yaml").read_text(encoding="utf-8")
    assert "icon: deepnoise_app._data.resources:icon.png" in manifest
    with Image.open(ICON.with_suffix(".png")) as shown, Image.open(io.BytesIO(png(256))) as drawn:
        assert shown.size == (256, 256)
        assert np.abs(np.asarray(shown, float) - np.asarray(drawn, float)).mean() < 2


def test_icon_is_drawn_in_the_formats_of_all_systems(tmp_path: Path) -> None:
    drawn = png(64)
    assert struct.unpack(">II", drawn[16:24]) == (64, 64)
    assert ICON.is_file()
    write_ico(tmp_path / "icon.ico")
    write_icns(tmp_path / "icon.icns")
    assert (tmp_path / "icon.ico").read_bytes()[:4] == b"\0\0\1\0"
    assert (tmp_path / "icon.icns").read_bytes()[:4] == b"icns"
