"""What a pack says of itself beside the OME metadata, under `deepnoise` in its groups.

A pack is a Zarr group that holds one OME-Zarr plate for each plate of a screen. The group of each
plate tells all that the plate's own files and tables told, so that it can be moved alone.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from deepnoise_app.errors import ScreenError, UnreachableError
from deepnoise_app.readers.remote import Place as Folder
from deepnoise_app.readers.remote import json_at
from deepnoise_app.screen import ProblemKind, Role

KEY = "deepnoise"
VERSION = 1
Codec = Literal["zstd", "lz4"]
Place = tuple[int, int, int]
T = TypeVar("T", bound="_Text")


class _Text(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class WellText(_Text):
    """What the plate map says of a well."""

    well: str
    perturbation: str = ""
    role: Role = Role.UNKNOWN
    factors: tuple[tuple[str, str], ...] = ()


class ChannelText(_Text):
    """A channel, as `Channel`."""

    name: str
    dye: str = ""
    emission_nm: float = 0
    colour: str = ""


class Origin(_Text):
    """Where a plate came from: folder, reader, the stamp of its files, when and by what packed."""

    path: str
    reader: str
    stamp: str
    packed: str
    version: str


class Statistics(_Text):
    """Averages over all sites of each site's own mean and deviation, per channel, in grey levels.

    None for a channel that no site has.
    """

    mean: tuple[float | None, ...]
    std: tuple[float | None, ...]


class SiteText(_Text):
    """What one packed site says: per channel mean and deviation, and what is not in its image.

    `missing` channels have no file, `faults` could not be read when the site was packed, and
    `apart` lie in arrays of their own, since their size or dtype is another.
    """

    mean: tuple[float | None, ...]
    std: tuple[float | None, ...]
    missing: tuple[int, ...] = ()
    faults: dict[int, str] = {}
    apart: tuple[int, ...] = ()


class PlateText(_Text):
    """All that is known of a packed plate; `missing`, `faults` and `apart` by well, site, channel.

    `levels` are the factors by which each array of an image is smaller than the first.
    """

    format: Literal[1]
    experiment: str
    plate: str
    rows: int
    columns: int
    channels: tuple[ChannelText, ...]
    sites: tuple[int, ...]
    wells: tuple[str, ...]
    pixel_size_um: float
    levels: tuple[int, ...]
    codec: Codec
    missing: tuple[Place, ...]
    faults: tuple[tuple[int, int, int, str], ...]
    apart: tuple[Place, ...]
    map: tuple[WellText, ...]
    statistics: Statistics
    origin: Origin


class PlateEntry(_Text):
    """A plate in the list of a pack; one without images has no folder, and its map here."""

    experiment: str
    plate: str
    folder: str = ""
    stamp: str = ""
    rows: int = 0
    columns: int = 0
    map: tuple[WellText, ...] = ()


class ProblemText(_Text):
    """A problem, as `Problem`."""

    kind: ProblemKind
    message: str
    experiment: str | None = None
    plate: str | None = None
    well: str | None = None
    site: int | None = None
    channel: int | None = None


class StackText(_Text):
    """Which planes and times the pixels show, as `Stack`."""

    planes: tuple[int, ...] = ()
    times: tuple[int, ...] = ()
    plane: int | None = None
    time: int | None = None


class PackText(_Text):
    """All that is known of a packed screen; `complete` once every plate is written."""

    format: Literal[1]
    complete: bool
    path: str
    reader: str
    codec: Codec
    channels: tuple[ChannelText, ...]
    plates: tuple[PlateEntry, ...]
    problems: tuple[ProblemText, ...] = ()
    library: dict[str, dict[str, int]] | None = None
    stack: StackText = StackText()

    def stands_for(self, other: PackText) -> bool:
        """Whether both are packs of the same files, made alike; finished or not."""
        mine, theirs = (
            [(p.experiment, p.plate, p.folder, p.stamp) for p in one.plates] + [one.codec]
            for one in (self, other)
        )
        return mine == theirs


def own_text(group: Folder) -> dict[str, Any] | None:
    """Return what a group says under `deepnoise`; None if it is no part of a pack.

    Raises
    ------
    ScreenError
        If its file cannot be read, or it comes from another version of the app.
    """
    path = group / "zarr.json"
    try:
        found = json_at(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnreachableError:
        raise
    except (OSError, ValueError) as error:
        raise ScreenError(f"{path} cannot be read: {error}") from error
    inner = found.get("attributes", {}) if isinstance(found, dict) else {}
    own = inner.get(KEY) if isinstance(inner, dict) else None
    return own if isinstance(own, dict) else None


def pack_text(group: Folder) -> PackText | None:
    """Return the text of a pack; None if the group is no pack.

    Raises
    ------
    ScreenError
        If the text is damaged, or of another version of the app.
    """
    own = own_text(group)
    return None if own is None or "plates" not in own else _checked(PackText, own, group)


def is_part(group: Folder) -> bool:
    """Whether a group says that it is a pack, or a plate of one; readable or not."""
    try:
        own = own_text(group)
    except ScreenError:
        return False
    return own is not None and ("plates" in own or "wells" in own)


def is_pack(group: Folder) -> bool:
    """Whether a group says that it is a pack, readable or not."""
    try:
        own = own_text(group)
    except ScreenError:
        return False
    return own is not None and "plates" in own


def plate_text(group: Folder) -> PlateText | None:
    """Return the text of a packed plate; None if the group is none.

    Raises
    ------
    ScreenError
        If the text is damaged, or of another version of the app.
    """
    own = own_text(group)
    return None if own is None or "wells" not in own else _checked(PlateText, own, group)


def _checked(model: type[T], own: dict[str, Any], group: Folder) -> T:
    made = own.get("format")
    if made != VERSION:
        raise ScreenError(
            f"{group} was packed in form {made!r}, this version reads form {VERSION}: pack it"
            " anew, or use the version that made it"
        )
    try:
        return model.model_validate(own)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ScreenError(f"{group} is a damaged pack, at {where}: {first['msg']}") from None
