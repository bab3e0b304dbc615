"""Colours, fonts and widgets' styles of the first-start window: those of the app's dark theme."""

from __future__ import annotations

import tkinter as tk
from tkinter import font, ttk

BACK, RAISED, EDGE = "#1b2430", "#263241", "#3a4a5f"
TEXT, QUIET = "#f2f5f9", "#a9b8c9"
ACCENT, ACCENT_LIT, ON_ACCENT = "#35b779", "#4fcb8f", "#0e1a14"
WARN = "#fde725"
FAMILIES = ("Cantarell", "Ubuntu", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")


def fonts(root: tk.Tk) -> dict[str, font.Font]:
    """Return the fonts by use; the first family that is there."""
    there = set(font.families(root))
    family = next((name for name in FAMILIES if name in there), "TkDefaultFont")
    return {
        "title": font.Font(root, family=family, size=17, weight="bold"),
        "text": font.Font(root, family=family, size=11),
        "small": font.Font(root, family=family, size=9),
        "button": font.Font(root, family=family, size=10),
    }


def style(root: tk.Tk, faces: dict[str, font.Font]) -> None:
    """Give all widgets our colours."""
    root.configure(background=BACK)
    made = ttk.Style(root)
    made.theme_use("clam")
    made.configure(".", background=BACK, foreground=TEXT, font=faces["text"], focuscolor=ACCENT)
    made.configure("Title.TLabel", font=faces["title"])
    made.configure("Fault.TLabel", font=faces["title"], foreground=WARN)
    made.configure("Quiet.TLabel", font=faces["small"], foreground=QUIET)
    _buttons(made, faces)
    made.configure("TCheckbutton", font=faces["small"], indicatorbackground=RAISED, padding=2)
    made.map(
        "TCheckbutton",
        background=[("active", BACK)],
        indicatorbackground=[("selected", ACCENT), ("active", EDGE)],
    )
    made.configure(
        "Horizontal.TProgressbar",
        background=ACCENT,
        troughcolor=RAISED,
        bordercolor=RAISED,
        lightcolor=ACCENT,
        darkcolor=ACCENT,
        thickness=10,
    )


def _buttons(made: ttk.Style, faces: dict[str, font.Font]) -> None:
    made.configure("TButton", font=faces["button"], padding=(14, 7), relief="flat", borderwidth=1)
    made.configure("TButton", background=RAISED, bordercolor=EDGE)
    made.configure("TButton", lightcolor=RAISED, darkcolor=RAISED)
    made.map(
        "TButton",
        background=[("active", EDGE)],
        lightcolor=[("active", EDGE)],
        darkcolor=[("active", EDGE)],
        bordercolor=[("focus", TEXT)],
    )
    made.configure("First.TButton", background=ACCENT, foreground=ON_ACCENT, bordercolor=ACCENT)
    made.configure("First.TButton", lightcolor=ACCENT, darkcolor=ACCENT)
    made.map(
        "First.TButton",
        background=[("active", ACCENT_LIT)],
        lightcolor=[("active", ACCENT_LIT)],
        darkcolor=[("active", ACCENT_LIT)],
        bordercolor=[("focus", TEXT)],
    )
