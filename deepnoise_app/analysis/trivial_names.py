"""Names wells from shares of any origin, by the rules that a model's scores are named by.

Every well is named from what is known of other experiments, never of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.naming import Rules
from deepnoise_app.analysis.verdict import NAMED, Verdict, judge
from deepnoise_app.screen import Content, Library, PlateMap, Role, Screen, WellId

FOLDS = 4
Key = tuple[str, str, str]
Rows = NDArray[np.intp]
# Rows that are learned from, rows that are asked, names -> (asked, names) logarithms of shares.
Shares = Callable[[Rows, Rows, tuple[str, ...]], NDArray[np.floating]]


@dataclass(frozen=True, slots=True, eq=False)
class Wells:
    """Wells (experiment, plate, well) with what they hold, empty where that is not known.

    `asked` are to be named: all that compete on plates of which a model has named wells; on those
    that are `judged` the model was judged too.
    """

    keys: tuple[Key, ...]
    names: NDArray[np.str_]
    asked: NDArray[np.bool_]
    judged: NDArray[np.bool_]

    @property
    def experiments(self) -> NDArray[np.str_]:
        """(wells,): names of the experiments."""
        return np.array([key[0] for key in self.keys], dtype=str)

    @property
    def plates(self) -> NDArray[np.str_]:
        """(wells,): names of the plates, which other experiments may use too."""
        return np.array([key[1] for key in self.keys], dtype=str)

    @property
    def known(self) -> NDArray[np.bool_]:
        """(wells,): those of which it is known what they hold."""
        return np.asarray(self.names != "", dtype=np.bool_)

    def only(self, rows: Rows) -> Wells:
        """Return some of the wells."""
        keys = tuple(self.keys[i] for i in rows)
        return Wells(keys, self.names[rows], self.asked[rows], self.judged[rows])


class TrivialNames:
    """Names wells and judges the names by the accuracies that are wanted.

    Parameters
    ----------
    everything
        All wells: they tell what a plate holds where no library does.
    screens
        Screens whose libraries tell it.
    wanted
        Names of accuracies, such as those that the model has.
    """

    def __init__(
        self, everything: Wells, screens: Sequence[Screen], wanted: Collection[str]
    ) -> None:
        self._wanted = wanted
        self._libraries = {name: one.library for one in screens for name in one.experiments}
        held: dict[tuple[str, str], dict[WellId, Content]] = {}
        for (experiment, plate, well), name in zip(everything.keys, everything.names, strict=True):
            if name:
                content = Content(str(name), Role.TREATMENT)
                held.setdefault((experiment, plate), {})[WellId.parse(well)] = content
        self._maps = {key: PlateMap(contents) for key, contents in held.items()}

    def verdict(self, wells: Wells, shares: Shares) -> Verdict:
        """Name those of the wells that are asked; of which nothing tells are named wrong."""
        import pandas as pd

        named = {column: np.full(len(wells.keys), "", dtype=object) for column in NAMED.values()}
        experiments = wells.experiments
        order = {one: at % FOLDS for at, one in enumerate(dict.fromkeys(experiments.tolist()))}
        fold = np.array([order[one] for one in experiments])
        for number in range(fold.max() + 1):
            learned = np.flatnonzero((fold != number) & wells.known)
            asked = np.flatnonzero((fold == number) & wells.asked)
            names = tuple(sorted(set(wells.names[learned].tolist())))
            if len(asked) and len(names) > 1:
                scores = np.asarray(shares(learned, asked, names), dtype=np.float64)
                copies = _most_copies(wells.only(learned))
                self._name(wells.only(asked), scores, names, copies, asked, named)
        table = pd.DataFrame(named).assign(
            Metadata_Experiment=experiments,
            Metadata_Plate=wells.plates,
            Metadata_Role=np.where(wells.judged, str(Role.TREATMENT), ""),
            Metadata_Perturbation=wells.names,
        )
        found = judge(table, np.ones(len(table), dtype=np.bool_))
        wanted = {name: one for name, one in found.accuracies.items() if name in self._wanted}
        return replace(found, accuracies=wanted)

    def _name(
        self,
        wells: Wells,
        scores: NDArray[np.float64],
        names: tuple[str, ...],
        copies: dict[str, int],
        rows: Rows,
        named: dict[str, NDArray[np.object_]],
    ) -> None:
        """Fill in the names of wells, whose rows in the table are `rows`."""
        experiments, plates = wells.experiments, wells.plates
        for experiment in sorted(set(experiments.tolist())):
            rules = self._rules(experiment, names, copies)
            mine = experiments == experiment
            here = [np.flatnonzero(mine & (plates == plate)) for plate in np.unique(plates[mine])]
            maps = [self._maps.get(wells.keys[at[0]][:2], PlateMap()) for at in here]
            held, _ = rules.by_content([scores[at] for at in here], maps)
            for at, by_content in zip(here, held, strict=True):
                free = [names[best] for best in scores[at].argmax(axis=1)]
                made = by_content, rules.one_per_well(scores[at]), free
                for column, texts in zip(NAMED.values(), made, strict=True):
                    named[column][rows[at]] = texts

    def _rules(self, experiment: str, names: tuple[str, ...], copies: dict[str, int]) -> Rules:
        library: Library | None = self._libraries.get(experiment)
        return Rules(names, library, copies, "plate-map" if library is None else "library")


def _most_copies(wells: Wells) -> dict[str, int]:
    """Return how many wells of one plate hold a name at most."""
    most: Counter[str] = Counter()
    places = zip(wells.experiments.tolist(), wells.plates.tolist(), wells.names.tolist(),
                 strict=True)  # fmt: skip
    for (_, _, name), wells_of_it in Counter(places).items():
        most[name] = max(most[name], wells_of_it)
    return dict(most)
