"""What became of each policy: how often the indicators under it were given which rating."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi.charts.assessment import Assessment
from kpi.charts.parts import policy_title
from kpi.model import PolicyNode
from kpi.progress import roll_up, worst
from kpi.progress.rating import UNRATED


@dataclass(frozen=True)
class PolicyLine:
    """One policy as a table shows it."""

    policy_id: int
    #: 1-5-1 and the name.
    title: str
    #: 0 for those at the top of the tree.
    depth: int
    #: How many series under it have a target that counts in the period.
    total: int
    #: How many of them are in which band.
    counts: dict[str, int]
    #: The worst band among them; None where none could be judged.
    worst: str | None


def policy_lines(assessment: Assessment, focus: int) -> list[PolicyLine]:
    """Return every policy with a target in a period, below the one it belongs to.

    The same targets count as in the period's summary.
    """
    summary = next((s for s in assessment.summaries if s.period == focus), None)
    if summary is None:
        return []
    ratings = [
        (line.policy_id, mark.band)
        for line in assessment.lines(focus)
        if (mark := line.marks.get(focus)) and summary.counts_mark(mark)
    ]
    policies = assessment.policies
    counts = roll_up(ratings, {node.id: node.parent_id for node in policies.values()})
    ranking = [band for band in assessment.bands if band != UNRATED]
    return [
        PolicyLine(
            node.id,
            policy_title(node),
            depth,
            counts[node.id].total(),
            dict(counts[node.id]),
            worst(counts[node.id], ranking),
        )
        for node, depth in _from_the_top(policies, None, 0)
        if node.id in counts
    ]


def _from_the_top(
    policies: dict[int, PolicyNode], parent: int | None, depth: int
) -> Iterator[tuple[PolicyNode, int]]:
    below = [node for node in policies.values() if node.parent_id == parent]
    for node in sorted(below, key=lambda node: node.position):
        yield node, depth
        yield from _from_the_top(policies, node.id, depth + 1)
