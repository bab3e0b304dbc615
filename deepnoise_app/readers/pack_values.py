"""Turns the values of a screen into the text of a pack, and back."""

from __future__ import annotations

from deepnoise_app.readers.pack_text import (
    VERSION,
    ChannelText,
    Codec,
    PackText,
    PlateEntry,
    ProblemText,
    StackText,
    WellText,
)
from deepnoise_app.screen import (
    Channel,
    Content,
    Library,
    Plate,
    PlateMap,
    Problem,
    Screen,
    Stack,
    WellId,
)


def map_text(plate: Plate) -> tuple[WellText, ...]:
    """Return the plate map of a plate, all columns kept."""
    return tuple(
        WellText(well=well.name, perturbation=c.perturbation, role=c.role, factors=c.factors)
        for well, c in plate.map.contents.items()
    )


def map_of(texts: tuple[WellText, ...]) -> PlateMap:
    """Return what `map_text` was made from."""
    return PlateMap(
        {WellId.parse(t.well): Content(t.perturbation, t.role, t.factors) for t in texts}
    )


def channels_text(channels: tuple[Channel, ...]) -> tuple[ChannelText, ...]:
    """Return channels as text."""
    return tuple(
        ChannelText(name=c.name, dye=c.dye, emission_nm=c.emission_nm, colour=c.colour)
        for c in channels
    )


def channels_of(texts: tuple[ChannelText, ...]) -> tuple[Channel, ...]:
    """Return what `channels_text` was made from."""
    return tuple(Channel(t.name, t.dye, t.emission_nm, t.colour) for t in texts)


def screen_text(screen: Screen, plates: tuple[PlateEntry, ...], codec: Codec) -> PackText:
    """Return the text of an unfinished pack of a screen."""
    stack, library = screen.stack, screen.library
    return PackText(
        format=VERSION,
        complete=False,
        path=screen.path,
        reader=screen.reader,
        codec=codec,
        channels=channels_text(screen.channels),
        plates=plates,
        problems=tuple(ProblemText.model_validate(p.as_json()) for p in screen.problems),
        library=None if library is None else {n: dict(p) for n, p in library.plates.items()},
        stack=StackText(planes=stack.planes, times=stack.times, plane=stack.plane, time=stack.time),
    )


def problem_of(text: ProblemText) -> Problem:
    """Return the problem that a text was made from."""
    well = None if text.well is None else WellId.parse(text.well)
    return Problem(
        text.kind, text.message, text.experiment, text.plate, well, text.site, text.channel
    )


def library_of(text: PackText) -> Library | None:
    """Return the library of the packed screen."""
    return None if text.library is None else Library(text.library)


def stack_of(text: PackText) -> Stack:
    """Return which planes and times the pixels of the packed screen show."""
    return Stack(text.stack.planes, text.stack.times, text.stack.plane, text.stack.time)
