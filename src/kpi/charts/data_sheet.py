"""The figures of a described chart as a sheet: a row a year, a column a line that is drawn.

Native charts draw from it and readers edit it; a table stands beside the picture with the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kpi.charts.spec import ChartSpec, Point, Step
from kpi.words import say


class Role(StrEnum):
    """What a line of a chart is; every format draws a role alike."""

    ACTUAL = "actual"
    BASE = "base"
    TARGET = "target"
    STRETCH = "stretch"
    REPLACED = "replaced"
    PATH = "path"
    PROJECTED = "projected"
    PROJECTED_LOW = "projected-low"
    PROJECTED_HIGH = "projected-high"
    OTHER = "other"
    OTHER_TARGET = "other-target"


@dataclass(frozen=True)
class Column:
    """One line of a chart: a value a year, None where nothing is drawn."""

    role: Role
    name: str
    values: tuple[float | None, ...]
    #: What is printed at each value; empty where it is the number alone or nothing.
    texts: tuple[str, ...]
    #: Years whose value is provisional.
    provisional: frozenset[int] = frozenset()


@dataclass(frozen=True)
class DataSheet:
    """The figures of a chart in the unit shown."""

    years: tuple[int, ...]
    #: As the axis has them, without line breaks.
    year_labels: tuple[str, ...]
    columns: tuple[Column, ...]

    def of(self, role: Role) -> tuple[Column, ...]:
        """Return the columns of a role."""
        return tuple(column for column in self.columns if column.role is role)


def data_sheet(spec: ChartSpec) -> DataSheet:
    """Return the figures a chart draws. Nothing is filled in between known years."""
    years = tuple(range(spec.years[0], spec.years[1] + 1))
    labels = tuple(label.replace("\n", " ") for label in spec.year_labels)
    columns = [_course(Role.ACTUAL, spec.name or say("chart.actual"), spec.points, years)]
    bases = tuple(point for point in spec.points if point.is_base)
    if bases:
        columns.append(_course(Role.BASE, say("chart.base"), bases, years))
    columns += [
        column
        for step in spec.steps
        for column in _target(
            Role.STRETCH if step.is_stretch else Role.TARGET,
            say("chart.stretch" if step.is_stretch else "chart.target"),
            step,
            years,
        )
    ]
    columns += [
        column
        for step in spec.replaced
        for column in _target(Role.REPLACED, say("chart.replaced"), step, years)
    ]
    if spec.path is not None:
        columns.append(_line(Role.PATH, say("chart.path"), dict(_straight(*spec.path)), years))
    if (ahead := spec.projection) is not None:
        known = {ahead.from_year: ahead.from_value, ahead.year: ahead.value}
        name = say("chart.projected" if ahead.is_sure else "chart.projected_open")
        columns.append(_line(Role.PROJECTED, name, known, years, {ahead.year: ahead.text}))
        for role, value in (
            (Role.PROJECTED_LOW, ahead.low),
            (Role.PROJECTED_HIGH, ahead.high),
        ):
            columns.append(_line(role, say(f"chart.{role}"), {ahead.year: value}, years))
    for other in spec.others:
        columns.append(_course(Role.OTHER, other.mark + other.name, other.points, years))
        for target in other.targets:
            columns += _target(
                Role.OTHER_TARGET,
                f"{other.mark}{other.name} {say('chart.target')}",
                target,
                years,
            )
    return DataSheet(years, labels, tuple(columns))


def _course(role: Role, name: str, points: tuple[Point, ...], years: tuple[int, ...]) -> Column:
    return Column(
        role,
        name,
        *_spread({p.year: p.value for p in points}, {p.year: p.text for p in points}, years),
        frozenset(point.year for point in points if point.is_provisional),
    )


def _target(role: Role, word: str, step: Step, years: tuple[int, ...]) -> list[Column]:
    """Return the column of a target over the years of its period; of a range, both ends."""
    ends = [step.value] if step.value_high is None else [step.value, step.value_high]
    name = " ".join(filter(None, (step.title if step.period else "", word)))
    columns = []
    for number, value in enumerate(ends):
        end = say(("chart.range_low", "chart.range_high")[number]) if len(ends) > 1 else ""
        known = dict.fromkeys(range(step.first_year, step.last_year + 1), value)
        columns.append(_line(role, name + end, known, years, {step.last_year: step.text}))
    return columns


def _line(
    role: Role,
    name: str,
    known: dict[int, float],
    years: tuple[int, ...],
    texts: dict[int, str] | None = None,
) -> Column:
    return Column(role, name, *_spread(known, texts or {}, years))


def _spread(
    known: dict[int, float], texts: dict[int, str], years: tuple[int, ...]
) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    return tuple(known.get(year) for year in years), tuple(texts.get(year, "") for year in years)


def _straight(begin: tuple[int, float], end: tuple[int, float]) -> list[tuple[int, float]]:
    """Return the even way between two years, a value for each."""
    (x0, y0), (x1, y1) = begin, end
    if x0 == x1:
        return [begin]
    first, last = min(x0, x1), max(x0, x1)
    return [
        (year, y1 if year == x1 else y0 + (y1 - y0) * (year - x0) / (x1 - x0))
        for year in range(first, last + 1)
    ]
