"""On PostgreSQL, words of any length in the order of their code points, as SQLite has them."""

from alembic import op
from sqlalchemy import String, Text, inspect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the tables to this version."""
    if op.get_bind().dialect.name != "postgresql":
        return
    made = inspect(op.get_bind())
    for table in made.get_table_names():
        if table == "alembic_version":
            continue
        words = [
            f'ALTER COLUMN "{column["name"]}" TYPE text COLLATE "C"'
            for column in made.get_columns(table)
            if isinstance(column["type"], String) and not isinstance(column["type"], Text)
        ]
        op.execute(f'ALTER TABLE "{table}" {", ".join(words)}')
