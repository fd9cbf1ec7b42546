"""Who may sign in; rows are never changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the tables to this version."""
    letters = sa.String(length=32).with_variant(sa.Text(collation="C"), "postgresql")
    long_letters = sa.String(length=120).with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "user_revision",
        sa.Column("municipality", letters, nullable=False),
        sa.Column("login", long_letters, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("departments", sa.Text(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["municipality", "revision"], ["batch.municipality", "batch.revision"], name=op.f("fk_user_revision_municipality_revision")),
        sa.PrimaryKeyConstraint("municipality", "login", "revision", name=op.f("pk_user_revision")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_user_revision_from_{act.lower()} BEFORE {act} ON user_revision "
                "BEGIN SELECT RAISE(ABORT, 'rows of user_revision are kept as they are'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER keep_user_revision BEFORE UPDATE OR DELETE OR TRUNCATE ON user_revision "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()"
        )
