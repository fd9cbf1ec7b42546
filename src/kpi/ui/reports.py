"""資料作成: what goes into a report, how it is to look, a look at it, and the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import streamlit as st
from sqlalchemy import Engine

from kpi.charts import Calendar, Style, refusal
from kpi.model import ReportSet
from kpi.progress import RuleRefused
from kpi.reports.content import NotMade, Report, compose
from kpi.reports.formats import FORMATS, ZIP_MIME, Format, OnStep, bundle
from kpi.store import JAPAN, Mark, PlanHeader, StoredReportSet
from kpi.ui import as_of, data, report_choice, report_sets, states
from kpi.ui.choices import shared_query
from kpi.ui.html import show
from kpi.ui.making import Making
from kpi.ui.told import tell
from kpi.ui.turns import aside, let_go
from kpi.words import DEFAULT, is_spoken, language, say

_WORK, _MAKING, _SEEN = "report-work", "report-making", "report-seen"
#: Indicators and pages that the preview shows.
_PREVIEWED, _PAGES = 3, 8


@dataclass
class Work:
    """What somebody has chosen for a report on a plan, as long as they are at it."""

    of: str
    series: list[int]
    format: str = next(iter(FORMATS))
    style: str = Style.COLOUR
    calendar: str = Calendar.BOTH
    is_split: bool = False
    #: The set it began with, as it was then.
    stored: StoredReportSet | None = None
    #: Tells the boxes of one beginning from those of another.
    turn: int = 0

    @property
    def mark(self) -> str:
        """Return what the keys of its boxes end with."""
        return f"{self.of} {self.turn}"

    def as_set(self, header: PlanHeader) -> ReportSet:
        """Return what of it is kept in a set."""
        return ReportSet(
            "",
            header.plan.id,
            tuple(self.series),
            self.format,
            self.style,
            self.calendar,
            self.is_split,
        )


@dataclass(frozen=True)
class Order:
    """A report that was asked for: all it follows from, so that another choice is another one."""

    header: PlanHeader
    year: int
    moment: datetime | None
    day: date
    series: tuple[int, ...]
    format: str
    style: str
    calendar: str
    #: What the database held when it was asked for.
    known: Mark
    is_split: bool = False
    template: bytes | None = field(default=None, repr=False)

    @property
    def made_as(self) -> Format:
        """Return its format."""
        return FORMATS[self.format]

    def composed(self, engine: Engine) -> Report:
        """Return what it says."""
        return compose(
            engine,
            self.header,
            day=self.day,
            moment=self.moment,
            reporting_year=self.year,
            series=self.series,
            calendar=Calendar(self.calendar),
        )

    def made(self, engine: Engine, on_step: OnStep) -> bytes:
        """Return the file, a ZIP where there is to be one for each department."""
        report, style = self.composed(engine), Style(self.style)
        if self.is_split:
            return bundle(report, self.made_as, style, on_step, self.template)
        return self.made_as.make(report, style, on_step, self.template)


def page(header: PlanHeader, year: int) -> None:
    """Show the way to a report: choose, look, make."""
    of = f"{header.municipality.code} {header.plan.id}"
    assessment = data.assessment(header, year)
    if not assessment.in_use:
        words = say("report.nothing", plan=header.plan.name)
        states.end(words, "imports", "structure", query=shared_query())
    stored = report_sets.choose(header, of)
    work = _work(of, stored, assessment.in_use)
    gone = [id_ for id_ in work.series if id_ not in assessment.titles]
    if gone:
        work.series = [id_ for id_ in work.series if id_ not in gone]
        st.info(say("report_page.gone", count=len(gone)))
    aim = report_choice.for_report()
    chosen = report_choice.choose(assessment, work.series, work.mark, aim)
    if chosen != work.series:
        work.series = chosen
        st.rerun()
    template = _look(work, len({line.department for line in assessment.lines(0)}))
    report_sets.tell_last(header)
    report_sets.acts(header, stored, work.as_set(header))
    if not work.series:
        st.info(say("report_page.choose_some"))
        return
    moment = as_of.moment()
    _make(
        Order(
            header,
            year,
            moment,
            as_of.day() or datetime.now(JAPAN).date(),
            tuple(work.series),
            work.format,
            work.style,
            work.calendar,
            data.version_mark(),
            work.is_split,
            template,
        )
    )


def _work(of: str, stored: StoredReportSet | None, whole: list[int]) -> Work:
    """Return what is being chosen; another plan, or another set, is another beginning."""
    work: Work | None = st.session_state.get(_WORK)
    is_other_set = stored is not None and (work is None or work.stored != stored)
    if work is None or work.of != of or is_other_set:
        turn = 0 if work is None else work.turn + 1
        work = Work(of, whole, turn=turn)
        if stored is not None:
            kept = stored.kept
            look = kept.format, kept.style, kept.calendar, kept.is_split
            work = Work(of, list(kept.series), *look, stored, turn)
        st.session_state[_WORK] = work
    elif stored is None:
        work.stored = None
    return work


def _look(work: Work, departments: int) -> bytes | None:
    """Show how the report is to look; return a Word template of one's own, if one is to be used."""
    row = st.container(horizontal=True, vertical_alignment="bottom", key="report-look")
    work.format = _one_of(
        row, "format", {name: one.title for name, one in FORMATS.items()}, work.format, work.mark
    )
    work.style = _one_of(
        row, "style", {one: say(f"chart.style.{one}") for one in Style}, work.style, work.mark
    )
    work.calendar = _one_of(
        row,
        "calendar",
        {one: say(f"chart.calendar.{one}") for one in Calendar},
        work.calendar,
        work.mark,
    )
    work.is_split = departments > 1 and st.checkbox(
        say("report_page.split"), work.is_split, key=f"report-split {work.mark}"
    )
    if not FORMATS[work.format].takes_template:
        return None
    return _template()


def _one_of(row: Any, name: str, words: Mapping[str, str], before: str, mark: str) -> str:
    """Ask for one of several things, given with what they are called."""
    chosen = row.segmented_control(
        say(f"report_page.{name}"),
        list(words),
        default=before,
        required=True,
        format_func=words.__getitem__,
        key=f"report-{name} {mark}",
    )
    return str(chosen or before)


def _template() -> bytes | None:
    """Show where a form of one's own is put, and what is wrong with it."""
    from kpi.reports.docx import fields, own_form

    with st.expander(say("report_page.template"), key="report-template-open"):
        st.caption(say("report_page.template_told"))
        file = st.file_uploader(say("report_page.template_file"), ["docx"], key="report-template")
        st.download_button(
            say("report_page.own_form"),
            own_form(Style.COLOUR.theme),
            file_name=say("report_page.own_form_name"),
            mime=FORMATS["docx"].mime,
            key="report-own-form",
            on_click="ignore",
        )
        show("report_fields.html", key="report-fields", fields=fields())
    if file is None:
        return None
    content = file.getvalue()
    if faults := _faults(content, language()):
        show("refused.html", key="report-template-refused", sentences=faults)
        st.stop()
    return content


# A process of its own looks at it, which takes a second.
@st.cache_data(show_spinner=False, max_entries=16)
def _faults(form: bytes, spoken: str) -> list[str]:  # noqa: ARG001
    from kpi.reports.docx import check_template

    let_go()
    return check_template(form)


def _make(order: Order) -> None:
    """Show the ways to look at the report and to make it, and what came of them."""
    making: tuple[Order, Making] | None = st.session_state.get(_MAKING)
    if making is not None and making[0] != order:
        making[1].end()
        making = st.session_state[_MAKING] = None
    is_running = making is not None and making[1].is_running
    engine = data.engine()
    if not is_spoken(DEFAULT):
        st.caption(say("report_page.in_japanese"))
    with st.container(horizontal=True, key="report-make-acts"):
        wants_look = st.button(say("report_page.preview"), key="report-preview")
        if st.button(
            say("report_page.make"), type="primary", key="report-make", disabled=is_running
        ):
            making = order, Making(lambda step: order.made(engine, step), _told)
            st.session_state[_MAKING] = making
    if making is not None:
        _follow(*making)
    if wants_look:
        _look_at(order)
    seen: tuple[Order, list[bytes] | str] | None = st.session_state.get(_SEEN)
    if seen is not None and seen[0] == order:
        _preview(*seen)


def _told(error: Exception) -> str | None:
    """Return in words why no report was made; None where the program is at fault."""
    if isinstance(error, RuleRefused):
        return refusal(error)
    return str(error) if isinstance(error, NotMade) else None


def _follow(order: Order, making: Making) -> None:
    """Show how far a report has come, or what came of it."""
    if making.is_running:
        _progress()
    elif making.is_ended:
        tell(say("report_page.ended"), key="report-ended")
    elif making.data is not None:
        plan = order.header.plan.name
        name = order.made_as.file_name(plan, order.year)
        if order.is_split:
            name = order.made_as.bundle_name(plan, order.year)
        st.download_button(
            say("report_page.download", name=name),
            making.data,
            file_name=name,
            mime=ZIP_MIME if order.is_split else order.made_as.mime,
            type="primary",
            key="report-download",
            on_click="ignore",
        )
    else:
        words = say("report_page.failed") if making.refused is None else making.refused
        show("refused.html", key="report-refused", sentences=[words])


@st.fragment(run_every=0.4)
def _progress() -> None:
    """Show the share that is done, with the way to end it; the whole page once it is made."""
    making: tuple[Order, Making] | None = st.session_state.get(_MAKING)
    if making is None or not making[1].is_running:
        st.rerun()
    share = making[1].share
    st.progress(share, say("report_page.making", percent=int(share * 100)))
    if st.button(say("report_page.cancel"), key="report-cancel"):
        making[1].end()
        st.rerun()


def _look_at(order: Order) -> None:
    """Make what the preview shows: the pages of a booklet, else the same report as a web page."""
    with aside(say("report_page.looking")):
        try:
            report, style = order.composed(data.engine()), Style(order.style)
            seen: list[bytes] | str
            if order.format == "pdf":
                from kpi.reports.pdf import pictures

                seen = pictures(report.beginning(_PREVIEWED), style, _PAGES)
            else:
                page = FORMATS["html"].make(report.beginning(_PREVIEWED), style)
                seen = page.decode()
        except (NotMade, RuleRefused) as error:
            show("refused.html", key="report-unseen", sentences=[_told(error)])
            return
    st.session_state[_SEEN] = order, seen


def _preview(order: Order, seen: list[bytes] | str) -> None:
    """Show the first pages."""
    told = {"count": min(_PREVIEWED, len(order.series)), "format": order.made_as.title}
    if isinstance(seen, str):
        is_itself = order.format == "html"
        words = say("report_page.seen" if is_itself else "report_page.seen_as_page", **told)
        tell(words, key="report-seen")
        st.iframe(seen, height=680, alt=say("report_page.preview"))
        return
    words = say("report_page.seen", **told)
    tell(words, key="report-seen")
    with st.container(horizontal=True, key="report-pages"):
        for number, picture in enumerate(seen, 1):
            st.image(picture, say("report_page.page", number=number), width=420)
