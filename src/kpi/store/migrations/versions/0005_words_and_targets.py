"""Which acts brought targets; on PostgreSQL, words as SQLite has them.

Words are of any length there, and in the order of their code points.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the tables to this version."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column(
        "batch", sa.Column("has_targets", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # Rows of batches are kept as they are; only this once they are told something new.
    if on_postgresql:
        op.execute("ALTER TABLE batch DISABLE TRIGGER keep_batch")
    else:
        op.execute("DROP TRIGGER keep_batch_from_update")
    op.execute(
        "UPDATE batch SET has_targets = TRUE WHERE EXISTS (SELECT 1 FROM fact WHERE "
        "fact.municipality = batch.municipality AND fact.revision = batch.revision "
        "AND fact.kind = 'target')"
    )
    if on_postgresql:
        op.execute("ALTER TABLE batch ENABLE TRIGGER keep_batch")
        _free_words()
    else:
        op.execute(
            "CREATE TRIGGER keep_batch_from_update BEFORE UPDATE ON batch "
            "BEGIN SELECT RAISE(ABORT, 'rows of batch are kept as they are'); END"
        )


def _free_words() -> None:
    made = sa.inspect(op.get_bind())
    for table in made.get_table_names():
        if table == "alembic_version":
            continue
        words = [
            f'ALTER COLUMN "{column["name"]}" TYPE text COLLATE "C"'
            for column in made.get_columns(table)
            if isinstance(column["type"], sa.String) and not isinstance(column["type"], sa.Text)
        ]
        op.execute(f'ALTER TABLE "{table}" {", ".join(words)}')
