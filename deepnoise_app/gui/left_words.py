"""What embeddings still know of plates and places, in a few lines for a biologist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deepnoise_app.analysis.left_in import LeftIn
from deepnoise_app.gui.words import percent

if TYPE_CHECKING:
    from deepnoise_app.analysis.probes import Probe

LEFT_IN = (
    "How much of experiment, plate, row and column a linear probe still reads out of the embeddings"
    " of wells that it has not seen, on the way from chance (0 %) to certainty (100 %), with 95 %"
    " intervals: as scored, and with each plate centred. 0 % is best: nothing of the technical"
    " noise is left to be read."
)


def left_words(found: LeftIn | None) -> str:
    """Return rich text, empty where nothing was probed or nothing is to be told apart."""
    if found is None:
        return ""
    rows = [
        f"<tr><td>{before.target}&nbsp;</td><td>{_knows(before)}&nbsp;→&nbsp;</td>"
        f"<td>{_knows(after)}</td></tr>"
        for before, after in zip(found.before, found.after, strict=True)
        if before.knows == before.knows and after.knows == after.knows
    ]
    if not rows:
        return ""
    drawn = f"<br>of {found.wells:,} wells drawn" if found.wells < found.all_wells else ""
    return (
        f"Still readable (0 % is best){drawn}<table>"
        "<tr><td></td><td>as scored</td><td>centred</td></tr>"
        f"{''.join(rows)}</table>"
    )


def _knows(probe: Probe) -> str:
    """How far on the way, with its interval, never below chance."""
    ends = (probe.value, probe.low, probe.high)
    way = (max(0.0, (one - probe.chance) / (1 - probe.chance)) for one in ends)
    value, low, high = map(percent, way)
    ends_of = f"{low.removesuffix(' %')}–{high.removesuffix(' %')}"
    return f"<b>{value}</b>&nbsp;({ends_of})".replace(" ", "&nbsp;")
