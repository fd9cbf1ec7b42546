"""改定案: changes of a plan on their way from a draft to what is in force."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from kpi.model.collecting import Fraction, Milestone, Note, Project
from kpi.model.facts import Fact, FactKey
from kpi.model.plan import Indicator, Period, Plan, PolicyNode, Series

#: What is said beside a plan and its facts.
Beside = Note | Fraction | Project | Milestone
#: What a plan is made of besides its facts.
Part = Plan | Period | PolicyNode | Indicator | Series | Beside
#: What tells a part from all others of its municipality: its kind and its id, or what it has
#: instead of one.
PartIdentity = tuple[str, int, *tuple[str | int, ...]]
Identity = FactKey | PartIdentity


@dataclass(frozen=True, slots=True)
class FactEdit:
    """A baseline, target or actual as it was read, and as it is to be."""

    key: FactKey
    #: None where there was none.
    before: Fact | None
    #: None where it is taken out of the plan.
    after: Fact | None

    @property
    def identity(self) -> Identity:
        """Return what the edit is about; a proposal has one edit of each."""
        return self.key

    @property
    def changes_nothing(self) -> bool:
        """Whether the plan says the same before and after."""
        if self.before is None or self.after is None:
            return self.before is self.after
        return self.before.reads_as(self.after)


@dataclass(frozen=True, slots=True)
class PartEdit:
    """A part of a plan as it was read, and as it is to be.

    A part that is new has a negative id, which is its own within the proposal; other edits of the
    proposal name it by that.
    """

    #: None where the part is new.
    before: Part | None
    after: Part
    reason: str

    @property
    def identity(self) -> Identity:
        """Return what the edit is about; a proposal has one edit of each."""
        return part_identity(self.after)

    @property
    def changes_nothing(self) -> bool:
        """Whether the part is the same before and after."""
        return self.before == self.after

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the fields the edit changes; all of them where the part is new."""
        names = (field.name for field in fields(self.after))
        if self.before is None:
            return tuple(names)
        return tuple(
            name for name in names if getattr(self.before, name) != getattr(self.after, name)
        )

    def upon(self, standing: Part | None) -> Part:
        """Return the part as it stands with what the edit changes of it, and nothing else."""
        if standing is None:
            return self.after
        return replace(standing, **{name: getattr(self.after, name) for name in self.changed})


Edit = FactEdit | PartEdit


def part_identity(part: Part) -> PartIdentity:
    """Return what tells one part of a municipality's plans from all others."""
    if isinstance(part, Period):
        return ("period", part.plan_id, part.ordinal)
    if isinstance(part, Note):
        return ("note", part.indicator_id, part.fiscal_year, part.kind, part.number)
    if isinstance(part, Fraction):
        return ("fraction", part.series_id, part.fiscal_year)
    if isinstance(part, Milestone):
        return ("milestone", part.project_id, part.fiscal_year)
    return (_KINDS[type(part)], part.id)


_KINDS: dict[type[Part], str] = {
    Plan: "plan",
    PolicyNode: "policy",
    Indicator: "indicator",
    Series: "series",
    Project: "project",
}


def named_parts(edit: Edit) -> Iterator[PartIdentity]:
    """Yield the parts an edit names beside what it is about; they may be of another plan."""
    if isinstance(edit, FactEdit):
        yield "series", edit.key.series_id
        return
    part = edit.after
    if isinstance(part, Series | Note):
        yield "indicator", part.indicator_id
    elif isinstance(part, Fraction):
        yield "series", part.series_id
    elif isinstance(part, Milestone):
        yield "project", part.project_id
    elif not isinstance(part, Plan):
        yield "plan", part.plan_id
    above = {Indicator: "policy_id", Project: "policy_id", PolicyNode: "parent_id"}.get(type(part))
    if above is not None and getattr(part, above) is not None:
        yield "policy", getattr(part, above)
    if isinstance(part, Indicator) and part.successor_id is not None:
        yield "indicator", part.successor_id


def amends_plan(identities: Collection[Identity]) -> bool:
    """Whether changes of these things change a plan, not only what is said of its years."""
    return not identities or any(identity[0] not in _OF_YEARS for identity in identities)


#: The kinds of parts that say something of a single year.
_OF_YEARS = ("note", "fraction", "milestone")


class Stage(StrEnum):
    """How far a proposal has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    #: Approved, and taken back afterwards as an import can be.
    UNDONE = "undone"


class Step(StrEnum):
    """What is done with a proposal."""

    SAVE = "save"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


#: From which stages a step can be taken, and the stage it leads to.
STEPS: dict[Step, tuple[frozenset[Stage], Stage]] = {
    Step.SAVE: (frozenset({Stage.DRAFT, Stage.RETURNED}), Stage.DRAFT),
    Step.SUBMIT: (frozenset({Stage.DRAFT, Stage.RETURNED}), Stage.SUBMITTED),
    Step.RETURN: (frozenset({Stage.SUBMITTED}), Stage.RETURNED),
    Step.APPROVE: (frozenset({Stage.SUBMITTED}), Stage.APPROVED),
    Step.WITHDRAW: (
        frozenset({Stage.DRAFT, Stage.RETURNED, Stage.SUBMITTED}),
        Stage.WITHDRAWN,
    ),
}


@dataclass(frozen=True, slots=True)
class ProposalStep:
    """One step of a proposal: who took it, when, and with which words."""

    #: Ascending from 1 within the proposal.
    number: int
    step: Step
    author: str
    recorded_at: datetime
    comment: str
    #: With an approval that is to count from a later moment: that moment.
    in_force_from: datetime | None = None
    #: With an approval: the batch it became.
    batch_id: str = ""


@dataclass(frozen=True)
class Proposal:
    """改定案: what somebody would change in a plan, why, and how far it has come."""

    id: int
    plan_id: int
    title: str
    #: Why the plan is to be changed.
    reason: str
    author: str
    stage: Stage
    edits: tuple[Edit, ...]
    steps: tuple[ProposalStep, ...]
    #: The round this answers, and the department that does; None and empty of any other proposal.
    round_id: int | None = None
    department: str = ""

    @property
    def version(self) -> int:
        """Return the number of the last step: what was read, for whoever goes on from it."""
        return self.steps[-1].number

    @property
    def is_amendment(self) -> bool:
        """Whether it would change the plan, not only what is said beside it of single years."""
        return self.round_id is None and amends_plan([edit.identity for edit in self.edits])


@dataclass(frozen=True, slots=True)
class Clash:
    """Two changes of one thing: ours, and the one that came first."""

    edit: Edit
    #: What stands now; None where it is gone.
    theirs: Fact | Part | None
    #: Who changed it, when and why.
    author: str
    recorded_at: datetime
    reason: str
