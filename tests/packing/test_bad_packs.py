"""What goes wrong with packs: said in a sentence, gone on with or refused; originals untouched."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from reader_layouts import CHALLENGE, random_planes

from deepnoise_app.cli.app import run
from deepnoise_app.errors import DiskFullError, Interrupted, PixelError, RunError, ScreenError
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.beside_pack import is_packed
from deepnoise_app.screen import ProblemKind, Screen, WellId

B03 = WellId.parse("B03")
IMAGE = "HUVEC-01/Plate1.ome.zarr/B/3/0"


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    CHALLENGE.write(tmp_path / "screen", random_planes(("HUVEC-01",)))
    return tmp_path / "screen"


@pytest.fixture
def beside(originals: Path) -> Path:
    """The pack that is found by itself."""
    out = originals.with_name("screen.zarr")
    pack_screen(plan_packing(open_screen(originals), out))
    return out


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def stale(screen: Screen) -> list[str]:
    return [p.message for p in screen.problems if p.kind is ProblemKind.STALE]


def test_a_pack_beside_the_originals_is_read_by_itself(originals: Path, beside: Path) -> None:
    screen = open_screen(originals)
    assert screen.reader == "rxrx"
    assert all(is_packed(plate) for plate in screen.plates)
    plain = open_screen(originals, use_pack=False)
    assert not any(is_packed(plate) for plate in plain.plates)
    for one, other in zip(screen.plates, plain.plates, strict=True):
        assert one.map == other.map
        np.testing.assert_array_equal(one.read(B03, 2), other.read(B03, 2))
    assert screen.problems == plain.problems == ()


def test_a_part_of_the_originals_is_read_from_their_pack_too(originals: Path, beside: Path) -> None:
    assert all(is_packed(plate) for plate in open_screen(originals / "train").plates)


def test_both_can_be_moved_together(originals: Path, beside: Path, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    for one in (originals, beside):
        one.rename(tmp_path / "away" / one.name)
    screen = open_screen(tmp_path / "away" / "screen")
    assert all(is_packed(plate) for plate in screen.plates)


def test_the_folder_above_holds_each_plate_once(originals: Path, beside: Path) -> None:
    assert len(open_screen(originals.parent).plates) == 2


def test_a_stale_pack_is_not_used_and_said(originals: Path, beside: Path) -> None:
    path = CHALLENGE.path(originals, ("HUVEC-01", "Plate2", "B03", 1, 3))
    os.utime(path, ns=(1, 1))
    screen = open_screen(originals)
    assert [is_packed(plate) for plate in screen.plates] == [True, False]
    (message,) = stale(screen)
    assert "HUVEC-01 Plate2 have changed since screen.zarr was packed" in message
    with pytest.raises(ScreenError, match="the originals have changed since"):
        plan_packing(open_screen(originals, use_pack=False), beside)


@pytest.mark.parametrize("apart", [False, True])
def test_where_a_pack_is_damaged_the_originals_are_read_and_that_is_said_once(
    originals: Path, beside: Path, caplog: pytest.LogCaptureFixture, apart: bool
) -> None:
    for site in (0, 1):
        (beside / f"{IMAGE[:-1]}{site}" / "0" / "c" / "0" / "0" / "0").write_bytes(b"torn")
    plate = open_screen(originals).plate("HUVEC-01", "Plate1")
    plain = open_screen(originals, use_pack=False).plate("HUVEC-01", "Plate1")
    assert is_packed(plate)
    channels = [1] if apart else None
    for site in plate.sites:
        for level in (0, 1):
            np.testing.assert_array_equal(
                plate.read(B03, site, channels, level), plain.read(B03, site, channels, level)
            )
    assert not any(isinstance(plane, PixelError) for plane in plate.read_each(B03, 1).values())
    (said,) = [record.getMessage() for record in caplog.records]
    assert str(beside / IMAGE) in said
    assert "The pack is damaged: delete its Plate1.ome.zarr, then pack again. Until then" in said
    shutil.rmtree(originals)
    with pytest.raises(PixelError, match="HUVEC-01 Plate1 B03 site 1"):
        plate.read(B03, 1)


def test_a_damaged_plate_of_a_pack_is_not_used_and_said(originals: Path, beside: Path) -> None:
    (beside / "HUVEC-01" / "Plate2.ome.zarr" / "zarr.json").write_text("{")
    screen = open_screen(originals)
    assert [is_packed(plate) for plate in screen.plates] == [True, False]
    assert "its files are read" in stale(screen)[0]


@pytest.mark.parametrize("end", ["cut", "empty", "gone", "flipped"])
def test_a_damaged_chunk_is_told(originals: Path, beside: Path, end: str) -> None:
    chunk = beside / IMAGE / "0" / "c" / "0" / "0" / "0"
    content = bytearray(chunk.read_bytes())
    if end == "gone":
        chunk.unlink()
    else:
        content[len(content) // 2] ^= 16
        kept = {"cut": content[:-7], "empty": b"", "flipped": content}[end]
        chunk.write_bytes(kept)
    plate = open_screen(beside).plates[0]
    with pytest.raises(PixelError, match=r"B03 site 1: .*\. The pack is damaged: delete"):
        plate.read(B03, 1)
    assert plate.read(B03, 2).shape == (6, 24, 24)


def test_every_flipped_bit_is_noticed(beside: Path) -> None:
    """Wherever in the file it is: the checksum covers all of it."""
    chunk = beside / IMAGE / "0" / "c" / "0" / "0" / "0"
    content = chunk.read_bytes()
    plate = open_screen(beside).plates[0]
    for at in np.linspace(0, len(content) - 1, 40).astype(int):
        damaged = bytearray(content)
        damaged[at] ^= 1 << (at % 8)
        chunk.write_bytes(damaged)
        with pytest.raises(PixelError):
            plate.read(B03, 1)


def test_a_pack_that_lost_all_its_plates_is_refused(beside: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        (beside / "HUVEC-01" / f"Plate{number}.ome.zarr").rename(tmp_path / f"lost {number}")
    with pytest.raises(ScreenError, match=r"cut short: its plate .*Plate2.* is gone"):
        open_screen(beside)


def test_a_site_that_was_lost_is_told(beside: Path, tmp_path: Path) -> None:
    (beside / IMAGE).rename(tmp_path / "lost")
    plate = open_screen(beside).plates[0]
    with pytest.raises(PixelError, match=r"is gone\. The pack is damaged"):
        plate.read(B03, 1)


def test_another_version_is_refused_with_the_cure(beside: Path) -> None:
    path = beside / "zarr.json"
    text = json.loads(path.read_text())
    text["attributes"]["deepnoise"]["format"] = 2
    path.write_text(json.dumps(text))
    with pytest.raises(ScreenError, match=r"form 2, this version reads form 1: pack it anew"):
        open_screen(beside)


def test_a_pack_never_leads_outside_itself(beside: Path) -> None:
    path = beside / "zarr.json"
    path.write_text(path.read_text().replace("HUVEC-01/Plate1", "../../Plate1"))
    screen = open_screen(beside)
    assert [len(plate.wells) for plate in screen.plates] == [0, 3]
    assert "leads out of" in screen.problems[0].message


def test_a_full_disk_is_said_and_the_same_command_goes_on(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(originals)
    plan = plan_packing(open_screen(originals), tmp_path / "pack")
    written = []

    def full(self: Path, content: bytes) -> int:
        written.append(self)
        if len(written) > 8:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, content)

    real = Path.write_bytes
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(DiskFullError, match="the disk is full"):
            pack_screen(plan, workers=1)
    with pytest.raises(ScreenError, match="was not finished: the command deepnoise pack"):
        open_screen(tmp_path / "pack")
    pack_screen(plan_packing(open_screen(originals), tmp_path / "pack"))
    assert len(open_screen(tmp_path / "pack").plates) == 2
    assert state(originals) == before


def test_a_stopped_pack_keeps_its_sites(originals: Path, tmp_path: Path) -> None:
    plan = plan_packing(open_screen(originals), tmp_path / "pack")
    told: list[int] = []
    with pytest.raises(Interrupted, match="the same command goes on"):
        pack_screen(plan, lambda done, _: told.append(done), lambda: len(told) == 5, workers=1)
    chunk = tmp_path / "pack" / "HUVEC-01/Plate1.ome.zarr/B/2/0/0/c/0/0/0"
    first = chunk.stat().st_mtime_ns
    again = plan_packing(open_screen(originals), tmp_path / "pack")
    assert again.begun
    pack_screen(again)
    assert chunk.stat().st_mtime_ns == first
    assert len(open_screen(tmp_path / "pack").plates) == 2


def test_an_unfinished_pack_beside_the_originals_is_not_used_and_said(
    originals: Path,
) -> None:
    out = originals.with_name("screen.zarr")
    with pytest.raises(Interrupted):
        pack_screen(plan_packing(open_screen(originals), out), should_stop=lambda: True)
    screen = open_screen(originals)
    assert not any(is_packed(plate) for plate in screen.plates)
    assert "was not finished" in stale(screen)[0]


def test_killed_at_any_time_the_same_command_ends_with_the_same_pack(
    originals: Path, tmp_path: Path
) -> None:
    slow = (
        "import sys, time; from pathlib import Path\n"
        "from deepnoise_app.packing import pack_screen, plan_packing\n"
        "from deepnoise_app.readers import open_screen\n"
        "real = Path.write_bytes\n"
        "def late(self, content): time.sleep(0.02); return real(self, content)\n"
        "Path.write_bytes = late\n"
        "plan = plan_packing(open_screen(sys.argv[1]), Path(sys.argv[2]))\n"
        "pack_screen(plan, lambda done, total: print(done, flush=True), workers=1)\n"
    )
    out = tmp_path / "pack"
    command = [sys.executable, "-c", slow, str(originals), str(out)]
    for sites in (1, 4):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        while int(process.stdout.readline()) < sites:
            pass
        time.sleep(0.03)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert run(["pack", str(originals), str(out)]) == 0
    pack_screen(plan_packing(open_screen(originals), tmp_path / "whole"))
    files = {p.relative_to(out): p for p in out.rglob("c/0/0/0")}
    assert len(files) == 12
    for name, path in files.items():
        assert path.read_bytes() == (tmp_path / "whole" / name).read_bytes()
    one, other = open_screen(originals), open_screen(out)
    for mine, theirs in zip(one.plates, other.plates, strict=True):
        np.testing.assert_array_equal(mine.read(B03, 1), theirs.read(B03, 1))


def test_a_read_only_place_is_refused_before_any_work(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(RunError, match=r"is read-only\. Choose another folder"):
        plan_packing(open_screen(originals), tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


def test_a_folder_with_other_things_is_refused(originals: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "thesis.txt").write_text("precious")
    assert run(["pack", str(originals), str(tmp_path / "pack")]) == 2
    assert "is not empty: choose a new folder" in capsys.readouterr().err
    assert run(["pack", str(originals), str(originals)]) == 2
    assert "holds the originals" in capsys.readouterr().err
    assert (tmp_path / "pack" / "thesis.txt").read_text() == "precious"


def test_a_pack_of_other_settings_is_refused(originals: Path, beside: Path, capsys) -> None:
    assert run(["pack", str(originals), str(beside), "--codec", "lz4"]) == 2
    assert "holds another pack" in capsys.readouterr().err
    assert run(["pack", str(originals), str(beside)]) == 0
    assert "2 plates, 12 sites packed" in capsys.readouterr().out


def test_the_originals_are_never_touched(originals: Path) -> None:
    before = state(originals)
    pack_screen(plan_packing(open_screen(originals), originals.with_name("screen.zarr")))
    open_screen(originals).plates[0].read(B03, 1)
    assert state(originals) == before
