"""Pieces of self-contained pages. Every text is escaped here, so that none can be forgotten."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Sequence

from matplotlib.figure import Figure

# A page shows its own pictures, and neither runs nor fetches anything.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
body { background: #15181d; color: #e8eaed; font: 16px/1.5 system-ui, sans-serif;
       max-width: 1100px; margin: 2em auto; padding: 0 1em }
h1 { font-weight: 600 } h2 { margin-top: 2em; font-weight: 600 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { padding: .3em 1em .3em 0; text-align: left; vertical-align: top }
th { color: #b9c1ca; font-weight: 600 } tr { border-bottom: 1px solid #2a2f37 }
.wide { overflow-x: auto } .note { background: #3b3321; padding: .6em 1em; border-radius: 6px }
img { max-width: 100%; border-radius: 6px } .small { color: #9aa3ad }
@media print { body { background: white; color: black } .note { background: #f4ecd8 } }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """Return a whole page; `parts` are HTML, the title is text."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{text(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{text(title)}</h1>{''.join(parts)}</body></html>\n"
    )


def text(value: object) -> str:
    """Escape a text, for element contents and quoted attributes alike."""
    return html.escape(str(value), quote=True)


def heading(words: str) -> str:
    """Return the heading of a section."""
    return f"<h2>{text(words)}</h2>"


def paragraph(words: str, kind: str = "") -> str:
    """Return a paragraph; `kind` is `note` (a warning) or `small` (an explanation)."""
    return f'<p class="{text(kind)}">{text(words)}</p>' if kind else f"<p>{text(words)}</p>"


def table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table of texts; a number is shown with three digits that count."""
    head = "".join(f"<th>{text(name)}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{text(shown(cell))}</td>' for cell in row)}</tr>" for row in rows
    )
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def shown(value: object) -> object:
    """Return a number as it is shown: three digits that count, a dash where there is none."""
    if not isinstance(value, float):
        return value
    return "–" if value != value else f"{value:.3g}"  # noqa: PLR0124 (only NaN differs from itself)


def picture(png: bytes, words: str) -> str:
    """Return a picture in the page itself, with the words that stand for it."""
    data = base64.b64encode(png).decode("ascii")
    return f'<p><img alt="{text(words)}" src="data:image/png;base64,{data}"></p>'


def drawing(figure: Figure, words: str) -> str:
    """Return a figure as a picture in the page."""
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=100)
    return picture(made.getvalue(), words)
