"""体系: the policies of a plan as a tree, how the targets under each stand, down to one series."""

from __future__ import annotations

import streamlit as st

from kpi.charts import Assessment, of_period, policy_lines
from kpi.charts.policies import policy_tree
from kpi.ui.choices import begun, shared_query
from kpi.ui.fixing import Shown
from kpi.ui.html import show
from kpi.ui.series_filter import department_box, of_plan
from kpi.words import say

#: In the address: the policy that is to be open, with those above it.
_NODE = "node"


def tree(shown: Shown, focus: int) -> None:
    """Show the tree of a period's targets, of one department or all; a series leads to its page."""
    assessment = shown.assessment
    lines = assessment.lines(focus)
    row = st.container(horizontal=True)
    department = department_box(row, lines, of_plan(assessment))
    chosen = [line for line in lines if department in ("", line.department)]
    query = {**shared_query(), "period": str(focus)}
    summary = assessment.summary_of(focus)
    node = st.query_params.get(_NODE, "")
    followed = show(
        "policy_tree.html",
        key="policy-tree",
        root=policy_tree(assessment, chosen, focus, is_whole=not department),
        of=of_period(focus),
        bands={
            name: (band, summary.labels.get(name) or assessment.label(name, ended=False))
            for name, band in assessment.bands.items()
        },
        focus=focus,
        open=_above(assessment, node),
        asked=node,
        now=shown.now_labels(),
        query=begun(query),
    )
    if followed:
        st.switch_page("pages/indicator.py", query_params={**query, "series": followed})


@st.fragment
def table(assessment: Assessment, focus: int) -> None:
    """Show the same counts as a table, where there is more than one policy."""
    lines = policy_lines(assessment, focus)
    if len(lines) < 2:
        return
    labels = assessment.summary_of(focus).labels
    with st.expander(say("overview.policies.title")):
        show_worst = st.toggle(say("overview.policies.show_worst"), key="policies-worst")
        show(
            "policies.html",
            key="policies",
            lines=lines,
            of=of_period(focus),
            bands={
                name: (band, labels.get(name) or assessment.label(name, ended=False))
                for name, band in assessment.bands.items()
                if any(line.counts.get(name) for line in lines)
            },
            show_worst=show_worst,
        )


def _above(assessment: Assessment, node: str) -> set[int]:
    """Return the ids of a policy named in the address and of those above it; none for no policy."""
    found: set[int] = set()
    policy_id = next((known for known in assessment.policies if str(known) == node), None)
    while policy_id in assessment.policies and policy_id not in found:
        found.add(policy_id)
        policy_id = assessment.policies[policy_id].parent_id
    return found
