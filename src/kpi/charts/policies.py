"""What became of each policy: how often the indicators under it were given which rating.

As lines of a table, and as the tree they hang in with the indicators themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi.charts.assessment import Assessment, SeriesLine
from kpi.charts.parts import policy_title
from kpi.model import PolicyNode
from kpi.progress import worst
from kpi.progress.rating import UNRATED


@dataclass(frozen=True)
class PolicyLine:
    """One policy as a table shows it."""

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


@dataclass(frozen=True)
class Branch:
    """A policy with all that hangs under it; the root is the plan itself."""

    #: None for the root.
    policy_id: int | None
    #: 1-5-1 and the name.
    title: str
    #: How many series stand under it, and how many of them have a target that counts.
    series: int
    total: int
    #: How many of those are in which band.
    counts: dict[str, int]
    branches: tuple[Branch, ...]
    #: What hangs directly under it: each indicator's name with its series.
    indicators: tuple[tuple[str, tuple[SeriesLine, ...]], ...]


def policy_tree(
    assessment: Assessment, lines: Sequence[SeriesLine], focus: int, *, is_whole: bool
) -> Branch:
    """Return the policies as a tree, with those of the lines that hang under each.

    All in the order of the plan. Policies under which no line hangs are left out unless the lines
    are all there are (``is_whole``): then it is worth knowing that nothing measures them.
    """
    place = {series_id: at for at, series_id in enumerate(assessment.series["series_id"])}
    own: dict[int | None, dict[int, list[SeriesLine]]] = {}
    for line in sorted(lines, key=lambda line: place[line.series_id]):
        policy = line.policy_id if line.policy_id in assessment.policies else None
        indicator_id = int(assessment.rows[line.series_id].indicator_id)
        own.setdefault(policy, {}).setdefault(indicator_id, []).append(line)
    below: dict[int | None, list[PolicyNode]] = {}
    for node in sorted(assessment.policies.values(), key=lambda node: node.position):
        below.setdefault(node.parent_id, []).append(node)
    summary = assessment.summary_of(focus)

    def branch(policy_id: int | None, title: str) -> Branch:
        branches = [branch(node.id, policy_title(node)) for node in below.get(policy_id, [])]
        indicators = list(own.get(policy_id, {}).values())
        direct = [line for series in indicators for line in series]
        marks = [line.marks.get(focus) for line in direct]
        counts = Counter(m.band for m in marks if m and summary.counts_mark(m))
        for one in branches:
            counts.update(one.counts)
        return Branch(
            policy_id,
            title,
            len(direct) + sum(one.series for one in branches),
            counts.total(),
            dict(counts),
            tuple(one for one in branches if is_whole or one.series),
            tuple((series[0].indicator, tuple(series)) for series in indicators),
        )

    return branch(None, assessment.plan.name)


def rows_of_tree(root: Branch) -> list[tuple[int, Branch, list[SeriesLine]]]:
    """Return the branches of a tree from the top, with its depth and what it has itself.

    The root itself comes last, and only where something hangs under no policy.
    """
    rows: list[tuple[int, Branch, list[SeriesLine]]] = []

    def add(branch: Branch, depth: int) -> None:
        rows.append((depth, branch, _direct(branch)))
        for one in branch.branches:
            add(one, depth + 1)

    for branch in root.branches:
        add(branch, 0)
    loose = _direct(root)
    if loose:
        rest = replace(root, title="", series=len(loose), branches=())
        rows.append((0, rest, loose))
    return rows


def _direct(branch: Branch) -> list[SeriesLine]:
    return [line for _, series in branch.indicators for line in series]


def policy_lines(assessment: Assessment, focus: int) -> list[PolicyLine]:
    """Return every policy with a target in a period, below the one it belongs to.

    The same targets count as in the period's summary.
    """
    ranking = [band for band in assessment.bands if band != UNRATED]
    tree = policy_tree(assessment, assessment.lines(focus), focus, is_whole=False)
    return [
        PolicyLine(one.title, depth, one.total, one.counts, worst(one.counts, ranking))
        for depth, one, _ in rows_of_tree(tree)
        if one.total and one.policy_id is not None
    ]
