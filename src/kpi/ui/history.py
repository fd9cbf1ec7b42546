"""Pieces of the history: the states of every fact, two days side by side, the log of all acts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TypeVar
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.charts import spreadsheet_csv
from kpi.charts.assessment import displays_of, titles_of
from kpi.charts.audit_log import AuditLine, audit_lines, audit_table
from kpi.charts.fact_history import fact_states
from kpi.charts.plan_difference import (
    Difference,
    difference_table,
    moment_text,
    plan_difference,
    since_text,
)
from kpi.charts.spreadsheet import spreadsheet_xlsx
from kpi.notation import is_found
from kpi.store import (
    JAPAN,
    PlanHeader,
    audit_entries,
    end_of_day,
    fact_history,
    parts_beside,
    proposals,
    read_history,
)
from kpi.ui import as_of, data, states
from kpi.ui.choices import choose, filter_box, remember, restore, shared_query, switch
from kpi.ui.html import show
from kpi.ui.source import open_source
from kpi.words import say
from kpi.written import full_date

_VIEWS = ("facts", "days", "acts")
#: Rows of a table on one page of it; the page looked at, in the address from 2 on.
_ROWS = 100
_PAGE = "page"
#: The page shown last, and of which table.
_SHOWN, _SHOWN_OF = "history-page", "history-page-of"
#: What the boxes for a day go from and up to: what is to come may be looked at too.
_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)

_Row = TypeVar("_Row")


def choose_view() -> str:
    """Show the choice between the three views and return the one chosen."""
    chosen = st.segmented_control(
        say("history.view"),
        _VIEWS,
        format_func=lambda view: say(f"history.view_{view}"),
        required=True,
        label_visibility="collapsed",
        key=restore("show", _VIEWS, _VIEWS[0], ""),
    )
    view = str(chosen or _VIEWS[0])
    remember("show", view, _VIEWS[0])
    return view


def facts(header: PlanHeader) -> None:
    """Show every state each fact of one series was in, and lead to where each was read."""
    content = data.content(header)
    titles = {title: series_id for series_id, title in titles_of(content.series).items()}
    if not titles:
        states.end(say("indicator.none"), "imports", "structure", query=shared_query())
    row = st.columns([2, 1.2], vertical_alignment="bottom")
    of = _of(header)
    title = choose(row[0], "series", list(titles), of=of)
    only_revised = switch(row[1], "revised", say("history.only_revised"), of)
    series_id = titles[title]
    moment = as_of.moment()
    known = fact_states(
        series_id,
        data.asked(fact_history, header.municipality, series_id, moment),
        displays_of(
            *(part[part["series_id"] == series_id] for part in (content.series, content.facts))
        )[series_id],
        moment or datetime.now(UTC),
    )
    shown = [fact for fact in known if fact.is_revised or not only_revised]
    rows = [(fact, state) for fact in shown for state in fact.states]
    on_page = _paged(rows, f"{of} {title} {only_revised}")
    followed = show(
        "history_facts.html",
        key="history-facts",
        facts=[(fact, [row[1] for row in own]) for fact, own in groupby(on_page, itemgetter(0))],
        revised=sum(fact.is_revised for fact in known),
        count=len(known),
        nothing=say("history.none_revised") if known else say("app.no_facts"),
    )
    _turn_pages(len(rows))
    for _, state in on_page:
        if followed == state.mark:
            open_source(header.municipality, state.key, state.batch_id)
        elif followed == f"proposal {state.proposal_id}":
            query = {**shared_query(), "proposal": str(state.proposal_id)}
            st.switch_page("pages/proposals.py", query_params=query)


def days(header: PlanHeader) -> None:
    """Show what is otherwise between two days, and offer it as a table."""
    first, last = _choose_days()
    if first >= last:
        st.warning(say("history.days_backwards"))
        return
    moments = end_of_day(first), end_of_day(last)
    before, after = (data.content_then(header, moment) for moment in moments)
    if after is None:
        st.info(say("history.unknown_then", day=full_date(last)))
        return
    known = before or replace(
        after, periods=(), policies={}, series=after.series[:0], facts=after.facts[:0]
    )
    engine = data.engine()
    then, now = (parts_beside(engine, header, moment) for moment in moments)
    of_plan = read_history(engine, header)
    differences = plan_difference(known, after, moments, of_plan, (then, now))
    show(
        "history_days.html",
        key="history-days-lead",
        first=full_date(first),
        last=full_date(last),
        counts=Counter(difference.what for difference in differences),
        total=len(differences),
        is_new=before is None,
    )
    if differences:
        _show_differences(header, differences, f"{first}_{last}")


def _choose_days() -> tuple[date, date]:
    """Show the two days and ways to choose them quickly, and return them; they may be one."""
    today = as_of.day() or datetime.now(JAPAN).date()
    usual = _usual_days(today)
    first = _asked("from", usual["fiscal_year"], None)
    last = _asked("to", today, as_of.day())
    row = st.columns([0.6, 0.6, 2.6], vertical_alignment="bottom")
    chosen = {
        name: row[number].date_input(
            say(f"history.{name}"),
            value=shown,
            min_value=_FIRST,
            max_value=as_of.day() or _LAST,
            format="YYYY-MM-DD",
            # Another address is another box, which begins with its own day.
            key=f"history-{name} {shown}",
        )
        for number, (name, shown) in enumerate((("from", first), ("to", last)))
    }
    with row[2]:
        followed = show(
            "history_quick.html", key="history-quick", choices=usual, first=first, last=last
        )
    if followed:
        chosen = {"from": usual[followed], "to": today}
    if chosen != {"from": first, "to": last}:
        for name, day in chosen.items():
            st.query_params[name] = day.isoformat()
        st.rerun()
    return first, last


def _usual_days(today: date) -> dict[str, date]:
    """Return days from which people look: the end of the last fiscal year, and before."""
    ended = date(today.year if today > date(today.year, 3, 31) else today.year - 1, 3, 31)
    return {
        "fiscal_year": ended,
        "fiscal_year_before": ended.replace(year=ended.year - 1),
        "month": today - timedelta(days=30),
        "day": today - timedelta(days=1),
    }


def _asked(name: str, usual: date, most: date | None) -> date:
    """Return the day the address names; where it names none, the usual one."""
    asked = _asked_day(name)
    return asked if asked and _FIRST <= asked <= (most or _LAST) else usual


def _show_differences(header: PlanHeader, differences: Sequence[Difference], days: str) -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    of = _of(header)
    kinds = Counter(difference.what for difference in differences)
    labels = {"": say("filter.all", count=kinds.total())}
    labels |= {what: say("history.kind", what=what, count=n) for what, n in kinds.items()}
    kind = filter_box(row, "what", labels, 230, of)
    search = row.text_input(say("filter.search"), width=180, key=restore("search", (), "", of))
    remember("search", search, "")
    chosen = [
        difference
        for difference in differences
        if kind in ("", difference.what)
        if is_found(search, f"{difference.indicator}{difference.series}")
    ]
    name = say("history.file", plan=header.plan.name, days=days)
    _offer(row, difference_table(chosen), name, is_workbook_too=True)
    on_page = _paged(chosen, f"{of} {days} {kind} {search}")
    titles = titles_of(data.content(header).series)
    followed = show(
        "history_difference.html",
        key="history-difference",
        rows=[(one, titles.get(one.series_id or 0, "")) for one in on_page],
        query=urlencode(shared_query()),
        told_moment=moment_text,
        told_since=since_text,
    )
    _turn_pages(len(chosen))
    if followed:
        query = {**shared_query(), "series": followed}
        st.switch_page("pages/indicator.py", query_params=query)


def acts(header: PlanHeader) -> None:
    """Show the audit log of a municipality in sentences, newest first."""
    municipality, moment = header.municipality, as_of.moment()
    lines = audit_lines(
        audit_entries(data.engine(), municipality),
        data.known_batches([municipality.code]),
        moment,
        {one.id for one in proposals(data.engine(), municipality) if one.is_amendment},
    )
    row = st.container(horizontal=True, vertical_alignment="bottom")
    chosen = _filtered_acts(row, lines, municipality.code)
    name = say("history.acts_file", name=municipality.name)
    _offer(row, audit_table(chosen), name, is_workbook_too=False)
    on_page = _paged(chosen, " ".join(map(str, (municipality.code, len(chosen)))))
    show(
        "history_acts.html",
        key="history-acts",
        lines=on_page,
        count=len(chosen),
        total=len(lines),
        last=lines[0] if lines and moment is None else None,
    )
    _turn_pages(len(chosen))


def _filtered_acts(row: DeltaGenerator, lines: list[AuditLine], of: str) -> list[AuditLine]:
    """Show the filters by act, person, days and words, and return the acts they leave."""
    any_one = {"": say("filter.any")}
    kind = filter_box(row, "act", any_one | {line.kind: line.kind for line in lines}, 190, of)
    people = sorted({line.author for line in lines})
    who = filter_box(row, "who", any_one | {name: name for name in people}, 150, of)
    since, until = (_day_box(row, name) for name in ("since", "until"))
    search = row.text_input(say("history.search"), width=160, key=restore("search", (), "", of))
    remember("search", search, "")
    return [
        line
        for line in lines
        if kind in ("", line.kind)
        if who in ("", line.author)
        if since is None or line.day >= since
        if until is None or line.day <= until
        if is_found(search, f"{line.told}{line.why}{line.author}{line.batch_id}")
    ]


def _day_box(row: DeltaGenerator, name: str) -> date | None:
    """Show a day that filters, which stands in the address, and return it; None for no day."""
    asked = _asked_day(name)
    shown = asked if asked and asked >= _FIRST else None
    chosen: date | None = row.date_input(
        say(f"history.acts_{name}"),
        value=shown,
        min_value=_FIRST,
        format="YYYY-MM-DD",
        # Another address is another box, which begins with its own day.
        key=f"history-acts-{name} {shown}",
        width=140,
    )
    if chosen != shown:
        remember(name, "" if chosen is None else chosen.isoformat(), "")
        st.rerun()
    return chosen


def _asked_day(name: str) -> date | None:
    """Return the day the address names; None where it names none."""
    try:
        return date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None


def _offer(row: DeltaGenerator, table: pd.DataFrame, name: str, *, is_workbook_too: bool) -> None:
    """Show the buttons that download a table; each file is made when it is asked for."""
    row.download_button(
        say("history.csv"),
        data=lambda: spreadsheet_csv(table),
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
    )
    if is_workbook_too:
        row.download_button(
            say("history.xlsx"),
            data=lambda: spreadsheet_xlsx(table, say("history.sheet")),
            file_name=f"{name}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
        )


def _of(header: PlanHeader) -> str:
    return f"{header.municipality.code} {header.plan.id}"


def _paged(rows: Sequence[_Row], of: str) -> Sequence[_Row]:
    """Return the rows of the page the address names; another table (``of``) begins at its first."""
    asked = st.query_params.get(_PAGE, "")
    page = int(asked) - 1 if re.fullmatch("[1-9][0-9]{0,5}", asked) else 0
    # A filter was changed: the page in the address is still that of the table before.
    if st.session_state.get(_SHOWN_OF, of) != of and page == st.session_state[_SHOWN]:
        page = 0
    if page * _ROWS >= len(rows):
        page = 0
    st.session_state[_SHOWN_OF], st.session_state[_SHOWN] = of, page
    remember(_PAGE, str(page + 1), "1")
    return rows[page * _ROWS : (page + 1) * _ROWS]


def _turn_pages(count: int) -> None:
    """Show which rows are shown, with the ways to others; nothing where all are."""
    if count <= _ROWS:
        return
    page = st.session_state[_SHOWN]
    last = (count - 1) // _ROWS
    followed = show(
        "pages.html",
        key="history-pages",
        page=page,
        last=last,
        first_row=page * _ROWS + 1,
        last_row=min(count, (page + 1) * _ROWS),
        count=count,
    )
    if followed:
        remember(_PAGE, str(min(last, max(0, int(followed))) + 1), "1")
        st.rerun()
