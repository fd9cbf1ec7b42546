"""A sheet of labels that describes the plan itself: 自治体, 計画名, 第1期実施計画."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kpi.importing.findings import Finding, YearUnreadable
from kpi.importing.headings import Role, period_named, role_of
from kpi.importing.readers import Sheet, address, text_of
from kpi.model import FiscalYear
from kpi.notation import Unreadable, normal, read_year_span

#: Labels are looked for in this many rows from the top.
_DEPTH = 30


@dataclass(frozen=True)
class Outline:
    """What a sheet of labels says of the plan."""

    municipality: str = ""
    municipality_code: str = ""
    plan: str = ""
    #: First and last year of each period, by its ordinal.
    periods: dict[int, tuple[FiscalYear, FiscalYear]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


_PERIOD_LABEL = re.compile(r"第(?:\d{1,2}|.)期(?:実施計画|計画)?(?:期間|の期間)?")


def read_outline(sheet: Sheet) -> Outline | None:
    """Return what a sheet of labels says of the plan, or None where it is no such sheet."""
    found: dict[Role, str] = {}
    periods: dict[int, tuple[FiscalYear, FiscalYear]] = {}
    findings: list[Finding] = []
    for row, cells in enumerate(sheet.rows[:_DEPTH]):
        texts = [text_of(cell).strip() for cell in cells]
        filled = [column for column, text in enumerate(texts) if text]
        if len(filled) < 2:
            continue
        label, value = normal(texts[filled[0]]), texts[filled[1]]
        role = role_of(label)
        if role in (Role.MUNICIPALITY, Role.MUNICIPALITY_CODE, Role.PLAN):
            found.setdefault(role, value)
        elif _PERIOD_LABEL.fullmatch(label) and (ordinal := period_named(label)):
            try:
                periods[ordinal] = read_year_span(value)
            except Unreadable as unreadable:
                place = address(row, filled[1])
                findings.append(YearUnreadable(sheet.name, place, value, unreadable.why))
    if Role.PLAN not in found:
        return None
    return Outline(
        found.get(Role.MUNICIPALITY, ""),
        found.get(Role.MUNICIPALITY_CODE, ""),
        found[Role.PLAN],
        periods,
        findings,
    )
