"""Pieces of the page of proposals: the list, and one of them in full with what it would change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi import settings
from kpi.charts import Assessment, ToldRemark, assess, describe, plan_remarks
from kpi.charts.edits import tell_edits
from kpi.charts.plan_check import new_remarks as new_among
from kpi.charts.proposed import proposed
from kpi.charts.rule_change import rule_change
from kpi.model import (
    Edit,
    FactEdit,
    Municipality,
    PartEdit,
    Plan,
    Proposal,
    Series,
    Stage,
)
from kpi.store import (
    JAPAN,
    PlanContent,
    PlanHeader,
    PlanSnapshot,
    proposals,
    read_parts,
    read_plan,
    read_proposal,
)
from kpi.ui import choices, data, states
from kpi.ui.html import show
from kpi.ui.indicator import draw_on_page
from kpi.ui.judging import effect, moment
from kpi.ui.manual import chart_terms
from kpi.ui.told import tell
from kpi.words import language, say
from kpi.written import era_year, full_date, full_year

#: The proposal looked at, in the address.
_NAME = "proposal"
#: Where a proposal can still become part of the plan.
_OPEN = (Stage.DRAFT, Stage.RETURNED, Stage.SUBMITTED)
#: Remarks that are shown at once.
_MOST = 12


@dataclass(frozen=True)
class LookedAt:
    """A proposal with the plan it is about, as that stands."""

    header: PlanHeader
    proposal: Proposal
    base: PlanSnapshot
    content: PlanContent

    @property
    def is_open(self) -> bool:
        """Whether the proposal can still become part of the plan."""
        return self.proposal.stage in _OPEN

    @property
    def is_ahead(self) -> bool:
        """Whether the plan is still as it is without the proposal, which may yet change it."""
        step = self.proposal.steps[-1]
        is_waiting = step.in_force_from is not None and step.in_force_from > datetime.now(UTC)
        return self.is_open or (self.proposal.stage is Stage.APPROVED and is_waiting)

    @property
    def step_mark(self) -> str:
        """Return what tells the proposal at its last step from all others, and from itself then."""
        return f"{self.of} {self.proposal.id} {self.proposal.version}"

    @property
    def of(self) -> str:
        """Return what tells the plan from all others."""
        return f"{self.header.municipality.code} {self.header.plan.id}"


def choose_municipality(box: DeltaGenerator) -> Municipality | None:
    """Show the choice of a municipality; None while there is none."""
    names = data.municipality_names()
    if not names:
        return None
    name = choices.choose(box, "municipality", list(dict.fromkeys(names.values())))
    code = next(code for code, own in names.items() if own == name)
    return next(h.municipality for h in data.known_plans() if h.municipality.code == code)


def looked_at(municipality: Municipality) -> LookedAt | None:
    """Return the proposal the address names; None where the list is asked for."""
    asked = st.query_params.get(_NAME)
    if asked is None:
        return None
    try:
        proposal = read_proposal(data.engine(), municipality, _number(asked))
    except LookupError:
        tell(say("proposal.unknown", id=asked), key="proposal-unknown", severity="error")
        return None
    parts = [edit.after for edit in proposal.edits if isinstance(edit, PartEdit)]
    new = [part.name for part in parts if isinstance(part, Plan) and part.id < 0]
    header = next(
        (h for h in _headers(municipality) if h.plan.id == proposal.plan_id),
        PlanHeader(municipality, Plan(proposal.plan_id, next(iter(new), "")), ()),
    )
    if header.plan.id < 0:
        empty = PlanSnapshot(Plan(proposal.plan_id, ""))
        return LookedAt(header, proposal, empty, read_plan(data.engine(), header))
    if header.plan.name:
        # So that the other pages are about the same plan.
        st.query_params["plan"] = header.plan.name
    return LookedAt(header, proposal, read_parts(data.engine(), header), data.content(header))


def _number(asked: str) -> int:
    """Return the number of a proposal as an address names it; 0, which none has, for no number."""
    return int(asked) if re.fullmatch("[0-9]{1,9}", asked) else 0


def _headers(municipality: Municipality) -> list[PlanHeader]:
    return [h for h in data.known_plans() if h.municipality.code == municipality.code]


def listing(municipality: Municipality) -> None:
    """Show all proposals of a municipality, newest first, each with the way to it."""
    known = [one for one in proposals(data.engine(), municipality) if one.is_amendment]
    if not known:
        states.end(say("proposal.nothing"), "target_editing", query=choices.shared_query())
    names = {header.plan.id: header.plan.name for header in _headers(municipality)}
    followed = show(
        "proposals.html",
        key="proposals",
        proposals=known,
        plans=names,
        moment=moment,
    )
    if followed:
        st.query_params[_NAME] = followed
        st.rerun()


def choose_year(at: LookedAt, box: DeltaGenerator) -> int | None:
    """Show the choice of the reporting year; None where none is known or the plan has changed."""
    if not at.is_ahead:
        return None
    years = at.content.actual_years or _as_proposed(at).actual_years
    if not years:
        return None
    shown = {str(year): say("choice.up_to", year=full_year(year)) for year in years}
    return int(choices.choose(box, "year", list(shown), shown.__getitem__, at.of))


def heading(at: LookedAt) -> None:
    """Show what the proposal is called, of which plan, how far it has come, and why."""
    followed = show(
        "proposal_title.html",
        key="proposal-title",
        proposal=at.proposal,
        plan=at.header.plan.name,
        moment=moment,
    )
    if followed:
        st.query_params.pop(_NAME, None)
        st.rerun()


def difference(at: LookedAt) -> None:
    """Show every edit as a sentence, under its indicator; all at once where no chart follows."""
    groups = tell_edits(at.base, at.proposal.edits)
    count = len(at.proposal.edits)
    show("proposal_edits.html", key="edits", groups=groups, count=count, is_ahead=at.is_ahead)


def _as_proposed(at: LookedAt) -> PlanContent:
    return proposed(at.content, at.base, at.proposal.edits, datetime.now(UTC))


# What follows takes a while and is kept until the plan or the proposal is another.


@st.cache_resource(show_spinner=False, max_entries=8)
def _judged(mark: object, year: int, _at: LookedAt) -> tuple[Assessment, Assessment]:  # noqa: ARG001
    """Return the plan judged as it is and as proposed."""
    return assess(_at.content, year), assess(_as_proposed(_at), year)


@st.cache_resource(show_spinner=False, max_entries=8)
def _new_remarks(
    mark: object,  # noqa: ARG001
    spoken: str,  # noqa: ARG001
    _at: LookedAt,
) -> list[ToldRemark]:
    others = [
        data.content(h) for h in _headers(_at.header.municipality) if h.plan != _at.header.plan
    ]
    now = plan_remarks(_at.content, others) if _at.header.plan.id > 0 else []
    return new_among(now, plan_remarks(_as_proposed(_at), others))


def _mark(at: LookedAt) -> object:
    return settings.database_url(), data.version_mark(), at.step_mark


def chart(at: LookedAt, year: int | None) -> None:
    """Show a chart of each series that changes, one at a time: old steps and new ones."""
    if year is None:
        return
    now, after = _judged(_mark(at), year, at)
    changed = dict.fromkeys(filter(None, map(_series_of, at.proposal.edits)))
    titles = {after.titles[one]: one for one in changed if one in after.titles}
    if not titles:
        return
    first, *_ = titles
    title = st.selectbox(
        say("proposal.chart_of", count=len(titles)),
        list(titles),
        key=choices.restore("chart", list(titles), first, f"{at.of} {at.proposal.id}"),
    )
    choices.remember("chart", title, first)
    series_id = titles[title]
    focus = next(
        (
            edit.key.period
            for edit in at.proposal.edits
            if isinstance(edit, FactEdit) and edit.key.series_id == series_id and edit.key.period
        ),
        after.current_period(),
    )
    spec = describe(after, after.line(series_id, focus), focus, before=now)
    draw_on_page(spec, say("chart.heading"), key="proposal-chart")
    show("caption.html", key="proposal-caption", spec=spec, terms=chart_terms(spec))


def _series_of(edit: Edit) -> int | None:
    if isinstance(edit, FactEdit):
        return edit.key.series_id
    return edit.after.id if isinstance(edit.after, Series) else None


def effect_on_ratings(at: LookedAt, year: int | None) -> None:
    """Show who would change band with the figures up to a year."""
    if year is not None:
        words = say("proposal.effect", year=era_year(year))
        effect(rule_change(*_judged(_mark(at), year, at)), words)


def new_remarks(at: LookedAt) -> None:
    """Show what the plan check says of the proposed plan and not of the plan as it is."""
    if at.is_ahead:
        found = _new_remarks(_mark(at), language(), at)
        show("proposal_remarks.html", key="remarks", remarks=found, most=_MOST)


def steps_taken(at: LookedAt) -> None:
    """Show who did what with the proposal, when, and with which words; the last step first."""
    show(
        "proposal_steps.html",
        key="steps",
        steps=at.proposal.steps[::-1],
        moment=moment,
        day=day_of,
    )


def day_of(when: datetime) -> str:
    """Return the day of a moment in Japan: 2026年4月1日."""
    return full_date(when.astimezone(JAPAN).date())
