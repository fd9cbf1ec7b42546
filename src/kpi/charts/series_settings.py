"""How single series are judged, as a table people fill in or paste: rule, tolerance, limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from kpi.charts.assessment import Assessment, rows_of
from kpi.charts.display import Display
from kpi.charts.rule_form import read_limit, told_limit
from kpi.charts.rule_words import limit_words
from kpi.model import SeriesSetting
from kpi.notation import Unreadable, read_number
from kpi.words import say


@dataclass(frozen=True)
class SettingRow:
    """The settings of one series as texts."""

    series_id: int
    title: str
    #: The unit a limit without one is in.
    unit: str
    #: Title of the series' own rule; empty for that of its plan.
    rule: str
    #: 5％; empty for the rule's.
    tolerance: str
    #: In the unit of the row; empty for none.
    limit: str
    is_cumulative: bool


@dataclass(frozen=True)
class SettingsRead:
    """What a table says anew, and what of it cannot be read."""

    settings: dict[int, SeriesSetting]
    #: Each change as it was read: 受診率：限度 なし → 30％.
    changes: list[str]
    #: Each box that cannot be read, with what to write.
    refused: list[str]


def setting_rows(assessment: Assessment, rules: Mapping[str, str]) -> list[SettingRow]:
    """Return the settings of all series; ``rules`` are the titles of rules by name."""
    return [
        SettingRow(
            row.series_id,
            assessment.titles[row.series_id],
            assessment.displays[row.series_id].unit,
            rules.get(row.rule, row.rule),
            limit_words("tolerance", row.tolerance),
            "" if math.isnan(row.limit) else assessment.displays[row.series_id].number(row.limit),
            bool(row.is_cumulative),
        )
        for row in rows_of(assessment.series)
    ]


def read_settings(
    assessment: Assessment,
    rules: Mapping[str, str],
    before: Sequence[SettingRow],
    after: Sequence[SettingRow],
) -> SettingsRead:
    """Read every row of a table that differs from what is set now."""
    names = {title: name for name, title in rules.items()}
    read = SettingsRead({}, [], [])
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        display = assessment.displays[new.series_id]
        refused = [
            *_refused_rule(new, names),
            *_refused(new, "tolerance", display),
            *_refused(new, "limit", display),
        ]
        read.refused.extend(refused)
        if refused:
            continue
        tolerance = _number("tolerance", new.tolerance, display)
        limit = _number("limit", new.limit, display)
        read.settings[new.series_id] = SeriesSetting(
            new.series_id, names.get(new.rule, ""), tolerance, limit, new.is_cumulative
        )
        told = {
            "rule": new.rule,
            "tolerance": "" if tolerance is None else limit_words("tolerance", tolerance),
            "limit": "" if limit is None else display.figure(limit),
            "is_cumulative": new.is_cumulative,
        }
        read.changes.extend(_changes(old, new, told))
    return read


def _refused_rule(row: SettingRow, names: Mapping[str, str]) -> list[str]:
    if not row.rule or row.rule in names:
        return []
    known = say("list.comma").join(names)
    return [say("series_settings.no_rule", series=row.title, rule=row.rule, known=known)]


def _refused(row: SettingRow, name: str, display: Display) -> list[str]:
    place = say("series_settings.place", series=row.title, name=say(f"series_settings.{name}"))
    try:
        number = _number(name, getattr(row, name), display)
    except Unreadable as unreadable:
        if name == "tolerance":
            return [told_limit("tolerance", unreadable, place)]
        return [_told(unreadable, place, display)]
    if name == "tolerance" and number is not None and number < 0:
        return [say("series_settings.negative", place=place)]
    return []


def _told(unreadable: Unreadable, place: str, display: Display) -> str:
    text = unreadable.text.strip()
    if unreadable.why == "unit_differs":
        return say("series_settings.unit_differs", place=place, text=text, unit=display.unit)
    if unreadable.why == "not_exact":
        return say("rule_form.not_exact", place=place, text=text)
    why = say(f"unreadable.{unreadable.why}")
    return say("rule_form.unreadable", place=place, text=text, why=why)


def _number(name: str, text: str, display: Display) -> float | None:
    if not text.strip():
        return None
    return read_limit(name, text) if name == "tolerance" else read_value(text, display)


def read_value(text: str, display: Display) -> float:
    """Return a figure of a series in its base unit; without a unit it is in the one shown.

    Raises `Unreadable` where it is no exact number, of another unit, or of an unclear power.
    """
    reading = read_number(text)
    if reading.approximate or reading.status or reading.marks:
        raise Unreadable(text, "not_exact")
    if reading.unit and reading.unit != display.base_unit:
        raise Unreadable(text, "unit_differs")
    if reading.unit:
        return float(reading.value)
    if reading.scaled and display.factor != 1:
        # 5千 beside 万円 may mean either.
        raise Unreadable(text, "two_scales")
    return float(reading.value * display.factor)


def _changes(old: SettingRow, new: SettingRow, told: Mapping[str, str | bool]) -> list[str]:
    return [
        say(
            "series_settings.change",
            series=new.title,
            name=say(f"series_settings.{field.name}"),
            before=_shown(field.name, getattr(old, field.name), new.unit),
            after=_shown(field.name, told[field.name], ""),
        )
        for field in fields(SettingRow)
        if field.name in told and getattr(old, field.name) != getattr(new, field.name)
    ]


def _shown(name: str, value: str | bool, unit: str) -> str:
    if isinstance(value, bool):
        return say("series_settings.yes") if value else say("series_settings.no")
    if not value:
        return say("series_settings.plans") if name == "rule" else say("series_settings.none")
    return f"{value}{unit}" if name == "limit" else value
