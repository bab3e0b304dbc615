"""What the Runs panel says about a run."""

from __future__ import annotations

from html import escape

from deepnoise_app.gui.ladder_record import TASK as LADDER
from deepnoise_app.gui.run_strip import doing
from deepnoise_app.gui.words import (
    ACCURACIES,
    count,
    duration,
    from_home,
    moment,
    percent,
    sentence,
)
from deepnoise_app.runs.explanation import EXPLANATION
from deepnoise_app.runs.ladder_table import LADDER as LADDER_TABLE
from deepnoise_app.session import RunRecord

TASKS = {
    "train": "Training",
    "score": "Scoring",
    "measure": "Measuring",
    "check-map": "Map check",
    "explain": "Explanation",
    "pack": "Packing",
    LADDER: "Ladder",
}
# What a folder of a run may hold that is worth naming before it goes.
PARTS = {
    "model": "model",
    "checkpoint": "checkpoint to go on from",
    "predictions.parquet": "predictions",
    "embeddings.parquet": "embeddings",
    "measures": "measures",
    "map-check.json": "map check",
    EXPLANATION: "explanation",
    LADDER_TABLE: "table of the ladder",
}


def summary_line(record: RunRecord) -> str:
    """Return what a run is for, and in a second line where it stands and what it found."""
    view = record.view
    over = view.status.is_over
    now = [str(view.status.state), moment(record.when)] if over else [doing(view)]
    kind = f"{TASKS.get(view.task, view.task)} {record.used}".strip()
    parts = now
    name = next((name for name in ACCURACIES if name in record.accuracy), None)
    if name is not None:
        parts.append(f"{ACCURACIES[name]} {percent(record.accuracy[name])}")
    found = [from_home(record.outcome)] * bool(record.outcome)
    return f"{kind}\n{' · '.join([*parts, *found])}"


def lost_with(record: RunRecord) -> str:
    """Name what goes with the folder of a run."""
    there = [name for file, name in PARTS.items() if (record.view.path / file).exists()]
    if record.snapshots:
        there.append(count(len(record.snapshots), "snapshot"))
    parts = " and ".join([", ".join(there)] * bool(there) + ["log"])
    kept = " The pack itself stays." if record.view.task == "pack" else ""
    folder = from_home(str(record.view.path))
    return f"{folder} goes as a whole, with its {parts}.{kept} It can be restored from the bin."


def about_run(record: RunRecord) -> str:
    """Say more of a run: its accuracies, how it ended or how long it takes, where it lies."""
    status = record.view.status
    known = [name for name in ACCURACIES if name in record.accuracy]
    lines = [", ".join(f"{ACCURACIES[n]} <b>{percent(record.accuracy[n])}</b>" for n in known)]
    if status.is_over:
        lines.append(escape(from_home(sentence(status.message))[:300]).replace("\n", "<br>"))
    elif status.seconds_left is not None:
        lines.append(f"{duration(status.seconds_left)} left")
    return "<br>".join(line for line in lines if line)
