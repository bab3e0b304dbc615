"""A ladder: trainings of one screen that differ in one thing each, to see what each thing brings.

Shipped ladders lie in `ladders/` beside this file; each also defines the standard screen that it
is climbed on. A file may be `like` a shipped ladder and tell only what differs.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, JsonValue, ValidationError

from deepnoise_app.errors import RecipeError
from deepnoise_app.runs.knobs import Part, knob
from deepnoise_app.runs.recipe import MOST_BYTES, Recipe
from deepnoise_app.runs.stages import Selection
from deepnoise_app.untrusted import read_plain

_SHIPPED = Path(__file__).resolve().parent / "ladders"
DISCRIMINATE = "discriminate"


class StandardScreen(Part):
    """The simulated screen of a ladder, by numbers alone; the words are those of `simulate`."""

    experiments: int = knob(10, "Experiments.", ge=3, le=1000)
    plates: int = knob(4, "Plates per experiment.", ge=1, le=100)
    perturbations: int = knob(96, "Perturbations in the library.", ge=2, le=100_000)
    sites: int = knob(2, "Sites per well.", ge=1, le=100)
    size: int = knob(64, "Side of a site.", "px", ge=16, le=2048)
    wells: int | None = knob(None, "Wells of a plate; the smallest that serves by default.")
    seed: int = knob(0, "Start of all random numbers.", ge=0)
    difficulty: float = knob(1.0, "Perturbations are 1/this as strong.", gt=0)
    cell_types: list[str] = knob(["HUVEC"], "Cell types that take turns.", min_length=1)


class Division(Part):
    """How many of the labelled experiments are for what; the rest is learned from."""

    validation: int = knob(1, "Experiments that choose the best epoch.", "experiments", ge=1)
    at_hand: int = knob(
        1,
        "Experiments to name whose images, never whose labels, the second stage learns from.",
        "experiments",
        ge=1,
    )
    fresh: int = knob(
        0, "Experiments to name that no training has seen in any way.", "experiments", ge=0
    )


class Step(Part):
    """One step: a training, or (with `of`) another way to score the model of an earlier one.

    `changes` go over the recipe `base`, in its groups and words; so do `scoring`. `of` names the
    step whose model is only scored anew, `start_from` the one whose model a training goes on with.
    `reads` is the accuracy that the step stands for; all three are always told.
    """

    name: str = knob(..., "Short name, also that of its folder.", pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = knob(..., "What the step is, in words.", min_length=1)
    base: str | None = knob(None, "Shipped recipe; that of the ladder where it is not given.")
    changes: dict[str, JsonValue] = knob({}, "What differs from the recipe.")
    of: str | None = knob(None, "Step whose model is scored in another way.")
    start_from: str | None = knob(None, "Step whose model the training goes on with.")
    labelled: int | None = knob(
        None,
        "Experiments learned from with their labels, the first ones; of the others a second stage"
        " has the images alone. All by default.",
        "experiments",
        ge=1,
    )
    scoring: dict[str, JsonValue] = knob({}, "How the plates are scored.")
    reads: Selection = knob("free", "The accuracy that the step stands for.")
    beside: bool = knob(False, "Stands beside the ladder, not on it: for comparison.")


class Ladder(Part):
    """Which steps are climbed on which screen, from what recipe, how often."""

    title: str = knob("", "What the ladder is.")
    base: str = knob("laptop", "Shipped recipe that all steps begin from.")
    seeds: int = knob(3, "Trainings of each step that differ in nothing but chance.", ge=1, le=100)
    screen: StandardScreen = Field(
        default_factory=StandardScreen, description="The standard screen."
    )
    division: Division = Field(
        default_factory=Division, description="What the experiments are for."
    )
    common: dict[str, JsonValue] = knob({}, "Changes of the recipe that hold for every step.")
    step: list[Step] = knob([], "The steps, from the lowest to the highest.", min_length=1)

    @classmethod
    def load(cls, name_or_path: str | Path) -> Ladder:
        """Return a shipped ladder by name, or the one in a TOML file.

        Raises
        ------
        RecipeError
            If there is none, it cannot be read, or a step cannot be climbed.
        """
        path = shipped_ladders().get(str(name_or_path), Path(name_or_path))
        if not path.is_file():
            known = ", ".join(shipped_ladders())
            raise RecipeError(
                f"no ladder {str(name_or_path)!r}: expected a TOML file or one of {known}"
            )
        try:
            ladder = cls.model_validate(_read(path))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise RecipeError(f"{path}: {place} is {first['input']!r}: {first['msg']}") from error
        except (OSError, ValueError, RecursionError) as error:
            raise RecipeError(f"{path} is not a ladder: {error}") from error
        ladder.check()
        return ladder

    def bare(self) -> Ladder:
        """Return the ladder without what stands beside it."""
        return self.model_copy(update={"step": [one for one in self.step if not one.beside]})

    def without_discriminants(self) -> Ladder:
        """Return the ladder for a screen that tells too little for discriminants.

        Every step is named by the network, and one that would only repeat another is left out.
        """
        steps, known = [], set()
        for step in self.step:
            scoring = {name: value for name, value in step.scoring.items() if name != DISCRIMINATE}
            same = json.dumps([step.of, step.reads, scoring], sort_keys=True)
            if not step.scoring.get(DISCRIMINATE) or same not in known:
                steps.append(step.model_copy(update={"scoring": scoring}))
            known.add(same)
        return self.model_copy(update={"step": steps})

    def check(self) -> None:
        """Refuse steps of the same name, those that stand on nothing, and recipes that are none.

        Raises
        ------
        RecipeError
            If there is one.
        """
        trained: set[str] = set()
        seen: set[str] = set()
        for step in self.step:
            if step.name in seen:
                raise RecipeError(f"two steps of the ladder are called {step.name!r}")
            below = step.of or step.start_from
            if below is not None and below not in trained:
                raise RecipeError(
                    f"the step {step.name} stands on {below!r}, which is no training before it"
                )
            seen.add(step.name)
            if step.of is None:
                trained.add(step.name)
                self.recipe(step)

    def recipe(self, step: Step) -> Recipe:
        """Return what a training step asks for, without screen, seed and division.

        Raises
        ------
        RecipeError
            If it is no recipe.
        """
        made = Recipe.load(step.base or self.base).model_dump(mode="json")
        for changes in (self.common, step.changes):
            _lay_over(made, changes)
        return Recipe.from_json(json.dumps(made), f"the step {step.name}")


def shipped_ladders() -> dict[str, Path]:
    """Name and file of every shipped ladder."""
    return {path.stem: path for path in sorted(_SHIPPED.glob("*.toml"))}


def _read(path: Path) -> dict[str, Any]:
    """Read a file of a ladder; one that is `like` a shipped one tells only what differs."""
    told = tomllib.loads(read_plain(path, MOST_BYTES).decode("utf-8"))
    like = told.pop("like", None)
    if like is None:
        return told
    below = shipped_ladders().get(str(like))
    if below is None or below == path:
        known = ", ".join(name for name, file in shipped_ladders().items() if file != path)
        raise ValueError(f"it is to be like {like!r}, expected one of {known}")
    made = _read(below)
    _lay_over(made, told)
    return made


def _lay_over(made: dict[str, Any], changes: dict[str, Any]) -> None:
    """Put changes over a nested table, in place."""
    for key, value in changes.items():
        inner = made.get(key)
        if isinstance(value, dict) and isinstance(inner, dict):
            _lay_over(inner, value)
        else:
            made[key] = value
