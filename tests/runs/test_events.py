"""Events: lines of JSON that are read as far as they are whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
    Unknown,
    Warned,
    decode,
    encode,
    read_events,
)

EVERY_KIND: list[Event] = [
    Started(),
    Progress(phase="train", done=1, total=4, message="Ångström\nand a line break"),
    EpochEnded(epoch=1, epochs=3, step=12, loss=2.5, free=0.5, seconds=1.5),
    Saved(what="model", path="model"),
    Scored(experiment="HUVEC-01", plate="Plate1", wells=308),
    Warned(message="dim"),
    Stopped(message="asked to"),
    Failed(message="full disk"),
    Finished(),
]


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: type(event).__name__)
def test_event_survives_its_line(event: Event) -> None:
    line = encode(event)
    assert "\n" not in line
    assert json.loads(line)["event"] == type(event).__name__
    assert decode(line) == event


def test_unknown_event_is_kept_as_it_was_read() -> None:
    line = '{"event": "Danced", "time": 3.5, "steps": 2}'
    event = decode(line)
    assert isinstance(event, Unknown)
    assert (event.kind, event.time) == ("Danced", 3.5)
    assert encode(event) == line


def test_new_field_of_a_known_event_is_passed_over() -> None:
    event = decode('{"event": "Warned", "time": 1, "message": "dim", "colour": "red"}')
    assert event == Warned(message="dim", time=1)


@pytest.mark.parametrize("line", ["not json", "[1]", '{"event": "Progress", "done": "many"}', "3"])
def test_line_that_makes_no_sense_is_unknown_and_no_error(line: str) -> None:
    assert isinstance(decode(line), Unknown)


def test_loss_that_is_not_a_number_survives() -> None:
    event = decode(encode(EpochEnded(epoch=1, epochs=1, step=1, loss=float("nan"))))
    assert isinstance(event, EpochEnded)
    assert event.loss != event.loss


def test_half_written_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    first, second = encode(Started(message="é")), encode(Warned(message="dim"))
    raw = f"{first}\n{second}\n".encode()
    for cut in range(len(raw) + 1):
        path.write_bytes(raw[:cut])
        early, offset = read_events(path, 0)
        path.write_bytes(raw)
        late, end = read_events(path, offset)
        assert [encode(e) for e in (*early, *late)] == [first, second]
        assert end == len(raw)


def test_file_that_is_not_there_yet_holds_nothing(tmp_path: Path) -> None:
    assert read_events(tmp_path / "events.jsonl", 0) == ([], 0)
