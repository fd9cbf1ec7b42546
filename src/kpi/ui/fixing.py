"""確定: which assessment of a year a page shows, as it was fixed or as things are, and the acts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import streamlit as st

from kpi.access import Act, NotAllowed
from kpi.acting.undoing import take_back
from kpi.charts import Assessment, Difference, differences, fix
from kpi.store import JAPAN, FrozenEntry, Mark, PlanHeader, UnknownBatch
from kpi.ui import as_of, data
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.judging import record_now, refuse
from kpi.ui.person import may, person, refused
from kpi.words import say
from kpi.written import era_year

#: In the address: the batch of the fixing that is shown, or `_NOW`; the last one without it.
_NAME = "fixing"
_NOW = "now"


@dataclass(frozen=True)
class Shown:
    """The assessment of a year as a page shows it."""

    header: PlanHeader
    assessment: Assessment
    #: How it was fixed; None where it is shown as things are.
    entry: FrozenEntry | None = None
    #: Each time the year was fixed, the last one first.
    entries: list[FrozenEntry] = field(default_factory=list)
    #: What of the fixed assessment would be otherwise now.
    differences: list[Difference] = field(default_factory=list)

    @property
    def moment(self) -> datetime | None:
        """When what is shown was known; None is now."""
        return as_of.moment() if self.entry is None else self.entry.recorded_at

    def of_series(self, series_id: int) -> Shown:
        """Return the same with the differences of one series."""
        own = [d for d in self.differences if d.key.series_id == series_id]
        return replace(self, differences=own)

    def now_labels(self) -> dict[tuple[int, int], str]:
        """Return what main targets would be called now, by series and period, if otherwise."""
        return {
            (d.key.series_id, d.key.period): say("frozen.now_is", now=now_word(), label=d.now_label)
            for d in self.differences
            if d.is_main and d.is_rated_otherwise
        }


def shown(header: PlanHeader, year: int) -> Shown:
    """Return a year as it was fixed, as the address wants it; as things are where it was not."""
    now = data.assessment(header, year)
    entries = [entry for entry in data.fixings(header) if entry.fiscal_year == year]
    asked = st.query_params.get(_NAME)
    if not entries or asked == _NOW:
        return Shown(header, now, None, entries)
    entry = next((entry for entry in entries if entry.batch_id == asked), entries[0])
    fixed = data.fixed(header, entry)
    return Shown(header, fixed, entry, entries, differences(fixed, now, entry.recorded_at))


def now_word() -> str:
    """Return what to call the moment a fixed year is held against: いま, or the day looked at."""
    return as_of.said() or say("frozen.now")


def banner(at: Shown) -> None:
    """Say that a year is fixed, by whom and why, and what would be otherwise now."""
    if not at.entries:
        return
    followed = show(
        "fixed.html",
        key="fixed",
        year=era_year(at.assessment.reporting_year),
        entry=at.entry,
        entries=at.entries,
        rules=list(at.assessment.rules.values()),
        differences=at.differences,
        otherwise=sum(d.is_rated_otherwise for d in at.differences),
        now=now_word(),
        can_act=as_of.day() is None and not refused(Act.FIX_YEAR, at.header.municipality),
        zone=JAPAN,
    )
    if not followed:
        return
    act, _, batch = followed.partition(" ")
    if act == "show":
        st.query_params[_NAME] = batch
        st.rerun()
    if act == "fix":
        _ask_fix(at.header, at.assessment.reporting_year, data.version_mark())
    if act == "undo":
        _ask_undo(next(entry for entry in at.entries if entry.batch_id == batch))


def button(at: Shown) -> None:
    """Show the way to fix a year that is not fixed yet; nothing in the past."""
    if at.entries or as_of.day() is not None or at.assessment.measures.empty:
        return
    if not may(Act.FIX_YEAR, at.header.municipality):
        return
    year = at.assessment.reporting_year
    if st.button(say("frozen.fix", year=era_year(year)), key="fix"):
        _ask_fix(at.header, year, data.version_mark())


@dialog("frozen.title", width="medium")
def _ask_fix(header: PlanHeader, year: int, mark: Mark) -> None:
    """Say what will be fixed and ask why. ``mark`` is what it is made of, as the person sees it."""
    assessment = data.assessment(header, year)
    show(
        "fix.html",
        key="fix-told",
        year=era_year(year),
        plan=header.plan.name,
        series=len(assessment.targets),
        targets=len(assessment.measures),
        by_hand=len(assessment.by_hand),
        summaries=[summary for summary in assessment.summaries if summary.total],
        bands=assessment.bands,
        rules=list(assessment.told_rules.values()),
    )
    reason = ask_reason(say("frozen.reason_example"))
    if not st.button(say("frozen.fix_yes"), type="primary", key="fix-yes"):
        return
    if data.version_mark() != mark:
        refuse([say("frozen.conflict")])
        return
    if record_now(header.municipality, [fix(data.content(header), assessment)], reason):
        st.query_params.pop(_NAME, None)
        st.rerun()


@dialog("frozen.undo")
def _ask_undo(entry: FrozenEntry) -> None:
    show("undo_fixed.html", key="undo-fixed", entry=entry, zone=JAPAN)
    if not st.button(say("frozen.undo_yes"), type="primary", key="undo-fixed-yes"):
        return
    try:
        take_back(data.engine(), person(), entry.batch_id, now=datetime.now(UTC))
    except NotAllowed as not_allowed:
        refuse([str(not_allowed)])
        return
    except UnknownBatch:
        refuse([say("act.gone")])
        return
    st.query_params.pop(_NAME, None)
    st.rerun()


def ask_reason(example: str) -> str:
    """Show the box for why something is done, and return what is in it."""
    return st.text_area(
        say("act.reason"), key="act-reason", max_chars=200, height=80, placeholder=example
    ).strip()
