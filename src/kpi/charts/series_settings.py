"""How single series are judged, as a table people fill in or paste: rule, tolerance, limit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpi.charts.assessment import Assessment, rows_of
from kpi.charts.display import Display
from kpi.charts.rule_form import exact_number, read_limit, told_limit
from kpi.charts.rule_words import limit_words
from kpi.model import SeriesSetting
from kpi.notation import Unreadable
from kpi.words import say


@dataclass(frozen=True)
class SettingRow:
    """The settings of one series as a table shows them."""

    series_id: int
    title: str
    #: The unit a limit without one is in.
    unit: str
    #: Title of the series' own rule; empty for that of its plan.
    rule: str
    #: 5％; empty for the rule's.
    tolerance: str
    #: Empty for none.
    limit: str
    is_cumulative: bool


@dataclass(frozen=True)
class SettingsRead:
    """What a table says anew, and what of it cannot be read."""

    settings: dict[int, SeriesSetting]
    #: Each change as it was read: 受診率　限度：なし → 30％.
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
            ""
            if math.isnan(row.limit)
            else assessment.displays[row.series_id].number(row.limit, 0),
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
    """Read every row of a table that is not as it was. Of a row that is refused nothing counts."""
    names = {title: name for name, title in rules.items()}
    read = SettingsRead({}, [], [])
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        display = assessment.displays[new.series_id]
        refused = list(_refused(new, display))
        read.refused.extend(refused)
        if not refused:
            setting = SeriesSetting(
                new.series_id,
                names.get(new.rule, new.rule),
                read_limit("tolerance", new.tolerance) if new.tolerance.strip() else None,
                read_value(new.limit, display) if new.limit.strip() else None,
                new.is_cumulative,
            )
            read.settings[new.series_id] = setting
            read.changes.extend(_changes(old, new, setting, display))
    return read


def _refused(row: SettingRow, display: Display) -> Iterator[str]:
    """Yield a sentence for each box of a row that cannot be read."""
    place = say("series_settings.place", series=row.title, name=say("series_settings.tolerance"))
    try:
        if row.tolerance.strip() and read_limit("tolerance", row.tolerance) < 0:
            yield say("series_settings.negative", place=place)
    except Unreadable as unreadable:
        yield told_limit("tolerance", unreadable, place)
    place = say("series_settings.place", series=row.title, name=say("series_settings.limit"))
    try:
        if row.limit.strip():
            read_value(row.limit, display)
    except Unreadable as unreadable:
        if unreadable.why == "unit_differs":
            words = {"text": unreadable.text.strip(), "unit": display.unit}
            yield say("series_settings.unit_differs", place=place, **words)
        else:
            yield told_limit("", unreadable, place)


def read_value(text: str, display: Display) -> float:
    """Return a figure of a series in its base unit; without a unit it is in the one shown.

    Raises `Unreadable` where it is no exact number, of another unit, or of an unclear power.
    """
    reading = exact_number(text)
    if reading.unit:
        if reading.unit != display.base_unit:
            raise Unreadable(text, "unit_differs")
        return float(reading.value)
    if reading.scaled and display.factor != 1:
        # 5千 beside 万円 may mean either.
        raise Unreadable(text, "two_scales")
    return float(reading.value * display.factor)


def _changes(
    old: SettingRow, new: SettingRow, read: SeriesSetting, display: Display
) -> Iterator[str]:
    """Yield each change of a row, as it was read."""
    none, plans = say("series_settings.none"), say("series_settings.plans")
    yes = {True: say("series_settings.yes"), False: say("series_settings.no")}
    tolerance = "" if read.tolerance is None else limit_words("tolerance", read.tolerance)
    limit = "" if read.limit is None else display.figure(read.limit, 0)
    for name, before, after in (
        ("rule", old.rule or plans, new.rule or plans),
        ("tolerance", old.tolerance or none, tolerance or none),
        ("limit", f"{old.limit}{old.unit}" if old.limit else none, limit or none),
        ("is_cumulative", yes[old.is_cumulative], yes[new.is_cumulative]),
    ):
        if getattr(old, name) != getattr(new, name):
            words = {"series": new.title, "name": say(f"series_settings.{name}")}
            yield say("series_settings.change", **words, before=before, after=after)
