"""The recipes of installers, as far as they can be checked where they do not run."""

from __future__ import annotations

import plistlib
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path

import pytest

from icons import ICON, png, write_icns, write_ico
from linux_packages import DEPENDS
from payload import PINS, PLATFORMS, user_pins, uv_version

INSTALLER = Path(__file__).resolve().parents[2] / "installer"
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


def test_file_types_of_linux_are_those_of_the_menu_entry() -> None:
    names = {"": "http://www.freedesktop.org/standards/shared-mime-info"}
    types = ET.parse(INSTALLER / "linux" / "deepnoise.xml").getroot().findall("mime-type", names)  # noqa: S314
    entry = (INSTALLER / "linux" / "deepnoise.desktop").read_text(encoding="utf-8")
    listed = re.search(r"^MimeType=(.*);$", entry, re.MULTILINE)
    assert listed is not None
    assert set(listed[1].split(";")) == {"inode/directory", *(one.get("type") for one in types)}


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


def test_icon_is_drawn_in_the_formats_of_all_systems(tmp_path: Path) -> None:
    drawn = png(64)
    assert struct.unpack(">II", drawn[16:24]) == (64, 64)
    assert ICON.is_file()
    write_ico(tmp_path / "icon.ico")
    write_icns(tmp_path / "icon.icns")
    assert (tmp_path / "icon.ico").read_bytes()[:4] == b"\0\0\1\0"
    assert (tmp_path / "icon.icns").read_bytes()[:4] == b"icns"
