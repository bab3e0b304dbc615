"""The first-start window, under the virtual display: buttons, keys, every page."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deepnoise_setup import faults, pages
from deepnoise_setup.faults import Stopped
from deepnoise_setup.pages import Do
from deepnoise_setup.places import Places
from deepnoise_setup.progress import Phase, Progress

tkinter = pytest.importorskip("tkinter")


class Work:
    """Stands in for the download: goes on until it is let go, or stopped."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.let_go = threading.Event()

    def __call__(self, tell: Callable[[Progress], None], should_stop: Callable[[], bool]) -> None:
        tell(Progress(Phase.DOWNLOADING, 1_000_000_000, 4_000_000_000, 60))
        while not self.let_go.wait(0.01):
            if should_stop():
                raise Stopped
        if self.error is not None:
            raise self.error
        tell(Progress(Phase.READY))


@pytest.fixture
def work() -> Work:
    """Return work that waits."""
    return Work()


@pytest.fixture
def window(places: Places, work: Work, tmp_path: Path) -> Iterator[object]:
    """Return the window on its first page."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        pytest.skip("no display")
    from deepnoise_setup.window import SetupWindow

    made = SetupWindow(places, pages.welcome(places), work)
    yield made
    work.let_go.set()
    if _is_open(made):
        made.root.destroy()


def _is_open(window) -> bool:
    try:
        return bool(window.root.winfo_exists())
    except tkinter.TclError:
        return False


def _wait(window, so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end, window.page
        if _is_open(window):
            window.root.update()
        time.sleep(0.01)


def _buttons(window) -> dict[str, object]:
    return {button.cget("text"): button for button in window._buttons.winfo_children()}


def _press(window, choice: Do) -> None:
    _buttons(window)[choice.value].invoke()


def test_nothing_is_downloaded_before_the_user_says_so(window) -> None:
    window.root.update()
    assert set(_buttons(window)) == {"Download and set up", "Not now", "Another folder…"}
    assert not window._errand.under_way


def test_download_shows_bar_size_and_time_and_the_window_closes_at_its_end(window, work) -> None:
    _press(window, Do.SET_UP)
    _wait(window, lambda: window.page.details != "")
    assert window._details.cget("text") == "1.0 of 4.0 GB, about 1 minute left"
    assert float(window._bar.cget("value")) == 0.25
    work.let_go.set()
    _wait(window, lambda: window.page.title == "DeepNoise is ready")
    _wait(window, lambda: not _is_open(window))


def test_stop_is_answered_at_once_and_offers_to_go_on(window) -> None:
    _press(window, Do.SET_UP)
    _wait(window, lambda: window.page.details != "")
    _press(window, Do.STOP)
    assert window.page.title == "Stopping"
    _wait(window, lambda: window.page.title == "Stopped")
    _press(window, Do.GO_ON)
    _wait(window, lambda: window.page.details != "")


def test_closing_the_window_stops_first(window) -> None:
    _press(window, Do.SET_UP)
    _wait(window, lambda: window.page.details != "")
    window._on_close()
    _wait(window, lambda: not _is_open(window))


def test_fault_is_said_and_tried_again(window, work) -> None:
    work.error = faults.offline()
    work.let_go.set()
    _press(window, Do.SET_UP)
    _wait(window, lambda: window.page.is_fault)
    assert window._title.cget("text") == "No internet"
    work.error = None
    _press(window, Do.TRY_AGAIN)
    _wait(window, lambda: window.page.title == "DeepNoise is ready")


def test_another_folder_is_used_and_remembered(window, places, fake, tmp_path) -> None:
    window.choose(tmp_path / "big disk")
    chosen = tmp_path / "big disk" / "deepnoise-environment"
    assert window.places.folder == chosen
    assert str(chosen) in window._note.cget("text")
    assert Places.of(fake.payload, {"HOME": str(tmp_path / "home")}).folder == chosen


def test_no_text_is_cut_off_and_every_button_is_on_the_window(window, places) -> None:
    full = pages.failed(faults.full("/home/a-long-name/" * 4, 3, 8_000_000_000), places.log)
    general = pages.working(Progress(Phase.DOWNLOADING, 1, 2, 30, "A long note. " * 20))
    for page in (full, general, pages.remove(places), pages.welcome(places)):
        window.show(page)
        window.root.update()
        assert window.root.winfo_reqheight() <= window.root.winfo_height()
        for button in window._buttons.winfo_children():
            right = button.winfo_rootx() + button.winfo_width()
            assert right <= window.root.winfo_rootx() + window.root.winfo_width()


def test_details_are_copied_for_a_report(window, places) -> None:
    places.log.parent.mkdir(parents=True)
    places.log.write_text("error: what uv has said\n")
    window.show(pages.failed(faults.offline(), places.log))
    _press(window, Do.COPY)
    assert "what uv has said" in window.root.clipboard_get()
