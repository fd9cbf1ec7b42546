"""Two municipalities with something of everything there is to act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from acts import import_bytes
from sqlalchemy import Engine

from kpi.access import Person, Role
from kpi.acting.judging import judge
from kpi.acting.meetings import keep_meeting, write_down
from kpi.acting.users import change_user
from kpi.collecting.answering import give
from kpi.collecting.closing import close_round
from kpi.collecting.filled import Filled
from kpi.collecting.form import actual_key
from kpi.collecting.opening import askable, open_round
from kpi.editing import steps
from kpi.editing.notes import write_milestone, write_note
from kpi.model import (
    Comparison,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    FrozenYear,
    HandRating,
    Kind,
    Meeting,
    Municipality,
    Note,
    NoteKind,
    PlanRule,
    ProjectState,
    RuleVersion,
    SeriesSetting,
    User,
    Verdict,
    WordKind,
)
from kpi.progress import rule_text
from kpi.store import (
    BatchEntry,
    PlanHeader,
    PlanSnapshot,
    RoundEntry,
    batches,
    plans,
    proposals,
    proposals_of_round,
    read_parts,
    read_proposal,
    rounds,
)

MAY = datetime(2025, 5, 1, 3, tzinfo=UTC)
HERE, THERE = Municipality("202096", "見本市"), Municipality("142051", "隣市")
HEALTH, TAX = "健康課", "税務課"
#: 受診率 and 勧奨 are those of 健康課, the others of 税務課.
CHECKUPS, RATE, UNPAID = 1, 2, 3

_PLAN = "自治体コード,自治体,計画,指標,単位,所管課,計画期,年度,目標値\n" + "".join(
    f"{{0.code}},{{0.name}},計画,{name},％,{department},1,R8,60％以上\n"
    for name, department in (("受診率", HEALTH), ("収納率", TAX), ("未納率", TAX))
)
_PROJECTS = "自治体コード,自治体,計画,施策,事務事業,所管課,令和6年度\n" + "".join(
    f"{{0.code}},{{0.name}},計画,1 健康,{name},{department},通知を送る\n"
    for name, department in (("勧奨", HEALTH), ("督促", TAX))
)
LATER = "自治体コード,自治体,計画,指標,単位,年度,実績値\n202096,見本市,計画,受診率,％,R3,51\n"
#: Whoever made what is there: nobody whom a test asks for.
_ALL = Person("見本 作", frozenset(Role), frozenset({HEALTH, TAX}))


def target(plan: PlanSnapshot, series_id: int, value: float) -> FactEdit:
    """Return an edit of a target."""
    key = FactKey(series_id, Kind.TARGET, 1, "", FiscalYear(2026))
    before = plan.facts[key]
    return FactEdit(key, before, before._replace(value=value, value_text=f"{value:g}％以上"))


def actual(series_id: int, year: int, value: float) -> FactEdit:
    """Return a figure as a department gives it."""
    key = actual_key(series_id, FiscalYear(year))
    return FactEdit(key, None, Fact(key, value, value_text=f"{value:g}"))


def meeting(title: str) -> Meeting:
    """Return a meeting on the plan of either town."""
    present = ("見本 作",)
    return Meeting(title, 1, FiscalYear(2024), MAY.date(), "", present, (CHECKUPS, RATE))


@dataclass
class Town:
    """What the tests hold in their hands."""

    engine: Engine

    @property
    def header(self) -> PlanHeader:
        return next(one for one in plans(self.engine) if one.municipality == HERE)

    @property
    def plan(self) -> PlanSnapshot:
        return read_parts(self.engine, self.header)

    def round(self, year: int) -> RoundEntry:
        known = rounds(self.engine, HERE)
        return next(one for one in known if one.round.fiscal_year == year)

    def proposal(self, title: str):
        known = proposals(self.engine, HERE)
        return read_proposal(self.engine, HERE, next(one.id for one in known if one.title == title))

    def answers(self, year: int):
        return proposals_of_round(self.engine, HERE, self.round(year).round.id)

    def batch(self, act: str, files: tuple[str, ...] = ()) -> BatchEntry:
        """Return the last batch of a kind."""
        return next(
            one for one in batches(self.engine, [HERE.code]) if (one.act, one.files) == (act, files)
        )


def fill(engine: Engine) -> None:
    for place in (HERE, THERE):
        files = (("計画.csv", _PLAN), ("事業.csv", _PROJECTS))
        import_bytes(engine, *((n, t.format(place).encode()) for n, t in files), now=MAY)
    assert import_bytes(engine, ("later.csv", LATER.encode()), now=MAY)[1]
    town = Town(engine)
    header, plan = town.header, town.plan
    decided = [
        RuleVersion("わが市", 1, rule_text("standard")),
        PlanRule(plan.plan.id, "standard"),
        SeriesSetting(RATE, tolerance=0.1),
        HandRating(RATE, 1, "", FiscalYear(2026), "standard", "A", None, None),
        Comparison(RATE, HERE.code, UNPAID, Verdict.CONFIRMED),
        FrozenYear(plan.plan.id, FiscalYear(2022), (), ()),
    ]
    for one in decided:
        judge(engine, _ALL, HERE, [one], reason="会議", now=MAY)
    for title, series_id in (("案", CHECKUPS), ("申請", RATE), ("承認", UNPAID)):
        edits = [target(plan, series_id, 70)]
        words = {"title": title, "reason": "見直し"}
        saved = steps.save(engine, _ALL, HERE, plan.plan.id, edits, **words, now=MAY)
        if title == "申請":
            steps.submit(engine, _ALL, HERE, saved, now=MAY)
        elif title == "承認":
            steps.confirm(engine, _ALL, HERE, saved, now=MAY)
    for year in (2022, 2024):
        known = askable(plan, FiscalYear(year))
        words = {"due": date(2025, 5, 30), "wording": "", "asked": known}
        open_round(engine, _ALL, HERE, plan.plan, FiscalYear(year), **words, now=MAY)
    said = Filled([actual(RATE, 2024, 90)])
    give(engine, _ALL, HERE, town.round(2024), TAX, said, answer=None, now=MAY)
    close_round(engine, _ALL, HERE, town.round(2022), [], now=MAY)
    late = Filled([actual(CHECKUPS, 2022, 55)])
    give(engine, _ALL, HERE, town.round(2022), HEALTH, late, answer=None, now=MAY)
    user = User("taro", "企画 太郎", frozenset({Role.PLANNER}))
    told = {"built_on": None, "administrators": (), "reason": "異動"}
    change_user(engine, _ALL, HERE, user, **told, now=MAY)
    project = plan.projects[0]
    before = next(one for one in plan.milestones if one.project_id == project.id)
    told = {"text": "通知を送る", "state": ProjectState.DELAYED, "note": ""}
    year = before.fiscal_year
    write_milestone(engine, _ALL, header, project, before, year, **told, now=MAY)
    note = Note(CHECKUPS, FiscalYear(2024), NoteKind.CAUSE, 0, "周知の不足")
    write_note(engine, _ALL, header, None, note, now=MAY)
    held = keep_meeting(engine, _ALL, header, meeting("会議"), now=MAY)
    for words in ("電話をかける", "葉書を送る"):
        told = {"built_on": 0, "now": MAY}
        write_down(engine, _ALL, HERE, held, CHECKUPS, WordKind.DECISION, words, **told)
