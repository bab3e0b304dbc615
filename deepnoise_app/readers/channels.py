"""Channels of plates that number theirs differently, brought together by name.

Two plates may both have a `ch1`, one of them DAPI and the other GFP: only the names say which
belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.screen import Channel, natural


def unify(
    texts: Mapping[PlateKey, Iterable[str]], known: Mapping[PlateKey, Mapping[str, Channel]]
) -> tuple[tuple[Channel, ...], dict[PlateKey, tuple[str, ...]]]:
    """Return the channels of all plates, and the text of each one in the names of every plate.

    Parameters
    ----------
    texts
        How the files of a plate name its channels.
    known
        What its index says of them; the others are called as in the file names.
    """
    plates = {key: _named(found, known.get(key, {})) for key, found in texts.items()}
    channels: dict[str, Channel] = {}
    for named in plates.values():
        for name, (_, channel) in named.items():
            channels.setdefault(name, channel)
    own = {
        key: tuple(named[name][0] if name in named else "" for name in channels)
        for key, named in plates.items()
    }
    return tuple(channels.values()), own


def _named(texts: Iterable[str], known: Mapping[str, Channel]) -> dict[str, tuple[str, Channel]]:
    """Return text and channel by name; a name that two channels of a plate share gets the text."""
    ordered = sorted(texts, key=natural)
    found = {text: known.get(text) or Channel(text) for text in ordered}
    names = [channel.name for channel in found.values()]
    named = {}
    for text, channel in found.items():
        name = channel.name if names.count(channel.name) == 1 else f"{channel.name} ({text})"
        named[name] = (text, replace(channel, name=name))
    return named
