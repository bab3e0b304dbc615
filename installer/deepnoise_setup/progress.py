"""How far a first start is: a frozen value, and how quickly it goes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from deepnoise_setup import words

# The speed is that of so many of the last seconds: lines differ, and so do their hours.
WINDOW_S = 30.0


class Phase(Enum):
    """What is being done, as the window says it."""

    LOOKING = "Looking for the right parts"
    DOWNLOADING = "Downloading"
    WAITING = "Waiting for the internet"
    PLACING = "Putting the parts in place"
    CHECKING = "Trying the parts"
    READY = "DeepNoise is ready"


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of a first start.

    Parameters
    ----------
    done, total
        Bytes of the download; 0 where they are not known.
    seconds_left
        None where it is not known.
    note
        A sentence that is worth knowing, or nothing.
    """

    phase: Phase = Phase.LOOKING
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    note: str = ""

    @property
    def share(self) -> float | None:
        """How much of the download is there, 0 to 1; None where that says nothing."""
        counted = self.phase in (Phase.DOWNLOADING, Phase.WAITING)
        return self.done / self.total if counted and self.total else None

    @property
    def title(self) -> str:
        """The phase in words."""
        return self.phase.value

    @property
    def details(self) -> str:
        """Size and time in words; empty where they are not known."""
        if self.phase is Phase.WAITING:
            left = self.seconds_left
            again = f"trying again in {left:.0f} s" if left else "trying again"
            kept = f"; {words.size(self.done)} are kept" if self.done else ""
            return again[0].upper() + again[1:] + kept
        if self.phase is not Phase.DOWNLOADING or not self.total:
            return ""
        said = words.part(self.done, self.total)
        left = self.seconds_left
        return said if left is None else f"{said}, {words.time_left(left)}"


class Pace:
    """The speed of a download over the last half minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def after(self, now_s: float, done: int) -> None:
        """Note that so many bytes are there by now."""
        self._seen.append((now_s, done))
        while len(self._seen) > 2 and now_s - self._seen[1][0] >= WINDOW_S:
            self._seen.popleft()

    def seconds_left(self, total: int) -> float | None:
        """Return how long the rest will take; None while nothing is known."""
        if len(self._seen) < 2:
            return None
        (began, first), (now, last) = self._seen[0], self._seen[-1]
        if now - began < 2 or last <= first:
            return None
        return (total - last) * (now - began) / (last - first)
