"""Rows of a table of projects to the projects and yearly steps of a draft."""

from __future__ import annotations

from kpi.importing.draft import (
    ACTION,
    PolicyName,
    ProjectDraft,
    ProjectName,
    StepDraft,
)
from kpi.importing.findings import (
    HeadingYearMissing,
    PlanContradicts,
    PlanUnknown,
    ProjectNameMissing,
    RowPassedOver,
    StepTwice,
    WordUnknown,
    YearUnreadable,
)
from kpi.importing.headings import Role
from kpi.importing.layouts.projects import StepPart, project_columns
from kpi.importing.layouts.surroundings import NOTE, SECTION, lone_text, place_section
from kpi.importing.readers import Cell, address, text_of
from kpi.importing.rows import TableReader, policy_name
from kpi.model import FiscalYear, ProjectState, Provenance
from kpi.notation import Unreadable, era_year, find_fiscal_year, fold, normal, read_fiscal_year

#: The states as tables write them.
STATES = {
    "予定": ProjectState.PLANNED,
    "順調": ProjectState.ON_TRACK,
    "遅れ": ProjectState.DELAYED,
    "完了": ProjectState.DONE,
    "中止": ProjectState.STOPPED,
}
#: What stands where there is nothing to say.
_NOTHING = ("", "-", "―", "ー")


class ProjectRows(TableReader):
    """Reads one table of projects into a draft."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.steps = project_columns(self.sheet, self.table.headings).steps
        self.undated: set[int] = set()

    def read(self) -> None:
        """Read every row."""
        for row in self.table.rows:
            cells = self.sheet.rows[row]
            if any(cell != "" for cell in cells):
                self._row(row, cells)

    def _row(self, row: int, cells: list[Cell]) -> None:
        at = self.table.roles[Role.PROJECT]
        lone = lone_text([text_of(cell).strip() for cell in cells])
        name = " ".join(text_of(cells[at]).split()) if at < len(cells) else ""
        place = address(row, at)
        if lone and SECTION.fullmatch(fold(lone)):
            place_section(self.common, lone)
        elif lone and (NOTE.match(lone) or not name):
            self._find(RowPassedOver(self.sheet.name, place, lone))
        elif normal(name) in _NOTHING:
            self._find(ProjectNameMissing(self.sheet.name, place))
        else:
            self.count.rows += 1
            if (project := self._project(row, cells, name)) is not None:
                self._steps(row, cells, project)
            return
        self.count.skipped += 1

    def _project(self, row: int, cells: list[Cell], name: str) -> ProjectDraft | None:
        """Return the project of a row; None (with a finding) where its plan cannot be told."""
        cell = address(row, self.table.roles[Role.PROJECT])
        plan = self._text(cells, Role.PLAN) or self.outline.plan or self.chosen
        if self.chosen and normal(plan) != normal(self.chosen):
            if not any(isinstance(f, PlanContradicts) for f in self.report.findings):
                self._find(PlanContradicts(self.sheet.name, cell, plan, self.chosen))
            return None
        if not plan:
            if not any(isinstance(f, PlanUnknown) for f in self.report.findings):
                self._find(PlanUnknown(self.sheet.name, cell))
            return None
        key = ProjectName(
            self._text(cells, Role.MUNICIPALITY) or self.outline.municipality,
            fold(self._text(cells, Role.MUNICIPALITY_CODE) or self.outline.municipality_code),
            plan,
            self._policies(cells),
            self._text(cells, Role.PROJECT_CODE),
            name,
        )
        place = Provenance(self.book.name, self.book.sha256, self.sheet.name, cell)
        found = self.draft.projects.setdefault(key, ProjectDraft(key, place))
        found.department = found.department or self._text(cells, Role.DEPARTMENT)
        found.goal = found.goal or self._text(cells, Role.GOAL)
        return found

    def _policies(self, cells: list[Cell]) -> tuple[PolicyName, ...]:
        """Return policy, measure and action of a row, as far as it names them."""
        path: list[PolicyName] = []
        above = ""
        for level, of_name, of_code in (
            ("政策", Role.POLICY, Role.POLICY_CODE),
            ("施策", Role.MEASURE, Role.MEASURE_CODE),
            (ACTION, Role.ACTION, Role.ACTION_CODE),
        ):
            read = policy_name(self._text(cells, of_name), level)
            code = self._text(cells, of_code) or read.code
            if read.name:
                # Of a policy that has only a number the measure's own begins with it: 8-1.
                code = f"{above}-{code}" if above and code.isdecimal() else code
                path.append(PolicyName(read.level, code, read.name))
                above = ""
            elif code:
                above = code
        return tuple(path)

    def _steps(self, row: int, cells: list[Cell], project: ProjectDraft) -> None:
        own = self._own_year(row, cells)
        if own is not None:
            for role, part in ((Role.STATUS, StepPart.STATE), (Role.NOTE, StepPart.NOTE)):
                if (column := self.table.roles.get(role)) is not None:
                    self._step(row, column, cells, project, (own,), part)
        for column, step in self.steps.items():
            years = step.years or (
                (own,) if own is not None else self._year_of_plan(project.name.plan, column)
            )
            self._step(row, column, cells, project, years, step.part)

    def _own_year(self, row: int, cells: list[Cell]) -> FiscalYear | None:
        """Return the year a row says it is about."""
        text = self._text(cells, Role.FISCAL_YEAR)
        if not text:
            return None
        try:
            return read_fiscal_year(text).fiscal_year
        except Unreadable as unreadable:
            place = address(row, self.table.roles.get(Role.FISCAL_YEAR, 0))
            self._find(YearUnreadable(self.sheet.name, place, text, unreadable.why))
            return None

    def _year_of_plan(self, name: str, column: int) -> tuple[FiscalYear, ...]:
        """Return the year of a plan for one year, by its name: 令和8年度目標."""
        try:
            year = find_fiscal_year(name)
        except Unreadable:
            year = None
        if year is not None:
            return (year.fiscal_year,)
        if column not in self.undated and Role.FISCAL_YEAR not in self.table.roles:
            self.undated.add(column)
            heading = text_of(self.sheet.rows[self.table.headings[-1]][column])
            place = address(self.table.headings[-1], column)
            self._find(HeadingYearMissing(self.sheet.name, place, " ".join(heading.split())))
        return ()

    def _step(
        self,
        row: int,
        column: int,
        cells: list[Cell],
        project: ProjectDraft,
        years: tuple[FiscalYear, ...],
        part: StepPart,
    ) -> None:
        """Read what one cell says of some years of a project."""
        text = text_of(cells[column]).strip() if column < len(cells) else ""
        if normal(text) in _NOTHING:
            return
        state = STATES.get(normal(text))
        if part is StepPart.STATE and state is None:
            heading = text_of(self.sheet.rows[self.table.headings[-1]][column])
            some = "・".join(STATES)
            place = address(row, column)
            self._find(WordUnknown(self.sheet.name, place, heading, text, some))
            return
        for year in years:
            self.count.facts += 1
            step = project.steps.setdefault(year, StepDraft())
            before = getattr(step, part)
            after = state if part is StepPart.STATE else text
            if before and before != after:
                place = address(row, column)
                what = f"{project.name.name} {era_year(year)}"
                self._find(StepTwice(self.sheet.name, place, what, text))
                return
            setattr(step, part, after)
