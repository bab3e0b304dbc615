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

# What a person does: press Return on the first page, wait, see the plate in the window.
FIRST_START = f"""{SCREEN} sh -c '
deepnoise open screen >app.txt 2>&1 &
app=$!
seen() {{ xdotool search --onlyvisible --name "$1" >/dev/null 2>&1; }}
until seen "^DeepNoise$"; do sleep 0.2; kill -0 $app || exit 1; done
sleep 1
import -window root first-start.png
xdotool search --onlyvisible --name "^DeepNoise$" windowfocus --sync key Return
for second in $(seq 1500); do
  seen "DeepNoise · screen" && break
  [ $second = 25 ] && import -window root downloading.png
  sleep 1
  kill -0 $app || exit 2
done
sleep 5
import -window root plate.png
seen "DeepNoise · screen" || exit 3
kill $app
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

    machine.run(FIRST_START, USER, timeout_s=1800)
    keep = ROOT / "build" / "first-start"
    keep.mkdir(parents=True, exist_ok=True)
    for picture in machine.home.glob("*.png"):
        shutil.copy(picture, keep)

    assert "deepnoise 0" in machine.run("deepnoise --version", USER)
    machine.run("deepnoise score demo screen --out scored", USER)
    with (machine.home / "scored" / "predictions.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) > 20
    assert all(row["Prediction_Free"] for row in rows)
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
