"""What a run says while it goes on: one JSON line each in `events.jsonl`.

Lines of a newer version are kept as `Unknown`; fields that are not known are passed over, so that
an older window can watch a newer worker.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deepnoise_app.untrusted import parse_json, read_part

# Far above what a run says between two looks, and in its life.
MOST_AT_ONCE = 16_000_000
MOST_PARTS = 64


class Event(BaseModel):
    """Something that a run says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    time: float = Field(default_factory=time.time, description="Seconds since 1970, UTC.")


class Started(Event):
    """The worker has begun, or gone on with, the recipe's task."""

    message: str = ""


class Progress(Event):
    """`done` of `total` steps of a phase; `total` is 0 where it is not known."""

    phase: str
    done: int
    total: int
    message: str = ""


class EpochEnded(Event):
    """One pass is over. Accuracies on the held-out experiments, 0 to 1; None: not validated.

    Epochs are counted through both stages. `free`, `one_per_well` and `plate_prior` are those of
    the student (in the first stage: of the only network). `losses` are the terms of the loss,
    with their weights, by name.
    """

    epoch: int
    epochs: int
    step: int
    loss: float
    free: float | None = None
    one_per_well: float | None = None
    plate_prior: float | None = None
    seconds: float = 0.0
    stage: int = 1
    stages: int = 1
    losses: dict[str, float] = {}
    learning_rate: float | None = None
    teacher_free: float | None = None
    teacher_one_per_well: float | None = None
    teacher_plate_prior: float | None = None
    pseudo_labels: int = 0


class Saved(Event):
    """A file or folder that matters is whole on disk."""

    what: str
    path: str


class Scored(Event):
    """A plate has its predictions."""

    experiment: str
    plate: str
    wells: int


class Warned(Event):
    """Something that the user should know; the run goes on."""

    message: str


class Stopped(Event):
    """The run ended because it was asked to; what it reached is kept."""

    message: str = ""


class Failed(Event):
    """The run ended by a fault."""

    message: str


class Finished(Event):
    """The run did all that its recipe asks."""

    message: str = ""


class Unknown(Event):
    """A line that this version does not understand, kept as it was read."""

    kind: str
    line: str


_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Started,
        Progress,
        EpochEnded,
        Saved,
        Scored,
        Warned,
        Stopped,
        Failed,
        Finished,
    )
}


def encode(event: Event) -> str:
    """Return the event as one line of JSON, without the line break."""
    if isinstance(event, Unknown):
        return event.line
    fields = event.model_dump(mode="json")
    moment = fields.pop("time")
    return json.dumps({"event": type(event).__name__, "time": moment, **fields}, ensure_ascii=False)


def decode(line: str) -> Event:
    """Read one line; what cannot be understood becomes `Unknown`, never an error."""
    try:
        found = parse_json(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return Unknown(kind="", line=line, time=0.0)
    kind = str(found.get("event", ""))
    try:
        return _KINDS[kind].model_validate(found)
    except (KeyError, ValidationError):
        return Unknown(kind=kind, line=line, time=_moment(found.get("time")))


def _moment(value: Any) -> float:
    try:
        return float(value) if isinstance(value, int | float) else 0.0
    except OverflowError:  # a whole number without end
        return 0.0


def read_all_events(path: Path) -> list[Event]:
    """Read the whole lines of a file, as `read_events` does, to its end."""
    found: list[Event] = []
    offset = 0
    for _ in range(MOST_PARTS):
        new, end = read_events(path, offset)
        found += new
        if end == offset:
            break
        offset = end
    return found


def read_events(path: Path, offset: int = 0) -> tuple[list[Event], int]:
    """Read the whole lines that lie behind a byte offset.

    Parameters
    ----------
    path
        `events.jsonl`; a file that is not there yet holds no events.
    offset
        Where the last reading ended, in bytes.

    Returns
    -------
    events
        In the order in which they were told.
    offset
        Behind the last whole line: a half-written line waits for the next reading.
    """
    try:
        new = read_part(path, offset, MOST_AT_ONCE)
    except FileNotFoundError:
        return [], offset
    except OSError as error:
        said = Failed(message=f"{path.name} cannot be read: {error.strerror or error}")
        return [] if offset else [said], offset
    if len(new) == MOST_AT_ONCE and b"\n" not in new:
        return [], offset + len(new)  # a line that nobody would write is passed over
    whole = new[: new.rfind(b"\n") + 1]
    lines = whole.decode("utf-8", errors="replace").split("\n")
    return [decode(line) for line in lines if line.strip()], offset + len(whole)
