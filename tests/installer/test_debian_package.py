"""The Debian package on a throw-away copy of this computer: from the file to an empty home."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import SCREEN, USER, Machine

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

# What a desktop has, and its file manager; and what takes pictures.
DESKTOP = ("desktop-file-utils", "xdg-utils", "thunar", "imagemagick")
INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends"
FOLDER = "inode/directory"

# What a person does, by keys alone: Return on the first page, wait, open a folder, score, save.
WALK = f"""{SCREEN} sh -c '
deepnoise >app.txt 2>&1 &
app=$!
seen() {{ xdotool search --onlyvisible --name "$1" >/dev/null 2>&1; }}
until_so() {{
  for second in $(seq $1); do
    eval "$2" && return
    [ $second = 25 ] && [ ! -e downloading.png ] && import -window root downloading.png
    sleep 1
    kill -0 $app || exit 2
  done
  import -window root stuck.png
  exit 3
}}
press() {{
  xdotool search --onlyvisible --name DeepNoise windowfocus --sync
  xdotool key --delay 100 $1
  sleep 3
}}
until_so 60 "seen DeepNoise"
sleep 1
import -window root first-start.png
press Return
size="xdotool search --onlyvisible --name DeepNoise getwindowgeometry | grep -q 1440x900"
until_so 1500 "$size"
sleep 8
import -window root welcome.png
press ctrl+o
xdotool type --delay 30 "$HOME/screen"
xdotool key Return
until_so 60 "seen \"screen — DeepNoise\""
sleep 5
import -window root plate.png
press ctrl+4
press ctrl+Return
until_so 300 "ls .local/share/deepnoise/runs/*/summary.json >/dev/null 2>&1"
sleep 8
import -window root scored.png
press ctrl+s
xdotool key ctrl+a
xdotool type --delay 30 "$HOME/names.csv"
xdotool key Return
until_so 30 "[ -s names.csv ]"
sleep 2
import -window root saved.png
press ctrl+q
for second in $(seq 20); do kill -0 $app 2>/dev/null || exit 0; sleep 1; done
exit 4
'"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of the packages of this system."""
    if sys.platform != "linux" or shutil.which("dpkg-deb") is None:
        pytest.skip("Debian packages are built on Debian")
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, ROOT / "installer" / "build.py", "--out", out], check=True)
    return out


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Return a fresh copy of this computer, with a user."""
    if not Machine.is_possible():
        pytest.skip("needs root on a Debian that can mount an overlay, and xdotool")
    made = Machine(tmp_path / "machine")
    made.run(f"useradd --create-home --shell /bin/sh {USER}")
    made.run(f"apt-get -qq update && {INSTALL} {' '.join(DESKTOP)}")
    yield made
    made.close()


def _plates(machine: Machine, tmp_path: Path) -> None:
    """Put a small screen into the home of the user."""
    made = tmp_path / "screen"
    size = ["--experiments", "2", "--plates", "1", "--perturbations", "4", "--size", "64"]
    deepnoise = Path(sys.executable).with_name("deepnoise")
    subprocess.run([deepnoise, "simulate", made, *size], check=True, capture_output=True)
    machine.run(f"cp -r {made} /home/{USER}/screen && chown -R {USER}: /home/{USER}/screen")


def place(row: dict[str, str]) -> tuple[str, str, str]:
    return row["Metadata_Experiment"], row["Metadata_Plate"], row["Metadata_Well"]


def test_from_the_package_to_a_table_of_names_and_back(
    packages: Path, machine: Machine, tmp_path: Path
) -> None:
    _plates(machine, tmp_path)
    (package,) = packages.glob("*.deb")
    machine.run(f"dpkg -i {package}")
    types = machine.run("cat /usr/share/applications/mimeinfo.cache")
    assert re.search(r"^inode/directory=.*zz-deepnoise-folders\.desktop", types, re.MULTILINE)
    assert machine.run(f"xdg-mime query default {FOLDER}", USER).strip() == "thunar.desktop"
    assert re.search(r"^application/x-deepnoise-model=.*deepnoise", types, re.MULTILINE)

    try:
        machine.run(WALK, USER, timeout_s=2400)
    finally:
        keep = ROOT / "build" / "first-start"
        keep.mkdir(parents=True, exist_ok=True)
        for picture in machine.home.glob("*.png"):
            shutil.copy(picture, keep)
    with (machine.home / "names.csv").open(encoding="utf-8") as table:
        saved = list(csv.DictReader(table))

    assert "deepnoise 0" in machine.run("deepnoise --version", USER)
    machine.run("deepnoise score demo screen --out scored", USER)
    with (machine.home / "scored" / "predictions.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) > 20
    assert all(row["Prediction_Free"] for row in rows)
    named = {place(row): row["Prediction_Free"] for row in rows}
    assert {place(row): row["Prediction_Free"] for row in saved} == named
    assert "Nothing is wrong" in machine.run(f"{SCREEN} deepnoise doctor", USER)

    said = machine.run("dpkg -r deepnoise")
    assert "could not" not in said
    left = {name for name in machine.files() if "deepnoise" in name}
    own = (f"home/{USER}/.config/deepnoise/", f"home/{USER}/.local/share/deepnoise/")
    caches = (f"home/{USER}/.cache/deepnoise/",)
    assert {name for name in left if not name.startswith((*own, *caches))} == set()
    machine.run("! command -v deepnoise && ! dpkg -s deepnoise")


def test_tarball_is_installed_and_taken_away_without_an_administrator(
    packages: Path, machine: Machine
) -> None:
    (package,) = packages.glob("*.tar.xz")
    machine.run(f"cp {package} /home/{USER}/deepnoise.tar.xz")
    machine.run("tar xf deepnoise.tar.xz && mv deepnoise-* unpacked", USER)
    before = machine.files()
    said = machine.run("unpacked/install.sh", USER)
    assert machine.run(f"xdg-mime query default {FOLDER}", USER).strip() == "thunar.desktop"
    assert "/.local/bin/deepnoise" in said
    entry = machine.home / ".local" / "share" / "applications" / "deepnoise.desktop"
    assert f'Exec="/home/{USER}/.local/bin/deepnoise" open %F' in entry.read_text()
    where = machine.run(".local/bin/deepnoise-setup where", USER)
    assert where.strip() == f"/home/{USER}/.local/share/deepnoise-environment"
    machine.run("! .local/bin/deepnoise score demo x --out y", USER)
    machine.run("unpacked/install.sh --uninstall", USER)
    caches = ("mimeinfo.cache", "share/mime/")
    left = {name for name in machine.files() - before if not any(c in name for c in caches)}
    assert left == set()
