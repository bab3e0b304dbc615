"""A limit below which a well is said to hold nothing of the library.

The score is the highest similarity of a well to any class that it may be given (highest logit:
Vaze et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# Fewer wells do not tell where to draw the line.
FEWEST_STRANGERS, FEWEST_MEMBERS = 8, 20
# Without strangers, this share of members is given up.
GIVEN_UP = 0.05

Source = Literal["held-out classes", "known classes"]
Scores = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Limit:
    """Wells with a lower score are strangers.

    `members_flagged` and `strangers_flagged` are the shares of either kind below the limit, 0 to 1;
    None where there were no strangers to look at.
    """

    score: float
    source: Source
    members_flagged: float
    strangers_flagged: float | None


def draw_limit(members: Scores, strangers: Scores) -> Limit | None:
    """Choose the limit.

    With enough strangers (wells of classes that the network has not learned), where most wells of
    both kinds, counted equally, fall on their side (Youden 1950). Without, where one member in
    twenty is given up.

    Parameters
    ----------
    members, strangers
        Scores of wells of experiments that the network has not learned from.

    Returns
    -------
    limit
        None with fewer than 20 members.
    """
    if len(members) < FEWEST_MEMBERS:
        return None
    if len(strangers) < FEWEST_STRANGERS:
        score = float(np.quantile(members, GIVEN_UP))
        share = float((strangers < score).mean()) if len(strangers) else None
        return Limit(score, "known classes", float((members < score).mean()), share)
    seen = np.unique(np.concatenate([members, strangers]))
    tried = np.concatenate([seen[:1], (seen[:-1] + seen[1:]) / 2])
    kept = 1 - np.searchsorted(np.sort(members), tried) / len(members)
    caught = np.searchsorted(np.sort(strangers), tried) / len(strangers)
    best = int(np.argmax(kept + caught))
    return Limit(float(tried[best]), "held-out classes", float(1 - kept[best]), float(caught[best]))
