"""Folders on web servers and in object stores, as far as readers of Zarr need them: read-only.

Nothing can be listed there, so an address has to be that of a plate or a pack itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.readers.zarr_arrays import answer, kvstore

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
        ScreenError
            If the server cannot be reached, stalls, or sends less than it promises.
        """
        import tensorstore  # a tenth of a second, so only where there are such plates

        try:
            store = answer(tensorstore.KvStore.open(kvstore(str(self.parent))), self.address)
            found = answer(store.read(self.name), self.address)
        except PixelError as error:
            raise ScreenError(str(error)) from error
        if found.state != "value":
            raise FileNotFoundError(self.address)
        return bytes(found.value)


Place = Path | RemotePlace


def address_of(path: Path | str) -> RemotePlace | None:
    """Return the address that a path is; None for a path on this computer."""
    match = _ADDRESS.match(str(path))
    return None if match is None else RemotePlace(f"{match[1].lower()}://{match[2]}")
