"""What the launcher asks for: start the app, set it up, repair or remove it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from deepnoise_setup import pages
from deepnoise_setup.console import Line, Plain
from deepnoise_setup.faults import Fault, Stopped
from deepnoise_setup.installation import make
from deepnoise_setup.pages import Page
from deepnoise_setup.places import Places
from deepnoise_setup.removal import UserFolders, remove

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
STOP_FILE = "stop"
NOT_SET_UP = (
    "its parts are not set up yet: start DeepNoise from the menu, or say `deepnoise-setup --yes`"
)


def main(arguments: Sequence[str] | None = None, payload: Path | None = None) -> int:
    """Do what the launcher asks; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    places = Places.of(payload or Path(sys.argv[0]).resolve().parent)
    try:
        if words[:1] == ["start"]:
            return start(places, words[1:])
        return _setup(places, words)
    except Fault as fault:
        return _complain(str(fault), FAILED)
    except (Stopped, KeyboardInterrupt):
        return _complain("stopped: what was downloaded is kept", INTERRUPTED)


def start(places: Places, words: list[str]) -> int:
    """Start the app, after setting it up where that is needed and wanted."""
    if not places.is_ready:
        if _has_window() and words[:1] in ([], ["open"]):
            _show(places, pages.welcome(places))
        elif _has_terminal():
            _ask(places)
        else:
            return _complain(NOT_SET_UP, REFUSED)
        places = Places.of(places.payload)  # another folder may have been chosen
    if not places.is_ready:
        return INTERRUPTED
    command = [str(places.app), *words]
    if sys.stderr is None:  # started from the menu of Windows: no console shall open
        command = [str(places.programs / "pythonw.exe"), "-m", "deepnoise_app", *words]
    if sys.platform != "win32":
        os.execv(command[0], command)  # noqa: S606 (the app takes the place of its starter)
    return subprocess.call(command)


def _setup(places: Places, words: list[str]) -> int:
    wanted = _parser().parse_args(words)
    if wanted.task == "where":
        print(places.folder)  # noqa: T201 (the answer of the command)
        return 0
    if _has_window() and not wanted.yes:
        first = {"setup": pages.welcome, "repair": pages.repair, "remove": pages.remove}
        _show(places, first[wanted.task](places))
        return 0
    if wanted.task in ("repair", "remove"):
        if not wanted.yes:
            return _complain("say --yes to do it without a window", REFUSED)
        remove(places, UserFolders.of() if wanted.everything else None)
    if wanted.task in ("setup", "repair"):
        _make(places, plain=wanted.plain)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "deepnoise-setup", description="Set up, repair or remove the parts of DeepNoise."
    )
    tasks = ("setup", "repair", "remove", "where")
    parser.add_argument("task", nargs="?", choices=tasks, default="setup")
    parser.add_argument("--yes", action="store_true", help="ask nothing, open no window")
    parser.add_argument(
        "--everything", action="store_true", help="with remove: runs, models and settings, too"
    )
    parser.add_argument("--plain", action="store_true", help="progress as lines for a program")
    return parser


def _make(places: Places, plain: bool = False) -> None:
    shown = Plain() if plain else Line()
    stop = places.folder / STOP_FILE
    stop.unlink(missing_ok=True)
    try:
        make(places, shown.tell, stop.exists)
    finally:
        stop.unlink(missing_ok=True)
        shown.end()


def _ask(places: Places) -> None:
    page = pages.welcome(places)
    sys.stderr.write(f"{page.title}. {page.text}\n{page.note}\nGo on? [Y/n] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in ("", "y", "yes"):
        _make(places)


def _show(places: Places, first: Page) -> None:
    from deepnoise_setup.window import SetupWindow

    SetupWindow(places, first).run()


def _has_window() -> bool:
    if find_spec("tkinter") is None or find_spec("_tkinter") is None:
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY"))


def _has_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _complain(message: str, code: int) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"deepnoise: {message}\n")
    return code
