"""Z-planes and time points: which there are, and which of them the pixels of a screen show.

A projection that the microscope made itself is a Z-plane too, `PROJECTION`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deepnoise_app.errors import ScreenError

PROJECTION = -1


@dataclass(frozen=True, slots=True)
class StackChoice:
    """What is wished for: a Z-plane (None: the brightest of all) and a time (None: the first)."""

    plane: int | None = None
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """Numbers of the Z-planes and time points of a screen, and what its pixels show of them.

    With `plane` None each pixel is the brightest of all planes, or that of the projection which
    the microscope made. A channel that has a single plane shows it whatever is chosen.
    """

    planes: tuple[int, ...] = ()
    times: tuple[int, ...] = ()
    plane: int | None = None
    time: int | None = None

    @classmethod
    def chosen(cls, planes: Iterable[int], times: Iterable[int], wish: StackChoice) -> Stack:
        """Return what a wish means among the planes and times that there are.

        Raises
        ------
        ScreenError
            If there is no such plane or time.
        """
        depths, moments = tuple(sorted(set(planes))), tuple(sorted(set(times)))
        if wish.plane is not None and wish.plane not in depths:
            raise ScreenError(f"there is no Z-plane {wish.plane}, only {_listed(depths)}")
        if wish.time is not None and wish.time not in moments:
            raise ScreenError(f"there is no time point {wish.time}, only {_listed(moments)}")
        time = wish.time if wish.time is not None else next(iter(moments), None)
        return cls(depths, moments, wish.plane, time)

    @property
    def told(self) -> str:
        """What the pixels show, in words; empty where there is nothing to choose."""
        said = []
        if len(self.planes) > 1:
            what = "brightest of all" if self.plane is None else f"number {self.plane} of"
            said.append(f"Z-planes: {what} {len(self.planes)}")
        if len(self.times) > 1:
            said.append(f"time points: number {self.time} of {len(self.times)}")
        return ", ".join(said)


NO_STACK = Stack()


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers)) or "one that has no number"
