"""The tables, as SQLAlchemy sees them. `migrations/` makes them; a test holds the two together.

Rows are only ever inserted, but for the name of a municipality of which nothing stands any more;
triggers of the database refuse everything else.
Each accepted act of a municipality is a batch with the next revision number; whatever can change
over time (a name, a target, an actual) is written again under that number, and the highest one
counts. A batch that was taken back has a row in ``undone`` and counts as if it had never been. So
every state of the past can be read again.

Every key begins with the municipality's code, foreign keys too, so that the tables can be
distributed by it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)
from sqlalchemy.types import TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored as UTC and always returned with its time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse moments without a time zone: they would be taken for UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def _letters(length: int) -> TypeEngine[str]:
    """Return the type of words that are short as a rule, of a key above all.

    SQLite holds nobody to the length, and orders by code points. So does PostgreSQL, whatever
    language its server speaks.
    """
    return String(length).with_variant(Text(collation="C"), "postgresql")


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def _municipality() -> Column[str]:
    return Column("municipality", _letters(32), nullable=False)


def _reference(
    columns: list[str], table: str, keys: list[str] | None = None
) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["municipality", *columns],
        [f"{table}.{key}" for key in ["municipality", *(keys or columns)]],
    )


def _revision() -> Column[int]:
    return Column("revision", Integer, nullable=False)


municipality = Table(
    "municipality",
    metadata,
    _municipality(),
    Column("name", _letters(120), nullable=False),
    PrimaryKeyConstraint("municipality"),
)

batch = Table(
    "batch",
    metadata,
    _municipality(),
    _revision(),
    # The same for all municipalities one act reaches.
    Column("batch_id", _letters(24), nullable=False),
    # What was done: import, or the name of an act of judging.
    Column("act", _letters(20), nullable=False, server_default="import"),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("author", _letters(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    # When it counts from, where that is later than it was recorded.
    Column("in_force_from", UtcDateTime),
    # Whether there is a target among what it wrote: the one thing asked about all municipalities.
    Column("has_targets", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("municipality", "revision"),
    ForeignKeyConstraint(["municipality"], ["municipality.municipality"]),
)

undone = Table(
    "undone",
    metadata,
    _municipality(),
    _revision(),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("author", _letters(120), nullable=False),
    PrimaryKeyConstraint("municipality", "revision"),
    _reference(["revision"], "batch"),
)

source_file = Table(
    "source_file",
    metadata,
    _municipality(),
    _revision(),
    Column("file_no", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", _letters(64), nullable=False),
    Column("layout", _letters(120), nullable=False),
    PrimaryKeyConstraint("municipality", "revision", "file_no"),
    _reference(["revision"], "batch"),
)

# The files themselves, each once, so that a value can be shown where it stood. They outlive the
# batch that brought them, and are not there for files too large to keep.
source_content = Table(
    "source_content",
    metadata,
    _municipality(),
    Column("sha256", _letters(64), nullable=False),
    # With zlib; what would not become smaller (an xlsx is an archive already) is kept as it is.
    Column("compressed", Boolean, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("municipality", "sha256"),
    ForeignKeyConstraint(["municipality"], ["municipality.municipality"]),
)

plan = Table(
    "plan",
    metadata,
    _municipality(),
    Column("plan_id", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "plan_id"),
    ForeignKeyConstraint(["municipality"], ["municipality.municipality"]),
)

plan_revision = Table(
    "plan_revision",
    metadata,
    _municipality(),
    Column("plan_id", Integer, nullable=False),
    _revision(),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "plan_id", "revision"),
    _reference(["plan_id"], "plan"),
    _reference(["revision"], "batch"),
)

period_revision = Table(
    "period_revision",
    metadata,
    _municipality(),
    Column("plan_id", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    _revision(),
    Column("first_year", Integer),
    Column("last_year", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "plan_id", "ordinal", "revision"),
    _reference(["plan_id"], "plan"),
    _reference(["revision"], "batch"),
)

policy = Table(
    "policy",
    metadata,
    _municipality(),
    Column("policy_id", Integer, nullable=False),
    Column("plan_id", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "policy_id"),
    _reference(["plan_id"], "plan"),
)

policy_revision = Table(
    "policy_revision",
    metadata,
    _municipality(),
    Column("policy_id", Integer, nullable=False),
    _revision(),
    Column("parent_id", Integer),
    Column("level", _letters(40), nullable=False),
    Column("code", _letters(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "policy_id", "revision"),
    _reference(["policy_id"], "policy"),
    _reference(["parent_id"], "policy", ["policy_id"]),
    _reference(["revision"], "batch"),
)

indicator = Table(
    "indicator",
    metadata,
    _municipality(),
    Column("indicator_id", Integer, nullable=False),
    Column("plan_id", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "indicator_id"),
    _reference(["plan_id"], "plan"),
)

indicator_revision = Table(
    "indicator_revision",
    metadata,
    _municipality(),
    Column("indicator_id", Integer, nullable=False),
    _revision(),
    Column("policy_id", Integer),
    Column("code", _letters(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_retired", Boolean, nullable=False, server_default=false()),
    Column("successor_id", Integer),
    PrimaryKeyConstraint("municipality", "indicator_id", "revision"),
    _reference(["indicator_id"], "indicator"),
    _reference(["successor_id"], "indicator", ["indicator_id"]),
    _reference(["policy_id"], "policy"),
    _reference(["revision"], "batch"),
)

series = Table(
    "series",
    metadata,
    _municipality(),
    Column("series_id", Integer, nullable=False),
    Column("indicator_id", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "series_id"),
    _reference(["indicator_id"], "indicator"),
)

series_revision = Table(
    "series_revision",
    metadata,
    _municipality(),
    Column("series_id", Integer, nullable=False),
    _revision(),
    Column("name", Text, nullable=False),
    Column("unit", _letters(60), nullable=False),
    Column("unit_text", _letters(60), nullable=False),
    Column("direction", _letters(10), nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "series_id", "revision"),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
)

# The one large table: a row for every revision of every baseline, target and actual.
fact = Table(
    "fact",
    metadata,
    _municipality(),
    Column("series_id", Integer, nullable=False),
    Column("kind", _letters(10), nullable=False),
    Column("period", Integer, nullable=False),
    Column("label", _letters(60), nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    _revision(),
    Column("value", Double),
    Column("value_high", Double),
    Column("comparator", _letters(2), nullable=False),
    Column("value_text", Text, nullable=False),
    Column("status", _letters(2), nullable=False),
    Column("note", Text, nullable=False),
    Column("file_no", Integer),
    Column("sheet", Text, nullable=False),
    Column("cell", _letters(20), nullable=False),
    # Taken out of the plan: from here on there is no such fact.
    Column("is_withdrawn", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint(
        "municipality",
        "series_id",
        "kind",
        "period",
        "label",
        "fiscal_year",
        "revision",
    ),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
    _reference(["revision", "file_no"], "source_file"),
)

# Acts of judging. A rule of a municipality's own is kept as it was written.
rule_revision = Table(
    "rule_revision",
    metadata,
    _municipality(),
    Column("name", _letters(60), nullable=False),
    _revision(),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "name", "revision"),
    _reference(["revision"], "batch"),
)

plan_rule_revision = Table(
    "plan_rule_revision",
    metadata,
    _municipality(),
    Column("plan_id", Integer, nullable=False),
    _revision(),
    Column("rule", _letters(60), nullable=False),
    PrimaryKeyConstraint("municipality", "plan_id", "revision"),
    _reference(["plan_id"], "plan"),
    _reference(["revision"], "batch"),
)

series_setting_revision = Table(
    "series_setting_revision",
    metadata,
    _municipality(),
    Column("series_id", Integer, nullable=False),
    _revision(),
    Column("rule", _letters(60), nullable=False),
    Column("tolerance", Double),
    Column("limit", Double),
    Column("is_cumulative", Boolean, nullable=False),
    PrimaryKeyConstraint("municipality", "series_id", "revision"),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
)

hand_rating_revision = Table(
    "hand_rating_revision",
    metadata,
    _municipality(),
    Column("series_id", Integer, nullable=False),
    Column("period", Integer, nullable=False),
    Column("label", _letters(60), nullable=False),
    Column("target_year", Integer, nullable=False),
    _revision(),
    Column("rule", _letters(60), nullable=False),
    Column("letter", _letters(8), nullable=False),
    Column("actual_year", Integer),
    Column("actual", Double),
    PrimaryKeyConstraint("municipality", "series_id", "period", "label", "target_year", "revision"),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
)

# The other series may lie in another municipality, so in another shard: no foreign key to it.
comparison_revision = Table(
    "comparison_revision",
    metadata,
    _municipality(),
    Column("series_id", Integer, nullable=False),
    Column("other_municipality", _letters(32), nullable=False),
    Column("other_series_id", Integer, nullable=False),
    _revision(),
    Column("verdict", _letters(10), nullable=False),
    PrimaryKeyConstraint(
        "municipality", "series_id", "other_municipality", "other_series_id", "revision"
    ),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
)

frozen_year_revision = Table(
    "frozen_year_revision",
    metadata,
    _municipality(),
    Column("plan_id", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    _revision(),
    PrimaryKeyConstraint("municipality", "plan_id", "fiscal_year", "revision"),
    _reference(["plan_id"], "plan"),
    _reference(["revision"], "batch"),
)

frozen_rule = Table(
    "frozen_rule",
    metadata,
    _municipality(),
    _revision(),
    Column("name", _letters(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "revision", "name"),
    _reference(["revision"], "batch"),
)

frozen_rating = Table(
    "frozen_rating",
    metadata,
    _municipality(),
    _revision(),
    Column("series_id", Integer, nullable=False),
    Column("period", Integer, nullable=False),
    Column("label", _letters(60), nullable=False),
    Column("target_year", Integer, nullable=False),
    Column("rule", _letters(60), nullable=False),
    Column("comparator", _letters(2), nullable=False),
    Column("target", Double),
    Column("target_high", Double),
    Column("target_text", Text, nullable=False),
    Column("baseline_year", Integer),
    Column("baseline", Double),
    Column("actual_year", Integer),
    Column("actual", Double),
    Column("actual_status", _letters(2), nullable=False),
    Column("is_reference", Boolean, nullable=False),
    Column("met", Boolean),
    Column("attainment", Double),
    Column("progress", Double),
    Column("elapsed", Double),
    Column("pace", Double),
    Column("projected", Double),
    Column("projected_low", Double),
    Column("projected_high", Double),
    Column("required_per_year", Double),
    Column("rating", _letters(8), nullable=False),
    Column("rating_label", Text, nullable=False),
    Column("reason", _letters(40), nullable=False),
    PrimaryKeyConstraint("municipality", "revision", "series_id", "period", "label", "target_year"),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
)

# 利用者: who may sign in, and what they may do here.
user_revision = Table(
    "user_revision",
    metadata,
    _municipality(),
    Column("login", _letters(120), nullable=False),
    _revision(),
    Column("name", Text, nullable=False),
    # Lists, as JSON.
    Column("roles", Text, nullable=False),
    Column("departments", Text, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    PrimaryKeyConstraint("municipality", "login", "revision"),
    _reference(["revision"], "batch"),
)

# 改定案: changes on their way into a plan. Every step and every saved state stays.
proposal = Table(
    "proposal",
    metadata,
    _municipality(),
    Column("proposal_id", Integer, nullable=False),
    # Negative where the plan is new itself, and comes with the approval: no foreign key.
    Column("plan_id", Integer, nullable=False),
    # The round it answers, and who answers.
    Column("round_id", Integer),
    Column("department", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("municipality", "proposal_id"),
    ForeignKeyConstraint(["municipality"], ["municipality.municipality"]),
)

proposal_step = Table(
    "proposal_step",
    metadata,
    _municipality(),
    Column("proposal_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("step", _letters(10), nullable=False),
    Column("author", _letters(120), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("title", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("in_force_from", UtcDateTime),
    # The batch an approval became.
    Column("revision", Integer),
    PrimaryKeyConstraint("municipality", "proposal_id", "number"),
    _reference(["proposal_id"], "proposal"),
    _reference(["revision"], "batch"),
)

# What would change, as JSON: it may speak of parts that are not there yet.
proposal_edit = Table(
    "proposal_edit",
    metadata,
    _municipality(),
    Column("proposal_id", Integer, nullable=False),
    Column("identity", Text, nullable=False),
    Column("number", Integer, nullable=False),
    # Among what was saved together.
    Column("position", Integer, nullable=False),
    # Empty where the edit was taken out again.
    Column("edit", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "proposal_id", "identity", "number"),
    _reference(["proposal_id", "number"], "proposal_step"),
)

# Every act, each entry chained to the one before (`kpi.store.audit`).
audit = Table(
    "audit",
    metadata,
    _municipality(),
    Column("entry", Integer, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("author", _letters(120), nullable=False),
    Column("act", _letters(20), nullable=False),
    # JSON: what was done, with the digest of every row that was written.
    Column("what", Text, nullable=False),
    Column("previous", _letters(64), nullable=False),
    Column("hash", _letters(64), nullable=False),
    PrimaryKeyConstraint("municipality", "entry"),
    ForeignKeyConstraint(["municipality"], ["municipality.municipality"]),
)

# What departments answer beside the figures.
note_revision = Table(
    "note_revision",
    metadata,
    _municipality(),
    Column("indicator_id", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("kind", _letters(20), nullable=False),
    Column("number", Integer, nullable=False),
    _revision(),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint(
        "municipality", "indicator_id", "fiscal_year", "kind", "number", "revision"
    ),
    _reference(["indicator_id"], "indicator"),
    _reference(["revision"], "batch"),
)

fraction_revision = Table(
    "fraction_revision",
    metadata,
    _municipality(),
    Column("series_id", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    _revision(),
    Column("numerator", Double),
    Column("denominator", Double),
    Column("numerator_text", Text, nullable=False),
    Column("denominator_text", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "series_id", "fiscal_year", "revision"),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
)

project = Table(
    "project",
    metadata,
    _municipality(),
    Column("project_id", Integer, nullable=False),
    Column("plan_id", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "project_id"),
    _reference(["plan_id"], "plan"),
)

project_revision = Table(
    "project_revision",
    metadata,
    _municipality(),
    Column("project_id", Integer, nullable=False),
    _revision(),
    Column("policy_id", Integer),
    Column("code", _letters(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "project_id", "revision"),
    _reference(["project_id"], "project"),
    _reference(["policy_id"], "policy"),
    _reference(["revision"], "batch"),
)

milestone_revision = Table(
    "milestone_revision",
    metadata,
    _municipality(),
    Column("project_id", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    _revision(),
    Column("text", Text, nullable=False),
    Column("state", _letters(10)),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "project_id", "fiscal_year", "revision"),
    _reference(["project_id"], "project"),
    _reference(["revision"], "batch"),
)

# 実績照会: a table of its own for what never changes, as of the parts of a plan.
round_ = Table(
    "round",
    metadata,
    _municipality(),
    Column("round_id", Integer, nullable=False),
    Column("plan_id", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    PrimaryKeyConstraint("municipality", "round_id"),
    _reference(["plan_id"], "plan"),
)

round_revision = Table(
    "round_revision",
    metadata,
    _municipality(),
    Column("round_id", Integer, nullable=False),
    _revision(),
    # ISO 8601.
    Column("due", _letters(10), nullable=False),
    Column("wording", Text, nullable=False),
    Column("is_closed", Boolean, nullable=False),
    PrimaryKeyConstraint("municipality", "round_id", "revision"),
    _reference(["round_id"], "round"),
    _reference(["revision"], "batch"),
)

round_item_revision = Table(
    "round_item_revision",
    metadata,
    _municipality(),
    Column("round_id", Integer, nullable=False),
    Column("series_id", Integer, nullable=False),
    _revision(),
    Column("department", Text, nullable=False),
    Column("asks_fraction", Boolean, nullable=False),
    Column("is_asked", Boolean, nullable=False),
    PrimaryKeyConstraint("municipality", "round_id", "series_id", "revision"),
    _reference(["round_id"], "round"),
    _reference(["series_id"], "series"),
    _reference(["revision"], "batch"),
)

# 資料の組: what somebody keeps for their next report. Every state stays; none is a batch.
report_set = Table(
    "report_set",
    metadata,
    _municipality(),
    Column("set_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    # The login of whose it is; the name where nobody signs in.
    Column("owner", _letters(120), nullable=False),
    Column("author", _letters(120), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("plan_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    # Ids in their order, as JSON.
    Column("series", Text, nullable=False),
    Column("format", _letters(10), nullable=False),
    Column("style", _letters(20), nullable=False),
    Column("calendar", _letters(20), nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    # Nothing where it was not asked yet.
    Column("is_split", Boolean),
    PrimaryKeyConstraint("municipality", "set_id", "number"),
    _reference(["plan_id"], "plan"),
)

# 会議: what is looked at and who is there. Every state stays; none is a batch.
meeting = Table(
    "meeting",
    metadata,
    _municipality(),
    Column("meeting_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("author", _letters(120), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("plan_id", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("title", Text, nullable=False),
    # ISO 8601.
    Column("day", _letters(10), nullable=False),
    Column("place", Text, nullable=False),
    # Names, and ids of series in their order, as JSON.
    Column("present", Text, nullable=False),
    Column("agenda", Text, nullable=False),
    Column("is_ended", Boolean, nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    PrimaryKeyConstraint("municipality", "meeting_id", "number"),
    _reference(["plan_id"], "plan"),
)

# What is written down in a meeting, word for word as often as it was written.
meeting_word = Table(
    "meeting_word",
    metadata,
    _municipality(),
    Column("meeting_id", Integer, nullable=False),
    Column("series_id", Integer, nullable=False),
    Column("kind", _letters(10), nullable=False),
    Column("number", Integer, nullable=False),
    # The state of the meeting it was written in.
    Column("meeting_number", Integer, nullable=False),
    Column("author", _letters(120), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    # The number of what its author had read, 0 where that was nothing. Where that did not stand
    # any more, this does not count.
    Column("built_on", Integer, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "meeting_id", "series_id", "kind", "number"),
    _reference(["meeting_id", "meeting_number"], "meeting", ["meeting_id", "number"]),
    _reference(["series_id"], "series"),
)
