"""Work in a thread, and what it says: the window asks now and then."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deepnoise_setup.progress import Progress

Work = Callable[[Callable[[Progress], None], Callable[[], bool]], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """The work has ended; with an error if it was not done."""

    error: Exception | None


class Errand:
    """Does one piece of work at a time.

    Parameters
    ----------
    work
        Takes whom to tell of progress, and what says whether to stop.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._said: queue.Queue[Progress | Ended] = queue.Queue()
        self._stop = threading.Event()
        self.under_way = False

    @property
    def is_stopping(self) -> bool:
        """Whether the work was asked to stop."""
        return self._stop.is_set()

    def begin(self) -> None:
        """Start the work; it goes on in a thread that never keeps the program alive."""
        self._stop.clear()
        self.under_way = True
        threading.Thread(target=self._do, daemon=True).start()

    def stop(self) -> None:
        """Ask the work to stop."""
        self._stop.set()

    def news(self) -> Iterator[Progress | Ended]:
        """Yield what was said since the last time."""
        while not self._said.empty():
            said = self._said.get()
            if isinstance(said, Ended):
                self.under_way = False
            yield said

    def _do(self) -> None:
        try:
            self._work(self._said.put, self._stop.is_set)
        except Exception as error:  # noqa: BLE001 (carried over to the window's thread)
            self._said.put(Ended(error))
        else:
            self._said.put(Ended(None))
