"""What the first-start window shows in each state: texts and choices, without a window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from deepnoise_setup.faults import Fault, Kind
from deepnoise_setup.places import Places
from deepnoise_setup.progress import Phase, Progress
from deepnoise_setup.words import size

DOWNLOAD = "1 to 4 GB, depending on your graphics card"
ON_DISK = "up to 8 GB"


class Do(Enum):
    """What the user may choose, as the buttons say it."""

    SET_UP = "Download and set up"
    GO_ON = "Go on"
    TRY_AGAIN = "Try again"
    STOP = "Stop"
    FOLDER = "Another folder…"
    COPY = "Copy details"
    REPAIR = "Repair"
    REMOVE = "Remove"
    LATER = "Not now"
    CLOSE = "Close"


class Bar(Enum):
    """What the bar of progress shows."""

    NONE = "none"
    SHARE = "share"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Page:
    """One state of the window.

    Parameters
    ----------
    choices
        Buttons from right to left; the first is the one for Return.
    option
        Text of a box to tick, or nothing.
    is_fault
        Whether the page tells what is wrong.
    """

    title: str
    text: str
    choices: tuple[Do, ...]
    bar: Bar = Bar.NONE
    share: float = 0.0
    details: str = ""
    note: str = ""
    option: str = ""
    is_fault: bool = False


def welcome(places: Places) -> Page:
    """Ask before anything is downloaded."""
    where = f"Folder: {places.folder}\n{size(places.free())} are free there"
    if places.is_outdated:
        title = "DeepNoise was updated"
        text = "Its parts are brought up to date: only those that have changed are downloaded."
    elif places.is_begun:
        title = "Go on with setting up"
        text = "Setting up was stopped before its end. What was downloaded is kept; the rest comes."
    else:
        title = "Set up DeepNoise"
        text = (
            f"DeepNoise downloads its parts once: {DOWNLOAD}. They take {ON_DISK} on the disk."
            " Your plates and results never leave this computer."
        )
    first = Do.GO_ON if places.is_begun or places.is_outdated else Do.SET_UP
    return Page(title, text, (first, Do.LATER, Do.FOLDER), note=where)


def working(progress: Progress) -> Page:
    """Show how far it is."""
    share = progress.share
    if progress.phase is Phase.READY:
        return Page(progress.title, "The window opens in a moment.", (), Bar.SHARE, 1.0)
    texts = {
        Phase.LOOKING: "This computer and its graphics card decide which parts are taken.",
        Phase.DOWNLOADING: "You may go on working meanwhile. After a stop, what is there is kept.",
        Phase.WAITING: "The connection was cut. It goes on by itself as soon as it can.",
        Phase.PLACING: "This takes a minute or less.",
        Phase.CHECKING: "The parts are loaded once, to see that they work together.",
    }
    return Page(
        progress.title,
        texts[progress.phase],
        (Do.STOP,),
        Bar.BUSY if share is None else Bar.SHARE,
        share or 0.0,
        progress.details,
        progress.note,
    )


def stopping() -> Page:
    """Say at once that it stops."""
    return Page("Stopping", "What was downloaded is kept.", (), Bar.BUSY)


def stopped() -> Page:
    """Offer to go on."""
    text = "What was downloaded is kept: you can go on now, or at the next start of DeepNoise."
    return Page("Stopped", text, (Do.GO_ON, Do.CLOSE))


def failed(fault: Fault, log: Path) -> Page:
    """Say what is wrong and what would help."""
    titles = {
        Kind.OFFLINE: "No internet",
        Kind.CERTIFICATE: "The connection is not trusted",
        Kind.FULL: "Not enough room",
        Kind.READ_ONLY: "The folder cannot be written",
        Kind.BUSY: "Already under way",
        Kind.UNFIT: "No parts fit this computer",
        Kind.BROKEN: "Setting up has failed",
    }
    elsewhere = (Do.FOLDER,) if fault.kind in (Kind.FULL, Kind.READ_ONLY) else (Do.COPY,)
    note = f"Log: {log}" if log.is_file() else ""
    choices = (Do.TRY_AGAIN, Do.CLOSE, *elsewhere)
    text = f"{fault.message} {fault.cure}"
    return Page(titles[fault.kind], text, choices, note=note, is_fault=True)


def repair(places: Places) -> Page:
    """Ask before everything is downloaded anew."""
    text = (
        f"The parts of DeepNoise are removed and downloaded anew: {DOWNLOAD}."
        " Your runs, models and settings are kept."
    )
    return Page("Repair DeepNoise", text, (Do.REPAIR, Do.CLOSE), note=f"Folder: {places.folder}")


def remove(places: Places) -> Page:
    """Ask before the parts are removed."""
    text = "The downloaded parts of DeepNoise are removed. Your plates are not touched."
    option = "Also remove my runs, models and settings: this cannot be undone"
    note = f"Folder: {places.folder}"
    return Page("Remove DeepNoise", text, (Do.REMOVE, Do.CLOSE), note=note, option=option)


def removed(everything: bool) -> Page:
    """Say what is gone, and what is left."""
    left = "" if everything else " Your runs, models and settings are still there."
    text = f"The downloaded parts are gone.{left} The program itself goes like any other of yours."
    return Page("Removed", text, (Do.CLOSE,))
