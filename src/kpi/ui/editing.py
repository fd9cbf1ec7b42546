"""What a person is changing in a plan: kept for the session, saved as the draft of a proposal.

Each draft that was opened is kept as it was left, saved or not, until the browser's session ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.access import Act
from kpi.editing import applied, steps
from kpi.editing.draft import Edits, merged, settled, to_save, without
from kpi.editing.grid import Grid, Place
from kpi.model import STEPS, Clash, Edit, Identity, Plan, Proposal, Step
from kpi.store import (
    Overtaken,
    PlanHeader,
    PlanSnapshot,
    SourceFile,
    WrongStage,
    proposals,
    read_parts,
    read_proposal,
)
from kpi.ui import data
from kpi.ui.choices import choose, remember, restore
from kpi.ui.person import end_unless, person
from kpi.ui.told import keep
from kpi.ui.turns import let_go
from kpi.words import say

_WORKS, _AT = "editing-works", "editing-at"
_NEW, _NEW_PLAN = "new", "new-plan"
_numbers = count()


@dataclass
class Mounted:
    """The grid as it was given to the screen, which sends back what was typed into that."""

    #: Tells this grid from those before and after it.
    key: str
    #: What the filters were set to.
    filters: object
    grid: Grid
    #: Row by row what of the grid is shown.
    rows: list[tuple[int, int]]
    #: Edits and unread cells when it was given to the screen.
    edits: Edits
    unread: dict[Place, str]


@dataclass
class Work:
    """A draft a person is at."""

    header: PlanHeader
    #: The plan as read when editing began or was last saved.
    base: PlanSnapshot
    #: What of the database that was.
    mark: object
    #: The draft as it was last read or saved; None for one that never was.
    proposal: Proposal | None
    edits: Edits = field(default_factory=dict)
    title: str = ""
    reason: str = ""
    #: Files that edits were read from and that are not on record yet.
    files: tuple[SourceFile, ...] = ()
    #: What was typed into cells of the grid and cannot be read; it is kept in sight.
    unread: dict[Place, str] = field(default_factory=dict)
    #: Texts of the block pasted last that have no cell.
    left_out: Sequence[str] = ()
    #: What was typed into cells and says what stands there.
    unchanged: dict[Place, str] = field(default_factory=dict)
    mounted: Mounted | None = None
    #: Counts the grids given to the screen.
    round: int = 0
    #: Where others were first, when it was last to be saved.
    clashes: Sequence[Clash] = ()
    #: Whether the proposal went on meanwhile, so that it cannot be saved any more.
    is_closed: bool = False
    #: Tells the boxes of one draft from those of another.
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def is_saved(self) -> bool:
        """Whether the draft is on record as it is."""
        changed, dropped = to_save(self.proposal, self.edits)
        return self.proposal is not None and not changed and not dropped and not self.unread


def for_planners(header: PlanHeader) -> None:
    """End the page for whoever may save no proposal."""
    end_unless(Act.SAVE_PROPOSAL, header.municipality)


def work(header: PlanHeader) -> Work:
    """Return the draft of a plan a person is at: the one chosen last, or else a new one."""
    name = st.session_state.setdefault(_AT, {}).get(_plan_key(header), _NEW)
    return _work(header, name)


def choose_draft(header: PlanHeader, box: DeltaGenerator) -> Work:
    """Show the choice of a draft to go on with, or a new one, and return it."""
    municipality = header.municipality
    known = {
        str(proposal.id): proposal
        for proposal in proposals(data.engine(), municipality)
        if proposal.plan_id == header.plan.id or proposal.plan_id < 0
        if proposal.stage in STEPS[Step.SAVE][0] and proposal.is_amendment
    }
    begun = [_NEW_PLAN] if (*_plan_key(header), _NEW_PLAN) in _works() else []
    at = st.session_state.setdefault(_AT, {}).get(_plan_key(header))
    options = [_NEW, *begun, *known]
    if at not in (None, *options) and not _work(header, at).is_saved:
        # Submitted or approved meanwhile: what was changed in it here is still here.
        options.append(at)

    def shown(name: str) -> str:
        if name in (_NEW, _NEW_PLAN):
            return say("editing.new_draft" if name == _NEW else "editing.new_plan")
        at_hand = known.get(name) or _work(header, name).proposal
        title = at_hand.title if at_hand else ""
        return say("editing.draft_named", number=name, title=title)

    name = choose(box, "draft", options, shown, " ".join(map(str, _plan_key(header))))
    st.session_state[_AT][_plan_key(header)] = name
    return _work(header, name)


def is_plan_begun(header: PlanHeader) -> bool:
    """Whether a draft of a new plan was begun beside those of ``header`` and never saved."""
    begun = _works().get((*_plan_key(header), _NEW_PLAN))
    return begun is not None and bool(begun.edits)


def begin_plan(header: PlanHeader, plan: Plan, edits: Iterable[Edit]) -> NoReturn:
    """Open the draft of a plan that is new itself (of a negative id), beside that of ``header``."""
    base = PlanSnapshot(plan)
    own = PlanHeader(header.municipality, plan, ())
    new = Work(own, base, data.version_mark(), None, merged(base, {}, edits))
    _works()[*_plan_key(header), _NEW_PLAN] = new
    _go_to(header, _NEW_PLAN)


def choose_section(names: Sequence[str]) -> str:
    """Show the choice of what of a plan is edited, and return it."""
    if len(names) == 1:
        return names[0]
    chosen = st.segmented_control(
        say("editing.section"),
        names,
        format_func=lambda name: say(f"editing.sections.{name}"),
        required=True,
        label_visibility="collapsed",
        key=restore("section", names, names[0], ""),
    )
    section = str(chosen or names[0])
    remember("section", section, names[0])
    return section


def refresh(at: Work) -> None:
    """Read a draft anew where others have gone on and nothing was changed in it here."""
    mark = data.version_mark()
    if at.proposal is None:
        if not at.edits and not at.unread and at.mark != mark:
            at.base, at.mark, at.mounted = _base(at.header), mark, None
        return
    stored = read_proposal(data.engine(), at.header.municipality, at.proposal.id)
    if at.is_saved and (at.mark != mark or stored.version != at.proposal.version):
        _hold(at, stored)


def put(at: Work, edits: Iterable[Edit], *files: SourceFile) -> NoReturn:
    """Add edits to a draft, with the files they were read from.

    Those that change nothing in the plan drop out.
    """
    at.edits = merged(at.base, at.edits, edits)
    at.files = tuple({file.sha256: file for file in (*at.files, *files)}.values())
    _remount(at)


def take_back(at: Work, identities: Collection[Identity], places: Collection[Place]) -> NoReturn:
    """Take edits out of a draft, and what was typed into cells and could not be read."""
    at.edits = without(at.edits, identities)
    at.unread = {place: text for place, text in at.unread.items() if place not in places}
    _remount(at)


def snapshot_now(at: Work) -> PlanSnapshot:
    """Return the plan as the draft would leave it."""
    return applied(at.base, list(at.edits.values()))


def save(at: Work) -> bool:
    """Save a draft; whether it was. Where others were first, the draft holds their changes.

    Raises `kpi.access.NotAllowed`.
    """
    changed, dropped = to_save(at.proposal, at.edits)
    proposal = at.proposal
    let_go()
    try:
        saved = steps.save(
            data.engine(),
            person(),
            at.header.municipality,
            at.header.plan.id,
            changed,
            proposal_id=proposal.id if proposal else None,
            version=proposal.version if proposal else 0,
            dropped=dropped,
            title=at.title,
            reason=at.reason,
            files=at.files,
            now=datetime.now(UTC),
        )
    except Overtaken as overtaken:
        at.clashes = overtaken.clashes
        return False
    except WrongStage:
        at.is_closed = True
        return False
    _hold(at, saved)
    return True


def settle(at: Work, mine: Collection[Identity]) -> bool:
    """Make a draft upon what others saved meanwhile, and save it; whether it was.

    Of what clashed our change counts where ``mine`` names it, elsewhere theirs.
    """
    theirs = at.proposal
    if at.proposal is not None:
        theirs = read_proposal(data.engine(), at.header.municipality, at.proposal.id)
    base = _base(at.header)
    at.edits = settled(base, at.proposal, theirs, at.edits, at.clashes, mine)
    at.base, at.mark, at.proposal, at.clashes = base, data.version_mark(), theirs, ()
    at.mounted = None
    return save(at)


def move_to_new(at: Work) -> NoReturn:
    """Go on with a draft as a new one, where the proposal it was saved in has moved on."""
    new = replace(at, proposal=None, is_closed=False, mounted=None, number=next(_numbers))
    _works()[*_plan_key(at.header), _NEW] = new
    _forget(at)
    _go_to(at.header, _NEW)


def follow(header: PlanHeader, at: Work) -> NoReturn:
    """Lead to a draft that was just saved, by its number, and say so."""
    proposal = at.proposal
    if proposal is None:
        raise ValueError("not saved")
    saved = len(proposal.edits)
    keep(say("editing.saved", number=proposal.id, title=proposal.title, count=saved))
    _forget(at)
    _works()[*_plan_key(header), str(proposal.id)] = at
    _go_to(header, str(proposal.id))


def _works() -> dict[tuple[str, int, str], Work]:
    works: dict[tuple[str, int, str], Work] = st.session_state.setdefault(_WORKS, {})
    return works


def _plan_key(header: PlanHeader) -> tuple[str, int]:
    return header.municipality.code, header.plan.id


def _work(header: PlanHeader, name: str) -> Work:
    works, key = _works(), (*_plan_key(header), name)
    if key not in works:
        works[key] = _open(header, name)
    return works[key]


def _open(header: PlanHeader, name: str) -> Work:
    if not name.isdecimal():
        return Work(header, _base(header), data.version_mark(), None)
    proposal = read_proposal(data.engine(), header.municipality, int(name))
    if proposal.plan_id != header.plan.id:
        header = PlanHeader(header.municipality, Plan(proposal.plan_id, proposal.title), ())
    opened = Work(header, _base(header), data.version_mark(), proposal)
    _hold(opened, proposal)
    return opened


def _hold(at: Work, proposal: Proposal) -> None:
    """Hold a draft as it is on record now."""
    at.base, at.mark, at.proposal = _base(at.header), data.version_mark(), proposal
    at.edits = {edit.identity: edit for edit in proposal.edits}
    at.title, at.reason = proposal.title, proposal.reason
    at.clashes, at.mounted, at.unchanged, at.files = (), None, {}, ()


def _base(header: PlanHeader) -> PlanSnapshot:
    if header.plan.id < 0:
        return PlanSnapshot(header.plan)
    return read_parts(data.engine(), header)


def _forget(at: Work) -> None:
    """Drop a draft from those that are kept, under whatever name."""
    works = _works()
    for key in [key for key, other in works.items() if other is at]:
        del works[key]


def _go_to(header: PlanHeader, name: str) -> NoReturn:
    st.session_state.setdefault(_AT, {})[_plan_key(header)] = name
    st.query_params["draft"] = name
    st.rerun()


def _remount(at: Work) -> NoReturn:
    at.mounted, at.unchanged, at.left_out = None, {}, ()
    st.rerun()
