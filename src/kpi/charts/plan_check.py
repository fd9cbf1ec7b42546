"""The remarks of the plan check in the words and units of the city: for a screen and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd

from kpi.charts.assessment import displays_of, of_period, rows_of, titles_of
from kpi.charts.display import Display
from kpi.model import Direction, FactKey, Kind, Severity
from kpi.progress.plan_check import (
    CheckedPlan,
    Figure,
    Rate,
    Remark,
    Tally,
    Year,
    check_plan,
)
from kpi.store import PlanContent
from kpi.words import say
from kpi.written import era_year

LINT_COLUMNS = (
    "municipality",
    "plan",
    "code",
    "severity",
    "title",
    "indicator_code",
    "indicator",
    "series",
    "period",
    "fiscal_year",
    "message",
    "hint",
    "source_file",
    "source_sheet",
    "source_cell",
)


@dataclass(frozen=True)
class ToldRemark:
    """A remark with all its texts; those of series and source are empty for a whole plan."""

    code: str
    severity: Severity
    #: The kind of remark in a few words.
    title: str
    message: str
    hint: str
    #: The fact it is about, and by which import that came; None for the plan as a whole.
    about: FactKey | None = None
    batch_id: str = ""
    #: The name by which the series is chosen; no other of the plan has it.
    series_title: str = ""
    indicator_code: str = ""
    indicator: str = ""
    series: str = ""
    policy_id: int | None = None
    department: str = ""
    source_file: str = ""
    source_sheet: str = ""
    source_cell: str = ""

    @property
    def source(self) -> str:
        """Return where the fact was read: file › sheet › cell."""
        parts = (self.source_file, self.source_sheet, self.source_cell)
        return " › ".join(filter(None, parts))


def plan_remarks(content: PlanContent, others: Iterable[PlanContent] = ()) -> list[ToldRemark]:
    """Check a plan and tell the remarks, warnings first, each kind in the order of the plan.

    ``others`` are the other plans of the same municipality, which may say otherwise.
    """
    plan = replace(_checked(content), others=[_checked(other) for other in others])
    teller = _Teller(content)
    weights = list(Severity)
    told = [teller.tell(remark) for remark in check_plan(plan)]
    return sorted(told, key=lambda remark: weights.index(remark.severity))


def new_remarks(before: Sequence[ToldRemark], after: Sequence[ToldRemark]) -> list[ToldRemark]:
    """Return what the check says of a plan that it did not say of the same plan before.

    The same remark on the same fact is not new, even if its figures are others.
    """
    said = {_cause(remark) for remark in before}
    return [remark for remark in after if _cause(remark) not in said]


def _cause(remark: ToldRemark) -> tuple[str, object]:
    return remark.code, remark.about or remark.message


def _checked(content: PlanContent) -> CheckedPlan:
    """Return a plan as the check sees it: nobody has to answer for what is retired."""
    year = next(iter(content.actual_years), 0)
    series = content.series[~content.series["is_retired"].to_numpy(dtype=bool)]
    facts = content.facts[content.facts["series_id"].isin(series["series_id"])]
    return CheckedPlan(content.plan.name, series, facts, content.periods, year)


class _Teller:
    """Says what the remarks of one plan say, with its units and its sources."""

    def __init__(self, content: PlanContent) -> None:
        self._displays = displays_of(content.series, content.facts)
        self._titles = titles_of(content.series)
        self._series = {row.series_id: row for row in rows_of(content.series)}
        self._facts: dict[tuple[Any, ...], Any] = {
            (row.series_id, row.kind, row.period, row.label, row.fiscal_year): row
            for row in rows_of(content.facts)
        }

    def tell(self, remark: Remark) -> ToldRemark:
        display, values = None, {}
        if remark.about is not None:
            fact = self._facts[tuple(remark.about)]
            display = self._displays[remark.about.series_id]
            values = _of_fact(fact, display)
        for field in fields(remark):
            values[field.name] = _said(getattr(remark, field.name), display)
        title, message, hint = (
            say(f"plan_check.{remark.code}.{part}", **values)
            for part in ("title", "message", "hint")
        )
        told = ToldRemark(remark.code, remark.severity, title, message, hint)
        if remark.about is None:
            return told
        series = self._series[remark.about.series_id]
        return replace(
            told,
            about=remark.about,
            batch_id=fact.batch_id,
            series_title=self._titles[remark.about.series_id],
            indicator_code=series.indicator_code,
            indicator=series.indicator,
            series=series.series,
            policy_id=None if pd.isna(series.policy_id) else int(series.policy_id),
            department=series.department,
            source_file=fact.source_file,
            source_sheet=fact.source_sheet,
            source_cell=fact.source_cell,
        )


def _of_fact(fact: Any, display: Display) -> dict[str, object]:
    """Return what any words about a fact may name: the target it is, its period, and when."""
    high = None if pd.isna(fact.value_high) else float(fact.value_high)
    period = int(fact.period)
    return {
        "target": display.target(
            float(fact.value), high, fact.comparator, fact.value_text, unit=True
        ),
        "of": of_period(period),
        "when": say("plan_check.of_period", n=period) if period else say("plan_check.of_plan"),
    }


def _said(value: object, display: Display | None) -> object:
    """Return a field of a remark as its words name it."""
    match value:
        case Figure() if display:
            return display.figure(float(value))
        case Rate() if display:
            return display.rate(float(value))
        case Year():
            return era_year(int(value))
        case Tally():
            spread = (say("plan_check.tally", year=era_year(y), count=n) for y, n in value)
            return say("list.comma").join(spread)
        case Kind():
            return say(f"kind.{value}")
        case Direction():
            return say(f"direction.{value}")
    return value


def plan_check_table(content: PlanContent, remarks: Sequence[ToldRemark]) -> pd.DataFrame:
    """Return one row a remark with `LINT_COLUMNS`."""
    rows = [
        {
            "municipality": content.municipality.name,
            "plan": content.plan.name,
            **{name: getattr(remark, name, "") for name in LINT_COLUMNS[2:]},
            "period": (remark.about and remark.about.period) or None,
            "fiscal_year": (remark.about and remark.about.fiscal_year) or None,
        }
        for remark in remarks
    ]
    return pd.DataFrame(rows, columns=list(LINT_COLUMNS), dtype=object)


def spreadsheet_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV that a spreadsheet program opens as it stands: UTF-8 with BOM.

    What begins as a formula would is marked as text.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([_as_text(cell) if isinstance(cell, str) else cell for cell in row])
    return file.getvalue().encode("utf-8-sig")


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(tuple("=+-@＝＋－＠\t\r")) else cell
