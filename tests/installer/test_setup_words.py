"""What the first start says: sizes, times, faults, pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepnoise_setup import faults, pages, words
from deepnoise_setup.console import Line, Plain
from deepnoise_setup.download import Download
from deepnoise_setup.faults import Kind
from deepnoise_setup.lock import UNPACKED, Lock
from deepnoise_setup.pages import Bar, Do
from deepnoise_setup.places import Places
from deepnoise_setup.progress import Pace, Phase, Progress


@pytest.mark.parametrize(
    ("count", "said"), [(8e3, "0 MB"), (870e6, "870 MB"), (3.55e9, "3.5 GB"), (1e9, "1.0 GB")]
)
def test_sizes_are_those_on_the_box_of_a_disk(count, said) -> None:
    assert words.size(count) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, "less than a minute left"),
        (70, "about 1 minute left"),
        (200, "about 3 minutes left"),
        (5000, "about 1 hour left"),
    ],
)
def test_times_are_as_rough_as_they_are_known(seconds, said) -> None:
    assert words.time_left(seconds) == said


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("  cause: dns error", Kind.OFFLINE),
        ("operation timed out", Kind.OFFLINE),
        ("  cause: invalid peer certificate: UnknownIssuer", Kind.CERTIFICATE),
        ("No space left on device (os error 28)", Kind.FULL),
        ("failed to create file: Permission denied (os error 13)", Kind.READ_ONLY),
        ("  × No solution found when resolving dependencies", Kind.UNFIT),
        ("something never seen", Kind.BROKEN),
    ],
)
def test_last_words_of_uv_become_a_fault_of_a_kind(line, kind) -> None:
    assert faults.from_uv(["error: it failed", line], "/home/ana").kind is kind


def test_disk_that_is_full_is_told_from_the_download_that_it_cut() -> None:
    said = ["error: Failed to fetch: torch", "  cause: No space left on device (os error 28)"]
    assert faults.from_uv(said, "/home/ana").kind is Kind.FULL


def test_pace_is_that_of_the_last_half_minute() -> None:
    pace = Pace()
    assert pace.seconds_left(1000) is None
    for second in range(60):
        pace.after(second, second * 10)
    assert pace.seconds_left(1000) == pytest.approx((1000 - 590) / 10)
    for second in range(60, 120):
        pace.after(second, 590)
    assert pace.seconds_left(1000) is None


def _lock() -> Lock:
    return Lock({"torch==2": 600, "napari==1": 40, "zipp==4": 0})


class Disk:
    """Room that a test takes away."""

    free = 1_000_000


def test_download_grows_with_the_disk_between_what_is_whole_and_what_is_under_way(tmp_path) -> None:
    disk = Disk()
    download = Download(_lock(), tmp_path / "kept", lambda: disk.free)
    assert download.progress.done == 0
    download.hear("Downloading torch (1MiB)")
    disk.free -= int(300 * UNPACKED) + 1
    download.hear("")
    assert download.progress.done == 300
    disk.free -= 10_000  # another program fills the disk
    download.hear("")
    assert download.progress.done == 600
    download.hear("Downloading napari (1MiB)")
    download.hear(" Downloaded torch")
    assert download.progress.done == 640
    disk.free += 20_000  # and frees it again: what is shown never falls
    assert download.progress.done == 640
    assert (tmp_path / "kept").read_text().split() == ["torch==2"]


def test_what_was_downloaded_by_another_version_counts_nothing(tmp_path) -> None:
    (tmp_path / "kept").write_text("torch==1\nnapari==1\n")
    assert Download(_lock(), tmp_path / "kept", lambda: 5).progress.done == 40


def test_lock_counts_the_file_with_compiled_code(tmp_path: Path) -> None:
    file = tmp_path / "pylock.toml"
    wheels = "[{ size = 3 }, { size = 20 }]"
    file.write_text(
        f'[[packages]]\nname = "a"\nversion = "1"\nwheels = {wheels}\n[[packages]]\nname = "app"\n'
    )
    lock = Lock.read(file)
    assert lock.total == 20
    assert lock.label("a") == "a==1"


def test_progress_says_size_and_time() -> None:
    progress = Progress(Phase.DOWNLOADING, 1_200_000_000, 3_600_000_000, 240)
    assert progress.details == "1.2 of 3.6 GB, about 4 minutes left"
    assert progress.share == pytest.approx(1 / 3)
    assert Progress(Phase.PLACING).share is None


def test_page_before_the_download_asks_and_names_folder_and_size(places: Places) -> None:
    page = pages.welcome(places)
    assert page.choices[0] is Do.SET_UP
    assert str(places.folder) in page.note
    assert "1 to 4 GB" in page.text


def test_page_after_a_stop_offers_to_go_on(places: Places) -> None:
    places.cache.mkdir(parents=True)
    assert pages.welcome(places).choices[0] is Do.GO_ON


def test_lack_of_room_offers_another_folder(places: Places) -> None:
    page = pages.failed(faults.full("/home", 1, 2), places.log)
    assert Do.FOLDER in page.choices
    assert page.is_fault


def test_every_phase_has_a_page(places: Places) -> None:
    for phase in Phase:
        page = pages.working(Progress(phase, 1, 2))
        assert page.title
        assert page.bar is not Bar.NONE


class Out(list[str]):
    """A stream that is no terminal."""

    def write(self, text: str) -> None:
        self.append(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return False


def test_other_installers_read_progress_as_lines() -> None:
    out = Out()
    plain = Plain(out)
    for _ in range(2):
        plain.tell(Progress(Phase.DOWNLOADING, 1_200_000_000, 3_600_000_000))
    assert out == ["PROGRESS 333\tDownloading\t1.2 of 3.6 GB\n"]


def test_a_file_gets_one_line_for_each_phase() -> None:
    out = Out()
    line = Line(out)
    for done in range(3):
        line.tell(Progress(Phase.DOWNLOADING, done, 3, note="a note"))
    assert out == ["a note\n", "Downloading\n"]
