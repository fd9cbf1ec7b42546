"""CSV and its relations: bytes to text by rule, text to fields, and what does not add up.

Rules, never statistics: short cp932 files look like Korean to a guesser.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from kpi.importing.findings import (
    EncodingMixed,
    EncodingUnknown,
    FieldTooLong,
    Finding,
    LineTooLong,
    NulInText,
    QuoteOpen,
)
from kpi.importing.grids import Cell

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# What Japanese in UTF-8 has, and what cp932 gives by chance only where it is mojibake.
_JAPANESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
#: Places that a finding names one by one.
_NAMED = 10


class TextRefused(Exception):
    """A text that cannot be read; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: a mark, strict UTF-8, pure ASCII in UTF-16, or cp932.

    Raises TextRefused where it is none of them, or several.
    """
    text, encoding = _decode(data)
    if "\0" in text:
        raise TextRefused(NulInText(line=text.count("\n", 0, text.index("\0")) + 1))
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise TextRefused(_which_line(data, encoding)) from error
    for low, encoding in ((0, "utf-16-le"), (1, "utf-16-be")):
        signs = data[low::2]
        if len(data) % 2 == 0 and not any(data[1 - low :: 2]) and signs.isascii() and all(signs):
            return data.decode(encoding), encoding
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        pass
    mixed = _line_in_utf8(data)
    if mixed:
        raise TextRefused(EncodingMixed(line=mixed))
    try:
        return data.decode("cp932"), "cp932"
    except UnicodeDecodeError as error:
        raise TextRefused(EncodingUnknown()) from error


def _which_line(data: bytes, encoding: str) -> Finding:
    """Say where a text with a mark stops being what the mark says."""
    if encoding == "utf-16":
        return EncodingUnknown()
    good = data.decode(encoding, "surrogateescape")
    bad = next(place for place, sign in enumerate(good) if "\udc80" <= sign <= "\udcff")
    return EncodingMixed(line=good.count("\n", 0, bad) + 1)


def _line_in_utf8(data: bytes) -> int:
    """Return the line where UTF-8 meets another encoding, counted from 1; 0 where none does.

    A file in two encodings often passes as cp932 as a whole, with 縺薙ｌ for これ.
    """
    first = None
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            in_utf8 = bool(_JAPANESE.search(line.decode()))
        except UnicodeDecodeError:
            in_utf8 = False
        if first is None:
            first = in_utf8
        elif in_utf8 is not first:
            return number
    return 0


def read_rows(text: str, *, tabs: bool) -> tuple[list[list[Cell]], list[Finding]]:
    """Return the fields of each line, and what to say about them; ``tabs`` if the name says so.

    Raises TextRefused where quotation marks do not match.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter="\t" if tabs or _by_tabs(text) else ",",
        strict=True,
    )
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    line = 1
    try:
        for row in reader:
            rows.append(list(row))
            numbers.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        limit = csv.field_size_limit()
        too_long = "field larger" in str(error)
        finding = FieldTooLong(line=line, limit=limit) if too_long else QuoteOpen(line=line)
        raise TextRefused(finding) from error
    longer = list(_longer_lines(rows))
    if not longer:
        return rows, []
    return rows, [LineTooLong(count=len(longer), lines=spans(numbers[row] for row in longer))]


def _by_tabs(text: str) -> bool:
    """Whether the first line that is divided at all is divided by tabs alone."""
    for line in io.StringIO(text):
        if "\t" in line or "," in line:
            return "," not in line
    return False


def _longer_lines(rows: list[list[Cell]]) -> Iterable[int]:
    """Yield the rows that are filled further than any row above them in their block.

    A block ends with an empty line. A title, which is a single field, has no width to keep to.
    """
    width = 0
    for number, row in enumerate(rows):
        filled = len(row)
        while filled and row[filled - 1] == "":
            filled -= 1
        if not filled:
            width = 0
        elif width and filled > width:
            yield number
        elif filled > 1:
            width = max(width, len(row))


def spans(numbers: Iterable[int]) -> str:
    """Return rising numbers in short: 3, 4, 5, 9 is 3～5・9."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    named = [str(a) if a == b else f"{a}～{b}" for a, b in found[:_NAMED]]
    return "・".join(named) + ("…" if len(found) > _NAMED else "")
