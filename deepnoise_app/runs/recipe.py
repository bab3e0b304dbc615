"""Recipes: what a run shall do.

One object serves the form on screen, the command line and the worker: TOML for people, JSON in the
run folder. Shipped recipes lie in `recipes/` beside this file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import Field, JsonValue, ValidationError

from deepnoise_app.errors import RecipeError
from deepnoise_app.runs.knobs import Part as _Part
from deepnoise_app.runs.knobs import knob as _knob
from deepnoise_app.runs.recipe_faults import sentence
from deepnoise_app.runs.stages import StageTwo, Training
from deepnoise_app.untrusted import parse_json, read_plain

__all__ = [
    "CardText",
    "Explaining",
    "Network",
    "Recipe",
    "Scoring",
    "StageTwo",
    "Training",
    "shipped_recipes",
]

# A recipe has some hundred lines.
MOST_BYTES = 4_000_000
_SHIPPED = Path(__file__).resolve().parent / "recipes"


class Network(_Part):
    """The network that turns one site into features."""

    backbone: str = _knob("resnet10t", "Name of a timm network.", min_length=1)
    input_size: int = _knob(64, "Side to which the whole field is resized.", "px", ge=16, le=2048)
    pretrained: bool = _knob(False, "Fetch ImageNet weights from the internet before training.")
    weights: str | None = _knob(None, "Safetensors file on this computer to start from.")
    embedding: int = _knob(
        128, "Length of the vector that describes a site.", "features", ge=2, le=8192
    )
    neck: Literal["linear", "none"] = _knob(
        "linear",
        "What follows the pooled features: a layer to the embedding's length, or nothing.",
        rare=True,
    )
    drop_rate: float = _knob(
        0.0, "Share of features dropped while training.", rare=True, ge=0, le=0.9
    )
    options: dict[str, JsonValue] = _knob(
        {}, "Further settings that timm knows for the network.", rare=True
    )


class Scoring(_Part):
    """How a plate is scored."""

    views: int = _knob(
        8, "Flips and rotations of each site that are averaged.", "views", ge=1, le=8
    )
    sites: int = _knob(
        0, "Most sites of each well that are averaged; 0: all.", "sites", rare=True, ge=0, le=1000
    )
    candidates: Literal["all", "plate-map", "library"] = _knob(
        "library", "Perturbations that a well of a plate may be given."
    )
    plate_map: str | None = _knob(None, "Table of what each well got: CSV, Excel or Parquet.")
    library: str | None = _knob(None, "CSV with library_plate, perturbation, copies.")
    batch_size: int = _knob(64, "Sites per step.", "sites", ge=1, le=65_536)
    model: str | None = _knob(
        None, "Model folder, name of a shipped model, or folder of several models: an ensemble."
    )
    adapt: bool = _knob(False, "Take batch-norm statistics from each plate's own wells (AdaBN).")
    anchor: bool = _knob(
        False, "Normalise by the negative controls of a plate instead of by all its wells."
    )
    discriminate: bool = _knob(
        False,
        "Name wells by linear discriminants of their features, from which each plate's own mean and"
        " deviation were taken.",
    )
    abstain_below: float = _knob(
        0.0, "Wells of lower confidence are flagged as uncalled.", "confidence", ge=0, le=1
    )


class Explaining(_Part):
    """Which name of which well is explained."""

    well: str = _knob("", "Well to explain, such as B07.")
    target: str | None = _knob(
        None, "Perturbation to explain; the likeliest where it is not given."
    )


class CardText(_Part):
    """What the card of the trained model says about it."""

    name: str = _knob("", "Name of the model; empty: that of the run folder.")
    description: str = _knob("", "What the model is for.")
    warning: str = _knob("", "What everybody who uses it must know.")


class Recipe(_Part):
    """What a run shall do: the task, the screen, the network and both schedules."""

    task: Literal["plan", "train", "score", "explain", "measure", "check-map", "pack"] = _knob(
        "train", "What the run is for; plan: tell what the rest of the recipe would take."
    )
    screen: list[str] = _knob([], "Folders of the screen.")
    plates: list[str] = _knob(
        [], "Plates to measure or score, as EXPERIMENT/PLATE; all by default."
    )
    measures: Literal["basic", "all"] = _knob(
        "basic", "What is measured; all: focus, texture and number of nuclei as well."
    )
    reader: str | None = _knob(None, "File layout; found out where it is not given.")
    plane: int | None = _knob(
        None, "Z-plane to use; the brightest of all where it is not given.", ge=0
    )
    time: int | None = _knob(None, "Time point to use; the first where it is not given.", ge=0)
    pack_to: str | None = _knob(
        None, "Folder of the pack; without one it is told what packing would take.", rare=True
    )
    pack_codec: Literal["zstd", "lz4"] = _knob(
        "zstd", "How packed pixels are compressed; lz4: larger, faster to read.", rare=True
    )
    seed: int = _knob(0, "Start of all random numbers.", ge=0, le=2**32 - 1)
    device: Literal["auto", "cpu", "cuda", "mps"] = _knob("auto", "Where the network computes.")
    workers: int = _knob(
        0, "Threads that decode images; 0: one per core.", "threads", ge=0, le=1024
    )
    devices: int = _knob(
        1, "Graphics cards, or processes on a CPU, that train together.", rare=True, ge=1, le=64
    )
    start_from: str | None = _knob(
        None, "Model folder or name of a shipped model whose network the training goes on with."
    )
    network: Network = Field(default_factory=Network, description="The network.")
    training: Training = Field(
        default_factory=Training, description="The training, from labelled wells."
    )
    stage_two: StageTwo = Field(
        default_factory=StageTwo, description="The second stage, with a teacher and new plates."
    )
    scoring: Scoring = Field(default_factory=Scoring, description="The scoring.")
    explaining: Explaining = Field(
        default_factory=Explaining, description="The explanation of one well."
    )
    card: CardText = Field(default_factory=CardText, description="The model's own words.")

    @classmethod
    def from_toml(cls, text: str, name: str = "recipe") -> Recipe:
        """Read a recipe as people write it; `name` stands in the error message."""
        return _read(text, tomllib.loads, name, "TOML")

    @classmethod
    def from_json(cls, text: str, name: str = "recipe.json") -> Recipe:
        """Read a recipe as it lies in a run folder."""
        return _read(text, parse_json, name, "JSON")

    def to_json(self) -> str:
        """Write all fields, as `recipe.json` holds them."""
        return self.model_dump_json(indent=2) + "\n"

    @classmethod
    def load(cls, name_or_path: str | Path) -> Recipe:
        """Return a shipped recipe by name, or the one in a TOML or JSON file.

        Raises
        ------
        RecipeError
            If there is no such recipe, or it cannot be read.
        """
        path = shipped_recipes().get(str(name_or_path), Path(name_or_path))
        if not path.is_file():
            known = ", ".join(shipped_recipes())
            raise RecipeError(
                f"no recipe {str(name_or_path)!r}: expected a TOML file or one of {known}"
            )
        try:
            text = read_plain(path, MOST_BYTES).decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(f"the recipe {path} cannot be read: {error}") from error
        is_json = path.suffix == ".json"
        return cls.from_json(text, str(path)) if is_json else cls.from_toml(text, str(path))


def shipped_recipes() -> dict[str, Path]:
    """Name and file of every shipped recipe."""
    return {path.stem: path for path in sorted(_SHIPPED.glob("*.toml"))}


def _read(text: str, parse: Callable[[str], object], name: str, form: str) -> Recipe:
    try:
        return Recipe.model_validate(parse(text))
    except ValidationError as error:
        raise RecipeError(f"{name}: {sentence(error, Recipe)}") from error
    except ValueError as error:
        raise RecipeError(f"{name} is not valid {form}: {error}") from error
    except RecursionError:
        raise RecipeError(f"{name} is not valid {form}: it is nested too deeply") from None
