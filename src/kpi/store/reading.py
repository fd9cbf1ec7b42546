"""Reading what is known: now, or as it was known on a day in the past."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Integer,
    Select,
    String,
    Subquery,
    Table,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)

from kpi.model import (
    FactKey,
    FiscalYear,
    HandRating,
    Kind,
    Municipality,
    Period,
    Plan,
    PolicyNode,
)
from kpi.store import tables as t

#: What `batch.act` says of an accepted import.
IMPORT = "import"

#: City halls date by Japanese time, wherever the server stands.
JAPAN = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class PlanHeader:
    """A plan with what is needed to choose it."""

    municipality: Municipality
    plan: Plan
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class StoredRule:
    """One version of a municipality's own rule: TOML as it was written, by whom and when."""

    name: str
    version: int
    text: str
    author: str
    reason: str
    recorded_at: datetime
    batch_id: str


@dataclass(frozen=True)
class HandEntry:
    """A rating set by hand: by whom, when and why."""

    rating: HandRating
    author: str
    reason: str
    recorded_at: datetime
    batch_id: str


@dataclass(frozen=True)
class PlanContent:
    """A plan with all its series and facts, as known at one moment.

    ``series``, one row a series in the order of the source: ``series_id, indicator_id,
    indicator_code, indicator, series, unit, unit_text, direction, department, source, policy_id,
    policy_code, policy``, ``is_retired`` and ``successor_id`` (None where there is none) of the
    indicator, and how it is judged: ``rule`` (empty for the plan's), ``tolerance,
    limit`` (NaN where none is set), ``is_cumulative``.

    ``facts``, one row a fact: ``series_id, kind, period, label, fiscal_year, value, value_high,
    comparator, value_text, status, note, source_file, source_sheet, source_cell, recorded_at,
    batch_id``. ``value`` and ``value_high`` are NaN where there is none, ``period`` is 0 where the
    fact belongs to none, ``fiscal_year`` 0 where the source names no year.
    """

    municipality: Municipality
    plan: Plan
    periods: tuple[Period, ...]
    policies: dict[int, PolicyNode]
    series: pd.DataFrame
    facts: pd.DataFrame
    #: Name of the rule the plan is judged by; empty where none was chosen.
    rule: str = ""
    #: The municipality's own rules, each in its latest version.
    rules: tuple[StoredRule, ...] = ()
    #: The ratings set by hand, but those withdrawn, in the order in which they were set.
    hand_ratings: tuple[HandEntry, ...] = ()

    @cached_property
    def actual_years(self) -> list[int]:
        """The years with an actual, latest first; of a plan without any, its first year."""
        dated = self.facts[self.facts["fiscal_year"] > 0]
        years = dated.loc[dated["kind"] == Kind.ACTUAL, "fiscal_year"]
        if years.empty:
            return sorted({int(year) for year in dated["fiscal_year"]})[:1]
        return sorted({int(year) for year in years}, reverse=True)


@dataclass(frozen=True)
class SeriesContent:
    """One series with its facts, as known at one moment; ``facts`` are those of `PlanContent`."""

    municipality: Municipality
    plan: Plan
    series_id: int
    indicator: str
    series: str
    unit: str
    facts: pd.DataFrame


@dataclass(frozen=True)
class BatchEntry:
    """One accepted act in one municipality, as a history shows it."""

    municipality: Municipality
    batch_id: str
    #: ``import``, or the name of an act of judging (see `kpi.store.judging`).
    act: str
    recorded_at: datetime
    author: str
    reason: str
    added: int
    changed: int
    files: tuple[str, ...]
    undone_at: datetime | None
    #: From when it counts, where that is later than ``recorded_at``.
    in_force_from: datetime | None
    #: Who took it back; empty where nobody did.
    undone_by: str

    @property
    def since(self) -> datetime:
        """Return from when it counts, unless it is taken back."""
        return self.in_force_from or self.recorded_at

    def stands(self, moment: datetime) -> bool:
        """Whether it counts at a moment."""
        was_there = self.recorded_at <= moment and self.since <= moment
        return was_there and (self.undone_at is None or self.undone_at > moment)


@dataclass(frozen=True)
class FactVersion:
    """One state a fact was in, for its history."""

    kind: str
    period: int
    label: str
    fiscal_year: int
    value: float | None
    value_high: float | None
    comparator: str
    value_text: str
    status: str
    note: str
    #: Whether the fact was taken out.
    is_withdrawn: bool
    source_file: str
    source_sheet: str
    source_cell: str
    recorded_at: datetime
    in_force_from: datetime | None
    #: When the batch that brought it was taken back; None where it was not.
    undone_at: datetime | None
    author: str
    reason: str
    act: str
    batch_id: str
    #: The proposal that brought it; None where it was another act.
    proposal_id: int | None

    @property
    def since(self) -> datetime:
        """Return from when it counts, unless it is taken back."""
        return self.in_force_from or self.recorded_at


@dataclass(frozen=True)
class FactSource:
    """Where one state of a fact was read, and by whom it was accepted when."""

    file: str
    sheet: str
    cell: str
    #: As printed there.
    value_text: str
    recorded_at: datetime
    author: str
    reason: str
    #: Codes of all municipalities of which something was read from the same file, whenever.
    municipalities: frozenset[str]
    #: The file itself; None where it was not kept.
    content: bytes | None = field(repr=False)


# Statements are built once and told these when they run: SQLAlchemy takes far longer to build one
# than SQLite to answer it, and a table by area has a plan for each of a hundred municipalities.
CODE = bindparam("code", type_=String())
PLAN = bindparam("plan", type_=Integer())
SERIES = bindparam("series", type_=Integer(), expanding=True)
_AS_OF = bindparam("as_of", type_=t.UtcDateTime())
_NOW = bindparam("now", type_=t.UtcDateTime(), callable_=lambda: datetime.now(UTC))


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day in Japan, for "as of" that day."""
    return datetime.combine(day + timedelta(days=1), time(), JAPAN) - timedelta(microseconds=1)


def current(
    table: Table, as_of: datetime | BindParameter[datetime] | None, *where: Any
) -> Subquery:
    """Return the rows of a revision table that count: in force at the moment, latest of their key.

    ``as_of`` None means now. Facts that were taken out are left out.
    """
    keys = [column for column in table.primary_key if column.name != "revision"]
    seen = same(t.batch, table, "revision")
    taken_back = select(t.undone.c.revision).where(same(t.undone, table, "revision"))
    if as_of is not None:
        taken_back = taken_back.where(t.undone.c.recorded_at <= as_of)
    since = func.coalesce(t.batch.c.in_force_from, t.batch.c.recorded_at)
    rank = func.row_number().over(
        partition_by=keys, order_by=[since.desc(), table.c.revision.desc()]
    )
    ranked = (
        select(
            *table.c,
            t.batch.c.recorded_at,
            t.batch.c.batch_id,
            t.batch.c.author,
            t.batch.c.reason,
            rank.label("rank"),
        )
        .join(t.batch, seen)
        .where(~taken_back.exists(), is_in_force(_NOW if as_of is None else as_of), *where)
    )
    if as_of is not None:
        ranked = ranked.where(t.batch.c.recorded_at <= as_of)
    inner = ranked.subquery()
    counts = select(inner).where(inner.c.rank == 1)
    if "is_withdrawn" in inner.c:
        counts = counts.where(~inner.c.is_withdrawn)
    return counts.subquery(f"current_{table.name}")


def is_in_force(moment: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that a batch counts already at a moment."""
    since = t.batch.c.in_force_from
    return or_(since.is_(None), since <= moment)


#: How many batches were accepted, how many taken back, how many still wait for their day.
Mark: TypeAlias = tuple[int, int, int]


def version(engine: Engine) -> Mark:
    """Return a mark that differs whenever something else counts than before, for caches."""
    with engine.connect() as connection:
        accepted, taken_back, waiting = connection.execute(_version()).one()
    return accepted, taken_back, waiting


@cache
def _version() -> Select[Any]:
    # Asked by every page, so it is one question, and put together once.
    batches = select(func.count()).select_from(t.batch)
    taken_back = select(func.count()).select_from(t.undone)
    waiting = batches.where(~is_in_force(_NOW))
    return select(*(part.scalar_subquery() for part in (batches, taken_back, waiting)))


def plans(engine: Engine, as_of: datetime | None = None) -> list[PlanHeader]:
    """Return all plans, ordered by municipality and by when they were first recorded."""
    named = current(t.plan_revision, as_of)
    periods = current(t.period_revision, as_of)
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                named.c.municipality,
                t.municipality.c.name,
                named.c.plan_id,
                named.c.name,
            )
            .join(t.municipality, t.municipality.c.municipality == named.c.municipality)
            .order_by(named.c.municipality, named.c.plan_id)
        ).all()
        period_rows = connection.execute(
            select(periods).order_by(periods.c.municipality, periods.c.plan_id, periods.c.ordinal)
        ).all()
    found: dict[tuple[str, int], list[Period]] = {}
    for row in period_rows:
        found.setdefault((row.municipality, row.plan_id), []).append(_period(row))
    return [
        PlanHeader(
            Municipality(code, name),
            Plan(plan_id, plan),
            tuple(found.get((code, plan_id), ())),
        )
        for code, name, plan_id, plan in rows
    ]


def promising(engine: Engine) -> set[str]:
    """Return the codes of the municipalities that have a target."""
    taken_back = select(t.undone.c.revision).where(same(t.undone, t.batch, "revision"))
    statement = select(t.batch.c.municipality).distinct()
    with engine.connect() as connection:
        rows = connection.scalars(statement.where(t.batch.c.has_targets, ~taken_back.exists()))
        return set(rows)


def last_import(
    engine: Engine, as_of: datetime | None = None, codes: Collection[str] | None = None
) -> datetime | None:
    """Return when the last import that stands was accepted; None where there is none.

    ``codes`` are the municipalities it may be of, None for all.
    """
    taken_back = select(t.undone.c.revision).where(same(t.undone, t.batch, "revision"))
    statement = select(func.max(t.batch.c.recorded_at)).where(
        t.batch.c.act == IMPORT, ~taken_back.exists(), recorded_by(t.batch, as_of)
    )
    if codes is not None:
        statement = statement.where(t.batch.c.municipality.in_(codes))
    with engine.connect() as connection:
        last: datetime | None = connection.scalar(statement)
    return last


def _period(row: Any) -> Period:
    first = None if row.first_year is None else FiscalYear(row.first_year)
    return Period(row.plan_id, row.ordinal, first, FiscalYear(row.last_year))


def read_plan(engine: Engine, header: PlanHeader, as_of: datetime | None = None) -> PlanContent:
    """Return one plan whole, as known at ``as_of``."""
    plan_id, dated = header.plan.id, as_of is not None
    asked = {"code": header.municipality.code, "plan": plan_id, "as_of": as_of}
    with engine.connect() as connection:
        policies = {
            row.policy_id: PolicyNode(
                row.policy_id,
                plan_id,
                row.parent_id,
                row.level,
                row.code,
                row.name,
                row.position,
            )
            for row in connection.execute(_policies(dated), asked)
        }
        series = _joined(
            _frame(connection, _series(dated), asked),
            _frame(connection, _indicators(dated), asked),
            _frame(connection, _settings(dated), asked),
            policies,
        )
        facts = _frame(connection, _facts_of_plan(dated), asked)
        rule = connection.scalar(_plan_rule(dated), asked) or ""
        rules = tuple(stored_rule(row) for row in connection.execute(_rules(dated), asked))
        by_hand = tuple(_hand_entry(row) for row in connection.execute(_by_hand(dated), asked))
    return PlanContent(
        header.municipality,
        header.plan,
        header.periods,
        policies,
        series,
        facts,
        rule,
        rules,
        by_hand,
    )


def read_series(
    engine: Engine, code: str, series_ids: Collection[int], as_of: datetime | None = None
) -> list[SeriesContent]:
    """Return a few series of the municipality with the code ``code``, and nothing else of it.

    Those that are not known at ``as_of`` are left out.
    """
    dated = as_of is not None
    asked = {"code": code, "series": list(series_ids), "as_of": as_of}
    with engine.connect() as connection:
        rows = connection.execute(_few_series(dated), asked).all()
        facts = _frame(connection, _facts_of_few(dated), asked)
    return [
        SeriesContent(
            Municipality(code, row.municipality_name),
            Plan(row.plan_id, row.plan),
            row.series_id,
            row.indicator,
            row.series,
            row.unit,
            facts[facts["series_id"] == row.series_id],
        )
        for row in rows
    ]


def stored_rule(row: Any) -> StoredRule:
    """Return a row of `rule_revision`, joined with its batch, as a rule."""
    return StoredRule(
        row.name, row.version, row.text, row.author, row.reason, row.recorded_at, row.batch_id
    )


def _hand_entry(row: Any) -> HandEntry:
    rating = HandRating(
        row.series_id,
        row.period,
        row.label,
        FiscalYear(row.target_year),
        row.rule,
        row.letter,
        None if row.actual_year is None else FiscalYear(row.actual_year),
        row.actual,
    )
    return HandEntry(rating, row.author, row.reason, row.recorded_at, row.batch_id)


_NUMBERS = {
    "series_id": "int64",
    "indicator_id": "int64",
    "period": "int64",
    "fiscal_year": "int64",
    "value": "float64",
    "value_high": "float64",
    "tolerance": "float64",
    "limit": "float64",
    "is_cumulative": "bool",
    "is_retired": "bool",
}


def _frame(connection: Connection, statement: Select[Any], asked: dict[str, Any]) -> pd.DataFrame:
    """Return rows as a table; text stays Python's own, which is read row by row most of all."""
    result = connection.execute(statement, asked)
    columns = list(result.keys())
    # As plain tuples: pandas asks each row of SQLAlchemy's own kind what it is.
    rows = [tuple(row) for row in result]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype({name: kind for name, kind in _NUMBERS.items() if name in columns})


def series_of_plan() -> Select[Any]:
    """Return the ids of the series of the plan `PLAN` of the municipality `CODE`."""
    return (
        select(t.series.c.series_id)
        .join(t.indicator, same(t.indicator, t.series, "indicator_id"))
        .where(t.series.c.municipality == CODE, t.indicator.c.plan_id == PLAN)
    )


@cache
def _policies(dated: bool) -> Select[Any]:
    as_of = _AS_OF if dated else None
    rows = current(t.policy_revision, as_of, t.policy_revision.c.municipality == CODE)
    return (
        select(rows)
        .join(t.policy, same(t.policy, rows, "policy_id"))
        .where(t.policy.c.plan_id == PLAN)
        .order_by(rows.c.position)
    )


# The parts of a series are read each for itself and joined afterwards: SQLite, asked for all at
# once, goes through every indicator for every series.


@cache
def _series(dated: bool) -> Select[Any]:
    one = _of_plan(t.series_revision, dated)
    return select(
        one.c.series_id,
        t.series.c.indicator_id,
        one.c.name.label("series"),
        one.c.unit,
        one.c.unit_text,
        one.c.direction,
        one.c.position.label("series_position"),
    ).join(t.series, same(t.series, one, "series_id"))


@cache
def _indicators(dated: bool) -> Select[Any]:
    table = t.indicator_revision
    of_plan = select(t.indicator.c.indicator_id).where(
        t.indicator.c.municipality == CODE, t.indicator.c.plan_id == PLAN
    )
    one = current(
        table,
        _AS_OF if dated else None,
        table.c.municipality == CODE,
        table.c.indicator_id.in_(of_plan),
    )
    return select(
        one.c.indicator_id,
        one.c.code.label("indicator_code"),
        one.c.name.label("indicator"),
        one.c.department,
        one.c.source,
        one.c.policy_id,
        one.c.position,
        one.c.is_retired,
        one.c.successor_id,
    )


@cache
def _settings(dated: bool) -> Select[Any]:
    one = _of_plan(t.series_setting_revision, dated)
    return select(one.c.series_id, one.c.rule, one.c.tolerance, one.c.limit, one.c.is_cumulative)


def _of_plan(table: Table, dated: bool) -> Subquery:
    """Return what counts of a revision table of series, of the series of the plan asked for."""
    return current(
        table,
        _AS_OF if dated else None,
        table.c.municipality == CODE,
        table.c.series_id.in_(series_of_plan()),
    )


def _joined(
    series: pd.DataFrame,
    indicators: pd.DataFrame,
    settings: pd.DataFrame,
    policies: dict[int, PolicyNode],
) -> pd.DataFrame:
    """Return the series as `PlanContent` has them, in the order of the source."""
    table = series.merge(indicators, on="indicator_id").merge(settings, how="left", on="series_id")
    table = table.sort_values(["position", "indicator_id", "series_position", "series_id"])
    above = [None if pd.isna(policy) else policies.get(policy) for policy in table["policy_id"]]
    return (
        table.drop(columns=["position", "series_position"])
        .assign(
            policy_code=["" if node is None else node.code for node in above],
            policy=["" if node is None else node.name for node in above],
            rule=table["rule"].fillna(""),
            is_cumulative=table["is_cumulative"] == True,  # noqa: E712  unknown is none
        )
        .reset_index(drop=True)
    )


@cache
def _plan_rule(dated: bool) -> Select[Any]:
    table = t.plan_rule_revision
    rows = current(
        table, _AS_OF if dated else None, table.c.municipality == CODE, table.c.plan_id == PLAN
    )
    return select(rows.c.rule)


@cache
def _rules(dated: bool) -> Select[Any]:
    table = t.rule_revision
    rows = current(table, _AS_OF if dated else None, table.c.municipality == CODE)
    return select(rows).order_by(rows.c.name)


@cache
def _by_hand(dated: bool) -> Select[Any]:
    rows = _of_plan(t.hand_rating_revision, dated)
    return select(rows).where(rows.c.letter != "").order_by(rows.c.revision)


@cache
def _few_series(dated: bool) -> Select[Any]:
    as_of = _AS_OF if dated else None
    own = t.series_revision
    one = current(own, as_of, own.c.municipality == CODE, own.c.series_id.in_(SERIES))
    of = current(t.indicator_revision, as_of, t.indicator_revision.c.municipality == CODE)
    named = current(t.plan_revision, as_of, t.plan_revision.c.municipality == CODE)
    return named_series(one, of, named)


def named_series(one: Subquery, of: Subquery, named: Subquery) -> Select[Any]:
    """Return series with all they are called by, from what counts of them and what they are of.

    ``one``, ``of`` and ``named`` are what `current` returns of series, indicators and plans.
    """
    return (
        select(
            one.c.municipality,
            t.municipality.c.name.label("municipality_name"),
            named.c.plan_id,
            named.c.name.label("plan"),
            one.c.series_id,
            of.c.name.label("indicator"),
            one.c.name.label("series"),
            one.c.unit,
        )
        .join(t.municipality, t.municipality.c.municipality == one.c.municipality)
        .join(t.series, same(t.series, one, "series_id"))
        .join(of, same(of, t.series, "indicator_id"))
        .join(t.indicator, same(t.indicator, of, "indicator_id"))
        .join(named, same(named, t.indicator, "plan_id"))
        .order_by(one.c.municipality, one.c.series_id)
    )


def same(one: FromClause, other: FromClause, key: str) -> ColumnElement[bool]:
    """Return the condition that two tables speak of the same thing of the same municipality."""
    return and_(one.c.municipality == other.c.municipality, one.c[key] == other.c[key])


def gone(code: str, as_of: datetime | None = None) -> Select[tuple[int]]:
    """Select the revisions of a municipality that were taken back by ``as_of``."""
    statement = select(t.undone.c.revision).where(t.undone.c.municipality == code)
    return statement if as_of is None else statement.where(t.undone.c.recorded_at <= as_of)


@cache
def _facts_of_plan(dated: bool) -> Select[Any]:
    return _facts(dated, t.fact.c.series_id.in_(series_of_plan()))


@cache
def _facts_of_few(dated: bool) -> Select[Any]:
    return _facts(dated, t.fact.c.series_id.in_(SERIES))


def _facts(dated: bool, which: ColumnElement[bool]) -> Select[Any]:
    rows = current(t.fact, _AS_OF if dated else None, t.fact.c.municipality == CODE, which)
    file = t.source_file
    return (
        select(
            rows.c.series_id,
            rows.c.kind,
            rows.c.period,
            rows.c.label,
            rows.c.fiscal_year,
            rows.c.value,
            rows.c.value_high,
            rows.c.comparator,
            rows.c.value_text,
            rows.c.status,
            rows.c.note,
            func.coalesce(file.c.name, "").label("source_file"),
            rows.c.sheet.label("source_sheet"),
            rows.c.cell.label("source_cell"),
            rows.c.recorded_at,
            rows.c.batch_id,
        )
        .outerjoin(
            file,
            and_(
                file.c.municipality == rows.c.municipality,
                file.c.revision == rows.c.revision,
                file.c.file_no == rows.c.file_no,
            ),
        )
        .order_by(
            rows.c.series_id,
            rows.c.fiscal_year,
            rows.c.kind,
            rows.c.period,
            rows.c.label,
        )
    )


def fact_history(
    engine: Engine,
    municipality: Municipality,
    series_id: int,
    as_of: datetime | None = None,
) -> list[FactVersion]:
    """Return every state each fact of a series was in, oldest first, known at ``as_of``.

    What was taken back by then is among them, and says so; so is what waits for its day.
    """
    fact, file, step = t.fact, t.source_file, t.proposal_step
    statement = (
        select(
            fact.c.kind,
            fact.c.period,
            fact.c.label,
            fact.c.fiscal_year,
            fact.c.value,
            fact.c.value_high,
            fact.c.comparator,
            fact.c.value_text,
            fact.c.status,
            fact.c.note,
            fact.c.is_withdrawn,
            func.coalesce(file.c.name, "").label("source_file"),
            fact.c.sheet.label("source_sheet"),
            fact.c.cell.label("source_cell"),
            t.batch.c.recorded_at,
            t.batch.c.in_force_from,
            t.undone.c.recorded_at.label("undone_at"),
            t.batch.c.author,
            t.batch.c.reason,
            t.batch.c.act,
            t.batch.c.batch_id,
            step.c.proposal_id,
        )
        .join(t.batch, same(t.batch, fact, "revision"))
        .outerjoin(file, and_(same(file, fact, "revision"), file.c.file_no == fact.c.file_no))
        .outerjoin(t.undone, and_(same(t.undone, fact, "revision"), recorded_by(t.undone, as_of)))
        .outerjoin(step, same(step, fact, "revision"))
        .where(fact.c.municipality == municipality.code, fact.c.series_id == series_id)
        .where(recorded_by(t.batch, as_of))
        .order_by(fact.c.revision)
    )
    with engine.connect() as connection:
        return [FactVersion(**row) for row in connection.execute(statement).mappings()]


def recorded_by(table: Table, as_of: datetime | None) -> ColumnElement[bool]:
    """Return the condition that a row was recorded by a moment; None means now."""
    return true() if as_of is None else table.c.recorded_at <= as_of


def fact_source(
    engine: Engine, municipality: Municipality, key: FactKey, batch_id: str
) -> FactSource | None:
    """Return where a batch read a fact; None where it did not read it from a file."""
    fact, file, kept = t.fact, t.source_file, t.source_content
    statement = (
        select(
            file.c.name.label("file"),
            file.c.sha256,
            fact.c.sheet,
            fact.c.cell,
            fact.c.value_text,
            t.batch.c.recorded_at,
            t.batch.c.author,
            t.batch.c.reason,
            kept.c.content,
            kept.c.compressed,
        )
        .select_from(fact)
        .join(t.batch, same(t.batch, fact, "revision"))
        .join(
            file,
            and_(
                file.c.municipality == fact.c.municipality,
                file.c.revision == fact.c.revision,
                file.c.file_no == fact.c.file_no,
            ),
        )
        .outerjoin(kept, same(kept, file, "sha256"))
        .where(
            fact.c.municipality == municipality.code,
            t.batch.c.batch_id == batch_id,
            *(fact.c[name] == part for name, part in key._asdict().items()),
        )
    )
    with engine.connect() as connection:
        row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        found = dict(row)
        same_file = file.c.sha256 == found.pop("sha256")
        codes = connection.scalars(select(file.c.municipality).where(same_file))
        found["municipalities"] = frozenset(codes)
    if found.pop("compressed"):
        found["content"] = zlib.decompress(found["content"])
    return FactSource(**found)


def batches(
    engine: Engine, codes: Iterable[str] | None = None, *, batch_id: str | None = None
) -> list[BatchEntry]:
    """Return the accepted acts, newest first, of all municipalities or of those named.

    An act is one entry a municipality; with ``batch_id`` the entries of that one are returned.
    """
    statement = (
        select(
            t.batch,
            t.municipality.c.name,
            t.undone.c.recorded_at.label("undone_at"),
            func.coalesce(t.undone.c.author, "").label("undone_by"),
        )
        .join(t.municipality, t.municipality.c.municipality == t.batch.c.municipality)
        .outerjoin(t.undone, same(t.undone, t.batch, "revision"))
        .order_by(t.batch.c.recorded_at.desc(), t.batch.c.municipality)
    )
    files = select(
        t.source_file.c.municipality, t.source_file.c.revision, t.source_file.c.name
    ).order_by(t.source_file.c.file_no)
    if codes is not None:
        wanted = list(codes)
        statement = statement.where(t.batch.c.municipality.in_(wanted))
        files = files.where(t.source_file.c.municipality.in_(wanted))
    if batch_id is not None:
        statement = statement.where(t.batch.c.batch_id == batch_id)
        files = files.join(t.batch, same(t.batch, t.source_file, "revision")).where(
            t.batch.c.batch_id == batch_id
        )
    names: dict[tuple[str, int], list[str]] = {}
    with engine.connect() as connection:
        for code, revision, name in connection.execute(files):
            names.setdefault((code, revision), []).append(name)
        return [
            BatchEntry(
                Municipality(row.municipality, row.name),
                row.batch_id,
                row.act,
                row.recorded_at,
                row.author,
                row.reason,
                row.added,
                row.changed,
                tuple(names.get((row.municipality, row.revision), ())),
                row.undone_at,
                row.in_force_from,
                row.undone_by,
            )
            for row in connection.execute(statement)
        ]
