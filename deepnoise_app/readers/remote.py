"""Folders on web servers and in object stores, as far as readers of Zarr need them: read-only.

Nothing can be listed there, so an address has to be that of a plate or a pack itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.readers.zarr_arrays import read_far
from deepnoise_app.untrusted import parse_json, read_json, stays_inside, within

# A path that went through `Path` has lost one of the slashes.
_ADDRESS = re.compile(r"^(https?|s3|gs):/{1,2}([^/].*?)/*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RemotePlace:
    """A folder or file at an address, with as much of `Path` as is needed."""

    address: str

    def __truediv__(self, name: str) -> RemotePlace:
        return RemotePlace(f"{self.address}/{name}")

    def __str__(self) -> str:
        return self.address

    def joinpath(self, *names: str) -> RemotePlace:
        """Return what lies below."""
        return RemotePlace("/".join((self.address, *names)))

    @property
    def name(self) -> str:
        """Last part of the address."""
        return self.address.rpartition("/")[2]

    @property
    def parent(self) -> RemotePlace:
        """The folder above; that of a server is itself."""
        above = self.address.rpartition("/")[0]
        return self if above.endswith("/") else RemotePlace(above)

    def is_dir(self) -> bool:
        """Whether it may be a folder: that shows when something of it is read."""
        return True

    def read_bytes(self) -> bytes:
        """Return the content of a file.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        UnreachableError
            If the server cannot be reached, or stalls.
        ScreenError
            If it sends less than it promises.
        """
        try:
            return read_far(self.address)
        except PixelError as error:
            raise ScreenError(str(error)) from error


Place = Path | RemotePlace


def address_of(path: Path | str) -> RemotePlace | None:
    """Return the address that a path is; None for a path on this computer."""
    match = _ADDRESS.match(path.as_posix() if isinstance(path, Path) else path)
    return None if match is None else RemotePlace(f"{match[1].lower()}://{match[2]}")


def whole_path(path: Path | str) -> str:
    """Return where something lies, whatever folder one is in: its address, or its whole path."""
    return str(address_of(path) or Path(path).absolute())


def below(folder: Place, name: str) -> Place:
    """Return the place below a folder that a file names.

    Raises
    ------
    ScreenError
        If it leads out of the folder.
    """
    if isinstance(folder, Path):
        return within(folder, name)
    if not stays_inside(name):
        raise ScreenError(f"{name!r} leads out of {folder}: expected a path below it")
    return folder / name


def json_at(place: Place) -> Any:
    """Return what a JSON file says, here or at an address.

    Raises
    ------
    OSError, ValueError
        If it cannot be read, or is no JSON or JSON without end.
    UnreachableError
        If the server that it lies on does not answer.
    """
    return read_json(place) if isinstance(place, Path) else parse_json(place.read_bytes())
