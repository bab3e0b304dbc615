"""Sizes and times as people say them."""

from __future__ import annotations


def size(count: float) -> str:
    """Say a number of bytes: `870 MB`, `3.6 GB`; decimal units, as on the box of a disk."""
    if count < 1e9:
        return f"{count / 1e6:.0f} MB"
    return f"{count / 1e9:.1f} GB"


def part(done: float, total: float) -> str:
    """Say how much of a download is there: `1.2 of 3.6 GB`."""
    if total < 1e9:
        return f"{done / 1e6:.0f} of {total / 1e6:.0f} MB"
    return f"{done / 1e9:.1f} of {total / 1e9:.1f} GB"


def time_left(seconds: float) -> str:
    """Say a time as roughly as it is known: `less than a minute left`, `about 4 minutes left`."""
    if seconds < 50:
        return "less than a minute left"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"about {minutes} minute{'s' if minutes > 1 else ''} left"
    hours = round(minutes / 60)
    return f"about {hours} hour{'s' if hours > 1 else ''} left"
