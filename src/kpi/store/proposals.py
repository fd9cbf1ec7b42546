"""改定案 on record: what was saved and every step taken, until a proposal becomes a batch.

Whoever saves or approves says what they had read. Where something else stands by then, nothing is
written and `Overtaken` tells of every such thing: who was first, and what stands now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, func, select

from kpi.model import (
    STEPS,
    Clash,
    Edit,
    Fact,
    FactEdit,
    FactKey,
    Fraction,
    Identity,
    Indicator,
    Milestone,
    Municipality,
    Note,
    Part,
    PartEdit,
    PartIdentity,
    Period,
    Plan,
    PolicyNode,
    Project,
    Proposal,
    ProposalStep,
    Series,
    Stage,
    Step,
    amends_plan,
    named_parts,
    part_identity,
)
from kpi.store import audit
from kpi.store import tables as t
from kpi.store.edit_text import edit_text, identity_text, read_edit, read_identity
from kpi.store.reading import current, same
from kpi.store.snapshot import PlanSnapshot, last_ids, marks, plan_snapshot
from kpi.store.writing import (
    Changes,
    SourceFile,
    begin_batch,
    keep_files,
    kept_told,
    lock,
    new_batch_id,
    packed,
    write,
    write_changes,
)

#: What `batch.act` says of an approved proposal.
PROPOSAL = "proposal"
#: What it says of one that answered a round.
ANSWER = "answer"
#: What it says of notes and of how projects stand, which nobody had to approve.
NOTE = "note"


class Overtaken(Exception):
    """Somebody else changed the same things first."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(f"{len(clashes)} changes came first")
        self.clashes = tuple(clashes)


class WrongStage(Exception):
    """The proposal is not, or not any more, where the step begins; ``stage`` is where it is."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.stage = stage


def save_proposal(
    engine: Engine,
    municipality: Municipality,
    plan_id: int,
    edits: Sequence[Edit],
    *,
    proposal_id: int | None = None,
    version: int = 0,
    dropped: Collection[Identity] = (),
    title: str,
    reason: str = "",
    author: str,
    files: Sequence[SourceFile] = (),
    round_id: int | None = None,
    department: str = "",
    now: datetime,
) -> Proposal:
    """Save edits as a new proposal, or into the one with ``proposal_id`` as read at ``version``.

    They take the place of what the proposal says of the same things; ``dropped`` names things it is
    to say nothing of any more. ``files`` are those the edits were read from. A new one may answer a
    round for a department.

    A title or reason that is still the one read stays as another has worded it meanwhile.

    Raises `WrongStage` where the proposal can not be edited any more, `Overtaken` where somebody
    has saved something else of the same things, dropped ones too, since, or the plan itself says
    something else than the edits were made upon.
    """
    code, contents = municipality.code, packed(files)
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        lock(connection, code)
        if proposal_id is None:
            last = select(func.max(t.proposal.c.proposal_id)).where(
                t.proposal.c.municipality == code
            )
            proposal_id = (connection.scalar(last) or 0) + 1
            write(connection, t.proposal, [(code, proposal_id, plan_id, round_id, department)])
            number = 1
        else:
            proposal = _read(connection, code, proposal_id)
            _require(proposal, Step.SAVE)
            overtaken = _saved_since(connection, code, proposal, version, edits, dropped)
            overtaken = overtaken or _hanging(proposal, edits, dropped)
            if overtaken:
                raise Overtaken(overtaken)
            number, plan_id = proposal.version + 1, proposal.plan_id
            title, reason = _worded(connection, code, proposal, version, (title, reason))
        moved = _settle(_snapshot(connection, code, plan_id), edits)[1]
        if moved:
            raise Overtaken([_told(connection, code, one) for one in moved])
        rows = dict.fromkeys(map(identity_text, dropped), "")
        rows |= {identity_text(edit.identity): edit_text(edit) for edit in edits}
        _take(
            connection,
            code,
            (proposal_id, number, Step.SAVE),
            author,
            now,
            title=title,
            comment=reason,
            edits=rows,
            told={"kept": kept_told(files)} if contents else None,
        )
        keep_files(connection, code, contents)
        return _read(connection, code, proposal_id)


def step_proposal(
    engine: Engine,
    municipality: Municipality,
    proposal_id: int,
    step: Step,
    *,
    version: int,
    author: str,
    comment: str = "",
    in_force_from: datetime | None = None,
    now: datetime,
) -> str | None:
    """Take a step with a proposal as it was read at ``version``; any but saving.

    An approval writes the changes as a batch, whose id is returned; they count from
    ``in_force_from`` where that is later than now.

    Raises `WrongStage` where the proposal has moved on, `Overtaken` where the plan now says
    something else than the edits of an approval were made upon.
    """
    code = municipality.code
    batch_id = None
    with (
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        lock(connection, code)
        proposal = _read(connection, code, proposal_id)
        _require(proposal, step)
        if proposal.version != version:
            raise WrongStage(proposal.stage)
        later = in_force_from if in_force_from and in_force_from > now else None
        batch: dict[str, Any] = {}
        told: dict[str, Any] = {}
        if step is Step.APPROVE:
            batch_id = new_batch_id(now)
            change = _changes(connection, municipality, proposal)
            batch = begin_batch(
                connection,
                code,
                batch_id=batch_id,
                act=_act(proposal),
                author=proposal.author,
                reason=proposal.reason,
                now=now,
                added=len(change.added),
                changed=len(change.changed) + len(change.withdrawn),
                has_targets=change.has_targets,
                in_force_from=later,
            )
            told = audit.batch_told(batch) | {"digest": write_changes(connection, change, batch)}
        _take(
            connection,
            code,
            (proposal_id, version + 1, step),
            author,
            batch.get("recorded_at", now),
            title=proposal.title,
            comment=comment,
            in_force_from=in_force_from,
            revision=batch.get("revision"),
            told=told,
        )
    return batch_id


def read_proposal(engine: Engine, municipality: Municipality, proposal_id: int) -> Proposal:
    """Return a proposal whole; raises `LookupError` where there is none of that number."""
    with engine.connect() as connection:
        return _read(connection, municipality.code, proposal_id)


def proposal_of(engine: Engine, municipality: Municipality, batch_id: str) -> Proposal | None:
    """Return the proposal that became a batch; None where none did."""
    code, step = municipality.code, t.proposal_step
    with engine.connect() as connection:
        number = connection.scalar(
            select(step.c.proposal_id)
            .join(t.batch, same(t.batch, step, "revision"))
            .where(step.c.municipality == code, t.batch.c.batch_id == batch_id)
        )
        return None if number is None else _read(connection, code, number)


@dataclass(frozen=True)
class ProposalEntry:
    """A proposal as a list shows it, without its edits."""

    id: int
    plan_id: int
    title: str
    author: str
    stage: Stage
    #: When its last step was taken.
    since: datetime
    #: How many edits it has.
    count: int
    #: What the plan it makes is called; empty where it changes one there is.
    new_plan: str
    #: Whether it would change the plan, as `kpi.model.Proposal.is_amendment` says.
    is_amendment: bool


def proposals(engine: Engine, municipality: Municipality) -> list[ProposalEntry]:
    """Return the proposals of a municipality, newest first, without the answers to rounds."""
    edit, own = t.proposal_edit, t.proposal_edit.c.municipality == municipality.code
    with engine.connect() as connection:
        heads = _heads(
            connection,
            t.proposal.c.municipality == municipality.code,
            t.proposal.c.round_id.is_(None),
        )
        said = {
            row[:2]: row.says
            for row in connection.execute(
                select(edit.c.proposal_id, edit.c.identity, (edit.c.edit != "").label("says"))
                .where(own)
                .order_by(edit.c.number)
            )
        }
        new = {identity_text(("plan", head.plan_id)) for head, _ in heads if head.plan_id < 0}
        named = connection.execute(
            select(edit.c.proposal_id, edit.c.edit)
            .where(own, edit.c.identity.in_(new), edit.c.edit != "")
            .order_by(edit.c.number)
        )
        plans = {row.proposal_id: read_edit(row.edit).after for row in named}
    about: dict[int, list[Identity]] = {}
    for (proposal_id, identity), says in said.items():
        if says:
            about.setdefault(proposal_id, []).append(read_identity(identity))
    return [
        ProposalEntry(
            head.proposal_id,
            head.plan_id,
            _last_saved(steps).title,
            steps[0].author,
            _stage(steps),
            steps[-1].recorded_at,
            len(about.get(head.proposal_id, ())),
            plan.name if isinstance(plan := plans.get(head.proposal_id), Plan) else "",
            amends_plan(about.get(head.proposal_id, ())),
        )
        for head, steps in heads
    ]


def proposals_of_round(engine: Engine, municipality: Municipality, round_id: int) -> list[Proposal]:
    """Return the answers to a round, and what its close made 確定, whole and newest first."""
    edit, own = t.proposal_edit, t.proposal.c.round_id == round_id
    texts: dict[int, dict[str, str]] = {}
    with engine.connect() as connection:
        heads = _heads(connection, t.proposal.c.municipality == municipality.code, own)
        for row in connection.execute(
            select(edit.c.proposal_id, edit.c.identity, edit.c.edit)
            .join(t.proposal, same(t.proposal, edit, "proposal_id"))
            .where(t.proposal.c.municipality == municipality.code, own)
            .order_by(edit.c.number, edit.c.position)
        ):
            texts.setdefault(row.proposal_id, {})[row.identity] = row.edit
    return [_proposal(head, steps, texts.get(head.proposal_id, {})) for head, steps in heads]


def clashes(engine: Engine, municipality: Municipality, proposal: Proposal) -> list[Clash]:
    """Return what has moved in the plan under the edits of a proposal since they were made."""
    code = municipality.code
    with engine.connect() as connection:
        snapshot = _snapshot(connection, code, proposal.plan_id)
        moved = _settle(snapshot, proposal.edits)[1]
        return [_told(connection, code, one) for one in moved]


def _act(proposal: Proposal) -> str:
    if proposal.round_id is not None:
        return ANSWER
    return PROPOSAL if proposal.is_amendment else NOTE


def _require(proposal: Proposal, step: Step) -> None:
    if proposal.stage not in STEPS[step][0]:
        raise WrongStage(proposal.stage)


def _take(
    connection: Connection,
    code: str,
    of: tuple[int, int, Step],
    author: str,
    now: datetime,
    *,
    title: str,
    comment: str,
    in_force_from: datetime | None = None,
    revision: int | None = None,
    edits: Mapping[str, str] | None = None,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Write a step, what was saved with it, and the entry that tells of it."""
    proposal_id, number, step = of
    row = {
        "municipality": code,
        "proposal_id": proposal_id,
        "number": number,
        "step": str(step),
        "author": author,
        "recorded_at": now,
        "title": title,
        "comment": comment,
        "in_force_from": in_force_from,
        "revision": revision,
    }
    connection.execute(t.proposal_step.insert(), row)
    rows = [
        (code, proposal_id, identity, number, position, text)
        for position, (identity, text) in enumerate((edits or {}).items())
    ]
    write(connection, t.proposal_edit, rows)
    of_proposal = connection.execute(
        select(t.proposal).where(
            t.proposal.c.municipality == code, t.proposal.c.proposal_id == proposal_id
        )
    )
    written: audit.Rows = {
        t.proposal: [tuple(of_proposal.one())],
        t.proposal_step: [tuple(row.values())],
        t.proposal_edit: rows,
    }
    what = {
        "proposal": proposal_id,
        "number": number,
        "title": title,
        "comment": comment,
        "edits": len(rows),
        "step_digest": audit.digest(written),
        **(told or {}),
    }
    audit.append(connection, row, act=str(step), author=author, what=what)


def _read(connection: Connection, code: str, proposal_id: int) -> Proposal:
    edit = t.proposal_edit
    heads = _heads(
        connection, t.proposal.c.municipality == code, t.proposal.c.proposal_id == proposal_id
    )
    if not heads:
        raise LookupError(proposal_id)
    rows = connection.execute(
        select(edit.c.identity, edit.c.edit)
        .where(edit.c.municipality == code, edit.c.proposal_id == proposal_id)
        .order_by(edit.c.number, edit.c.position)
    )
    return _proposal(*heads[0], {row.identity: row.edit for row in rows})


def _heads(connection: Connection, *where: Any) -> list[tuple[Any, list[Any]]]:
    """Return proposals without their edits, newest first, each with its steps."""
    step = t.proposal_step
    heads = connection.execute(
        select(t.proposal).where(*where).order_by(t.proposal.c.proposal_id.desc())
    ).all()
    steps: dict[int, list[Any]] = {}
    for row in connection.execute(
        select(step, t.batch.c.batch_id, t.undone.c.revision.label("undone"))
        .join(t.proposal, same(t.proposal, step, "proposal_id"))
        .outerjoin(t.batch, same(t.batch, step, "revision"))
        .outerjoin(t.undone, same(t.undone, step, "revision"))
        .where(*where)
        .order_by(step.c.number)
    ):
        steps.setdefault(row.proposal_id, []).append(row)
    return [(head, steps[head.proposal_id]) for head in heads]


def _last_saved(steps: Sequence[Any]) -> Any:
    return next(row for row in reversed(steps) if row.step == Step.SAVE)


def _stage(steps: Sequence[Any]) -> Stage:
    last = steps[-1]
    return Stage.UNDONE if last.undone is not None else STEPS[Step(last.step)][1]


def _proposal(head: Any, steps: Sequence[Any], texts: Mapping[str, str]) -> Proposal:
    saved = _last_saved(steps)
    return Proposal(
        head.proposal_id,
        head.plan_id,
        saved.title,
        saved.comment,
        steps[0].author,
        _stage(steps),
        tuple(read_edit(text) for text in texts.values() if text),
        tuple(
            ProposalStep(
                row.number,
                Step(row.step),
                row.author,
                row.recorded_at,
                row.comment,
                row.in_force_from,
                row.batch_id or "",
            )
            for row in steps
        ),
        head.round_id,
        head.department,
    )


def _saved_since(
    connection: Connection,
    code: str,
    proposal: Proposal,
    version: int,
    edits: Sequence[Edit],
    dropped: Collection[Identity],
) -> list[Clash]:
    """Return where a proposal says something else of the same things since a version was read."""
    table = t.proposal_edit
    newer = connection.execute(
        select(table.c.identity, table.c.number).where(
            table.c.municipality == code,
            table.c.proposal_id == proposal.id,
            table.c.number > version,
        )
    ).all()
    steps = {step.number: step for step in proposal.steps}
    touched = {row.identity: steps[row.number] for row in newer}
    known = {edit.identity: edit for edit in proposal.edits}
    found = []
    for edit in edits:
        step = touched.get(identity_text(edit.identity))
        other = known.get(edit.identity)
        theirs = edit.before if other is None else other.after
        if step is not None and not _says(theirs, edit.after):
            found.append(Clash(edit, theirs, step.author, step.recorded_at, proposal.reason))
    for identity in dropped:
        step, other = touched.get(identity_text(identity)), known.get(identity)
        if step is not None and other is not None:
            back = _taken_back(other)
            found.append(Clash(back, other.after, step.author, step.recorded_at, proposal.reason))
    return found


def _worded(
    connection: Connection, code: str, proposal: Proposal, version: int, ours: tuple[str, str]
) -> tuple[str, str]:
    """Return title and reason: ours where we changed them, else as they stand by now."""
    step = t.proposal_step
    read = connection.execute(
        select(step.c.title, step.c.comment)
        .where(step.c.municipality == code, step.c.proposal_id == proposal.id)
        .where(step.c.step == Step.SAVE, step.c.number <= version)
        .order_by(step.c.number.desc())
        .limit(1)
    ).first()
    was = (read.title, read.comment) if read else ours
    title, reason = (
        theirs if own == before else own
        for own, before, theirs in zip(ours, was, (proposal.title, proposal.reason), strict=True)
    )
    return title, reason


def _hanging(
    proposal: Proposal, edits: Sequence[Edit], dropped: Collection[Identity]
) -> list[Clash]:
    """Return where a new part is taken out by one and named by another, be it ours or theirs."""
    known = {edit.identity: edit for edit in proposal.edits}
    ours = {edit.identity: edit for edit in edits}
    after = {identity: edit for identity, edit in known.items() if identity not in dropped} | ours
    last, found = proposal.steps[-1], []
    while without := [
        (edit, named)
        for edit in after.values()
        for named in named_parts(edit)
        if named[1] < 0 and named not in after
    ]:
        for edit, named in without:
            if named in known:
                if named not in after:
                    after[named] = known[named]
                    clash = known[named], known[named].after
                    found.append(Clash(*clash, last.author, last.recorded_at, proposal.reason))
            elif after.pop(edit.identity, None) is not None:
                found.append(Clash(edit, None, last.author, last.recorded_at, proposal.reason))
    return found


def _taken_back(edit: Edit) -> Edit:
    """Return an edit as one that leaves things as they were; of a new part the edit itself."""
    if isinstance(edit, FactEdit):
        return replace(edit, after=edit.before)
    return edit if edit.before is None else replace(edit, after=edit.before)


def _says(one: Fact | Part | None, other: Fact | Part | None) -> bool:
    """Whether two states of a thing are the same statement."""
    if isinstance(one, Fact) and isinstance(other, Fact):
        return one.same_statement(other)
    return one == other


def _snapshot(connection: Connection, code: str, plan_id: int) -> PlanSnapshot:
    """Return a plan as it stands; an empty one, of no id, where it is new itself or gone."""
    named = t.plan_revision
    stands = current(named, None, named.c.municipality == code, named.c.plan_id == plan_id)
    name = connection.scalar(select(stands.c.name))
    if name is None:
        return PlanSnapshot(Plan(0, ""))
    return plan_snapshot(connection, code, Plan(plan_id, name))


class _Moved(NamedTuple):
    """An edit under which the plan has moved."""

    edit: Edit
    #: What stands there now.
    theirs: Fact | Part | None
    #: What the edit names and the plan has no more.
    lost: PartIdentity | None


def _settle(snapshot: PlanSnapshot, edits: Sequence[Edit]) -> tuple[list[Edit], list[_Moved]]:
    """Hold edits against a plan as it stands.

    Returns the edits that still have something to change, made upon what stands now; and those
    whose things say something else than was read, or hang on what is gone.
    """
    parts = snapshot.parts()
    kept: list[Edit] = []
    moved: list[_Moved] = []
    for edit in edits:
        if isinstance(edit, FactEdit):
            now = snapshot.facts.get(edit.key)
            lost = _lost(edit, parts)
            if lost or not (_says(now, edit.before) or _says(now, edit.after)):
                moved.append(_Moved(edit, now, lost))
            elif not (_says(now, edit.after) and _same_words(now, edit.after)):
                kept.append(replace(edit, before=now))
            continue
        there = parts.get(part_identity(edit.after))
        lost = _lost(edit, parts)
        merged = None if lost else _merged(edit, there)
        if merged is None:
            moved.append(_Moved(edit, there, lost))
        elif merged != there:
            kept.append(replace(edit, before=there, after=merged))
    return kept, moved


def _lost(edit: Edit, parts: Collection[Identity]) -> PartIdentity | None:
    """Return what an edit names and the plan does not have; new parts are of the proposal."""
    # The one indicator that an indicator names is its successor, which may be of another plan.
    elsewhere = "indicator" if edit.identity[0] == "indicator" else ""
    lost = (
        named
        for named in named_parts(edit)
        if named[1] > 0 and named[0] != elsewhere and named not in parts
    )
    return next(lost, None)


def _same_words(one: Fact | None, other: Fact | None) -> bool:
    return one is other or (one is not None and other is not None and one.reads_as(other))


def _merged(edit: PartEdit, standing: Part | None) -> Part | None:
    """Return a part as it stands with what an edit changes; None where both changed the same."""
    if edit.before is None or standing is None:
        fresh = edit.before is None and standing is None
        return edit.after if fresh or standing == edit.after else None
    for name in edit.changed:
        before, after, now = (getattr(part, name) for part in (edit.before, edit.after, standing))
        if now not in (before, after):
            return None
    return edit.upon(standing)


def _told(connection: Connection, code: str, moved: _Moved) -> Clash:
    """Return a clash with who brought what stands now, or took away what stood.

    Raises `LookupError` where an edit speaks of what there never was.
    """
    edit, theirs, lost = moved
    batch = _last_batch(connection, code, _place(lost or edit.identity))
    if batch is None:
        raise LookupError(lost or edit.identity)
    return Clash(edit, theirs, batch.author, batch.recorded_at, batch.reason)


def _place(identity: Identity) -> tuple[Table, dict[str, Any]]:
    """Return the table of revisions of what an edit is about, and the key it has there."""
    if isinstance(identity, FactKey):
        return t.fact, identity._asdict()
    kind, *ids = identity
    table = t.metadata.tables[f"{kind}_revision"]
    names = [c.name for c in table.primary_key if c.name not in ("municipality", "revision")]
    return table, dict(zip(names, ids, strict=True))


def _last_batch(connection: Connection, code: str, of: tuple[Table, dict[str, Any]]) -> Any:
    """Return who last wrote a revision, or took one back; None where there never was one."""
    table, key = of
    undone = t.undone
    at = func.coalesce(undone.c.recorded_at, t.batch.c.recorded_at)
    statement = (
        select(
            func.coalesce(undone.c.author, t.batch.c.author).label("author"),
            at.label("recorded_at"),
            t.batch.c.reason,
        )
        .join(table, same(table, t.batch, "revision"))
        .outerjoin(undone, same(undone, t.batch, "revision"))
        .where(table.c.municipality == code, *(table.c[name] == key[name] for name in key))
        .order_by(at.desc(), t.batch.c.revision.desc())
        .limit(1)
    )
    return connection.execute(statement).first()


def _changes(connection: Connection, municipality: Municipality, proposal: Proposal) -> Changes:
    """Return what an approval writes, new parts under ids of their own; raises `Overtaken`."""
    code = municipality.code
    snapshot = _snapshot(connection, code, proposal.plan_id)
    edits, moved = _settle(snapshot, proposal.edits)
    if moved:
        raise Overtaken([_told(connection, code, one) for one in moved])
    change = Changes(municipality, marks(connection, code))
    ids = _New(last_ids(connection, code))
    lists: dict[type[Part], list[Any]] = {
        Plan: change.plans,
        Period: change.periods,
        PolicyNode: change.policies,
        Indicator: change.indicators,
        Series: change.series,
        Note: change.notes,
        Fraction: change.fractions,
        Project: change.projects,
        Milestone: change.milestones,
    }
    for edit in edits:
        if isinstance(edit, PartEdit):
            lists[type(edit.after)].append(ids.numbered(edit.after))
        elif edit.after is None:
            change.withdrawn.append(ids.key(edit.key))
        else:
            facts = change.added if edit.before is None else change.changed
            facts.append(edit.after._replace(key=ids.key(edit.key)))
    places = [fact.provenance for fact in (*change.added, *change.changed) if fact.provenance]
    files = {
        (place.sha256, place.file): SourceFile(place.file, place.sha256, "") for place in places
    }
    change.files.extend(files.values())
    return change


class _New:
    """Gives the parts of a proposal that are new, known by negative ids, ids of the municipality.

    Ids are given in the order in which they are asked for.
    """

    def __init__(self, last: dict[str, int]) -> None:
        self._last = dict(last)
        self._given: dict[tuple[str, int], int] = {}

    def id(self, kind: str, known: int) -> int:
        """Return the id of a part; a positive one is its own."""
        if known > 0:
            return known
        if (kind, known) not in self._given:
            self._last[kind] += 1
            self._given[kind, known] = self._last[kind]
        return self._given[kind, known]

    def key(self, key: FactKey) -> FactKey:
        """Return a fact's key with the id of its series."""
        return key._replace(series_id=self.id("series", key.series_id))

    def numbered(self, part: Part) -> Part:
        """Return a part with its own id and those of the parts it names."""
        kinds = {**_NAMED, "id": str(part_identity(part)[0])}
        ids = {
            name: self.id(kind, known)
            for name, kind in kinds.items()
            if (known := getattr(part, name, None)) is not None
        }
        return replace(part, **ids)  # type: ignore[arg-type]  # only ids the part has


#: The parts that fields of others name.
_NAMED = {
    "plan_id": "plan",
    "policy_id": "policy",
    "parent_id": "policy",
    "indicator_id": "indicator",
    "successor_id": "indicator",
    "series_id": "series",
    "project_id": "project",
}
