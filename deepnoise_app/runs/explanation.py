"""Why a well is named as it is: what a run that explains leaves, and what it means in words."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from deepnoise_app.errors import RunError
from deepnoise_app.runs.files import write_whole
from deepnoise_app.untrusted import read_json, read_plain

EXPLANATION = "explanation.json"
# A map of attributions: channels times a square, four bytes each.
MOST_MAP_BYTES = 500_000_000


class SiteExplanation(BaseModel):
    """One site: logits for the plate's mean and for the image, and what the pixels add up to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: int
    start: float
    end: float
    attributed: float
    steps: int

    @property
    def file(self) -> str:
        """Where the attributions (C, S, S) lie, beside the explanation."""
        return f"attribution-s{self.site}.npy"


class Explanation(BaseModel):
    """Why a model gives a well a name; `channels` are the shares of the channels, 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    experiment: str
    plate: str
    well: str
    target: str
    model: str
    sites: list[SiteExplanation]
    channels: dict[str, float]

    @property
    def sentence(self) -> str:
        """What the map means, in plain words."""
        first = sorted(self.channels, key=lambda name: -self.channels[name])[:2]
        told = " and ".join(f"{name} ({self.channels[name] * 100:.0f} %)" for name in first)
        return (
            f"Red speaks for {self.target} in {self.well}, blue against it, compared with a field"
            f" of the plate's mean; most comes from {told}. It shows what {self.model} looks at,"
            " not what is biologically so."
        )

    def write(self, folder: Path) -> Path:
        """Write `explanation.json`; returns its path."""
        path = folder / EXPLANATION
        write_whole(path, self.model_dump_json(indent=2) + "\n")
        return path

    @classmethod
    def read(cls, path: Path) -> Explanation:
        """Read what `write` wrote.

        Raises
        ------
        RunError
            If it is not there or damaged.
        """
        try:
            return cls.model_validate(read_json(path))
        except (OSError, ValueError) as error:
            raise RunError(f"{path} is no explanation: {error}") from error

    def maps(self, folder: Path) -> dict[int, NDArray[np.float32]]:
        """Return for each site what speaks for (above 0) and against, (S, S), all channels added.

        Raises
        ------
        RunError
            If a file is not there or damaged.
        """
        found = {}
        for one in self.sites:
            try:
                content = io.BytesIO(read_plain(folder / one.file, MOST_MAP_BYTES))
                values = np.lib.format.read_array(content, allow_pickle=False)
                found[one.site] = np.asarray(values.sum(axis=0), np.float32)
            except (OSError, ValueError, TypeError, MemoryError) as error:
                raise RunError(f"{folder / one.file} cannot be read: {error}") from error
        return found
