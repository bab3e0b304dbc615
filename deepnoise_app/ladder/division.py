"""Which experiments a ladder learns from, chooses by, and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepnoise_app.errors import RecipeError
from deepnoise_app.runs.ladder import Division

FEWEST_LEARNED = 1


@dataclass(frozen=True, slots=True)
class Divided:
    """Names of experiments, each in one group.

    `learned` with labels; `validation` chooses the best epoch; `at_hand` are named, and their
    images, never their labels, are what second stages learn from; `fresh` are named and were never
    seen in any way.
    """

    learned: tuple[str, ...]
    validation: tuple[str, ...]
    at_hand: tuple[str, ...]
    fresh: tuple[str, ...] = ()

    @property
    def tested(self) -> tuple[str, ...]:
        """Experiments that are named, and judged by their true labels."""
        return (*self.at_hand, *self.fresh)

    def group(self, experiment: str) -> str:
        """`at hand` or `fresh`, for an experiment that is named."""
        return "at hand" if experiment in self.at_hand else "fresh"


def divide(labelled: Sequence[str], wish: Division) -> Divided:
    """Divide labelled experiments, in their order: the last ones are named.

    Raises
    ------
    RecipeError
        If too few are left to learn from.
    """
    apart = wish.validation + wish.at_hand + wish.fresh
    if len(labelled) < apart + FEWEST_LEARNED:
        raise RecipeError(
            f"the screen has {len(labelled)} labelled experiments, the ladder needs"
            f" {apart + FEWEST_LEARNED}: {wish.validation} to choose epochs by, {wish.at_hand}"
            f" at hand and {wish.fresh} fresh to name, and at least {FEWEST_LEARNED} to learn from"
        )
    learned = len(labelled) - apart
    ends = [learned, learned + wish.validation, learned + wish.validation + wish.at_hand]
    return Divided(
        tuple(labelled[: ends[0]]),
        tuple(labelled[ends[0] : ends[1]]),
        tuple(labelled[ends[1] : ends[2]]),
        tuple(labelled[ends[2] :]),
    )


def without(divided: Divided, tested: Sequence[str], fresh: Sequence[str]) -> Divided:
    """Return another division, with these experiments to name: at hand, and fresh.

    Raises
    ------
    RecipeError
        If one is not there, is asked for twice, or nothing is left to learn from.
    """
    everything = (*divided.learned, *divided.validation, *divided.tested)
    for name in (*tested, *fresh):
        if name not in everything:
            raise RecipeError(
                f"no labelled experiment {name!r} to name, only {', '.join(sorted(everything))}"
            )
    both = set(tested) & set(fresh)
    if both:
        raise RecipeError(f"{', '.join(sorted(both))} cannot be at hand and fresh at once")
    left = [name for name in sorted(everything) if name not in {*tested, *fresh}]
    if len(left) < 1 + FEWEST_LEARNED:
        raise RecipeError(
            f"only {len(left)} experiments are left, expected one to choose epochs by and at least"
            f" {FEWEST_LEARNED} to learn from"
        )
    count = max(1, len(left) // 5)
    return Divided(tuple(left[:-count]), tuple(left[-count:]), tuple(tested), tuple(fresh))
