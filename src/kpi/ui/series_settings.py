"""The table of how single series are judged: filled in or pasted as text, read, and then saved."""

from __future__ import annotations

from dataclasses import asdict, fields

import pandas as pd
import streamlit as st

from kpi.charts import assess
from kpi.charts.rule_change import rule_change, with_settings
from kpi.charts.series_settings import SettingRow, read_settings, setting_rows
from kpi.store import Conflict, PlanHeader
from kpi.ui import data
from kpi.ui.html import show
from kpi.ui.judging import effect, record_acts, refuse
from kpi.ui.rule_shelf import read_shelf
from kpi.ui.told import tell
from kpi.words import language, say


def edit(header: PlanHeader, year: int) -> None:
    """Show the settings of all series, and what is said anew: as read, and what it changes."""
    titles = {name: shelved.rule.title for name, shelved in read_shelf(header).items()}
    assessment = data.assessment(header, year)
    before = setting_rows(assessment, titles)
    boxes, beside = st.columns([2, 1], gap="medium")
    with boxes:
        after = _table(before, list(titles.values()))
        hint = say("series_settings.hint")
        tell(hint, key="settings-hint")
    read = read_settings(assessment, titles, before, after)
    with beside:
        if read.refused:
            refuse(read.refused)
        if not read.settings:
            return
        show("setting_changes.html", key="setting-changes", changes=read.changes)
        drafted = assess(with_settings(data.content(header), read.settings), year)
        effect(rule_change(assessment, drafted), say("rule_editor.effect", plan=header.plan.name))
        reason = st.text_input(say("rules.reason"), key="settings-reason")
        if st.button(say("series_settings.save"), type="primary", disabled=bool(read.refused)):
            words = say("series_settings.saved", count=len(read.settings))
            try:
                is_recorded = record_acts(header, list(read.settings.values()), reason, words)
            except Conflict:
                refuse([say("frozen.conflict")])
                return
            if is_recorded:
                st.rerun()


def _table(rows: list[SettingRow], rules: list[str]) -> list[SettingRow]:
    """Show settings as a table of texts; a column of numbers would clip and drop what is pasted."""
    own_rule, small = say("series_settings.plans"), st.column_config.TextColumn
    columns = [field.name for field in fields(SettingRow)]
    table = pd.DataFrame([asdict(row) for row in rows], columns=columns)
    table["rule"] = table["rule"].replace("", own_rule)
    edited = st.data_editor(
        table,
        column_config={
            "title": small(say("choice.series"), width=275, disabled=True),
            "rule": st.column_config.SelectboxColumn(
                say("series_settings.rule"), options=[own_rule, *rules], required=True, width=125
            ),
            "tolerance": small(say("series_settings.tolerance"), width=105),
            "limit": small(say("series_settings.limit"), width=85),
            "unit": small(say("overview.table.unit"), width=60, disabled=True),
            "is_cumulative": st.column_config.CheckboxColumn(
                say("series_settings.is_cumulative"), width=105
            ),
        },
        column_order=["title", "rule", "tolerance", "limit", "unit", "is_cumulative"],
        hide_index=True,
        num_rows="fixed",
        height=620,
        # What is typed is in the unit shown, which is another one in another language.
        key=f"settings-{data.version_mark()}-{language()}",
    )
    edited["rule"] = edited["rule"].replace(own_rule, "")
    edited = edited.fillna({"tolerance": "", "limit": ""})
    return [SettingRow(*row) for row in edited.itertuples(index=False)]
