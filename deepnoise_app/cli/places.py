"""What is written lies on this computer: an address as a place to write to is refused."""

from __future__ import annotations

from pathlib import Path


def on_this_computer(path: Path | None) -> Path | None:
    """Check a place to write to, as a callback of its option.

    Raises
    ------
    RunError
        If it is an address.
    """
    from deepnoise_app.errors import RunError
    from deepnoise_app.readers.remote import address_of

    address = None if path is None else address_of(path)
    if address is not None:
        raise RunError(
            f"{address} is an address, where nothing is written: give a place on this computer"
        )
    return path
