"""The table of what a round asks for: which series, of which department, with which parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from kpi.collecting.opening import Askable
from kpi.ui.html import show
from kpi.words import say

#: Of the table, in pixels.
_HIGHEST = 560


def choose_items(known: Sequence[Askable], chosen: Collection[int], key: str) -> list[Askable]:
    """Show what can be asked for, and return what is to be, as the person has changed it.

    ``chosen`` are the series that are asked for to begin with.
    """
    text, box = st.column_config.TextColumn, st.column_config.CheckboxColumn
    columns = {
        "is_asked": [one.series.id in chosen for one in known],
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


def tell_items(asked: Sequence[Askable], nobodys: Sequence[Askable]) -> None:
    """Say how many departments and series there are, and what nobody would be asked for."""
    counts: dict[str, int] = {}
    for one in asked:
        counts[one.department] = counts.get(one.department, 0) + 1
    show("round_preview.html", key="round-preview", counts=counts, nobodys=nobodys)
