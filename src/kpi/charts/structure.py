"""What a change of a plan's structure brings with it, told before it joins a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi.charts.parts import policy_title
from kpi.editing import applied
from kpi.model import Edit, Indicator, Kind, PartEdit, Plan, Series
from kpi.store import PlanSnapshot
from kpi.words import say


def consequences(plan: PlanSnapshot, edits: Sequence[Edit]) -> list[str]:
    """Return in sentences what edits mean for what was promised and measured so far.

    ``plan`` is the plan they apply to.
    """
    after = applied(plan, edits)
    return [told for edit in edits if isinstance(edit, PartEdit) for told in _of_part(after, edit)]


def _of_part(plan: PlanSnapshot, edit: PartEdit) -> Iterator[str]:
    match edit.before, edit.after:
        case Indicator(is_retired=False), Indicator(is_retired=True) as retired:
            own = {one.id for one in plan.series if one.indicator_id == retired.id}
            kinds = [key.kind for key in plan.facts if key.series_id in own]
            yield say(
                "structure.effect.retired",
                name=retired.name,
                targets=kinds.count(Kind.TARGET),
                actuals=kinds.count(Kind.ACTUAL),
            )
            for other in plan.indicators:
                if other.successor_id == retired.id:
                    yield say("structure.effect.was_successor", name=retired.name, of=other.name)
        case Indicator(is_retired=True), Indicator(is_retired=False) as back:
            yield say("structure.effect.reinstated", name=back.name)
        case Series(name=""), Series() as named if named.name:
            yield say("structure.effect.split", name=named.name)
        case None, Series(unit="") as bare:
            names = {one.id: one.name for one in plan.indicators}
            yield say("structure.effect.no_unit", name=bare.name or names[bare.indicator_id])
        case None, Indicator() as new:
            policy = next((node for node in plan.policies if node.id == new.policy_id), None)
            if policy is not None:
                yield say("structure.effect.under", name=new.name, policy=policy_title(policy))
            yield say("structure.effect.new_indicator", name=new.name)


def next_plan_told(old: PlanSnapshot, edits: Sequence[Edit]) -> list[str]:
    """Return in sentences what a plan made from an old one has, and what it has not."""
    parts = [edit.after for edit in edits if isinstance(edit, PartEdit)]
    indicators = [part for part in parts if isinstance(part, Indicator)]
    series = [part for part in parts if isinstance(part, Series)]
    based = {edit.key.series_id for edit in edits if not isinstance(edit, PartEdit)}
    names = {one.id: one.name for one in indicators}
    bare = [
        " ".join(filter(None, (names[one.indicator_id], one.name)))
        for one in series
        if one.id not in based
    ]
    told = [
        say(
            "structure.effect.next_plan",
            name=next(part.name for part in parts if isinstance(part, Plan)),
            indicators=len(indicators),
            series=len(series),
        ),
        say("structure.effect.bases", count=len(based)),
    ]
    if bare:
        told.append(
            say("structure.effect.no_base", count=len(bare), names=say("list.comma").join(bare))
        )
    left = [one.name for one in old.indicators if one.is_retired]
    if left:
        names_left = say("list.comma").join(left)
        told.append(say("structure.effect.left", count=len(left), names=names_left))
    return told
