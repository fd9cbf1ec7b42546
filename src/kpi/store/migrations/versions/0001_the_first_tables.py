"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "municipality",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_municipality")),
    )
    op.create_table(
        "batch",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(length=24), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality"],
            ["municipality.municipality"],
            name=op.f("fk_batch_municipality"),
        ),
        sa.PrimaryKeyConstraint("municipality", "revision", name=op.f("pk_batch")),
    )
    op.create_table(
        "plan",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality"],
            ["municipality.municipality"],
            name=op.f("fk_plan_municipality"),
        ),
        sa.PrimaryKeyConstraint("municipality", "plan_id", name=op.f("pk_plan")),
    )
    op.create_table(
        "indicator",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "plan_id"],
            ["plan.municipality", "plan.plan_id"],
            name=op.f("fk_indicator_municipality_plan_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality", "indicator_id", name=op.f("pk_indicator")
        ),
    )
    op.create_table(
        "period_revision",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "plan_id"],
            ["plan.municipality", "plan.plan_id"],
            name=op.f("fk_period_revision_municipality_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_period_revision_municipality_revision"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality",
            "plan_id",
            "ordinal",
            "revision",
            name=op.f("pk_period_revision"),
        ),
    )
    op.create_table(
        "plan_revision",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "plan_id"],
            ["plan.municipality", "plan.plan_id"],
            name=op.f("fk_plan_revision_municipality_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_plan_revision_municipality_revision"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality", "plan_id", "revision", name=op.f("pk_plan_revision")
        ),
    )
    op.create_table(
        "policy",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "plan_id"],
            ["plan.municipality", "plan.plan_id"],
            name=op.f("fk_policy_municipality_plan_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "policy_id", name=op.f("pk_policy")),
    )
    op.create_table(
        "source_file",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("file_no", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_source_file_municipality_revision"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality", "revision", "file_no", name=op.f("pk_source_file")
        ),
    )
    op.create_table(
        "undone",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_undone_municipality_revision"),
        ),
        sa.PrimaryKeyConstraint("municipality", "revision", name=op.f("pk_undone")),
    )
    op.create_table(
        "indicator_revision",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "indicator_id"],
            ["indicator.municipality", "indicator.indicator_id"],
            name=op.f("fk_indicator_revision_municipality_indicator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "policy_id"],
            ["policy.municipality", "policy.policy_id"],
            name=op.f("fk_indicator_revision_municipality_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_indicator_revision_municipality_revision"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality",
            "indicator_id",
            "revision",
            name=op.f("pk_indicator_revision"),
        ),
    )
    op.create_table(
        "policy_revision",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "parent_id"],
            ["policy.municipality", "policy.policy_id"],
            name=op.f("fk_policy_revision_municipality_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "policy_id"],
            ["policy.municipality", "policy.policy_id"],
            name=op.f("fk_policy_revision_municipality_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_policy_revision_municipality_revision"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality", "policy_id", "revision", name=op.f("pk_policy_revision")
        ),
    )
    op.create_table(
        "series",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "indicator_id"],
            ["indicator.municipality", "indicator.indicator_id"],
            name=op.f("fk_series_municipality_indicator_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "series_id", name=op.f("pk_series")),
    )
    op.create_table(
        "fact",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("value_high", sa.Double(), nullable=True),
        sa.Column("comparator", sa.String(length=2), nullable=False),
        sa.Column("value_text", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_no", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("cell", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "revision", "file_no"],
            ["source_file.municipality", "source_file.revision", "source_file.file_no"],
            name=op.f("fk_fact_municipality_revision_file_no"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_fact_municipality_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "series_id"],
            ["series.municipality", "series.series_id"],
            name=op.f("fk_fact_municipality_series_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality",
            "series_id",
            "kind",
            "period",
            "label",
            "fiscal_year",
            "revision",
            name=op.f("pk_fact"),
        ),
    )
    op.create_table(
        "series_revision",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("unit_text", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "revision"],
            ["batch.municipality", "batch.revision"],
            name=op.f("fk_series_revision_municipality_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "series_id"],
            ["series.municipality", "series.series_id"],
            name=op.f("fk_series_revision_municipality_series_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality", "series_id", "revision", name=op.f("pk_series_revision")
        ),
    )
