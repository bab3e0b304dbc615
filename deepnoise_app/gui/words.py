"""What panels say about time, numbers and accuracies."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from deepnoise_app.analysis.verdict import Verdict
from deepnoise_app.runs.card import ModelCard

# What the readers' layouts are called in the field.
LAYOUTS = {
    "rxrx": "RxRx1",
    "ome-zarr": "OME-Zarr",
    "perkinelmer": "PerkinElmer Opera and Operetta",
    "imagexpress": "ImageXpress and MetaXpress",
    "yokogawa": "Yokogawa CV7000 and CV8000",
    "scanr": "Olympus ScanR",
    "cellomics": "Cellomics ArrayScan",
    "cytation": "BioTek Cytation",
    "incell": "GE InCell",
    "load-data": "CellProfiler LoadData and JUMP",
    "tiff-pages": "multi-page TIFF",
    "wilds": "RxRx1 of WILDS",
    "pattern": "file-name pattern",
}
# How predictions call what was taken out of a plate before its wells were named.
UNCORRECTED = "none"
CORRECTIONS = {
    UNCORRECTED: "uncorrected",
    "adabn": "AdaBN",
    "control-anchored": "anchored to controls",
}
ACCURACIES = {"plate_prior": "plate prior", "one_per_well": "one per well", "free": "free"}


def from_home(text: str) -> str:
    """Return a text in which paths below the user's folder begin with `~`, where that is usual."""
    return text if os.name == "nt" else text.replace(f"{Path.home()}{os.sep}", f"~{os.sep}")


def count(number: int, noun: str) -> str:
    """Return `1 well`, `1,234 wells`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def left_out_text(shown: int, left_out: int) -> str:
    """Say that a picture does not hold every site, and what shows the others."""
    whole = count(shown + left_out, "site")
    return (
        f"The first {shown:,} of {whole} are shown: choose a single site, or fewer wells, for the"
        " others."
    )


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return `a`, `a, b and c`, or `a, b, c and 4 more`."""
    more = len(names) - most
    if more > 0:
        return f"{', '.join(names[:most])} and {more:,} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def said_of(correction: str) -> str:
    """Return what people call a correction, or several: `adabn+control-anchored`."""
    for name, words in CORRECTIONS.items():
        correction = correction.replace(name, words)
    return correction.replace("+", " + ")


def layout(reader: str) -> str:
    """Return what people call the layout of a reader; readers of others keep their name."""
    return f"{LAYOUTS.get(reader.partition(':')[0], reader)} layout"


def duration(seconds: float) -> str:
    """Return an honest, rounded time: `a few seconds`, `about 40 s`, `about 2 min`, `about 3 h`."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds / 5) * 5:.0f} s"
    if seconds < 55 * 60:
        return f"about {max(round(seconds / 60), 1)} min"
    if seconds < 36 * 3600:
        return f"about {max(round(seconds / 3600), 1)} h"
    return f"about {round(seconds / 86400)} days"


def percent(share: float) -> str:
    """Return a share, 0 to 1, as `85 %`; 99.6 % is not rounded to all."""
    rounded = f"{share * 100:.0f}"
    return f"{share * 100:.1f} %" if rounded == "100" and share < 1 else f"{rounded} %"


def sentence(text: str) -> str:
    """Return a text that begins like a sentence; paths and the like stay as they are."""
    return text[:1].upper() + text[1:]


def card_accuracies(card: ModelCard) -> str:
    """Return the accuracies of a model's card in a line; empty where it has none."""
    found = [
        f"{title} {percent(card.accuracy[name].value)}"
        for name, title in ACCURACIES.items()
        if name in card.accuracy
    ]
    return f"On held-out experiments: {', '.join(found)}" if found else ""


def accuracies(summary: Mapping[str, Any]) -> str:
    """Return the accuracies of a scoring, with their intervals, in a line."""
    found = summary.get("accuracy")
    if not found:
        return "The truth is not known, so there are no accuracies."
    parts = [
        f"<b>{title} {percent(one['value'])}</b>{_interval(one)}"
        for name, title in ACCURACIES.items()
        if (one := found.get(name)) is not None
    ]
    known = summary.get("treated_wells_of_known_perturbation")
    wells = f" on {count(int(known), 'treated well')}" if known is not None else ""
    return f"Right{wells}: {', '.join(parts)}"


def moment(when: float, now: datetime | None = None) -> str:
    """Return a time (seconds since 1970) as `today 14:05`, `3 Nov 14:05` or `3 Nov 2025`."""
    now = now or datetime.now().astimezone()
    then = datetime.fromtimestamp(when, now.tzinfo)
    days = (now.date() - then.date()).days
    clock = f"{then:%H:%M}"
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {clock}"
    day = f"{then.day} {then:%b}"
    return f"{day} {clock}" if then.year == now.year else f"{day} {then.year}"


def size(number: float) -> str:
    """Return an amount of bytes as `350 MB` or `1.2 GB`."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{max(number, 1e6) / 1e6:,.0f} MB"


def training_plan(plan: Mapping[str, Any]) -> str:
    """Return what a training would take, in a few lines."""
    wells = count(plan["wells"], "well")
    fewest = count(plan["fewest_wells_of_a_class"], "well")
    lines = [
        f"{wells} of {count(len(plan['experiments']), 'experiment')},"
        f" {count(plan['classes'], 'perturbation')}, at least {fewest} of each"
    ]
    unlabelled, snapshots = plan.get("unlabelled", []), plan.get("snapshots", 0)
    if unlabelled:
        more = count(plan["unlabelled_wells"], "well")
        lines.append(f"{more} of {count(len(unlabelled), 'experiment')} without labels")
    lines += [
        f"Held out: {escape(', '.join(plan['held_out']))}",
        f"{count(len(plan['channels']), 'channel')}: {escape(', '.join(plan['channels']))}",
        f"{_epochs(plan['epochs'])} on {escape(plan['device'])}:"
        f" <b>{duration(plan['seconds'])}</b>",
        f"Memory {size(plan['memory_needed_bytes'])} of {size(plan['memory_free_bytes'])} free,"
        f" disk {size(plan['disk_needed_bytes'])} of {size(plan['disk_free_bytes'])} free"
        + (f", with {count(snapshots, 'snapshot')}" if snapshots else ""),
    ]
    if "graphics_memory_needed_bytes" in plan:
        needed, free = plan["graphics_memory_needed_bytes"], plan["graphics_memory_free_bytes"]
        lines.append(f"Graphics memory {size(needed)} of {size(free)} free")
    return "<br>".join(lines)


def _epochs(stages: Sequence[int]) -> str:
    first, second = stages
    return count(first, "epoch") + (f" and {second:,} with a teacher" if second else "")


def verdict_line(verdict: Verdict) -> str:
    """Return accuracies with their intervals and the number of wells, in a line."""
    if not verdict.accuracies:
        return "What these wells hold is not known, so there are no accuracies."
    parts = [
        f"{ACCURACIES[name]} <b>{percent(one.value)}</b> ({one.low * 100:.0f}–{one.high * 100:.0f})"
        for name, one in verdict.accuracies.items()
    ]
    unknown = f"; {verdict.unknown:,} more hold what the model does not know"
    wells = count(verdict.wells, "treated well") + (unknown if verdict.unknown else "")
    return f"Right on {wells}: {'&nbsp; · &nbsp;'.join(parts)}"


def unlike_plates(plates: list[Mapping[str, Any]], most: int = 3) -> str:
    """Say which plates are unlike the training data, and why; empty where none is."""
    lines = [
        f"<b>{escape(' '.join([one['experiment'], one['plate']]))}</b> is unlike the training data:"
        f" {escape('; '.join(one['reasons']))}."
        for one in plates[:most]
    ]
    if len(plates) > most:
        lines.append(f"And {count(len(plates) - most, 'more plate')}.")
    if plates:
        lines.append("Do not trust the names on " + ("it." if len(plates) == 1 else "them."))
    return "<br>".join(lines)


def _interval(one: Mapping[str, Any]) -> str:
    if one.get("low") is None or one.get("high") is None:
        return ""
    return f" ({one['low'] * 100:.0f}–{one['high'] * 100:.0f})"
