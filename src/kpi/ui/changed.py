"""前回からの変化: how ratings moved since the year before, and what was recorded since a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import streamlit as st

from kpi import settings
from kpi.charts import SeriesLine, of_period
from kpi.charts.moved import moves
from kpi.charts.plan_difference import Difference, plan_difference
from kpi.store import JAPAN, Mark, PlanHeader, end_of_day, parts_beside, read_history
from kpi.ui import as_of, data, fixing
from kpi.ui.choices import begun, shared_query
from kpi.ui.database import engine_at, kept
from kpi.ui.html import show
from kpi.written import era_year, full_date

#: Days that are looked back on where no year was ever fixed.
_DAYS = 30
#: Series that are named of those of which something was recorded.
_NAMED = 12


def section(
    shown: fixing.Shown, chosen: Sequence[SeriesLine], focus: int, *, is_whole: bool
) -> None:
    """Show both; each series leads to its indicator.

    ``chosen`` are the series the filters leave; of the plan itself is told only where they are all
    (``is_whole``).
    """
    _moved(shown, chosen, focus, is_whole=is_whole)
    _recorded(shown.header, chosen, is_whole=is_whole)


def _moved(
    shown: fixing.Shown, chosen: Sequence[SeriesLine], focus: int, *, is_whole: bool
) -> None:
    """Show which ratings are others than with the actuals of the year before."""
    header, assessment = shown.header, shown.assessment
    lines = {line.series_id: line for line in chosen}
    years = data.content(header).actual_years
    year = next((year for year in years if year < assessment.reporting_year), None)
    if year is None:
        show("moved_none.html", key="moved-none", year=era_year(assessment.reporting_year))
        return
    before = fixing.shown(header, year)
    found = {
        move: own
        for move, changes in moves(before.assessment, assessment, focus).items()
        if (own := [one for one in changes if is_whole or one.series_id in lines])
    }
    query = {**shared_query(), "period": str(focus)}
    followed = show(
        "moved.html",
        key="moved",
        found=found,
        lines=lines,
        of=of_period(focus),
        before=era_year(year),
        after=era_year(assessment.reporting_year),
        is_fixed=before.entry is not None,
        total=sum(map(len, found.values())),
        query=begun(query),
    )
    if followed:
        st.switch_page("pages/indicator.py", query_params={**query, "series": followed})


def _recorded(header: PlanHeader, chosen: Sequence[SeriesLine], *, is_whole: bool) -> None:
    """Show what was recorded since the last time a year was fixed, else in the last days."""
    today = as_of.day() or datetime.now(JAPAN).date()
    entry = next(iter(data.fixings(header)), None)
    since = entry.recorded_at.astimezone(JAPAN).date() if entry else today - timedelta(_DAYS)
    # The acts of that day itself are told of too.
    day_before = since - timedelta(1)
    differences = _differences(
        settings.database_url(), data.version_mark(), as_of.moment(), header, day_before, today
    )
    titles = {line.series_id: line.title for line in chosen}
    if differences is not None:
        differences = [d for d in differences if is_whole or d.series_id in titles]
    touched = {d.series_id: titles[d.series_id] for d in differences or () if d.series_id in titles}
    shared = shared_query()
    days = {"show": "days", "from": day_before.isoformat(), "to": today.isoformat()}
    followed = show(
        "recorded.html",
        key="recorded",
        since=full_date(since),
        year=era_year(int(entry.fiscal_year)) if entry else "",
        days=_DAYS,
        is_new=differences is None,
        counts=Counter(d.what for d in differences or ()).most_common(),
        total=len(differences or ()),
        titles=list(touched.values())[:_NAMED],
        more=len(touched) - _NAMED,
        query=begun(shared),
        history=urlencode({**shared, **days}),
    )
    if followed == "history":
        st.switch_page("pages/history.py", query_params={**shared, **days})
    if followed:
        series = followed.removeprefix("series ")
        st.switch_page("pages/indicator.py", query_params={**shared, "series": series})


@kept(16)
def _differences(
    url: str,
    mark: Mark,  # noqa: ARG001
    moment: datetime | None,
    header: PlanHeader,
    since: date,
    until: date,
) -> list[Difference] | None:
    """Return what of a plan is otherwise than at the end of a day; None where it was not there."""
    engine, then = engine_at(url), end_of_day(since)
    before = data.content_then(header, then)
    if before is None:
        return None
    moments = then, moment or end_of_day(until)
    beside = parts_beside(engine, header, then), parts_beside(engine, header, moment)
    history = read_history(engine, header)
    return plan_difference(before, data.content(header), moments, history, beside)
