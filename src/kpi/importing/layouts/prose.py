"""Goals written as prose: sentences with a figure are proposed to a person, never read unasked.

就労による生活保護廃止件数が年間300件以上となっている: 300件以上, of 就労による生活保護廃止件数.
What is proposed is found by plain rules and may be wrong; the sentence is shown beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from kpi.importing.headings import Role, ValueHeading
from kpi.importing.layouts.table import Spot, Table
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import FiscalYear, Kind
from kpi.notation import COUNTS, Unreadable, find_fiscal_year, fold, read_fiscal_year

#: Shorter cells are figures and names, not prose.
_SHORTEST = 12
_KINDS = ((re.compile(r"目標|あるべき姿"), Kind.TARGET), (re.compile(r"現状|実績"), Kind.ACTUAL))
_UNITS = "|".join(sorted((*COUNTS, "ポイント", "時間", "円", "%"), key=len, reverse=True))
_FIGURE = re.compile(
    r"(?:約|概ね|年間)*(?<![\d.,第])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:兆|億|万|千|百万)?"
    rf"(?:{_UNITS})(?:/(?:月|年|日))?(?:以上|以下|未満|超|を超え)?"
)
_SENTENCES = re.compile(r"(?<=。)|\n|<[^>]*>|[○●◯・]")
_YEAR = re.compile(r"(?:(?:令和|平成)?(?:元|\d{1,2})|20\d\d)年度")
# What stands between the name of an indicator and its figure.
_JOINTS = re.compile(r"(?:が|は|も|を|の|で|に|について|では|には|、|,|:|\s)+$")
# 1722件であった新規相談件数: the name follows its figure.
_AFTER = re.compile(r"^(?:である|であった|だった|の)([^、。はがを\d(]{2,30})")
_NAME = re.compile(
    r"([^、。「」\d(),:はが]{2,40})(?:は|が)[^、。]*$|([^、。「」\d(),:はが]{2,40}(?:\([^()\d]*\))?)$"
)


class Proposal(NamedTuple):
    """A figure found in a sentence, and what it may be of."""

    row: int
    column: int
    sentence: str
    #: The words of the figure, as printed: 年間300件以上.
    figure: str
    #: Empty where no name was found.
    indicator: str
    kind: Kind
    #: None where neither sentence nor heading names a year.
    fiscal_year: FiscalYear | None

    @property
    def cell(self) -> str:
        """Return the address of the sentence's cell."""
        return address(self.row, self.column)

    @property
    def key(self) -> str:
        """Return what a person accepts it by: its cell and its words."""
        return f"{self.cell} {self.figure} {self.sentence}"


@dataclass(frozen=True)
class _Heading:
    kind: Kind
    fiscal_year: FiscalYear | None


def propose(sheet: Sheet) -> list[Proposal]:
    """Return what could be taken from the prose of a sheet, in its order."""
    found: list[Proposal] = []
    above: dict[int, _Heading | None] = {}
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            text = text_of(cell).strip()
            if not text or (row, column) in sheet.filled:
                continue
            if len(text) < 40 and (text.startswith(("【", "[")) or text in ("目標", "現状")):
                above[column] = _heading(text)
            elif len(text) >= _SHORTEST and (heading := above.get(column)) is not None:
                found += _in_cell(row, column, text, heading)
    return found


def tables_of(sheet: Sheet, accepted: frozenset[str]) -> list[Table]:
    """Return a table for each proposal a person accepted."""
    return [
        Table(
            "prose",
            range(proposal.row, proposal.row + 1),
            range(proposal.row, proposal.row + 1),
            {},
            common={Role.INDICATOR: proposal.indicator, Role.NOTE: proposal.sentence},
            spots=(
                Spot(
                    proposal.row,
                    proposal.column,
                    ValueHeading(
                        proposal.kind,
                        fiscal_year=proposal.fiscal_year,
                        year_in_cells=proposal.fiscal_year is None,
                    ),
                    text=proposal.figure.removeprefix("年間"),
                ),
            ),
        )
        for proposal in propose(sheet)
        if proposal.key in accepted and proposal.indicator
    ]


def _heading(text: str) -> _Heading | None:
    for pattern, kind in _KINDS:
        if pattern.search(text):
            try:
                year = find_fiscal_year(text)
            except Unreadable:
                year = None
            return _Heading(kind, year.fiscal_year if year else None)
    return None


def _in_cell(row: int, column: int, text: str, heading: _Heading) -> list[Proposal]:
    found = []
    for part in _SENTENCES.split(text):
        sentence = " ".join(part.split())
        plain = fold(sentence)
        for match in _FIGURE.finditer(plain):
            before, after = plain[: match.start()], plain[match.end() :]
            year = _year_before(before) or heading.fiscal_year
            figure = match.group().replace("を超え", "を超える")
            found.append(
                Proposal(row, column, sentence, figure, _name(before, after), heading.kind, year)
            )
    return found


def _year_before(text: str) -> FiscalYear | None:
    """Return the last year named before a figure; a bare 6年度 is taken for 令和6年度."""
    years = _YEAR.findall(text)
    try:
        return read_fiscal_year(years[-1], "令和").fiscal_year if years else None
    except Unreadable:
        return None


def _name(before: str, after: str) -> str:
    """Return what a figure is probably of; empty where nothing looks like a name."""
    if match := _AFTER.match(after):
        return match[1].strip()
    # What stands behind the figure before this one is nearer.
    earlier = [match.end() for match in _FIGURE.finditer(before)]
    near = before[earlier[-1] :] if earlier else before
    if match := _AFTER.match(near):
        return match[1].strip()
    rest = _JOINTS.sub("", _YEAR.sub("", near))
    match = _NAME.search(rest)
    name = (match[1] or match[2]).strip() if match else ""
    # 代理納付（都営：3.0%、市営40.0%）: what stands before the open bracket is of all within it.
    if within := re.search(r"([^\s、。()\d,%はが]+)\([^()]*$", before):
        name = name if "増" in within[1] or "減" in within[1] else f"{within[1]} {name}".strip()
    return name
