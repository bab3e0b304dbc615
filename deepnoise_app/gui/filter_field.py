"""The line in which a table is filtered: says what it understands, and completes what is typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qtpy.QtCore import QStringListModel, QTimer, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QCompleter, QLineEdit, QWidget

from deepnoise_app.gui.result_columns import called
from deepnoise_app.screen import Filter, TextColumn, parse_filter
from deepnoise_app.screen.filter import Columns

HINT = "Filter: sirna_250, confidence < 0.5, role = control, right = no"
TIP = (
    "Any text, or a column with =, !=, &lt;, &lt;=, &gt;, &gt;= or ~ (contains) and a value;"
    " <b>and</b>, <b>or</b>, <b>not</b> combine them, * stands for anything (Ctrl+F)"
)
# A filter is applied when the typing rests.
REST_MS = 150
MOST_OFFERED = 1000
_JOINT = re.compile(r"(?:^|\s)(?:and|or|not)\s+", re.IGNORECASE)
_COMPARED = re.compile(r"(?P<column>[^<>=!~]+?)\s*(?:<=|>=|!=|[=<>~])\s*")


class FilterField(QLineEdit):
    """Edits a filter; `rested` tells that it is to be applied."""

    rested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: Columns = {}
        self._titles: list[str] = []
        self._start = 0
        self.setClearButtonEnabled(True)
        self.setAccessibleName("Filter")
        self.setToolTip(TIP)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.rested)
        self._offered = QStringListModel(self)
        self._completer = QCompleter(self._offered, self)
        self._completer.setWidget(self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.activated[str].connect(self._take)  # type: ignore[index]
        self.textChanged.connect(lambda _: self._rest.start())
        self.textEdited.connect(self._complete)
        self.returnPressed.connect(self._on_return)
        self.offer((), {}, ())

    def value(self) -> Filter:
        """Return the filter; a `FilterError` says what is wrong with it."""
        self._rest.stop()
        return parse_filter(self.text())

    def offer(self, titles: Iterable[str], columns: Columns, examples: Iterable[str]) -> None:
        """Offer columns to complete to, spelled as their titles, and examples of filters."""
        spelled = {called(title): title for title in titles}
        self._columns = columns
        self._titles = [spelled.get(name, name) for name in columns]
        self.setPlaceholderText(", ".join((HINT, *examples)) + " …")

    def _complete(self, text: str) -> None:
        before = text[: self.cursorPosition()]
        self._start, offered = self._asked(before)
        word = before[self._start :].casefold()
        found = [one for one in offered if word and one.casefold().startswith(word)]
        if not found or any(one.casefold() == word for one in found):
            self._close_offers()
            return
        self._offered.setStringList(found[:MOST_OFFERED])
        self._completer.complete()

    def _close_offers(self) -> None:
        popup = self._completer.popup()
        if popup is not None:
            popup.hide()

    def _asked(self, before: str) -> tuple[int, Iterable[str]]:
        """Where the column or value begins that is being typed, and what it may be."""
        start = max((match.end() for match in _JOINT.finditer(before)), default=0)
        compared = _COMPARED.match(before, start)
        if compared is None:
            return start, self._titles
        column = self._columns.get(called(compared["column"].strip('"')))
        names = column.names if isinstance(column, TextColumn) else ()
        return compared.end(), (_quoted(name) for name in names if name)

    def _take(self, word: str) -> None:
        """Put what was chosen in the place of what was typed."""
        rest = self.text()[self.cursorPosition() :]
        self.setText(self.text()[: self._start] + word + rest)
        self.setCursorPosition(self._start + len(word))

    def _on_return(self) -> None:
        self._close_offers()
        self.rested.emit()


def _quoted(name: str) -> str:
    """Return a value as a filter writes it."""
    special = _JOINT.search(name) or re.search(r"[<>=!~*]", name)
    return f'"{name}"' if special else name
