"""What people keep for their next report: whether it is made in parts, one for each department."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("report_set", sa.Column("is_split", sa.Boolean()))
