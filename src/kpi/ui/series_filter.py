"""Filters of series: by rating, policy, department and name; each stands in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.charts import SIGNS, Assessment, SeriesLine, of_period
from kpi.charts.parts import policy_title
from kpi.notation import is_found
from kpi.ui.choices import filter_box, remember, restore
from kpi.words import say

#: Filters beside the names of the bands, which are letters.
_ALL, _REFERENCE, _NO_TARGET = "all", "reference", "none"


def filtered(
    assessment: Assessment, lines: Sequence[SeriesLine], focus: int, *, by_rating: bool
) -> list[SeriesLine]:
    """Show the filters and return the series they leave."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    of = of_plan(assessment)
    groups = {line.series_id: _group(assessment, line, focus) for line in lines}
    rating = _rating(row, assessment, groups, focus) if by_rating else _ALL
    policies = {"": say("filter.any")} | {
        str(node.id): policy_title(node)
        for node in assessment.policies.values()
        if any(line.policy_id == node.id for line in lines)
    }
    policy = filter_box(row, "policy", policies, 150, of)
    department = department_box(row, lines, of)
    search = row.text_input(say("filter.search"), width=126, key=restore("search", (), "", of))
    remember("search", search, "")
    return [
        line
        for line in lines
        if rating in (_ALL, groups[line.series_id])
        if policy in ("", str(line.policy_id))
        if department in ("", line.department)
        if is_found(search, f"{line.indicator}{line.series}")
    ]


def department_box(row: DeltaGenerator, lines: Sequence[SeriesLine], of: str) -> str:
    """Show the filter by department and return its choice; nothing where all are wanted."""
    departments = sorted({line.department for line in lines if line.department})
    names = {"": say("filter.any")} | {name: name for name in departments}
    return filter_box(row, "department", names, 112, of)


def of_plan(assessment: Assessment) -> str:
    """Return what tells the filters of a plan from those of others."""
    return f"{assessment.municipality.code} {assessment.plan.id}"


def _rating(row: DeltaGenerator, assessment: Assessment, groups: dict[int, str], focus: int) -> str:
    """Show the filter by rating and return its choice; all where the plan has no target."""
    labels = _rating_labels(assessment, Counter(groups.values()), focus)
    if len(labels) == 1:
        return _ALL
    chosen = row.segmented_control(
        say("filter.rating", of=of_period(focus)),
        list(labels),
        format_func=labels.__getitem__,
        required=True,
        key=restore("rating", list(labels), _ALL, of_plan(assessment)),
    )
    remember("rating", chosen or _ALL, _ALL)
    return str(chosen or _ALL)


def _group(assessment: Assessment, line: SeriesLine, focus: int) -> str:
    """Return under which filter a series falls: its band, reference, or no target."""
    mark = line.marks.get(focus)
    if mark is None:
        return _NO_TARGET
    return mark.band if assessment.summary_of(focus).counts_mark(mark) else _REFERENCE


def _rating_labels(assessment: Assessment, counts: Counter[str], focus: int) -> dict[str, str]:
    """Return the filters by rating; only that for all where the plan has no target."""
    labels = {_ALL: say("filter.all", count=counts.total())}
    summary = assessment.summary_of(focus)
    if not summary.total:
        return labels
    for name, band in assessment.bands_by_attention.items():
        label = summary.labels.get(name) or assessment.label(name, ended=summary.is_over)
        labels[name] = f"{SIGNS[band.shape]} {label} {counts[name]}"
    if counts[_REFERENCE]:
        labels[_REFERENCE] = say("overview.references_choice", count=counts[_REFERENCE])
    if counts[_NO_TARGET]:
        labels[_NO_TARGET] = say("overview.without_target", count=counts[_NO_TARGET])
    return labels
