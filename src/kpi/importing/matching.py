"""A draft held against what is known: what would be added, what would change, what stays.

Names are matched on their normal form and never by likeness. Where a name fits nothing it is new
(and a warning in a plan that existed before); where it fits several things it is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple, TypeVar

from sqlalchemy import Engine

from kpi.importing.draft import (
    ACTION,
    Draft,
    FactDraft,
    FileReport,
    PolicyName,
    ProjectDraft,
    ProjectName,
    SeriesDraft,
    SeriesName,
)
from kpi.importing.facts import fact_of, is_outside, scale_jump
from kpi.importing.findings import (
    CodeInvalid,
    CodeOfAnother,
    DirectionDerived,
    DirectionUnknown,
    FactTwice,
    Finding,
    IndicatorNew,
    IndicatorRetired,
    IndicatorUnclear,
    MunicipalityUnclear,
    MunicipalityUnknown,
    PeriodYearOutside,
    PlanNew,
    PolicyNew,
    ProjectRenamed,
    SeriesNew,
    SeriesUnclear,
    StatusGoesBack,
    UnitAssumed,
    UnitChanged,
    UnitDiffers,
    UnitUnreadable,
)
from kpi.importing.layouts import Outline
from kpi.importing.memory import uncollected
from kpi.model import (
    UNDATED,
    Comparator,
    Direction,
    Fact,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    Milestone,
    Municipality,
    Period,
    Plan,
    PolicyNode,
    Project,
    Provenance,
    Series,
    Severity,
    Status,
)
from kpi.notation import UnitReading, Unreadable, era_year, fold, normal, read_unit
from kpi.settings import kept_file_mb
from kpi.store import (
    Changes,
    PlanHeader,
    PlanSnapshot,
    Snapshot,
    SourceFile,
    plans,
    read_snapshot,
)


class ChangeLine(NamedTuple):
    """One fact an import would add or change, as a person reads it."""

    plan: str
    indicator: str
    series: str
    kind: Kind
    period: int
    label: str
    fiscal_year: FiscalYear
    #: None for a fact that is new.
    before: Fact | None
    after: Fact


class ProjectLine(NamedTuple):
    """A project, or a year of one, that an import would add or change."""

    plan: str
    project: str
    before: Project | Milestone | None
    after: Project | Milestone


@dataclass
class Preview:
    """What accepting an import would do. Nothing has been written yet."""

    files: list[FileReport]
    changes: list[Changes] = field(default_factory=list)
    added: list[ChangeLine] = field(default_factory=list)
    changed: list[ChangeLine] = field(default_factory=list)
    projects: list[ProjectLine] = field(default_factory=list)
    unchanged: int = 0
    #: Those the files are about.
    municipalities: list[Municipality] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """Return the findings of all files."""
        return [finding for file in self.files for finding in file.findings]

    @property
    def has_errors(self) -> bool:
        """Whether a finding forbids the import."""
        return any(file.has_errors for file in self.files)

    @property
    def has_warnings(self) -> bool:
        """Whether a finding asks for a second look."""
        return any(finding.severity is Severity.WARNING for finding in self.findings)


@uncollected()
def prepare(
    engine: Engine, draft: Draft, on_step: Callable[[float], None] = lambda _: None
) -> Preview:
    """Hold a draft against the database. ``on_step`` is told the share that is done, 0 to 1."""
    preview = Preview(draft.files)
    reports = {(report.sha256, report.name): report for report in draft.files}
    known = plans(engine)
    groups: dict[str, list[SeriesDraft | ProjectDraft]] = {}
    names: dict[str, str] = {}
    municipalities = _Municipalities(known, draft)
    drafts: list[SeriesDraft | ProjectDraft] = [*draft.series.values(), *draft.projects.values()]
    for one in drafts:
        found = municipalities.find(one.name, one.place)
        if isinstance(found, Finding):
            findings = reports[one.place.sha256, one.place.file].findings
            if not any(type(other) is type(found) for other in findings):
                findings.append(found)
            continue
        groups.setdefault(found.code, []).append(one)
        names.setdefault(found.code, found.name)
    done = 0
    for code, members in groups.items():
        matching = _Matching(read_snapshot(engine, code, names[code]), draft, preview, reports)
        for one in members:
            if isinstance(one, SeriesDraft):
                matching.match(one)
            else:
                matching.match_project(one)
            done += 1
            if done % 100 == 0:
                on_step(done / len(drafts))
        preview.municipalities.append(matching.snapshot.municipality)
        changes = matching.changes()
        if changes:
            preview.changes.append(changes)
    _leave_out_large(preview.changes, kept_file_mb() * 1_000_000)
    on_step(1.0)
    return preview


def _leave_out_large(changes: list[Changes], limit: int) -> None:
    """Keep no file that would take more than so many bytes, one copy for each municipality."""
    copies = Counter(file.sha256 for change in changes for file in change.files)
    for change in changes:
        change.files = [
            replace(file, content=None)
            if len(file.content or b"") * copies[file.sha256] > limit
            else file
            for file in change.files
        ]


def valid_code(code: str) -> bool:
    """Whether the sixth digit of a local government's code checks the first five.

    Source: 総務省「全国地方公共団体コード」, 検査数字: weights 6 to 2, 11 minus the remainder of
    the sum by 11, last digit.
    """
    if len(code) != 6:
        return False
    digits = zip(code[:5], (6, 5, 4, 3, 2), strict=True)
    total = sum(int(digit) * weight for digit, weight in digits)
    return int(code[5]) == (11 - total % 11) % 10


class _Municipalities:
    """Finds whose series it is: by code, by name, or as owner of the only plan so named."""

    def __init__(self, known: list[PlanHeader], draft: Draft) -> None:
        self.by_code: dict[str, Municipality] = {}
        self.by_name: dict[str, list[Municipality]] = {}
        self.owners: dict[str, set[Municipality]] = {}
        for header in known:
            owner = header.municipality
            if owner.code not in self.by_code:
                self.by_code[owner.code] = owner
                self.by_name.setdefault(normal(owner.name), []).append(owner)
            self.owners.setdefault(normal(header.plan.name), set()).add(owner)
        self.outlined = {
            normal(outline.municipality): fold(outline.municipality_code)
            for outline in draft.outlines
            if outline.municipality_code
        }
        self.found: dict[tuple[str, str, str], Municipality | Finding] = {}

    def find(self, name: SeriesName | ProjectName, place: Provenance) -> Municipality | Finding:
        """Return the municipality of a series or project, or the finding that it cannot be told."""
        key = (name.municipality, name.municipality_code, name.plan)
        if key not in self.found:
            self.found[key] = self._find(name, place)
        return self.found[key]

    def _find(self, name: SeriesName | ProjectName, place: Provenance) -> Municipality | Finding:
        wanted = normal(name.municipality)
        if not wanted and not name.municipality_code:
            owners = self.owners.get(normal(name.plan), set())
            if len(owners) == 1:
                return next(iter(owners))
            return MunicipalityUnknown(place.sheet, place.cell, name.plan)
        namesakes = self.by_name.get(wanted, [])
        code = name.municipality_code or self.outlined.get(wanted, "")
        if not code:
            if len(namesakes) > 1:
                codes = "・".join(sorted(found.code for found in namesakes))
                return MunicipalityUnclear(place.sheet, place.cell, name.municipality, codes)
            return namesakes[0] if namesakes else Municipality(name.municipality, name.municipality)
        if code.isdecimal() and not valid_code(code):
            return CodeInvalid(place.sheet, place.cell, code)
        if (owner := self.by_code.get(code)) is not None:
            if not _is_same_place(wanted, normal(owner.name), code):
                return CodeOfAnother(place.sheet, place.cell, code, name.municipality, owner.name)
            return owner
        # Registered before by its name alone, when no file had given its code.
        by_name = next((found for found in namesakes if not found.code.isdecimal()), None)
        return by_name or Municipality(code, name.municipality or code)


def _is_same_place(wanted: str, known: str, code: str) -> bool:
    """Whether two names of one code are the same: 三宅村 is also printed 三宅島三宅村."""
    return known == code or wanted in known or known in wanted


class _Plan:
    """A plan while an import is matched against it: what it has, by the names that find it."""

    def __init__(self, snapshot: PlanSnapshot, is_new: bool) -> None:
        self.plan = snapshot.plan
        self.is_new = is_new
        self.is_outlined = False
        self.periods = dict(snapshot.periods)
        self.policies = {policy.id: policy for policy in snapshot.policies}
        self.indicators: dict[str, list[Indicator]] = {}
        self.series: dict[int, list[Series]] = {}
        self.facts = dict(snapshot.facts)
        #: Series that have facts already: their unit is settled.
        self.measured = {key.series_id for key in snapshot.facts}
        self.targets: dict[int, list[Fact]] = {}
        self.place: dict[FactKey, Provenance] = {}
        self.positions = {
            "policy": max((p.position for p in snapshot.policies), default=0),
            "indicator": max((i.position for i in snapshot.indicators), default=0),
            "project": max((p.position for p in snapshot.projects), default=0),
        }
        self.projects = {project.id: project for project in snapshot.projects}
        self.milestones = {(m.project_id, m.fiscal_year): m for m in snapshot.milestones}
        for indicator in snapshot.indicators:
            self.indicators.setdefault(normal(indicator.name), []).append(indicator)
        for series in snapshot.series:
            self.series.setdefault(series.indicator_id, []).append(series)
        for fact in snapshot.facts.values():
            self.keep(fact)

    def policy(self, parent: int | None, part: PolicyName) -> PolicyNode | None:
        """Return the node of a name under a parent."""
        nodes = self.policies.values()
        return next((n for n in nodes if n.parent_id == parent and _is_named(n, part)), None)

    def keep(self, fact: Fact) -> None:
        """Hold a fact as known from now on."""
        self.facts[fact.key] = fact
        if fact.key.kind is not Kind.ACTUAL:
            of_series = self.targets.setdefault(fact.key.series_id, [])
            of_series[:] = [other for other in of_series if other.key != fact.key]
            of_series.append(fact)


def _alike(project: Project, draft: ProjectDraft) -> bool:
    return normal(project.name) == normal(draft.name.name)


def _is_named(node: PolicyNode, part: PolicyName) -> bool:
    """Whether a name means a node: by its code where both have one, else by its words."""
    if node.code and part.code and node.code != part.code:
        return False
    # 5-1-1 is one in its plan; 7 is a place in a list, and another chapter has its own 7.
    if node.code and part.code and not (part.code.isdecimal() and part.name):
        return True
    return normal(node.name) == normal(part.name)


class _Matching:
    """Matches all series of one municipality and collects what is new or different."""

    def __init__(
        self,
        snapshot: Snapshot,
        draft: Draft,
        preview: Preview,
        reports: dict[tuple[str, str], FileReport],
    ) -> None:
        self.snapshot, self.draft, self.preview, self.reports = (
            snapshot,
            draft,
            preview,
            reports,
        )
        # New or different parts, by id: what is touched twice is recorded once.
        self.new_plans: list[Plan] = []
        self.periods: dict[tuple[int, int], Period] = {}
        self.policies: list[PolicyNode] = []
        self.indicators: dict[int, Indicator] = {}
        self.series: dict[int, Series] = {}
        self.new_indicators: set[int] = set()
        self.added: list[Fact] = []
        self.changed: list[Fact] = []
        self.projects: dict[int, Project] = {}
        self.milestones: list[Milestone] = []
        self.plans = {normal(plan.plan.name): _Plan(plan, False) for plan in snapshot.plans}
        self.ids = dict(snapshot.last_ids)
        self.file_of: dict[tuple[str, str], SourceFile] = {}
        #: The base unit of each series met.
        self.units: dict[int, str] = {}
        self.told_units: set[tuple[int, str]] = set()
        self.told_retired: set[int] = set()
        #: Final values that would become provisional again, by the first cell of each file.
        self.going_back: dict[tuple[str, str], list[Provenance]] = {}

    def changes(self) -> Changes:
        """Return all that was found to be new or different."""
        for file, places in self.going_back.items():
            first = places[0]
            finding = StatusGoesBack(first.sheet, first.cell, len(places))
            self.reports[file].findings.append(finding)
        return Changes(
            self.snapshot.municipality,
            self.snapshot.marks,
            list(self.file_of.values()),
            self.new_plans,
            list(self.periods.values()),
            self.policies,
            list(self.indicators.values()),
            list(self.series.values()),
            self.added,
            self.changed,
            projects=list(self.projects.values()),
            milestones=self.milestones,
        )

    def _new_id(self, table: str) -> int:
        self.ids[table] += 1
        return self.ids[table]

    def _find(self, place: Provenance, finding: Finding) -> None:
        self.reports[place.sha256, place.file].findings.append(finding)

    def match(self, draft: SeriesDraft) -> None:
        """Match one series with all its facts."""
        plan = self._plan(draft.name.plan, draft.place)
        indicator = self._indicator(plan, draft)
        if indicator is None:
            return
        series = self._series(plan, indicator, draft)
        if series is None:
            return
        around = {fact.unit_around for fact in draft.facts}
        units = {text: self._unit(plan, series, draft, text) for text in around}
        for fact in draft.facts:
            unit = units[fact.unit_around]
            if unit is not None:
                self._fact(plan, indicator, series, unit, fact)
        self._describe(plan, indicator, series, draft)

    def _plan(self, name: str, place: Provenance) -> _Plan:
        key = normal(name)
        if key not in self.plans:
            if self.snapshot.plans:
                owner = self.snapshot.municipality.name
                self._find(place, PlanNew(place.sheet, place.cell, name, owner))
            plan = Plan(self._new_id("plan"), name)
            self.plans[key] = _Plan(PlanSnapshot(plan), True)
            self.new_plans.append(plan)
        found = self.plans[key]
        if not found.is_outlined:
            found.is_outlined = True
            for outline in self.draft.outlines:
                if normal(outline.plan) == key and self._is_own(outline):
                    for ordinal, (first, last) in outline.periods.items():
                        self._period(found, ordinal, first, last)
        return found

    def _is_own(self, outline: Outline) -> bool:
        """Whether an outline is of this municipality: two cities may call their plan the same."""
        own = self.snapshot.municipality
        if outline.municipality_code:
            return fold(outline.municipality_code) == own.code
        return not outline.municipality or normal(outline.municipality) == normal(own.name)

    def _period(
        self, plan: _Plan, ordinal: int, first: FiscalYear | None, last: FiscalYear
    ) -> None:
        period = Period(plan.plan.id, ordinal, first, last)
        if plan.periods.get(ordinal) != period:
            plan.periods[ordinal] = period
            self.periods[period.plan_id, ordinal] = period

    def match_project(self, draft: ProjectDraft) -> None:
        """Match one project with all its years."""
        plan = self._plan(draft.name.plan, draft.place)
        policy_id = self._policy_of(plan, draft)
        known = self._project(plan, policy_id, draft)
        project = replace(
            known or Project(self._new_id("project"), plan.plan.id, policy_id, "", "", "", "", 0),
            code=draft.name.code or (known.code if known else ""),
            name=known.name if known and _alike(known, draft) else draft.name.name,
            department=draft.department or (known.department if known else ""),
            goal=draft.goal or (known.goal if known else ""),
        )
        if known is None:
            plan.positions["project"] += 1
            project = replace(project, position=plan.positions["project"])
        if project != known:
            plan.projects[project.id] = self.projects[project.id] = project
            self._tell_project(plan, project, known, project, draft.place)
        for year, step in sorted(draft.steps.items()):
            before = plan.milestones.get((project.id, year))
            said = before or Milestone(project.id, year, "", None, "")
            after = replace(
                said,
                text=step.text or said.text,
                state=step.state or said.state,
                note=step.note or said.note,
            )
            if after != before:
                plan.milestones[project.id, year] = after
                self.milestones.append(after)
                self._tell_project(plan, project, before, after, draft.place)

    def _project(self, plan: _Plan, policy_id: int | None, draft: ProjectDraft) -> Project | None:
        """Return the project a row means: of its policy, by its number and name, or either."""
        code = draft.name.code
        own = [one for one in plan.projects.values() if one.policy_id == policy_id]
        named = [one for one in own if _alike(one, draft) and (one.code in ("", code) or not code)]
        if named:
            return named[0]
        numbered = [one for one in own if code and one.code == code]
        if len(numbered) != 1:
            return None
        place, before = draft.place, numbered[0].name
        self._find(place, ProjectRenamed(place.sheet, place.cell, draft.name.name, before))
        return numbered[0]

    def _policy_of(self, plan: _Plan, draft: ProjectDraft) -> int | None:
        """Return the id of the policy a project stands under, adding what is new of its path."""
        path = draft.name.policies
        parent: int | None = None
        if path and plan.policy(None, path[0]) is None:
            # Where only the measure is named, it is the one of that name, wherever it stands.
            found = [node.id for node in plan.policies.values() if _is_named(node, path[0])]
            if len(found) == 1:
                parent, path = found[0], path[1:]
        known = set(plan.policies)
        last = self._policy(plan, path, parent)
        new = [node for id_, node in plan.policies.items() if id_ not in known]
        # Actions come with their projects.
        if not plan.is_new and new and new[0].level != ACTION:
            policy = " ".join(filter(None, (new[0].code, new[0].name)))
            place = draft.place
            self._find(place, PolicyNew(place.sheet, place.cell, policy))
        return last

    def _tell_project(
        self,
        plan: _Plan,
        project: Project,
        before: Project | Milestone | None,
        after: Project | Milestone,
        place: Provenance,
    ) -> None:
        line = ProjectLine(plan.plan.name, project.name, before, after)
        self.preview.projects.append(line)
        self._keep_file(place)

    def _policy(
        self, plan: _Plan, path: tuple[PolicyName, ...], parent: int | None = None
    ) -> int | None:
        """Return the id of the last node of a path, adding the nodes that are new."""
        for part in path:
            node = plan.policy(parent, part)
            if node is None:
                plan.positions["policy"] += 1
                node = PolicyNode(
                    self._new_id("policy"),
                    plan.plan.id,
                    parent,
                    part.level,
                    part.code,
                    part.name,
                    plan.positions["policy"],
                )
                plan.policies[node.id] = node
                self.policies.append(node)
            parent = node.id
        return parent

    def _indicator(self, plan: _Plan, draft: SeriesDraft) -> Indicator | None:
        """Return the indicator a row means; a new one where the plan has none so named."""
        name = draft.name
        candidates = plan.indicators.get(normal(name.indicator), [])
        if name.indicator_code:
            candidates = [c for c in candidates if c.code in ("", name.indicator_code)]
        if name.policies and candidates:
            wanted = self._known_policy(plan, name.policies)
            candidates = [c for c in candidates if c.policy_id == wanted]
        if len(candidates) > 1:
            # A name that went over to another indicator is that one's.
            candidates = [c for c in candidates if not c.is_retired] or candidates
        if len(candidates) > 1:
            self._find(
                draft.place,
                IndicatorUnclear(draft.place.sheet, draft.place.cell, name.indicator),
            )
            return None
        if candidates:
            return candidates[0]
        if not plan.is_new:
            self._find(
                draft.place,
                IndicatorNew(draft.place.sheet, draft.place.cell, name.indicator),
            )
        plan.positions["indicator"] += 1
        indicator = Indicator(
            self._new_id("indicator"),
            plan.plan.id,
            self._policy(plan, name.policies),
            name.indicator_code,
            name.indicator,
            draft.department,
            draft.source,
            plan.positions["indicator"],
        )
        plan.indicators.setdefault(normal(name.indicator), []).append(indicator)
        self.indicators[indicator.id] = indicator
        self.new_indicators.add(indicator.id)
        return indicator

    def _known_policy(self, plan: _Plan, path: tuple[PolicyName, ...]) -> int | None:
        """Return the id of the last node of a path; -1, which no node has, if the path is new.

        A tidy table names only the node itself, not those above it.
        """
        if len(path) == 1:
            found = [node.id for node in plan.policies.values() if _is_named(node, path[0])]
            return found[0] if len(found) == 1 else -1
        parent: int | None = None
        for part in path:
            node = plan.policy(parent, part)
            if node is None:
                return -1
            parent = node.id
        return parent

    def _series(self, plan: _Plan, indicator: Indicator, draft: SeriesDraft) -> Series | None:
        name = draft.name.series
        known = plan.series.setdefault(indicator.id, [])
        for series in known:
            if normal(series.name) == normal(name):
                return series
        if known and indicator.id not in self.new_indicators:
            place = draft.place
            if not name and len(known) == 1:
                return known[0]
            if not name:
                names = "、".join(series.name for series in known)
                self._find(place, SeriesUnclear(place.sheet, place.cell, indicator.name, names))
                return None
            self._find(place, SeriesNew(place.sheet, place.cell, indicator.name, name))
        series = Series(
            self._new_id("series"),
            indicator.id,
            name,
            "",
            "",
            draft.direction or Direction.UNKNOWN,
            len(known) + 1,
        )
        known.append(series)
        self.series[series.id] = series
        return series

    def _unit(
        self, plan: _Plan, series: Series, draft: SeriesDraft, text: str
    ) -> UnitReading | None:
        """Return the unit of bare figures with this unit around; None (and a finding) if none."""
        place = draft.place
        if text:
            try:
                unit = read_unit(text)
            except Unreadable:
                self._find(place, UnitUnreadable(place.sheet, place.cell, text))
                return None
            if series.unit_text and unit.factor != read_unit(series.unit_text).factor:
                name, before = draft.name.indicator, series.unit_text
                self._find(place, UnitChanged(place.sheet, place.cell, name, text, before))
            return unit
        beside = next((f.unit_around for f in draft.facts if f.unit_around), "")
        known = series.unit_text or beside
        if known:
            unit = read_unit(known)
            if unit.factor != 1 and any(
                not f.unit and not f.scaled and not f.unit_around for f in draft.facts
            ):
                name = draft.name.indicator
                self._find(place, UnitAssumed(place.sheet, place.cell, name, known))
            return unit
        if series.id in plan.measured:
            # Known facts have no unit: one that comes later would change what they say.
            return UnitReading(series.unit, Decimal(1))
        written = [fact.unit for fact in draft.facts if fact.unit]
        return UnitReading(written[0] if written else "", Decimal(1))

    def _fact(
        self,
        plan: _Plan,
        indicator: Indicator,
        series: Series,
        unit: UnitReading,
        draft: FactDraft,
    ) -> None:
        place = draft.place
        registered = self.units.setdefault(
            series.id,
            series.unit if series.unit or series.id in plan.measured else draft.unit or unit.unit,
        )
        fact = fact_of(draft, series.id, unit, registered, plan.facts)
        if isinstance(fact, UnitDiffers):
            # Once for each series and unit: a wrong cell in the unit column is one mistake.
            if (series.id, fact.text) not in self.told_units:
                self.told_units.add((series.id, fact.text))
                self._find(place, fact)
            return
        if isinstance(fact, Finding):
            self._find(place, fact)
            return
        promised = draft.kind is Kind.TARGET and draft.period and draft.fiscal_year
        if promised and not self._in_period(plan, draft):
            return
        self._record(plan, indicator, series, fact, place)

    def _in_period(self, plan: _Plan, draft: FactDraft) -> bool:
        """Whether a target's year lies in its period; an unknown period begins to be known."""
        known = plan.periods.get(draft.period)
        if known is None or (known.first_year is None and known.last_year < draft.fiscal_year):
            self._period(plan, draft.period, None, draft.fiscal_year)
        elif known.first_year is not None and is_outside(known, draft.fiscal_year):
            span = known.first_year, known.last_year
            self._find(
                draft.place,
                PeriodYearOutside(
                    draft.place.sheet,
                    draft.place.cell,
                    str(draft.period),
                    draft.fiscal_year,
                    span,
                ),
            )
            return False
        return True

    def _record(
        self,
        plan: _Plan,
        indicator: Indicator,
        series: Series,
        fact: Fact,
        place: Provenance,
    ) -> None:
        """Note whether a fact is new, different or as it was."""
        before = plan.facts.get(fact.key)
        earlier = plan.place.get(fact.key)
        line = ChangeLine(
            plan.plan.name,
            indicator.name,
            series.name,
            fact.key.kind,
            fact.key.period,
            fact.key.label,
            fact.key.fiscal_year,
            before,
            fact,
        )
        if earlier is not None and before is not None:
            if not before.same_statement(fact):
                self._find(
                    place,
                    FactTwice(
                        place.sheet,
                        place.cell,
                        " ".join(filter(None, (indicator.name, series.name, _year(fact.key)))),
                        fact.value_text,
                        before.value_text,
                        " ".join(filter(None, (earlier.file, earlier.sheet, earlier.cell))),
                    ),
                )
            return
        plan.place[fact.key] = place
        if before is None:
            self.added.append(fact)
            self.preview.added.append(line)
        elif before.same_statement(fact):
            self.preview.unchanged += 1
            return
        else:
            self.changed.append(fact)
            self.preview.changed.append(line)
            what = f"{indicator.name} {series.name}".strip()
            if jump := scale_jump(what, series.unit, before, fact, place.sheet, place.cell):
                self._find(place, jump)
        if indicator.is_retired:
            self._tell_retired(plan, indicator, place)
        if before is not None and (before.status, fact.status) == (
            Status.FINAL,
            Status.PROVISIONAL,
        ):
            self.going_back.setdefault((place.sha256, place.file), []).append(place)
        plan.keep(fact)
        self._keep_file(place)

    def _keep_file(self, place: Provenance) -> None:
        """Note that something of a file is recorded."""
        file = (place.sha256, place.file)
        if file not in self.file_of:
            report = self.reports[file]
            self.file_of[file] = SourceFile(
                report.name, report.sha256, report.layout, report.content
            )

    def _tell_retired(self, plan: _Plan, indicator: Indicator, place: Provenance) -> None:
        """Say once of a retired indicator that it has figures again."""
        if indicator.id in self.told_retired:
            return
        self.told_retired.add(indicator.id)
        known = [other for named in plan.indicators.values() for other in named]
        successor = next((o.name for o in known if o.id == indicator.successor_id), "")
        self._find(place, IndicatorRetired(place.sheet, place.cell, indicator.name, successor))

    def _describe(
        self,
        plan: _Plan,
        indicator: Indicator,
        series: Series,
        draft: SeriesDraft,
    ) -> None:
        """Write down what the draft says about indicator and series beyond their facts."""
        described = replace(
            indicator,
            code=indicator.code or draft.name.indicator_code,
            department=draft.department or indicator.department,
            source=draft.source or indicator.source,
        )
        if described != indicator:
            _swap(plan.indicators[normal(indicator.name)], indicator, described)
            self.indicators[indicator.id] = described
        direction, why = _direction(series, draft, plan.targets.get(series.id, []))
        unit = self.units.get(series.id, series.unit)
        around = next((f.unit_around for f in draft.facts if f.unit_around), "")
        described_series = replace(
            series,
            unit=unit,
            unit_text=series.unit_text or around or unit,
            direction=direction,
        )
        is_new = series.id in self.series and not series.unit_text
        if why is not None and (direction is not series.direction or is_new):
            self._find(draft.place, why(draft))
        if described_series != series:
            _swap(plan.series[indicator.id], series, described_series)
            self.series[series.id] = described_series


def _year(key: FactKey) -> str:
    return era_year(key.fiscal_year) if key.fiscal_year != UNDATED else ""


def _direction(
    series: Series, draft: SeriesDraft, promises: list[Fact]
) -> tuple[Direction, Callable[[SeriesDraft], Finding] | None]:
    """Return which way a series should go, and the finding to make of how that was concluded.

    What the file says comes first, then what is known, then the comparators of the targets, then
    on which side of the baseline the targets lie.
    """
    if draft.direction is not None:
        return draft.direction, None
    if series.direction is not Direction.UNKNOWN:
        return series.direction, None
    targets = [fact for fact in promises if fact.key.kind is Kind.TARGET]
    if not targets:
        return Direction.UNKNOWN, None
    if any(target.value_high is not None for target in targets):
        return Direction.RANGE, None
    comparators = {target.comparator for target in targets}
    if comparators & {Comparator.AT_LEAST, Comparator.MORE}:
        return Direction.HIGHER, None
    if comparators & {Comparator.AT_MOST, Comparator.LESS}:
        return Direction.LOWER, None
    base = [fact.value for fact in promises if fact.key.kind is Kind.BASELINE]
    ends = [target.value for target in targets]
    if base and base[0] is not None:
        if all(end is not None and end > base[0] for end in ends):
            return Direction.HIGHER, _derived(Direction.HIGHER)
        if all(end is not None and end < base[0] for end in ends):
            return Direction.LOWER, _derived(Direction.LOWER)
    return Direction.UNKNOWN, lambda d: DirectionUnknown(
        d.place.sheet, d.place.cell, d.name.indicator
    )


def _derived(direction: Direction) -> Callable[[SeriesDraft], Finding]:
    return lambda draft: DirectionDerived(
        draft.place.sheet, draft.place.cell, draft.name.indicator, direction
    )


_Part = TypeVar("_Part")


def _swap(items: list[_Part], old: _Part, new: _Part) -> None:
    items[items.index(old)] = new
