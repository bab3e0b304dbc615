"""Texts of strangers for places where Qt would take them for rich text.

Qt shows what looks like HTML as HTML, and pictures named in it would be fetched, on Windows even
from another computer.
"""

from __future__ import annotations

from html import escape


def plain(text: str) -> str:
    """Return a text so that labels, tooltips and message boxes show it as it is written."""
    return f"<span>{escape(text)}</span>".replace("\n", "<br>") if "<" in text else text
