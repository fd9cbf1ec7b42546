"""Proposals, the audit log, what counts from a later day; rows are never changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

#: Tables whose rows stay for good, as they were written.
KEPT = (
    "audit", "batch", "comparison_revision", "fact", "frozen_rating", "frozen_rule",
    "frozen_year_revision", "hand_rating_revision", "indicator", "indicator_revision",
    "period_revision", "plan", "plan_revision", "plan_rule_revision", "policy", "policy_revision",
    "proposal", "proposal_edit", "proposal_step", "rule_revision", "series", "series_revision",
    "series_setting_revision", "source_content", "source_file", "undone",
)


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("batch", sa.Column("in_force_from", sa.DateTime()))
    op.add_column(
        "fact",
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("indicator_revision") as table:
        table.add_column(
            sa.Column("is_retired", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("successor_id", sa.Integer()))
        table.create_foreign_key(
            "fk_indicator_revision_municipality_successor_id",
            "indicator",
            ["municipality", "successor_id"],
            ["municipality", "indicator_id"],
        )
    op.create_table(
        "proposal",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality"], ["municipality.municipality"], name=op.f("fk_proposal_municipality")),
        sa.PrimaryKeyConstraint("municipality", "proposal_id", name=op.f("pk_proposal")),
    )
    op.create_table(
        "proposal_step",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.DateTime()),
        sa.Column("revision", sa.Integer()),
        sa.ForeignKeyConstraint(["municipality", "proposal_id"], ["proposal.municipality", "proposal.proposal_id"], name=op.f("fk_proposal_step_municipality_proposal_id")),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_proposal_step_municipality_revision")),
        sa.PrimaryKeyConstraint("municipality", "proposal_id", "number", name=op.f("pk_proposal_step")),
    )
    op.create_table(
        "proposal_edit",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "proposal_id", "number"], ["proposal_step.municipality", "proposal_step.proposal_id", "proposal_step.number"], name=op.f("fk_proposal_edit_municipality_proposal_id_number")),
        sa.PrimaryKeyConstraint("municipality", "proposal_id", "identity", "number", name=op.f("pk_proposal_edit")),
    )
    op.create_table(
        "audit",
        sa.Column("municipality", sa.String(length=32), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["municipality"], ["municipality.municipality"], name=op.f("fk_audit_municipality")),
        sa.PrimaryKeyConstraint("municipality", "entry", name=op.f("pk_audit")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _keep_in_sqlite()
    else:
        _keep_in_postgresql()


def _keep_in_sqlite() -> None:
    for table in KEPT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_from_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept as they are'); END"
            )
    # INSERT OR REPLACE deletes without asking the trigger above.
    op.execute(
        "CREATE TRIGGER keep_audit_from_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM "
        "audit WHERE municipality = NEW.municipality AND entry = NEW.entry) "
        "BEGIN SELECT RAISE(ABORT, 'rows of audit are kept as they are'); END"
    )


def _keep_in_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows of % are kept as they are', TG_TABLE_NAME; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()"
        )
