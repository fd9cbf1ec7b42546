"""Saved layouts: the corrections of a file kept by name, as TOML, for next year's file.

Rows and columns are written as Excel shows them (A, B, C; rows from 1). A layout's name is the name
of its file in the folder of `kpi.settings.layouts_folder`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from kpi.importing.findings import visible
from kpi.importing.grids import Book, Sheet, address
from kpi.importing.headings import Role, ValueHeading
from kpi.importing.layouts.correction import COMMON, LAYOUTS, Column, Correction, bare, of_saved
from kpi.model import FiscalYear, Kind, Status
from kpi.notation import Unreadable, era_year, read_fiscal_year
from kpi.settings import layouts_folder
from kpi.words import DEFAULT, say, speaking

# A name of a file on every system, and nothing else: no folder, no dot at its beginning.
_NAME = re.compile(
    r'[^\\/:*?"<>|.\s\x00-\x1f\x7f]([^\\/:*?"<>|\x00-\x1f\x7f]{0,58}[^\\/:*?"<>|.\s\x00-\x1f\x7f])?'
)
_LETTERS = re.compile(r"[A-Z]{1,3}")
_LARGEST = 1_000_000
_STATUSES = {status.name.lower(): status for status in Status}


class SavedRefused(Exception):
    """A saved layout cannot be had or kept; the message is the sentence that says why."""


@dataclass(frozen=True)
class SavedLayout:
    """The corrections of a file by the names of its sheets; that of a CSV is empty."""

    name: str
    sheets: dict[str, Correction] = field(default_factory=dict)

    def fit(self, book: Book) -> dict[str, Correction]:
        """Return the corrections for a file's sheets, by name; a year in the name is no matter.

        Empty where none fits. The only sheet of a layout fits the only sheet of a file.
        """
        own = {bare(name): correction for name, correction in self.sheets.items()}
        found = {
            sheet.name: of_saved(own[bare(sheet.name)], self.name)
            for sheet in book.sheets
            if bare(sheet.name) in own
        }
        if not found and len(self.sheets) == 1:
            filled = [sheet for sheet in book.sheets if _is_filled(sheet)]
            if len(filled) == 1:
                found = {filled[0].name: of_saved(next(iter(own.values())), self.name)}
        return found


def _is_filled(sheet: Sheet) -> bool:
    return any(cell != "" for row in sheet.rows for cell in row)


def names() -> list[str]:
    """Return the names of all saved layouts, in order."""
    return sorted(
        path.stem for path in layouts_folder().glob("*.toml") if _NAME.fullmatch(path.stem)
    )


def load(name: str) -> SavedLayout:
    """Return a saved layout. Raises `SavedRefused` where there is none or its file is broken."""
    path = _path(name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        known = say("list.comma").join(names()) or say("saved.no_others")
        raise SavedRefused(say("saved.unknown", name=name, known=known)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SavedRefused(say("saved.unreadable", name=name)) from error
    return from_toml(name, text)


def save(layout: SavedLayout) -> Path:
    """Write a layout and return where; one of the same name is replaced.

    Raises `SavedRefused` where the name is none or the folder cannot be written.
    """
    path = _path(layout.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(to_toml(layout), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise SavedRefused(say("saved.not_written", folder=path.parent)) from error
    return path


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise SavedRefused(say("saved.bad_name", name=visible(name)))
    return layouts_folder() / f"{name}.toml"


@speaking(DEFAULT)
def to_toml(layout: SavedLayout) -> str:
    """Return a layout as a person may read and change it."""
    lines = [f"# {say('saved.head')}"]
    for name, correction in layout.sheets.items():
        lines += ["", "[[sheet]]", f"name = {_quoted(name)}"]
        if correction.layout:
            lines.append(f"layout = {_quoted(correction.layout)}")
        if correction.headings is not None:
            lines.append(
                f"headings = [{correction.headings.start + 1}, {correction.headings.stop}]"
            )
        if correction.end is not None:
            lines.append(f"last_row = {correction.end}")
        if correction.common:
            lines.append("[sheet.common]")
            lines += [f"{role} = {_quoted(text)}" for role, text in correction.common.items()]
        if correction.columns:
            lines.append("[sheet.columns]")
            for at, column in sorted(correction.columns.items()):
                said = {"heading": column.heading, **_said(column)}
                pairs = ", ".join(f"{key} = {_quoted(value)}" for key, value in said.items())
                lines.append(f"{_letters(at)} = {{ {pairs} }}")
    return "\n".join(lines) + "\n"


def _said(column: Column) -> dict[str, str | int | bool]:
    meaning = column.meaning
    if meaning is None:
        return {"skip": True}
    if isinstance(meaning, Role):
        return {"role": meaning.value}
    said = {
        "kind": meaning.kind.value,
        "year": era_year(meaning.fiscal_year) if meaning.fiscal_year else "",
        "period": meaning.period,
        "status": meaning.status.name.lower() if meaning.status else "",
        "label": meaning.label,
        "series": meaning.series,
        "unit": meaning.unit,
    }
    return {key: value for key, value in said.items() if value}


def _quoted(value: str | int | bool) -> str:
    # What JSON writes is TOML too, but for one character that TOML wants spelt out.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _letters(column: int) -> str:
    return address(0, column)[:-1]


def from_toml(name: str, text: str) -> SavedLayout:
    """Read a layout. Raises `SavedRefused`, whose message names the line or the entry."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = line[1] if line else str(len(text.splitlines()))
        raise SavedRefused(say("saved.not_toml", name=name, line=where)) from error
    sheets = _Entry(name, "", table)
    found: dict[str, Correction] = {}
    for entry in sheets.tables("sheet"):
        found[entry.text("name")] = _correction(entry)
        entry.done()
    sheets.done()
    if not found:
        sheets.refuse("sheet", say("saved.want_sheet"))
    return SavedLayout(name, found)


def _correction(entry: _Entry) -> Correction:
    correction = Correction(
        layout=entry.one_of("layout", LAYOUTS),
        headings=entry.rows("headings"),
        end=entry.number("last_row") or None,
    )
    common = entry.table("common")
    for role in COMMON:
        if text := common.text(role.value):
            correction.common[role] = text
    if Role.FISCAL_YEAR in correction.common:
        common.year(Role.FISCAL_YEAR.value)
    common.done()
    columns = entry.table("columns")
    for letters, column in columns.all_tables():
        if not _LETTERS.fullmatch(letters):
            columns.refuse(letters, say("saved.want_column"))
        at = 0
        for letter in letters:
            at = at * 26 + ord(letter) - ord("A") + 1
        correction.columns[at - 1] = _column(column)
        column.done()
    return correction


def _column(entry: _Entry) -> Column:
    heading = entry.text("heading")
    role = entry.one_of("role", [role.value for role in Role])
    kind = entry.one_of("kind", [kind.value for kind in Kind])
    skip = entry.yes("skip")
    if [bool(role), bool(kind), skip].count(True) != 1:
        entry.refuse("", say("saved.want_meaning"))
    if role:
        return Column(Role(role), heading)
    if skip:
        return Column(None, heading)
    return Column(
        ValueHeading(
            Kind(kind),
            entry.number("period"),
            entry.text("label"),
            entry.year("year"),
            _STATUSES.get(entry.one_of("status", list(_STATUSES))),
            entry.text("series"),
            entry.text("unit"),
        ),
        heading,
    )


class _Entry:
    """A table of a TOML file, each key of which is asked for once; what is left is refused."""

    def __init__(self, name: str, path: str, values: dict[str, Any]) -> None:
        self.name, self.path, self.values = name, path, values
        self.asked: set[str] = set()

    def refuse(self, key: str, wanted: str) -> NoReturn:
        """Refuse the file for the value under a key, saying what it should be."""
        where = ".".join(filter(None, (self.path, key)))
        raise SavedRefused(
            say("saved.bad_entry", name=self.name, key=visible(where), wanted=wanted)
        )

    def _get(self, key: str, usual: Any, wanted: str) -> Any:
        self.asked.add(key)
        value = self.values.get(key, usual)
        # A bool is an int in Python, and not here.
        if type(value) is not type(usual):
            self.refuse(key, wanted)
        return value

    def text(self, key: str) -> str:
        return str(self._get(key, "", say("saved.want_text")))

    def yes(self, key: str) -> bool:
        return bool(self._get(key, False, say("saved.want_true")))

    def number(self, key: str) -> int:
        """Return a number from 1; 0 where there is none."""
        number = int(self._get(key, 0, say("saved.want_number")))
        if key in self.values and not 0 < number <= _LARGEST:
            self.refuse(key, say("saved.want_number"))
        return number

    def rows(self, key: str) -> range | None:
        pair = self._get(key, [], say("saved.want_rows"))
        if key not in self.values:
            return None
        if (
            len(pair) != 2
            or any(type(number) is not int for number in pair)
            or not 0 < pair[0] <= pair[1] <= _LARGEST
        ):
            self.refuse(key, say("saved.want_rows"))
        return range(pair[0] - 1, pair[1])

    def one_of(self, key: str, known: list[str] | tuple[str, ...]) -> str:
        word = self.text(key)
        if key in self.values and word not in known:
            self.refuse(key, say("saved.want_one_of", known=say("list.comma").join(known)))
        return word

    def year(self, key: str) -> FiscalYear | None:
        text = self.text(key)
        if key not in self.values:
            return None
        try:
            return read_fiscal_year(text).fiscal_year
        except Unreadable:
            self.refuse(key, say("saved.want_year"))

    def _below(self, path: str, values: Any) -> _Entry:
        if not isinstance(values, dict):
            self.refuse(path, say("saved.want_table"))
        return _Entry(self.name, ".".join(filter(None, (self.path, path))), values)

    def table(self, key: str) -> _Entry:
        self.asked.add(key)
        return self._below(key, self.values.get(key, {}))

    def tables(self, key: str) -> Iterator[_Entry]:
        for number, table in enumerate(self._get(key, [], say("saved.want_sheet"))):
            yield self._below(f"{key}[{number + 1}]", table)

    def all_tables(self) -> Iterator[tuple[str, _Entry]]:
        for key, table in self.values.items():
            self.asked.add(key)
            yield key, self._below(key, table)

    def done(self) -> None:
        """Refuse the file where it holds a key nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                self.refuse(key, say("saved.want_nothing"))
