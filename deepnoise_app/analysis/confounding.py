"""Whether a correction would take away the biology along with the noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import Role, row_letters

# A median follows whatever fills more than half of what it is taken over.
HALF = 0.5
LEAST_WELLS = 4


def fills_plate(plates: Sequence[PlateValues]) -> str:
    """Say which perturbation fills more than half of a plate; empty if none does.

    The median of such a plate is that perturbation's own level, and other plates differ from it
    by what it does: taking the median out would erase it.
    """
    for plate in plates:
        name, share = _most(_named(plate, range(len(plate))))
        if share > HALF:
            return (
                f"{name} is in {share:.0%} of the sample wells of {' '.join(plate.key)}: the"
                " plate's median would take its effect away"
            )
    return ""


def fills_line(plates: Sequence[PlateValues]) -> str:
    """Say which perturbation fills more than half of a row or column; empty if none does."""
    for plate in plates:
        for word, places in (("row", plate.rows), ("column", plate.columns)):
            for line in sorted(set(places[plate.samples].tolist())):
                names = _named(plate, (i for i in range(len(plate)) if places[i] == line))
                name, share = _most(names)
                if share > HALF and len(set(plate.perturbations)) > 1:
                    where = row_letters(line) if word == "row" else str(line + 1)
                    return (
                        f"{name} fills {share:.0%} of {word} {where} of {' '.join(plate.key)}:"
                        f" taking the {word}'s median out would erase its effect"
                    )
    return ""


def bound_to_batches(plates: Sequence[PlateValues], by: str = "plate") -> str:
    """Say which batches share no perturbation and no control with any other; empty if all do.

    Between such a batch and the others, biology and batch cannot be told apart: a method that
    makes batches alike would erase what its perturbations do.

    Parameters
    ----------
    by
        `plate` or `experiment`.
    """
    held: dict[str, set[str]] = {}
    for plate in plates:
        name = " ".join(plate.key) if by == "plate" else plate.experiment
        told = zip(plate.perturbations, plate.roles, plate.known, strict=True)
        held.setdefault(name, set()).update(
            p for p, role, known in told if known and p and role is not Role.EMPTY
        )
    return islands(held, by)


def islands(held: dict[str, set[str]], by: str) -> str:
    """Say which batch shares nothing with the others, by what each holds; empty if none."""
    if len(held) < 2 or not any(held.values()):
        return ""
    names = sorted(held)
    reached, waiting = {names[0]}, [names[0]]
    while waiting:
        mine = held[waiting.pop()]
        new = [n for n in names if n not in reached and held[n] & mine]
        reached.update(new)
        waiting += new
    apart = [n for n in names if n not in reached]
    if not apart:
        return ""
    return (
        f"{by} {apart[0]} shares no perturbation and no control with {by} {names[0]}: what is"
        f" biology and what is {by} cannot be told apart"
    )


def _named(plate: PlateValues, wells: Iterable[int]) -> list[str]:
    samples = plate.samples
    return [plate.perturbations[i] for i in wells if samples[i]]


def _most(names: Sequence[str]) -> tuple[str, float]:
    known = Counter(name for name in names if name)
    if len(names) < LEAST_WELLS or not known:
        return "", 0.0
    name, count = known.most_common(1)[0]
    return name, count / len(names)
