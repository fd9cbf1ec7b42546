"""What an import would change, in words: old value and new, each with its unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kpi.charts import fact_text, year_of_fact
from kpi.importing.matching import ChangeLine, Preview
from kpi.model import Fact, Milestone, Project
from kpi.ui import data
from kpi.words import called, say

#: Lines of a table on the screen.
MOST = 500


@dataclass(frozen=True)
class ChangeText:
    """One fact that would be added or changed, as a table shows it."""

    series: str
    year: str
    kind: str
    #: Empty for a new fact.
    before: str
    after: str
    place: str


def change_lines(preview: Preview, lines: Sequence[ChangeLine]) -> list[ChangeText]:
    """Return changes as text, in the order they were read; of very many the first ``MOST``."""
    units = _units(preview) if lines else {}
    owners = {
        id(fact): changes.municipality.code
        for changes in preview.changes
        for fact in (*changes.added, *changes.changed)
    }
    return [
        ChangeText(
            " ".join(filter(None, (line.indicator, line.series))),
            year_of_fact(line.fiscal_year),
            say(f"kind.{line.kind}")
            + (say("ledger.of_period", n=line.period) if line.period else "")
            + (f" {called('label', line.label)}" if line.label else ""),
            "" if line.before is None else _said(line.before, unit),
            _said(line.after, unit),
            _place(line.after),
        )
        for line in lines[:MOST]
        for unit in [units.get((owners.get(id(line.after), ""), line.after.key.series_id), "")]
    ]


@dataclass(frozen=True)
class ProjectText:
    """A project, or a year of one, that would be added or changed, as a table shows it."""

    project: str
    #: Empty where it is about the project itself.
    year: str
    before: str
    after: str


def project_lines(preview: Preview) -> list[ProjectText]:
    """Return what would become of projects, in the order read; of very many the first ``MOST``."""
    return [
        ProjectText(
            line.project,
            year_of_fact(line.after.fiscal_year) if isinstance(line.after, Milestone) else "",
            "" if line.before is None else said_of_project(line.before),
            said_of_project(line.after),
        )
        for line in preview.projects[:MOST]
    ]


def said_of_project(part: Project | Milestone) -> str:
    """Return what is said of a project, or of a year of one."""
    if isinstance(part, Project):
        return "　".join(filter(None, (part.code, part.name, part.department, part.goal)))
    state = say(f"project.state.{part.state}") if part.state else ""
    return "　".join(filter(None, (state, part.text, part.note)))


def _place(fact: Fact) -> str:
    place = fact.provenance
    return " › ".join(filter(None, (place.file, place.sheet, place.cell))) if place else ""


def summary_of(lines: Sequence[ChangeLine]) -> str:
    """Return what most of the lines are, in a few words: 実績 令和6（2024）年度 ほか."""
    kinds = Counter((line.kind, line.fiscal_year) for line in lines)
    if not kinds:
        return ""
    (kind, year), _ = kinds.most_common(1)[0]
    text = f"{say(f'kind.{kind}')} {year_of_fact(year)}"
    return text + (say("imports.and_more") if len(kinds) > 1 else "")


def _units(preview: Preview) -> dict[tuple[str, int], str]:
    """Return the base unit of every series by its municipality and id."""
    found: dict[tuple[str, int], str] = {}
    codes = {changes.municipality.code for changes in preview.changes}
    for header in data.known_plans():
        if header.municipality.code in codes:
            series = data.content(header).series
            for series_id, unit in zip(series["series_id"], series["unit"], strict=True):
                found[header.municipality.code, int(series_id)] = str(unit)
    for changes in preview.changes:
        for one in changes.series:
            found[changes.municipality.code, one.id] = one.unit
    return found


def _said(fact: Fact, unit: str) -> str:
    return "　".join(
        filter(None, (fact_text(fact, unit), called("status", fact.status or ""), fact.note))
    )
