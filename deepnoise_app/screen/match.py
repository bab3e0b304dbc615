"""Which channel of a plate is which of a model's."""

from __future__ import annotations

from collections.abc import Sequence

from deepnoise_app.errors import ModelError
from deepnoise_app.screen.plate import Channel


def match_channels(wanted: Sequence[str], there: Sequence[Channel], place: str) -> list[int]:
    """Return the index of the file channel for each of the model's channels.

    By name or, where no name agrees but the number does, by order.

    Raises
    ------
    ModelError
        If a channel of the model has no counterpart.
    """
    names = [channel.name.casefold() for channel in there]
    asked = [name.casefold() for name in wanted]
    if all(name in names for name in asked):
        return [names.index(name) for name in asked]
    if len(names) == len(asked) and not set(names) & set(asked):
        return list(range(len(asked)))
    lacking = next(
        (name for name, key in zip(wanted, asked, strict=True) if key not in names), wanted[-1]
    )
    raise ModelError(
        f"{place} has the channels {', '.join(c.name for c in there) or '(none)'}, but the model"
        f" needs {', '.join(wanted)}: {lacking} has no counterpart"
    )
