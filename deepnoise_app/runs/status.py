"""Where a run stands: a fold over its events, the same for watching and for replaying."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from deepnoise_app.runs.events import (
    EpochEnded,
    Event,
    Failed,
    Finished,
    Progress,
    Saved,
    Scored,
    Started,
    Stopped,
    Warned,
)


class RunState(StrEnum):
    """Waiting -> running -> stopped, failed or finished; resuming makes it running again."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    FINISHED = "finished"


_ENDS: dict[type[Event], RunState] = {
    Stopped: RunState.STOPPED,
    Failed: RunState.FAILED,
    Finished: RunState.FINISHED,
}


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Where a run stands after the events so far.

    `done` of `total` belong to `phase`; `epochs` are those of the last attempt on each epoch, in
    order; `seconds_left` is an estimate for the phase (for the epochs while training), None where
    nothing is known.
    """

    state: RunState = RunState.WAITING
    phase: str = ""
    done: int = 0
    total: int = 0
    epochs: tuple[EpochEnded, ...] = ()
    plates: tuple[tuple[str, str], ...] = ()
    saved: tuple[Saved, ...] = ()
    warnings: tuple[str, ...] = ()
    message: str = ""
    started: float | None = None
    seconds_left: float | None = None
    phase_began: float = 0.0
    phase_first: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected unless somebody resumes the run."""
        return self.state in (RunState.STOPPED, RunState.FAILED, RunState.FINISHED)

    def after_all(self, events: Iterable[Event]) -> RunStatus:
        """Return the status after several events."""
        status = self
        for event in events:
            status = status.after(event)
        return status

    def after(self, event: Event) -> RunStatus:
        """Return the status after one more event; unknown events change nothing."""
        match event:
            case Started():
                after = self._begun(event)
            case Progress():
                after = self._progressed(event)
            case EpochEnded():
                after = self._epoch_ended(event)
            case Saved():
                after = replace(self, saved=(*self.saved, event))
            case Scored():
                after = replace(self, plates=(*self.plates, (event.experiment, event.plate)))
            case Warned():
                after = replace(self, warnings=(*self.warnings, event.message))
            case Stopped() | Failed() | Finished():
                after = replace(
                    self, state=_ENDS[type(event)], message=event.message, seconds_left=None
                )
            case _:
                after = self
        return after

    def _begun(self, event: Started) -> RunStatus:
        return replace(
            self,
            state=RunState.RUNNING,
            phase="",
            done=0,
            total=0,
            message=event.message,
            started=event.time,
            seconds_left=None,
        )

    def _progressed(self, event: Progress) -> RunStatus:
        fresh = event.phase != self.phase or event.done < self.done
        began = event.time if fresh else self.phase_began
        first = event.done if fresh else self.phase_first
        steps = event.done - first
        left = self.seconds_left
        if not _by_epochs(self):
            pace = (event.time - began) / steps if steps > 0 else None
            todo = event.total - event.done
            left = pace * todo if pace is not None and todo >= 0 else None
        return replace(
            self,
            phase=event.phase,
            done=event.done,
            total=event.total,
            message=event.message,
            seconds_left=left,
            phase_began=began,
            phase_first=first,
        )

    def _epoch_ended(self, event: EpochEnded) -> RunStatus:
        earlier = tuple(e for e in self.epochs if e.epoch < event.epoch)
        epochs = (*earlier, event)
        alike = [e.seconds for e in epochs if e.stage == event.stage]
        mean = sum(alike) / len(alike)
        left = mean * max(event.epochs - event.epoch, 0)
        return replace(self, epochs=epochs, seconds_left=left)


def _by_epochs(status: RunStatus) -> bool:
    """Whether finished epochs tell more about the time left than the steps of the phase do."""
    return bool(status.epochs) and status.epochs[-1].epoch < status.epochs[-1].epochs
