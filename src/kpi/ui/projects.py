"""事務事業: the projects of a plan by policy and department, how each stands in a year, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from kpi.access import Act, NotAllowed, refusal
from kpi.charts.parts import policy_title
from kpi.editing.notes import MOST, NoteRefused, write_milestone
from kpi.model import FiscalYear, Milestone, PolicyNode, Project, ProjectState, part_identity
from kpi.notation import era_year, normal
from kpi.store import (
    JAPAN,
    NOTE,
    Overtaken,
    PlanHeader,
    ProjectEntry,
    projects,
    read_history,
)
from kpi.ui import as_of, data
from kpi.ui.choices import filter_box, remember, restore, shared_query
from kpi.ui.html import show
from kpi.ui.judging import moment, refuse
from kpi.ui.notes import offer_undo, told_first
from kpi.ui.person import person
from kpi.words import say

#: The year looked at, in the address; the reporting year is another question.
_YEAR = "project_year"


@dataclass(frozen=True)
class Tree:
    """The policies of a plan, and what stands under which."""

    policies: dict[int, PolicyNode]

    def above(self, policy_id: int | None) -> list[PolicyNode]:
        """Return a node and all above it, from the top."""
        path: list[PolicyNode] = []
        while policy_id is not None and policy_id in self.policies:
            path.insert(0, self.policies[policy_id])
            policy_id = self.policies[policy_id].parent_id
        return path

    def is_under(self, project: Project, policy_id: int) -> bool:
        """Whether a project stands under a policy, or under one below it."""
        return any(node.id == policy_id for node in self.above(project.policy_id))


def link(header: PlanHeader, policy_id: int | None, known_at: datetime | None) -> None:
    """Lead to the projects of a plan, or of a policy of it; nothing where there are none."""
    known = projects(data.engine(), header, known_at)
    tree = Tree(data.content(header).policies)
    name = header.plan.name
    if policy_id is not None:
        # Of a measure whose own projects stand under its actions, and of a policy with measures.
        known = [entry for entry in known if tree.is_under(entry.project, policy_id)]
        name = policy_title(tree.policies[policy_id]) if policy_id in tree.policies else name
    if not known:
        return
    query = {**shared_query(), **({} if policy_id is None else {"policy": str(policy_id)})}
    if show(
        "projects_link.html",
        key="projects-link",
        name=name,
        count=len(known),
        query=urlencode(query),
    ):
        st.switch_page("pages/projects.py", query_params=query)


def page(header: PlanHeader) -> None:
    """Show the projects of a plan with their filters, each with the way to say how it stands."""
    known = projects(data.engine(), header, as_of.moment())
    if not known:
        st.info(say("project.none"))
        return
    tree = Tree(data.content(header).policies)
    chosen, year = _filtered(header, tree, known)
    who, code = person(), header.municipality.code
    writable = {
        entry.project.id
        for entry in (chosen if as_of.day() is None else [])
        if not refusal(who, Act.MILESTONE, code, department=entry.project.department.strip())
    }
    groups: dict[str, list[tuple[ProjectEntry, Milestone | None]]] = {}
    for entry in chosen:
        path = "　".join(map(policy_title, tree.above(entry.project.policy_id)))
        groups.setdefault(path, []).append((entry, entry.of_year(year)))
    followed = show(
        "projects.html",
        key="projects",
        groups=groups,
        year=year,
        count=len(chosen),
        of=len(known),
        writable=writable,
        moment=moment,
    )
    way, _, number = (followed or "").partition(" ")
    for entry in chosen:
        if number == str(entry.project.id):
            if way == "write":
                _ask(header, entry.project, entry.of_year(year), year)
            else:
                _tell_history(header, entry.project, year, entry.project.id in writable)


def _filtered(
    header: PlanHeader, tree: Tree, known: Sequence[ProjectEntry]
) -> tuple[list[ProjectEntry], FiscalYear]:
    """Show the filters; return the projects they leave, and the year looked at."""
    of = f"{header.municipality.code} {header.plan.id}"
    row = st.container(horizontal=True, vertical_alignment="bottom")
    today = datetime.now(JAPAN).date()
    this_year = today.year - (today.month < 4)
    years = {int(one.fiscal_year) for entry in known for one in entry.milestones} | {this_year}
    default = str(min(years, key=lambda year: abs(year - this_year)))
    shown = {str(year): era_year(year) for year in sorted(years, reverse=True)}
    year = row.selectbox(
        say("ledger.year"),
        list(shown),
        format_func=shown.__getitem__,
        width=140,
        key=restore(_YEAR, list(shown), default, of),
    )
    remember(_YEAR, year, default)
    nodes = {node.id: node for e in known for node in tree.above(e.project.policy_id)}
    ordered = sorted(nodes.values(), key=lambda node: node.position)
    policies = {"": say("filter.any")} | {str(node.id): policy_title(node) for node in ordered}
    policy = filter_box(row, "policy", policies, 260, of)
    names = sorted({e.project.department for e in known if e.project.department})
    departments = {"": say("filter.any")} | {name: name for name in names}
    department = filter_box(row, "department", departments, 160, of)
    return [
        entry
        for entry in known
        if not policy or tree.is_under(entry.project, int(policy))
        if not department or normal(department) == normal(entry.project.department)
    ], FiscalYear(int(year))


@st.dialog(say("project.dialog"), width="medium")
def _ask(header: PlanHeader, project: Project, before: Milestone | None, year: FiscalYear) -> None:
    """Ask how a project stands in a year; ``before`` is what the person saw."""
    show("project_asked.html", key="project-asked", project=project, year=year)
    said = before or Milestone(project.id, year, "", None, "")
    states: dict[str, ProjectState | None] = {say("project.unsaid"): None}
    states |= {say(f"project.state.{state}"): state for state in ProjectState}
    names = {state: name for name, state in states.items()}
    key = f"{project.id} {int(year)}"
    state = st.segmented_control(
        say("project.state_label"),
        list(states),
        default=names[said.state],
        required=True,
        key=f"project-state {key}",
    )
    # What stands there already, from the plan's file, is not cut.
    text = st.text_area(
        say("project.plan"),
        said.text,
        key=f"project-text {key}",
        max_chars=max(MOST, len(said.text)),
        height=80,
    )
    note = st.text_area(
        say("project.note"),
        said.note,
        key=f"project-note {key}",
        max_chars=max(MOST, len(said.note)),
        height=110,
    )
    if not st.button(say("note.record"), type="primary", key="project-record"):
        return
    try:
        write_milestone(
            data.engine(),
            person(),
            header,
            project,
            before,
            year,
            text=text,
            state=states[state or say("project.unsaid")],
            note=note,
            now=datetime.now(UTC),
        )
    except (NotAllowed, NoteRefused) as refused:
        refuse([str(refused)])
    except Overtaken as overtaken:
        refuse([told_first(overtaken)])
    else:
        st.rerun()


@st.dialog(say("project.history"), width="large")
def _tell_history(header: PlanHeader, project: Project, year: FiscalYear, can_write: bool) -> None:
    """Show every state a year of a project was in, newest first, with the way back."""
    show("project_asked.html", key="project-asked", project=project, year=year)
    found = read_history(data.engine(), header)
    asked = part_identity(Milestone(project.id, year, "", None, ""))
    versions = [(one.part, found.acts[one.batch_id]) for one in found.parts.get(asked, [])]
    known_at = as_of.moment()
    if known_at is not None:
        versions = [(part, act) for part, act in versions if act.recorded_at <= known_at]
    show(
        "project_history.html",
        key="project-history",
        versions=[(part, act) for part, act in reversed(versions) if isinstance(part, Milestone)],
        moment=moment,
    )
    last = next((act for _, act in reversed(versions) if act.undone_at is None), None)
    if not can_write or last is None or last.act != NOTE:
        return
    offer_undo(last.batch_id, "project-undo")
