"""What people keep for their next report; rows are never changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "report_set",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", _letters(120), nullable=False),
        sa.Column("author", _letters(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("format", _letters(10), nullable=False),
        sa.Column("style", _letters(20), nullable=False),
        sa.Column("calendar", _letters(20), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "plan_id"], ["plan.municipality", "plan.plan_id"], name=op.f("fk_report_set_municipality_plan_id")),
        sa.PrimaryKeyConstraint("municipality", "set_id", "number", name=op.f("pk_report_set")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER keep_report_set BEFORE UPDATE OR DELETE OR TRUNCATE ON report_set "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_report_set_from_{act.lower()} BEFORE {act} ON report_set "
            "BEGIN SELECT RAISE(ABORT, 'rows of report_set are kept as they are'); END"
        )


def _letters(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")
