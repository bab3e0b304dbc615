"""Pseudo-labels: what the teacher makes of unlabelled wells, under the plate prior.

The teacher looks at consecutive wells of one plate at a time in training mode, so that batch norm
takes the plate's noise out (Yang et al. 2023). Instead of the published search for class
coefficients, wells are assigned: each perturbation to at most as many wells as the library plate,
itself inferred, holds copies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax

from deepnoise_app.analysis.assignment import UNASSIGNED, assign
from deepnoise_app.analysis.library import candidates_of, infer_library_order
from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.batches import Batches, prepared, view_of
from deepnoise_app.learning.examples import UNLABELLED
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.runs.events import Event, Progress
from deepnoise_app.screen import Library

Rows = NDArray[np.intp]
Scores = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What pseudo-labels may be.

    `treatments` are the first classes of the network, controls come behind them. Without a library
    a perturbation may have as many wells of a plate as `copies` says, one where it says nothing.
    """

    treatments: tuple[str, ...]
    library: Library | None
    copies: Mapping[str, int]


def unlabelled_plates(batches: Batches) -> list[tuple[int, Rows]]:
    """Return (plate, rows of its unlabelled examples in order of wells)."""
    found: dict[int, list[int]] = {}
    for row in np.flatnonzero(~batches.labelled):
        found.setdefault(batches.examples[row].plate, []).append(int(row))
    return [
        (plate, np.array(sorted(rows, key=lambda row: batches.examples[row].well), dtype=np.intp))
        for plate, rows in sorted(found.items())
    ]


def look_at(
    teacher: DeepNoiseNet,
    batches: Batches,
    epoch: int,
    passes: int,
    batch_size: int,
    ranks: Ranks,
    should_stop: Callable[[], bool],
    tell: Callable[[Event], None] = lambda _: None,
) -> Scores:
    """Return the teacher's mean logits of all unlabelled examples; the teacher is not changed.

    Parameters
    ----------
    epoch
        Chooses the sites and views that are drawn.

    Returns
    -------
    logits
        (examples, classes); NaN for labelled examples, and for a plate with a single unlabelled
        well, of which batch norm cannot tell anything.

    Raises
    ------
    Interrupted
        If `should_stop` says so.
    """
    plates = [rows for _, rows in unlabelled_plates(batches) if len(rows) > 1]
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    was_training = teacher.training
    teacher.train()
    mine: list[tuple[Rows, Scores]] = []
    try:
        for done, rows in enumerate(ranks.share(plates)):
            total = -(-len(plates) // ranks.count)
            tell(Progress(phase="Making pseudo-labels", done=done, total=total))
            count = max(1, -(-len(rows) // batch_size))
            for part in np.array_split(rows, count):
                if should_stop():
                    raise Interrupted("stopped while pseudo-labels were made")
                mine.append((part, _mean_logits(teacher, batches, epoch, passes, part, ranks)))
    finally:
        teacher.load_state_dict(before)
        teacher.train(was_training)
    found = np.full((len(batches.examples), teacher.head.weight.shape[0]), np.nan, dtype=np.float32)
    for part, logits in ranks.gathered(mine):
        found[part] = logits
    return found


def _mean_logits(
    teacher: DeepNoiseNet, batches: Batches, epoch: int, passes: int, rows: Rows, ranks: Ranks
) -> Scores:
    device = teacher.head.weight.device
    total = torch.zeros(len(rows), teacher.head.weight.shape[0], device=device)
    for number in range(passes):
        items = batches.looks(epoch, number, rows)
        torch.manual_seed(int(rows[0]) * passes + number)
        with torch.no_grad(), ranks.fabric.autocast():
            total += teacher(view_of(prepared(items, device), items)).float()
    return np.asarray((total / passes).cpu().numpy(), dtype=np.float32)


def mix(new: Scores, old: Scores | None, keep: float) -> Scores:
    """Return (1 - keep) * new + keep * old, where there are old ones."""
    if old is None:
        return new
    return np.where(np.isnan(old), new, (1 - keep) * new + keep * old).astype(np.float32)


def assign_labels(
    logits: Scores, batches: Batches, experiments: Sequence[str], prior: Prior
) -> Labels:
    """Assign the unlabelled wells of each experiment to perturbations.

    Parameters
    ----------
    logits
        (examples, classes) as `look_at` gives them.
    experiments
        Experiment of each plate of the store.

    Returns
    -------
    labels
        (examples,), class numbers; `UNLABELLED` where there is none.
    """
    labels = np.full(len(logits), UNLABELLED, dtype=np.int64)
    shares = log_softmax(logits[:, : len(prior.treatments)].astype(np.float64), axis=1)
    plates = [
        (plate, rows[np.isfinite(shares[rows]).all(axis=1)])
        for plate, rows in unlabelled_plates(batches)
    ]
    for experiment in sorted({experiments[plate] for plate, _ in plates}):
        mine = [rows for plate, rows in plates if experiments[plate] == experiment and len(rows)]
        for rows, (columns, copies) in zip(mine, _candidates(mine, shares, prior), strict=True):
            if not len(columns):
                continue
            chosen = assign(shares[np.ix_(rows, columns)], copies).candidate
            given = chosen != UNASSIGNED
            labels[rows[given]] = np.asarray(columns)[chosen[given]]
    return labels


def _candidates(
    plates: Sequence[Rows], shares: NDArray[np.float64], prior: Prior
) -> list[tuple[Rows, list[int]]]:
    """Columns and copies that each plate of one experiment may be given."""
    names = prior.treatments
    if prior.library is None:
        copies = [max(1, prior.copies.get(name, 1)) for name in names]
        return [(np.arange(len(names)), copies)] * len(plates)
    if not plates:
        return []
    order = infer_library_order([shares[rows] for rows in plates], names, prior.library)
    return [candidates_of(names, prior.library, name) for name in order.names]
