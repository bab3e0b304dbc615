"""Tables of wells: columns by name, with blank rows or without.

Knows nothing of any layout: columns in, contents of wells and what is wrong with them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.platemap_columns import read_any_well, read_role
from deepnoise_app.readers.sheets import Rows, check_cells, read_rows
from deepnoise_app.screen import Content, PlateMap, Problem, ProblemKind, Role, WellId

PlateKey = tuple[str, str]
Factors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of a table by name in lower case, blank rows included, so that rows keep numbers.

    `spelled` are the names as they were written, `lost` says which columns could not be kept: those
    with a name that another has too, and those with texts but without a name.
    """

    file: str
    columns: dict[str, tuple[str, ...]]
    length: int
    spelled: dict[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.length

    def column(self, name: str) -> list[str]:
        """Texts of a column; empty ones where the table has no such column."""
        texts = self.columns.get(name)
        return [""] * len(self) if texts is None else [text.strip() for text in texts]

    def numbers(self) -> range:
        """Numbers of the rows as a spreadsheet shows them: the first one below the names is 2."""
        return range(2, len(self) + 2)


def read_table(path: Path, needed: tuple[str, ...]) -> Table:
    """Read a table of any kind.

    Raises
    ------
    ScreenError
        If the file cannot be read or lacks a column.
    """
    return table_of(path, read_rows(path), needed)


def table_of(path: Path, rows: Rows, needed: tuple[str, ...]) -> Table:
    """Return rows as a table, the first one the names of its columns.

    Raises
    ------
    ScreenError
        If it lacks a column.
    """
    written = [name.strip() for name in (rows[0] if rows else [])]
    names, rows = [name.lower() for name in written], rows[1:]
    _check_columns(path, names, needed)
    check_cells(path, len(names) * len(rows))
    if any(len(row) != len(names) for row in rows):
        rows = [[*row, *[""] * len(names)][: len(names)] for row in rows]
    values = zip(*rows, strict=True) if rows else [()] * len(names)
    columns = dict(zip(names, values, strict=False))
    spelled = dict(zip(names, written, strict=True))
    return Table(path.name, columns, len(rows), spelled, _lost(written, rows))


def _lost(written: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Say which columns cannot be kept; the last of several of one name counts."""
    said = []
    last = {name.lower(): at for at, name in enumerate(written)}
    for at, name in enumerate(written):
        if not name and any(row[at].strip() for row in rows):
            said.append(f"column {at + 1}, which has no name")
        elif name and last[name.lower()] != at:
            said.append(f"the first {name!r}, as {written[last[name.lower()]]!r} comes later")
    return tuple(said)


@dataclass(slots=True)
class Contents:
    """What tables say of the wells of each plate, gathered row by row."""

    plates: dict[PlateKey, dict[WellId, Content]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _wells: dict[str, WellId] = field(default_factory=dict)

    def maps(self) -> dict[PlateKey, PlateMap]:
        """Plate maps of all plates."""
        return {key: PlateMap(contents) for key, contents in self.plates.items()}

    def add(
        self,
        table: Table,
        perturbation: str,
        role: Role | None = None,
        factors: Sequence[str] = (),
        roles: Mapping[str, Role] | None = None,
    ) -> None:
        """Add the rows of a table with the columns experiment, plate and well.

        Parameters
        ----------
        perturbation
            Name of the column that holds it.
        role
            Role of every row; without it the columns `role` or `well_type` tell.
        factors
            Further columns to keep.
        roles
            Role of a well by what it got, where no column tells it; by default a treatment.
        """
        column = "role" if "role" in table.columns else "well_type"
        texts = table.column(column) if role is None else [role.value] * len(table)
        keys = zip(table.column("experiment"), table.column("plate"), strict=True)
        extra = _factors(table, factors)
        rest = zip(table.column("well"), table.column(perturbation), texts, extra, strict=True)
        known: dict[tuple[str, str, Factors], Content | None] = {}
        for line, key, (name, got, text, more) in zip(table.numbers(), keys, rest, strict=True):
            if not name and key == ("", ""):
                continue
            well = self._wells.get(name) or self._well(name, key, f"{table.file} row {line}")
            seen = (got, text, more)
            if seen not in known:
                known[seen] = _content(got, text, more, roles or {})
            content = known[seen]
            if content is None:
                message = f"{text!r} is not a role: expected {', '.join(Role)}"
                self._report(f"{table.file} row {line}: {message}", key, well)
            elif well is not None:
                self._put(key, well, content, f"{table.file} row {line}")

    def _put(self, key: PlateKey, well: WellId, content: Content, place: str) -> None:
        contents = self.plates.setdefault(key, {})
        listed = contents.setdefault(well, content)
        if listed is not content and listed != content:
            message = f"{place}: {well} is listed before as {_told(listed)}, not {_told(content)}"
            self._report(message, key, well)

    def _well(self, name: str, key: PlateKey, place: str) -> WellId | None:
        try:
            well = read_any_well(name)
        except ScreenError as error:
            self._report(f"{place}: {error}", key, None)
            return None
        self._wells[name] = well
        return well

    def _report(self, message: str, key: PlateKey, well: WellId | None) -> None:
        self.problems.append(Problem(ProblemKind.TABLE, message, key[0], key[1], well))


def _content(
    perturbation: str, text: str, factors: Factors, roles: Mapping[str, Role]
) -> Content | None:
    """Return the content of a well; None if the role is none. No role: a treatment if named."""
    if not text:
        role = Role.TREATMENT if perturbation else Role.UNKNOWN
        return Content(perturbation, roles.get(perturbation, role), factors)
    found = read_role(text)
    return None if found is None else Content(perturbation, found, factors)


def _factors(table: Table, names: Sequence[str]) -> list[Factors]:
    """Return the further columns of each row that say something."""
    if not names:
        return [()] * len(table)
    spelled = [table.spelled.get(name, name) for name in names]
    rows = zip(*(table.column(name) for name in names), strict=True)
    return [tuple((n, t) for n, t in zip(spelled, row, strict=True) if t) for row in rows]


def _told(content: Content) -> str:
    return f"{content.perturbation or 'unnamed'} ({content.role})"


def _check_columns(path: Path, names: list[str], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        there = ", ".join(name for name in names if name) or "none"
        raise ScreenError(
            f"{path.name} lacks the column {missing[0]!r}: expected {', '.join(needed)},"
            f" found {there}"
        )
