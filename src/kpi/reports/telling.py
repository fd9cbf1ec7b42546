"""What a booklet and a web page print, as plain texts in their order: both set the same.

All are dicts of texts, lists and numbers, as JSON has them, for a template to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kpi.charts import (
    Assessment,
    Calendar,
    ChartSpec,
    Mark,
    Style,
    Theme,
    Verdict,
    condition_words,
    mark_shape,
    svg,
)
from kpi.charts.arrangement import mark_words, year_words
from kpi.model import NoteKind
from kpi.notation import era_year, full_year
from kpi.progress.rating import COLOURS, SHAPES
from kpi.reports.content import IndicatorSheet, Report, Section
from kpi.store import ProjectEntry
from kpi.words import say

Told = dict[str, Any]

#: Words of the templates that stand alone.
_WORDS = (
    "actual", "after", "as_of", "before", "changes", "contents", "how", "how_chart", "indicator",
    "latest", "no_changes", "no_note", "page", "period", "project",
    "projects", "provisional", "provisional_told", "rating", "reached", "remark", "situation",
    "skip", "sources", "span", "state", "state_of", "summary", "target", "targets", "total",
    "unit_name", "unknown", "when", "year",
)  # fmt: skip
_UNSAID = "—"
#: Letters of a target that a column of a year has room for.
_NARROW = 12


def tell(
    report: Report,
    style: Style,
    theme: Theme,
    plot_height: float,
    on_step: Callable[[float], None] = lambda _: None,
) -> Told:
    """Return all that is printed of a report, charts drawn in the colours of a theme.

    ``plot_height`` is that of the charts in pixels beside a width of 728. ``on_step`` is told the
    share of the indicators done, and may raise to give up.
    """
    year, calendar = era_year(report.reporting_year), report.calendar
    sections = []
    done, count = 0, len(report.sheets)
    for section in report.sections:
        sheets = []
        for sheet in section.sheets:
            sheets.append(_sheet(sheet, svg(sheet.spec, style, theme, plot_height)))
            done += 1
            on_step(done / count)
        sections.append(_section(section, sheets, report))
    return {
        "words": {
            **{name: say(f"report.booklet.{name}") for name in _WORDS},
            "plan_of": say("report.booklet.plan_of", year=year),
            "no_provisional": say("report.no_provisional"),
        },
        "title": report.title,
        "municipality": report.municipality,
        "plan": report.plan,
        "about": say("report.booklet.about", year=year),
        "department": report.department,
        "as_of": report.as_of,
        "as_of_told": say("report.booklet.as_of_told", day=report.as_of, year=year),
        "rules": report.rules,
        "bands": list(_bands(report.assessment)),
        "provisional": report.provisional,
        "lead": report.lead,
        "columns": [
            {"shape": f"{band.shape}/{band.colour}", "label": _column(report.assessment, name)}
            for name, band in report.assessment.bands.items()
        ],
        "summaries": list(_summaries(report)),
        "changes": [
            {
                "title": one.title,
                "before": _mark(one.before, calendar),
                "after": _mark(one.after, calendar),
            }
            for one in report.changes
        ],
        "sections": sections,
        "sources": report.sources,
    }


def shapes(theme: Theme) -> dict[str, str]:
    """Return all marks as SVG, by shape and colour: ring-dot/a."""
    return {
        f"{shape}/{colour}": (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" aria-hidden="true">'
            f'<g color="{theme[f"st-{colour}"]}">{mark_shape(shape, theme["surface"])}</g></svg>'
        )
        for shape in (*SHAPES, "dash")
        for colour in (*COLOURS, "n")
    }


def _mark(mark: Mark | None, calendar: Calendar, style: Style = Style.COLOUR) -> Told | None:
    if mark is None:
        return None
    return {"shape": f"{mark.shape}/{mark.colour}", "label": mark_words(mark, calendar, style)}


def _bands(assessment: Assessment) -> Iterator[Told]:
    """Yield for each rule what its marks mean, and last the one for what cannot be judged."""
    unrated = list(assessment.bands.values())[-1]
    for rule in assessment.rules.values():
        rows = [
            {
                "mark": {
                    "shape": f"{band.shape}/{band.colour}",
                    "label": _with_end(band.label_of(ended=False), band.label_of(ended=True)),
                },
                "when": condition_words(band),
            }
            for band in rule.ranking
        ]
        rows.append(
            {
                "mark": {"shape": f"{unrated.shape}/{unrated.colour}", "label": unrated.label},
                "when": unrated.spoken,
            }
        )
        yield {"rule": say("report.booklet.rule", rule=rule.title), "rows": rows}


def _column(assessment: Assessment, band: str) -> str:
    return _with_end(assessment.label(band, ended=False), assessment.label(band, ended=True))


def _with_end(label: str, ended: str) -> str:
    """Return what a band is called, and what once the year of the target is over."""
    if label == ended:
        return label
    return say("report.booklet.ended", label=label, ended=ended)


def _summaries(report: Report) -> Iterator[Told]:
    for one in report.summaries:
        if not one.total:
            continue
        yield {
            "title": one.title,
            "span": one.span or one.target_year,
            "total": str(one.total),
            # Nothing known to be reached is not 0 reached.
            "reached": _UNSAID if one.is_unrated else str(one.reached),
            "counts": [str(one.counts.get(band, 0)) for band in report.assessment.bands],
            "note": one.note,
        }


def _section(section: Section, sheets: list[Told], report: Report) -> Told:
    return {
        "title": section.title or say("report.no_measure"),
        "path": section.path[:-1],
        "sheets": sheets,
        "projects": [_project(entry, report.reporting_year) for entry in section.projects],
    }


def _project(entry: ProjectEntry, year: int) -> Told:
    project, own = entry.project, entry.of_year(year)
    return {
        "name": " ".join(filter(None, (project.code, project.name))),
        "goal": say("project.goal", goal=project.goal) if project.goal else "",
        "department": project.department,
        "plan": own.text if own else "",
        "state": say(f"project.state.{own.state}" if own and own.state else "project.unsaid"),
        "note": own.note if own else "",
    }


def _sheet(sheet: IndicatorSheet, drawing: str) -> Told:
    line, spec, verdict = sheet.line, sheet.spec, sheet.verdict
    mark = None if verdict is None else verdict.mark
    unit, calendar = spec.unit, spec.calendar
    labels = dict(zip(range(spec.years[0], spec.years[1] + 1), spec.year_labels, strict=True))
    return {
        "id": f"s{line.series_id}",
        "title": line.title,
        "path": sheet.path,
        "facts": [
            words
            for words in (
                sheet.code and say("report.booklet.code", code=sheet.code),
                unit and say("report.booklet.unit", unit=unit),
                sheet.direction,
                line.department and say("report.booklet.department", department=line.department),
                sheet.origin and say("report.booklet.origin", origin=sheet.origin),
            )
            if words
        ],
        "unit": unit,
        "latest": line.latest,
        "latest_year": line.latest_year,
        "target": "" if mark is None else mark.target,
        "target_year": "" if mark is None else mark.year,
        "mark": _mark(mark, calendar),
        "when": "" if verdict is None else verdict.when,
        "headline": sheet.headline + ("" if verdict is None else verdict.outlook),
        "measures": [] if verdict is None else _measures(verdict),
        "chart": _chart(spec, drawing),
        "years_title": (
            say("report.booklet.years_in", unit=unit) if unit else say("report.booklet.years")
        ),
        "years": [
            {
                "label": labels.get(one.year, year_words(one.year, calendar)),
                "full": full_year(one.year),
                "target": one.target,
                # Words that no column of a year has room for stand among the targets.
                "target_short": (
                    one.target if len(one.target) <= _NARROW else say("report.booklet.below")
                ),
                "actual": one.actual,
                "state": one.state,
                # In short: the year it is held against stands among the targets.
                "mark": _mark(one.mark, calendar, Style.LARGE),
            }
            # Targets alone are told once, below.
            for one in (sheet.years if spec.points else ())
        ],
        "targets": [
            {
                "title": one.title,
                "year": one.year,
                "text": one.text,
                "mark": _mark(one.mark, calendar),
                "remark": say("list.stop").join(
                    filter(None, (one.remark, one.mark.by_hand if one.mark else ""))
                ),
            }
            for one in sheet.targets
        ],
        "notes": [
            {"kind": say(f"note.kind.{kind}"), "text": text}
            for kind in (NoteKind.CAUSE, NoteKind.ACTION)
            if (text := sheet.told(kind))
        ],
        "source": spec.source,
    }


def _measures(verdict: Verdict) -> list[Told]:
    """Return the five numbers; none where not one of them is known."""
    if all(one.value == say("measure.unknown") for one in verdict.measures):
        return []
    return [
        {"name": one.name, "value": one.value, "meaning": one.meaning} for one in verdict.measures
    ]


def _chart(spec: ChartSpec, drawing: str) -> Told | None:
    """Return the chart; None where a table says it all: nothing known, and one target at most."""
    if not spec.points and len(spec.steps) < 2:
        return None
    caption = say("chart.heading")
    if spec.unit:
        caption = say("report.booklet.chart", unit=spec.unit)
    return {
        "caption": caption,
        "svg": drawing,
        "alt": spec.sentence,
        "notes": spec.axis_note + spec.notes,
    }
