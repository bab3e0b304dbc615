"""The only file that makes threads: work goes out, answers come back numbered to the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from qtpy.QtCore import QObject, Qt, Signal  # type: ignore[attr-defined]

T = TypeVar("T")
# A drive that never answers may hold one or two: pictures of other plates are read all the same.
THREADS = 4
# What is saved never waits behind reads.
WRITERS = 2
# How long a window that closes waits for what is under way.
PATIENCE_S = 3.0
_left: list[Background] = []


class Background(QObject):
    """Does work in threads; of each topic only the last question asked gets its answer."""

    _answered = Signal(str, int, object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="background")
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")
        self._numbers: dict[str, int] = {}
        self._pending: set[Future[Any]] = set()
        self._closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        topic: str,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do `work` in a thread, then give its answer, or its fault, to the GUI thread.

        A later question on the same topic makes this one's answer stale: it is dropped, and if
        the work has not begun, it is not done.
        """
        self._submit(self._pool, topic, work, then, failed)

    def write(
        self,
        topic: str,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do the same for what writes a file: it is done whatever is read, asked or closed."""
        self._submit(self._writers, topic, work, then, failed)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        topic: str,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        if self._closed:
            return
        number = self._numbers.get(topic, 0) + 1
        self._numbers[topic] = number

        def do() -> None:
            if pool is self._pool and self._numbers.get(topic) != number:
                return
            try:
                answer = work()
            except Exception as error:  # noqa: BLE001 (it is told to the user)
                self._answered.emit(topic, number, None, error, failed)
            else:
                self._answered.emit(topic, number, answer, None, then)

        future = pool.submit(do)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)

    def forget(self, topic: str) -> None:
        """Drop the answer to the last question of a topic, whenever it comes."""
        if topic in self._numbers:
            self._numbers[topic] += 1

    @property
    def is_idle(self) -> bool:
        """Whether no thread works or is about to."""
        return not self._pending

    def _deliver(
        self,
        topic: str,
        number: int,
        answer: object,
        error: Exception | None,
        then: Callable[[Any], None],
    ) -> None:
        if self._numbers.get(topic) == number:
            then(error if error is not None else answer)

    def close(self) -> None:
        """Forget what waits to be read; what is to be written is written, nothing else is begun.

        What is under way is waited for, though not for a drive that does not answer: such a thread
        ends by itself, and its answer is dropped.
        """
        self._closed = True
        self._numbers.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._writers.shutdown(wait=False)
        if wait(tuple(self._pending), PATIENCE_S).not_done:
            _left.append(self)  # it must not end in the thread that lets go of it last
        else:
            self._pool.shutdown(wait=True)
            self._writers.shutdown(wait=True)
