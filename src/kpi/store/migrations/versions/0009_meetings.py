"""Meetings, and what is written down in them; rows are never changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = ("meeting", "meeting_word")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "meeting",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", _letters(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", _letters(10), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "plan_id"], ["plan.municipality", "plan.plan_id"], name=op.f("fk_meeting_municipality_plan_id")),
        sa.PrimaryKeyConstraint("municipality", "meeting_id", "number", name=op.f("pk_meeting")),
    )
    op.create_table(
        "meeting_word",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("kind", _letters(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("meeting_number", sa.Integer(), nullable=False),
        sa.Column("author", _letters(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("built_on", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "meeting_id", "meeting_number"], ["meeting.municipality", "meeting.meeting_id", "meeting.number"], name=op.f("fk_meeting_word_municipality_meeting_id_meeting_number")),
        sa.ForeignKeyConstraint(["municipality", "series_id"], ["series.municipality", "series.series_id"], name=op.f("fk_meeting_word_municipality_series_id")),
        sa.PrimaryKeyConstraint("municipality", "meeting_id", "series_id", "kind", "number", name=op.f("pk_meeting_word")),
    )
    for table in TABLES:
        _keep(table)


def _letters(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def _keep(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_{table}_from_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept as they are'); END"
        )
