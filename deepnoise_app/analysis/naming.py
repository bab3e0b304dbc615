"""The rules by which scores of wells become names: one per well, and by what a plate holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.assignment import UNASSIGNED, assign
from deepnoise_app.analysis.library import LibraryOrder, candidates_of, infer_library_order
from deepnoise_app.screen import Library, PlateMap

Candidates = Literal["all", "plate-map", "library"]
Labels = list[str]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rules:
    """What wells may be named: `names` in the order of the columns of scores.

    `copies` says how many wells of a plate each name may get without a library; one where it says
    nothing.
    """

    names: tuple[str, ...]
    library: Library | None = None
    copies: Mapping[str, int] = field(default_factory=dict)
    candidates: Candidates = "library"

    def one_per_well(self, scores: Scores) -> Labels:
        """Name the wells of a plate that all compete; scores are (wells, names)."""
        return self._assigned(
            scores, range(len(self.names)), [self._copies_of(name) for name in self.names]
        )

    def by_content(
        self, plates: Sequence[Scores], expected: Sequence[PlateMap]
    ) -> tuple[list[Labels], LibraryOrder | None]:
        """Name the competing wells of one experiment by what its plates hold.

        Names are empty where nothing tells that. The order of library plates is inferred; None
        without a library or a well.
        """
        told = any(len(scores) for scores in plates)
        if self.candidates == "library" and self.library is not None and told:
            order = infer_library_order(plates, self.names, self.library)
            listed = [candidates_of(self.names, self.library, name) for name in order.names]
            found = [self._assigned(scores, [int(c) for c in columns], copies)
                     for scores, (columns, copies) in zip(plates, listed, strict=True)]  # fmt: skip
            return found, order
        if self.candidates == "plate-map":
            return [self._by_map(*one) for one in zip(plates, expected, strict=True)], None
        return [[""] * len(scores) for scores in plates], None

    def _copies_of(self, name: str) -> int:
        """How many wells of a plate may get a name when all compete."""
        if self.library is not None and self.candidates == "library":
            return self.library.most_copies(name)
        return max(1, self.copies.get(name, 1))

    def _by_map(self, scores: Scores, plate_map: PlateMap) -> Labels:
        listed = Counter(
            plate_map[well].perturbation
            for well in plate_map
            if not plate_map[well].role.is_control
        )
        columns = [i for i, name in enumerate(self.names) if listed[name]]
        return self._assigned(scores, columns, [listed[self.names[i]] for i in columns])

    def _assigned(self, scores: Scores, columns: Sequence[int], copies: Sequence[int]) -> Labels:
        if not len(columns):
            return [""] * len(scores)
        chosen = assign(scores[:, list(columns)], copies).candidate
        return ["" if c == UNASSIGNED else self.names[columns[c]] for c in chosen]
