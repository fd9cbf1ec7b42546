"""Opening a round on its page: the year, the due date, the words, and who is asked for what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from kpi.access import Act, NotAllowed
from kpi.collecting.opening import RoundRefused, askable, open_round
from kpi.model import FiscalYear
from kpi.store import JAPAN, Conflict, PlanHeader, read_parts
from kpi.ui import data, states
from kpi.ui.choices import shared_query
from kpi.ui.html import show
from kpi.ui.judging import refuse
from kpi.ui.person import end_unless, person
from kpi.ui.round_items import choose_items, tell_items
from kpi.ui.rounds import look_at_round
from kpi.ui.told import keep
from kpi.ui.turns import let_go
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year, full_year

#: Years before the last one that can be asked for.
_YEARS = 5
_USUAL_DAYS = 28


def form(header: PlanHeader) -> None:
    """Show what a new round would ask, and open it."""
    end_unless(Act.OPEN_ROUND, header.municipality)
    today = datetime.now(JAPAN).date()
    # The fiscal year that ended last.
    last = today.year - 1 if today.month >= 4 else today.year - 2
    of = f"{header.municipality.code} {header.plan.id}"
    show("heading.html", key="round-new", words=say("round.new"))
    for_year, for_day, _ = st.columns([1, 1, 1.1])
    year = FiscalYear(
        for_year.selectbox(
            say("round.box.year"),
            range(last + 1, last - _YEARS, -1),
            index=1,
            format_func=full_year,
            key=f"round-year {of}",
        )
    )
    due = for_day.date_input(
        say("round.box.due"),
        value=_working_day(today + timedelta(days=_USUAL_DAYS)),
        min_value=today,
        format="YYYY-MM-DD",
        key=f"round-due {of}",
    )
    left, right = st.columns([2.1, 1], gap="medium")
    with right:
        # It goes into the mails and the workbooks, which are in Japanese whatever the page is in.
        with speaking(DEFAULT):
            usual = say("round.usual_wording", year=era_year(year))
        wording = st.text_area(
            say("round.box.wording"),
            value=usual,
            max_chars=1000,
            height=140,
            key=f"round-wording {of} {year}",
        )
    known = askable(read_parts(data.engine(), header), year)
    if not known:
        words = say("round.nothing_to_ask")
        states.end(words, "imports", "structure", query=shared_query())
    with left:
        key = f"round-items {of} {year} {data.version_mark()}"
        chosen = choose_items(known, {one.series.id for one in known if one.department}, key)
    asked = [one for one in chosen if one.department]
    with right:
        tell_items(asked, [one for one in chosen if not one.department])
        if not st.button(say("round.open"), type="primary", key="round-open", disabled=not asked):
            return
        let_go()
        try:
            entry = open_round(
                data.engine(),
                person(),
                header.municipality,
                header.plan,
                year,
                due=due,
                wording=wording,
                asked=asked,
                now=datetime.now(UTC),
            )
        except (NotAllowed, RoundRefused) as refused:
            refuse([str(refused)])
            return
        except Conflict:
            refuse([say("round.conflict")])
            return
    keep(say("round.opened", count=len({one.department for one in asked})))
    look_at_round(entry)


def _working_day(day: date) -> date:
    """Return a day itself, or the Monday after the weekend it lies in."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
