"""Notes, fractions, projects and their milestones, and the rounds in which departments answer."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = (
    "note_revision", "fraction_revision", "project", "project_revision", "milestone_revision",
    "round", "round_revision", "round_item_revision",
)


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("proposal", sa.Column("round_id", sa.Integer()))
    op.add_column(
        "proposal", sa.Column("department", sa.Text(), nullable=False, server_default="")
    )
    op.create_table(
        "note_revision",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("kind", _letters(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "indicator_id"], ["indicator.municipality", "indicator.indicator_id"], name=op.f("fk_note_revision_municipality_indicator_id")),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_note_revision_municipality_revision")),
        sa.PrimaryKeyConstraint("municipality", "indicator_id", "fiscal_year", "kind", "number", "revision", name=op.f("pk_note_revision")),
    )
    op.create_table(
        "fraction_revision",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("numerator", sa.Double()),
        sa.Column("denominator", sa.Double()),
        sa.Column("numerator_text", sa.Text(), nullable=False),
        sa.Column("denominator_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_fraction_revision_municipality_revision")),
        sa.ForeignKeyConstraint(["municipality", "series_id"], ["series.municipality", "series.series_id"], name=op.f("fk_fraction_revision_municipality_series_id")),
        sa.PrimaryKeyConstraint("municipality", "series_id", "fiscal_year", "revision", name=op.f("pk_fraction_revision")),
    )
    op.create_table(
        "project",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "plan_id"], ["plan.municipality", "plan.plan_id"], name=op.f("fk_project_municipality_plan_id")),
        sa.PrimaryKeyConstraint("municipality", "project_id", name=op.f("pk_project")),
    )
    op.create_table(
        "project_revision",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer()),
        sa.Column("code", _letters(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "policy_id"], ["policy.municipality", "policy.policy_id"], name=op.f("fk_project_revision_municipality_policy_id")),
        sa.ForeignKeyConstraint(["municipality", "project_id"], ["project.municipality", "project.project_id"], name=op.f("fk_project_revision_municipality_project_id")),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_project_revision_municipality_revision")),
        sa.PrimaryKeyConstraint("municipality", "project_id", "revision", name=op.f("pk_project_revision")),
    )
    op.create_table(
        "milestone_revision",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", _letters(10)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "project_id"], ["project.municipality", "project.project_id"], name=op.f("fk_milestone_revision_municipality_project_id")),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_milestone_revision_municipality_revision")),
        sa.PrimaryKeyConstraint("municipality", "project_id", "fiscal_year", "revision", name=op.f("pk_milestone_revision")),
    )
    op.create_table(
        "round",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "plan_id"], ["plan.municipality", "plan.plan_id"], name=op.f("fk_round_municipality_plan_id")),
        sa.PrimaryKeyConstraint("municipality", "round_id", name=op.f("pk_round")),
    )
    op.create_table(
        "round_revision",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due", _letters(10), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_round_revision_municipality_revision")),
        sa.ForeignKeyConstraint(["municipality", "round_id"], ["round.municipality", "round.round_id"], name=op.f("fk_round_revision_municipality_round_id")),
        sa.PrimaryKeyConstraint("municipality", "round_id", "revision", name=op.f("pk_round_revision")),
    )
    op.create_table(
        "round_item_revision",
        sa.Column("municipality", _letters(32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("asks_fraction", sa.Boolean(), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_round_item_revision_municipality_revision")),
        sa.ForeignKeyConstraint(["municipality", "round_id"], ["round.municipality", "round.round_id"], name=op.f("fk_round_item_revision_municipality_round_id")),
        sa.ForeignKeyConstraint(["municipality", "series_id"], ["series.municipality", "series.series_id"], name=op.f("fk_round_item_revision_municipality_series_id")),
        sa.PrimaryKeyConstraint("municipality", "round_id", "series_id", "revision", name=op.f("pk_round_item_revision")),
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
