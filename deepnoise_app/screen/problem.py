"""What is wrong with a file, with its place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from deepnoise_app.screen.well import WellId


class ProblemKind(StrEnum):
    """The kinds of problem, as `deepnoise inspect --json` names them."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    SIZE = "size"
    BLANK = "blank"
    SATURATED = "saturated"
    DUPLICATE = "duplicate"
    NOT_IMAGED = "not-imaged"
    NOT_LISTED = "not-listed"
    TABLE = "table"
    STRAY = "stray"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and why.

    `channel` counts from 1, as the files do; what does not apply is None.
    """

    kind: ProblemKind
    message: str
    experiment: str | None = None
    plate: str | None = None
    well: WellId | None = None
    site: int | None = None
    channel: int | None = None

    def __str__(self) -> str:
        """`missing, HUVEC-01 Plate1 B02 site 2: no image of channel 5`."""
        well = None if self.well is None else self.well.name
        site = None if self.site is None else f"site {self.site}"
        place = " ".join(part for part in (self.experiment, self.plate, well, site) if part)
        told = place and self.message.startswith(place)
        named = "channel" in self.message or self.message.startswith(f"{place},")
        channel = "" if self.channel is None or named else f" channel {self.channel}"
        if told:
            return f"{self.kind}{channel and ','}{channel}: {self.message}"
        place += channel
        return f"{self.kind}{place and f', {place}'}: {self.message}"

    def as_json(self) -> dict[str, str | int | None]:
        """The object that `deepnoise inspect --json` prints."""
        found = asdict(self)
        found["well"] = None if self.well is None else self.well.name
        found["kind"] = str(self.kind)
        return found
