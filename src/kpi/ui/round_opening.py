"""Opening a round on its page: the year, the due date, the words, and who is asked for what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from kpi import settings
from kpi.collecting.opening import Askable, RoundRefused, askable, open_round
from kpi.model import FiscalYear
from kpi.notation import era_year, full_year
from kpi.store import JAPAN, Conflict, PlanHeader, read_parts
from kpi.ui import data
from kpi.ui.html import show
from kpi.ui.judging import refuse
from kpi.ui.rounds import keep_words, look_at_round
from kpi.words import say

#: Years before the last one that can be asked for.
_YEARS = 5
_USUAL_DAYS = 28
#: Of the table, in pixels.
_HIGHEST = 560


def form(header: PlanHeader) -> None:
    """Show what a new round would ask, and open it."""
    today = datetime.now(JAPAN).date()
    # The fiscal year that ended last.
    last = today.year - 1 if today.month >= 4 else today.year - 2
    of = f"{header.municipality.code} {header.plan.id}"
    left, right = st.columns([1.6, 1], gap="large")
    with right:
        year = FiscalYear(
            st.selectbox(
                say("round.box.year"),
                range(last + 1, last - _YEARS, -1),
                index=1,
                format_func=full_year,
                key=f"round-year {of}",
            )
        )
        due = st.date_input(
            say("round.box.due"),
            value=today + timedelta(days=_USUAL_DAYS),
            min_value=today,
            format="YYYY-MM-DD",
            key=f"round-due {of}",
        )
        wording = st.text_area(
            say("round.box.wording"),
            value=say("round.usual_wording", year=era_year(year)),
            max_chars=1000,
            height=140,
            key=f"round-wording {of} {year}",
        )
    known = askable(read_parts(data.engine(), header), year)
    if not known:
        st.info(say("round.nothing_to_ask"))
        return
    with left:
        chosen = _table(known, f"round-items {of} {year} {data.version_mark()}")
    asked = [one for one in chosen if one.department]
    with right:
        _preview(asked, [one for one in chosen if not one.department])
        if not st.button(say("round.open"), type="primary", key="round-open", disabled=not asked):
            return
        try:
            entry = open_round(
                data.engine(),
                header.municipality,
                header.plan,
                year,
                due=due,
                wording=wording,
                asked=asked,
                author=settings.author(),
                now=datetime.now(UTC),
            )
        except RoundRefused as refused:
            refuse([str(refused)])
            return
        except Conflict:
            refuse([say("round.conflict")])
            return
    keep_words(say("round.opened", count=len({one.department for one in asked})))
    look_at_round(entry)


def _table(known: list[Askable], key: str) -> list[Askable]:
    """Show what can be asked for, and return what is to be, as the person has changed it."""
    text, box = st.column_config.TextColumn, st.column_config.CheckboxColumn
    columns = {
        "is_asked": [bool(one.department) for one in known],
        "department": [one.department for one in known],
        "title": [one.title for one in known],
        "unit": [one.series.unit_text or one.series.unit for one in known],
        "asks_fraction": [one.asks_fraction for one in known],
        "known": [say("round.is_final") if one.is_final else "" for one in known],
    }
    edited = st.data_editor(
        pd.DataFrame(columns),
        column_config={
            "is_asked": box(say("round.column.is_asked"), width=64),
            "department": text(say("round.column.department"), width=140),
            "title": text(say("round.column.title"), width=250, disabled=True),
            "unit": text(say("overview.table.unit"), width=60, disabled=True),
            "asks_fraction": box(say("round.column.asks_fraction"), width=100),
            "known": text(say("round.column.known"), width=72, disabled=True),
        },
        hide_index=True,
        num_rows="fixed",
        height=min(_HIGHEST, 38 + 35 * len(known)),
        key=key,
    )
    return [
        replace(
            one,
            department=str(row.department or "").strip(),
            asks_fraction=bool(row.asks_fraction),
        )
        for one, row in zip(known, edited.itertuples(), strict=True)
        if row.is_asked
    ]


def _preview(asked: list[Askable], nobodys: list[Askable]) -> None:
    """Say how many departments and series there are, and what nobody would be asked for."""
    counts: dict[str, int] = {}
    for one in asked:
        counts[one.department] = counts.get(one.department, 0) + 1
    show("round_preview.html", key="round-preview", counts=counts, nobodys=nobodys)
