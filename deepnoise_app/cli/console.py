"""What the commands say: complaints and progress on stderr, results on stdout."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from deepnoise_app.errors import Interrupted
from deepnoise_app.runs.events import EpochEnded, Event, Saved, Warned
from deepnoise_app.runs.events import Progress as Step

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """Return a text with its control characters spelled out: names must not steer the terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def say(text: str) -> None:
    """Print a line on stdout."""
    print(visible(text))


def complain(message: str) -> None:
    """Say what is wrong, in one sentence on stderr."""
    print(visible(f"deepnoise: {message}"), file=sys.stderr)


class Display:
    """A progress bar on stderr, fed with events or with counts; quiet where stderr is no terminal.

    Warnings and finished epochs are printed as lines in both cases.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def hear(self, event: Event) -> None:
        """Show an event of a run."""
        match event:
            case Step():
                self.count(event.phase, event.done, event.total)
            case EpochEnded():
                self._console.print(_epoch(event))
            case Warned():
                self._console.print(visible(f"note: {event.message}"), markup=False)
            case Saved(what="predictions"):
                table = Path(event.path).with_suffix(".csv")
                self._console.print(visible(f"predictions: {table}"), markup=False)

    def say(self, words: str) -> None:
        """Print a line about what begins now; the bars begin anew."""
        for task in self._tasks.values():
            self._bar.update(task, visible=False)
        self._tasks.clear()
        self._console.print(words, markup=False)

    def count(self, phase: str, done: int, total: int) -> None:
        """Show how far a phase has come."""
        phase = visible(phase)
        if phase not in self._tasks:
            for task in self._tasks.values():
                self._bar.update(task, visible=False)
            self._tasks[phase] = self._bar.add_task(phase, total=total)
        self._bar.update(self._tasks[phase], completed=done, total=total, visible=True)


def _epoch(event: EpochEnded) -> str:
    stage = f"stage {event.stage}/{event.stages}, " if event.stages > 1 else ""
    text = f"{stage}epoch {event.epoch}/{event.epochs}: loss {event.loss:.3f}"
    if event.pseudo_labels:
        text += f", {event.pseudo_labels} pseudo-labels"
    student = _accuracies(event.free, event.one_per_well, event.plate_prior)
    teacher = _accuracies(event.teacher_free, event.teacher_one_per_well, event.teacher_plate_prior)
    if student:
        text += f"; {'student: ' if teacher else ''}{student}"
    return text + (teacher and f"; teacher: {teacher}")


def _accuracies(free: float | None, one_per_well: float | None, prior: float | None) -> str:
    found = {"free": free, "one per well": one_per_well, "plate prior": prior}
    return ", ".join(f"{name} {value:.3f}" for name, value in found.items() if value is not None)


class StopOnInterrupt:
    """Ctrl-C asks for a stop at the next boundary; a second Ctrl-C stops at once."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def watching(self) -> Iterator[Self]:
        """Catch Ctrl-C, and a polite request to end, while the block runs."""
        kinds = (signal.SIGINT, signal.SIGTERM)
        before = {kind: signal.getsignal(kind) for kind in kinds}
        for kind in kinds:
            signal.signal(kind, self._caught)
        try:
            yield self
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        del number
        complain("stopping after the step under way; Ctrl-C once more stops at once")


@contextmanager
def counting(phase: str, if_stopped: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far work has come that has no run folder; Ctrl-C ends it at the next count.

    Yields
    ------
    tell
        Takes how many steps are done and how many there are. After a Ctrl-C it raises
        `Interrupted` with the sentence `if_stopped`.
    """
    stop = StopOnInterrupt()
    with Display() as display, stop.watching():

        def tell(done: int, total: int) -> None:
            display.count(phase, done, total)
            if stop.asked:
                raise Interrupted(if_stopped)

        yield tell
