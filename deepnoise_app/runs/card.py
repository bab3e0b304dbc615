"""Model packages: a folder with `model.safetensors` and its card, `model.json`.

Never pickle: what a package holds is data, and loading it runs nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, JsonValue, ValidationError

from deepnoise_app.assets import shipped_models
from deepnoise_app.errors import ModelError
from deepnoise_app.runs.card_parts import (
    AccuracyName,
    Calibration,
    CardPart,
    ChannelRange,
    ChannelStatistics,
    ControlAnchor,
    Distribution,
    Interval,
    LibraryLimit,
    Provenance,
)
from deepnoise_app.runs.files import write_whole
from deepnoise_app.untrusted import read_plain

FORMAT_VERSION = 1
# What a network is made for before its weights are compared: as much as a recipe may ask for.
MOST_SIDE, MOST_FEATURES, MOST_CHANNELS = 2048, 8192, 1000
CARD, WEIGHTS = "model.json", "model.safetensors"


class ModelCard(BaseModel):
    """All that one needs to know to use a model, or to decide not to."""

    model_config = CardPart.model_config

    name: str
    description: str = ""
    warning: str = ""
    classes: list[str] = Field(min_length=1)
    control_classes: list[str] = []
    channels: list[str] = Field(min_length=1, max_length=MOST_CHANNELS)
    input_size: int = Field(ge=1, le=MOST_SIDE, description="Side in pixels.")
    normalisation: Literal["plate", "experiment", "global"] = "plate"
    backbone: str
    backbone_options: dict[str, JsonValue] = {}
    embedding: int = Field(ge=1, le=MOST_FEATURES, description="Features.")
    neck: Literal["linear", "none"] = "linear"
    scale: float = Field(30.0, gt=0)
    library: dict[str, dict[str, int]] | None = None
    copies: dict[str, int] = Field({}, description="Most wells of one training plate per class.")
    image_size: tuple[int, int] | None = Field(None, description="Of the training data, pixels.")
    smallest_plate: int = Field(0, ge=0, description="Wells of the smallest training plate.")
    provenance: Provenance = Provenance()
    accuracy: dict[AccuracyName, Interval] = {}
    training_embedding: Distribution | None = None
    channel_ranges: list[ChannelRange] = []
    channel_statistics: list[ChannelStatistics] = Field(
        [], description="What a model with global normalisation takes out of every plate."
    )
    control_anchor: list[ControlAnchor] = Field([], description="Per channel; empty if unknown.")
    calibration: Calibration | None = None
    library_limit: LibraryLimit | None = None
    discriminants: bool = Field(False, description="Whether the weights hold discriminants.")
    discriminant_calibration: Calibration | None = None
    sha256: str = Field("", description="Of model.safetensors, hexadecimal.")
    format_version: int = FORMAT_VERSION

    @property
    def treatments(self) -> tuple[str, ...]:
        """Classes that a well may be given: all but those of controls."""
        apart = set(self.control_classes)
        return tuple(name for name in self.classes if name not in apart)


def resolve_model(name_or_path: str | Path) -> Path:
    """Folder of a model, given that folder or the name of a shipped model.

    The name of a shipped model always means that model: write `./demo` for a folder of that name.

    Raises
    ------
    ModelError
        If there is neither.
    """
    shipped = shipped_models()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    path = Path(name_or_path)
    if path.name in (CARD, WEIGHTS) and path.is_file():
        return path.parent
    if path.is_dir():
        return path
    known = f"one of the shipped models: {', '.join(shipped)}" if shipped else "none is shipped"
    if path.exists():
        raise ModelError(f"{path} is a file, expected a model folder, or {known}")
    raise ModelError(f"no model {str(name_or_path)!r}: expected a model folder, or {known}")


def load_card(name_or_path: str | Path) -> ModelCard:
    """Read the card of a model and make sure that its weights are the ones it speaks of.

    Raises
    ------
    ModelError
        If a file is missing, is not what it should be, or the weights have another hash.
    """
    folder = resolve_model(name_or_path)
    card_path, weights = folder / CARD, folder / WEIGHTS
    if not card_path.is_file():
        raise ModelError(f"{folder} is not a model: there is no {CARD} in it")
    if not weights.is_file():
        raise ModelError(f"the model {folder} has no weights: there is no {WEIGHTS} in it")
    refuse_other_formats(weights)
    card = _parse(card_path)
    found = sha256(weights)
    if found != card.sha256:
        raise ModelError(
            f"{weights} is not the file that its card speaks of: expected SHA-256"
            f" {card.sha256[:12] or '(none)'}…, found {found[:12]}…"
        )
    return card


def save_card(card: ModelCard, folder: Path) -> ModelCard:
    """Write `model.json` for the weights that lie in the folder; returns it with their hash."""
    whole = card.model_copy(update={"sha256": sha256(folder / WEIGHTS)})
    write_whole(folder / CARD, whole.model_dump_json(indent=2) + "\n")
    return whole


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parse(path: Path) -> ModelCard:
    try:
        card = ModelCard.model_validate_json(read_plain(path))
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ModelError(f"{path} is not a model card: {place} {first['msg']}".strip()) from error
    if card.format_version > FORMAT_VERSION:
        raise ModelError(
            f"{path} has format {card.format_version}, this DeepNoise reads up to"
            f" {FORMAT_VERSION}: update the app"
        )
    return card


def refuse_other_formats(path: Path) -> None:
    """Raise a `ModelError` unless the first bytes are those of a safetensors file.

    A pickle, or a zip as torch writes it, is never opened.
    """
    with path.open("rb") as file:
        head = file.read(9)
    if head[:2] == b"PK" or (head[:1] == b"\x80" and head[1:2] <= b"\x05" and head[8:9] != b"{"):
        raise ModelError(
            f"{path} is a pickle, not a safetensors file: pickles can run programs and are not"
            " loaded; save the weights as safetensors"
        )
    length = int.from_bytes(head[:8], "little")
    if len(head) < 9 or head[8:9] != b"{" or length > path.stat().st_size:
        raise ModelError(f"{path} is not a safetensors file: its first bytes are no header")
