"""構成を変える: what a plan is made of, changed by choosing what to do and saying why.

Each thing to do is a function that draws its boxes and returns what makes the edits of a reason;
what they come to is told before they join the draft.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from kpi.charts.edits import tell_edits
from kpi.charts.parts import policy_title
from kpi.charts.structure import consequences, next_plan_told
from kpi.editing import structure
from kpi.editing.structure import NewSeries, Span, StructureRefused, series_of, with_reasons
from kpi.model import (
    Direction,
    Edit,
    Indicator,
    Plan,
    PolicyNode,
    Series,
    first_years,
)
from kpi.notation import Unreadable, read_year_span
from kpi.store import PlanSnapshot
from kpi.ui import data
from kpi.ui.editing import Work, begin_plan, is_plan_begun, put, snapshot_now
from kpi.ui.html import plain, show
from kpi.ui.judging import refuse
from kpi.ui.told import tell
from kpi.words import say
from kpi.written import era_span

#: From a reason to the edits; raises `StructureRefused`.
Make = Callable[[str], list[Edit]]

_NEXT_PLAN = "next_plan"
#: Counts the changes made: after each the boxes are empty again.
_ROUND = "structure-round"
#: Lines of the effect that are shown.
_MOST = 20


def section(at: Work) -> None:
    """Show what can be changed of a plan's structure, and what a change would come to."""
    plan = snapshot_now(at)
    key = f"structure-{st.session_state.setdefault(_ROUND, 0)}"
    boxes, beside = st.columns([1.2, 1], gap="medium")
    with boxes:
        # A plan that is new itself has no figures another could begin with.
        acts = [name for name in _ACTS if name != _NEXT_PLAN or at.header.plan.id > 0]
        act = st.selectbox(
            say("structure.act.ask"),
            acts,
            format_func=lambda name: say(f"structure.act.{name}"),
            key="structure-act",
        )
        make = _ACTS[act](plan, f"{key}-{act}", at)
        reason = st.text_input(
            say("structure.reason"), placeholder=say("structure.reason_example"), key=f"{key}-why"
        )
    with beside:
        if make is not None:
            _tell(at, plan, make, reason, is_new_plan=act == _NEXT_PLAN)


def _tell(at: Work, plan: PlanSnapshot, make: Make, reason: str, *, is_new_plan: bool) -> None:
    """Tell what a change comes to, or what is still missing, and let it join the draft."""
    told = st.container()
    words = say("structure.begin_plan" if is_new_plan else "structure.join")
    is_wanted = st.button(words, type="primary", key="structure-join")
    try:
        # What it comes to is told before its reason is; no edit without one joins the draft.
        edits = make(reason.strip() or "?")
        lines = next_plan_told(at.base, edits) if is_new_plan else _lines(plan, edits)
        with told:
            show("structure_effect.html", key="structure-effect", lines=lines)
        edits = make(reason) if is_wanted else []
    except StructureRefused as refused:
        with told:
            if is_wanted:
                refuse([str(refused)])
            else:
                missing = say("structure.not_yet", why=refused)
                tell(missing, key="structure-missing")
        return
    if not is_wanted:
        return
    st.session_state[_ROUND] += 1
    if is_new_plan:
        begin_plan(at.header, next(e.after for e in edits if isinstance(e.after, Plan)), edits)
    put(at, with_reasons(at.edits, edits))


def _lines(plan: PlanSnapshot, edits: Sequence[Edit]) -> list[str]:
    lines = [one.sentence for group in tell_edits(plan, edits) for one in group.edits]
    more = [say("structure.effect.more", count=len(lines) - _MOST)] if len(lines) > _MOST else []
    return [*lines[:_MOST], *more, *consequences(plan, edits)]


def _span(text: str) -> Span:
    try:
        return read_year_span(text)
    except Unreadable as unreadable:
        raise StructureRefused(say("structure.refused.no_span", text=text)) from unreadable


# What can be done. Each draws its boxes; None where there is nothing to do it with.


def _new_indicator(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    policy_id = _policy(plan, say("structure.box.policy"), f"{key}-policy")
    name = st.text_input(say("structure.box.indicator_name"), key=f"{key}-name")
    series = _one_series(f"{key}-series")
    left, right = st.columns(2)
    with left:
        department = _department(plan, f"{key}-department")
    source = right.text_input(say("structure.box.source"), key=f"{key}-source")
    return lambda reason: structure.new_indicator(
        plan, policy_id, name, [series], reason, department=department, source=source
    )


def _split(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    one = _indicator(plan, say("structure.box.indicator"), f"{key}-indicator")
    if one is None:
        return None
    known = series_of(plan, one.id)
    if len(known) == 1 and not known[0].name:
        first = st.text_input(
            say("structure.box.first_name"),
            help=say("structure.box.first_name_help"),
            key=f"{key}-{one.id}-first",
        )
        others = _more_series(known[0], f"{key}-{one.id}")
        return lambda reason: structure.split(plan, one.id, first, others, reason)
    names = plain(say("list.comma").join(series.name for series in known))
    st.caption(say("structure.box.known_series", names=names))
    added = _more_series(known[-1] if known else None, f"{key}-{one.id}")
    return lambda reason: structure.new_series(plan, one.id, added, reason)


def _retire(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    one = _indicator(plan, say("structure.box.retired"), f"{key}-indicator")
    if one is None:
        return None
    how = st.radio(
        say("structure.box.successor"),
        ("none", "known", "new"),
        format_func=lambda way: say(f"structure.successor.{way}"),
        horizontal=True,
        key=f"{key}-how",
    )
    if how == "known":
        other = _indicator(
            plan, say("structure.box.successor_name"), f"{key}-{one.id}-to", but=one.id
        )
        if other is None:
            return None
        return lambda reason: structure.retire(plan, one.id, reason, other.id)
    if how == "new":
        name = st.text_input(say("structure.box.indicator_name"), key=f"{key}-name")
        series = _one_series(f"{key}-series")
        return lambda reason: structure.replace_by_new(plan, one.id, name, [series], reason)
    return lambda reason: structure.retire(plan, one.id, reason)


def _reinstate(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    one = _indicator(plan, say("structure.box.indicator"), f"{key}-indicator", retired=True)
    return None if one is None else lambda reason: structure.reinstate(plan, one.id, reason)


def _rename(plan: PlanSnapshot, key: str, work: Work) -> Make | None:
    parts: list[Plan | PolicyNode | Indicator | Series] = [plan.plan, *plan.policies]
    for one in _ordered(plan):
        parts += [one, *(series for series in series_of(plan, one.id) if series.name)]
    names = {one.id: one.name for one in plan.indicators}

    def titled(number: int) -> str:
        part = parts[number]
        of = f"{names[part.indicator_id]} " if isinstance(part, Series) else ""
        code = f"{part.code} " if isinstance(part, PolicyNode) and part.code else ""
        return say(f"structure.part.{type(part).__name__.lower()}", name=f"{of}{code}{part.name}")

    number = st.selectbox(
        say("structure.box.part"), range(len(parts)), format_func=titled, key=f"{key}-part"
    )
    part = parts[number]
    own = f"{key}-{type(part).__name__}-{part.id}"
    code = ""
    if isinstance(part, PolicyNode):
        code = st.text_input(say("structure.box.code"), part.code, key=f"{own}-code")
    name = st.text_input(say("structure.box.new_name"), part.name, key=f"{own}-name")
    match part:
        case Plan():
            taken = [other for other in _plan_names(work) if other != part.name]
            return lambda reason: structure.rename_plan(plan, name, reason, taken)
        case PolicyNode():
            return lambda reason: structure.rename_policy(plan, part.id, code, name, reason)
        case Indicator():
            return lambda reason: structure.rename_indicator(plan, part.id, name, reason)
    return lambda reason: structure.rename_series(plan, part.id, name, reason)


def _move(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    chosen = _indicators(plan, f"{key}-indicators")
    policy_id = _policy(plan, say("structure.box.policy"), f"{key}-policy", may_be_none=False)
    if policy_id is None:
        return None
    return lambda reason: structure.move_indicators(plan, chosen, policy_id, reason)


def _department_change(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    how = st.radio(
        say("structure.box.which"),
        ("all", "chosen"),
        format_func=lambda way: say(f"structure.departments.{way}"),
        horizontal=True,
        key=f"{key}-how",
    )
    if how == "all":
        renamed = _reorganised(plan, key)
        return lambda reason: structure.reorganise(plan, renamed, reason)
    chosen = _indicators(plan, f"{key}-indicators")
    department = _department(plan, f"{key}-department")
    wanted = dict.fromkeys(chosen, department)
    return lambda reason: structure.change_departments(plan, wanted, reason)


def _reorganised(plan: PlanSnapshot, key: str) -> dict[str, str]:
    """Show each department with its indicators, and return which becomes which."""
    in_use = [one.department for one in plan.indicators if not one.is_retired]
    old, count, new = (say(f"structure.departments.{name}") for name in ("old", "count", "new"))
    table = pd.DataFrame(
        [
            {
                old: name or say("structure.departments.none"),
                count: str(in_use.count(name)),
                new: "",
            }
            for name in sorted(set(in_use))
        ],
        columns=[old, count, new],
    )
    edited = st.data_editor(
        table, disabled=[old, count], hide_index=True, num_rows="fixed", key=f"{key}-departments"
    )
    after = edited[new].fillna("")
    return dict(zip(sorted(set(in_use)), after, strict=True))


def _new_policy(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    parent = _policy(plan, say("structure.box.parent"), f"{key}-parent")
    levels = sorted({node.level for node in plan.policies if node.level})
    left, middle, right = st.columns([1, 1, 2.4])
    level = left.selectbox(
        say("structure.box.level"),
        levels,
        index=None,
        accept_new_options=True,
        placeholder=say("structure.box.level_example"),
        key=f"{key}-level",
    )
    code = middle.text_input(say("structure.box.code"), key=f"{key}-code")
    name = right.text_input(say("structure.box.policy_name"), key=f"{key}-name")
    return lambda reason: structure.new_policy(plan, parent, level or "", code, name, reason)


def _move_policy(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    moved = _policy(plan, say("structure.box.moved"), f"{key}-moved", may_be_none=False)
    if moved is None:
        return None
    parent = _policy(plan, say("structure.box.parent"), f"{key}-parent")
    return lambda reason: structure.move_policy(plan, moved, parent, reason)


def _next_period(plan: PlanSnapshot, key: str, _work: Work) -> Make | None:
    text = st.text_input(say("structure.box.span"), _following(plan), key=f"{key}-span")
    return lambda reason: structure.next_period(plan, _span(text), reason)


def _next_plan(_plan: PlanSnapshot, key: str, work: Work) -> Make | None:
    old = work.base
    name = st.text_input(
        say("structure.box.plan_name"),
        say("structure.next_plan_name", name=old.plan.name),
        key=f"{key}-name",
    )
    spans = st.text_area(say("structure.box.spans"), _following(old), height=96, key=f"{key}-spans")
    lines = [line for line in spans.splitlines() if line.strip()]
    taken = _plan_names(work)

    def make(reason: str) -> list[Edit]:
        if is_plan_begun(work.header):
            raise StructureRefused(say("structure.refused.plan_begun"))
        return structure.next_plan(old, name, [_span(line) for line in lines], reason, taken)

    return make


_ACTS: dict[str, Callable[[PlanSnapshot, str, Work], Make | None]] = {
    "new_indicator": _new_indicator,
    "split": _split,
    "retire": _retire,
    "reinstate": _reinstate,
    "rename": _rename,
    "move": _move,
    "departments": _department_change,
    "new_policy": _new_policy,
    "move_policy": _move_policy,
    "next_period": _next_period,
    _NEXT_PLAN: _next_plan,
}


# The boxes several of them have.


def _ordered(plan: PlanSnapshot) -> list[Indicator]:
    return sorted(plan.indicators, key=lambda one: one.position)


def _indicator_titles(plan: PlanSnapshot) -> dict[int, str]:
    """Name each indicator, with its policy where another is called the same."""
    names = [one.name for one in plan.indicators]
    policies = {node.id: policy_title(node) for node in plan.policies}
    return {
        one.id: one.name
        if names.count(one.name) == 1
        else say("series.of_policy", name=one.name, policy=policies.get(one.policy_id or 0, ""))
        for one in _ordered(plan)
    }


def _indicator(
    plan: PlanSnapshot, label: str, key: str, *, retired: bool = False, but: int | None = None
) -> Indicator | None:
    """Show the choice of an indicator that is in use, or of one that is retired."""
    found = {one.id: one for one in _ordered(plan) if one.is_retired == retired and one.id != but}
    if not found:
        st.info(say("structure.nothing_retired" if retired else "structure.no_indicator"))
        return None
    titles = _indicator_titles(plan)
    chosen = st.selectbox(
        label,
        list(found),
        index=None,
        format_func=titles.__getitem__,
        placeholder=say("structure.box.several"),
        key=key,
    )
    return None if chosen is None else found[chosen]


def _indicators(plan: PlanSnapshot, key: str) -> list[int]:
    titles = _indicator_titles(plan)
    in_use = [one.id for one in _ordered(plan) if not one.is_retired]
    return st.multiselect(
        say("structure.box.indicators"),
        in_use,
        format_func=titles.__getitem__,
        placeholder=say("structure.box.several"),
        key=key,
    )


def _policy(plan: PlanSnapshot, label: str, key: str, *, may_be_none: bool = True) -> int | None:
    """Show the choice of a policy, in the order of the tree; None stands above all."""
    titles = {
        node.id: say("structure.box.depth") * depth + policy_title(node)
        for node, depth in _tree(plan, None)
    }
    none = {0: say("structure.box.no_policy")} if may_be_none else {}
    options = titles | none
    if not options:
        st.info(say("structure.no_policy"))
        return None
    # Indicators hang at the ends of the tree, most often.
    used = {one.policy_id for one in plan.indicators}
    first = next((number for number, one in enumerate(options) if one in used), 0)
    chosen = st.selectbox(
        label, list(options), index=first, format_func=options.__getitem__, key=key
    )
    return chosen or None


def _tree(
    plan: PlanSnapshot, parent_id: int | None, depth: int = 0
) -> list[tuple[PolicyNode, int]]:
    below = [node for node in plan.policies if node.parent_id == parent_id]
    return [
        found
        for node in sorted(below, key=lambda node: node.position)
        for found in ((node, depth), *_tree(plan, node.id, depth + 1))
    ]


def _department(plan: PlanSnapshot, key: str) -> str:
    """Show the choice of a department, among those there are or a new one."""
    known = sorted({one.department for one in plan.indicators if one.department})
    chosen = st.selectbox(
        say("structure.box.department"),
        known,
        index=None,
        accept_new_options=True,
        placeholder=say("structure.box.choose_or_write"),
        key=key,
    )
    return chosen or ""


def _one_series(key: str, beside: Series | None = None, *, named: bool = False) -> NewSeries:
    """Show the boxes of a series; ``beside`` is one whose unit and direction it may share."""
    name = ""
    if named:
        name_box, unit_box, direction_box = st.columns([2, 1, 1.4])
        name = name_box.text_input(say("structure.box.series"), key=f"{key}-name")
    else:
        unit_box, direction_box = st.columns(2)
    unit = unit_box.text_input(
        say("structure.box.unit"),
        beside.unit_text if beside else "",
        placeholder=say("structure.box.unit_example"),
        key=f"{key}-unit",
    )
    directions = list(Direction)
    direction = direction_box.selectbox(
        say("structure.box.direction"),
        directions,
        index=directions.index(beside.direction) if beside else 0,
        format_func=lambda one: say(f"direction.{one}"),
        key=f"{key}-direction",
    )
    return NewSeries(name, unit, direction)


def _more_series(beside: Series | None, key: str) -> list[NewSeries]:
    """Show boxes for series to be added; where the last ones are filled in, others below them."""
    added: list[NewSeries] = []
    while True:
        one = _one_series(f"{key}-{len(added)}", beside, named=True)
        if not one.name.strip():
            return added
        added.append(one)


def _plan_names(work: Work) -> list[str]:
    """Return the names of the municipality's plans."""
    own = work.header.municipality
    return [other.plan.name for other in data.known_plans() if other.municipality == own]


def _following(plan: PlanSnapshot) -> str:
    """Return the years of the next period, if it is as long as the last one."""
    if not plan.periods:
        return ""
    last = max(plan.periods.values(), key=lambda period: period.last_year)
    first = first_years(list(plan.periods.values())).get(last.ordinal)
    if first is None:
        return ""
    return era_span(last.last_year + 1, 2 * last.last_year - first + 1)
