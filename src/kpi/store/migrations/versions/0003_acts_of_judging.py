"""Acts of judging: rules of one's own, settings, ratings by hand, comparisons, fixed years."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table('frozen_rule',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_frozen_rule_municipality_revision')),
    sa.PrimaryKeyConstraint('municipality', 'revision', 'name', name=op.f('pk_frozen_rule'))
    )
    op.create_table('frozen_year_revision',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['municipality', 'plan_id'], ['plan.municipality', 'plan.plan_id'], name=op.f('fk_frozen_year_revision_municipality_plan_id')),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_frozen_year_revision_municipality_revision')),
    sa.PrimaryKeyConstraint('municipality', 'plan_id', 'fiscal_year', 'revision', name=op.f('pk_frozen_year_revision'))
    )
    op.create_table('plan_rule_revision',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['municipality', 'plan_id'], ['plan.municipality', 'plan.plan_id'], name=op.f('fk_plan_rule_revision_municipality_plan_id')),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_plan_rule_revision_municipality_revision')),
    sa.PrimaryKeyConstraint('municipality', 'plan_id', 'revision', name=op.f('pk_plan_rule_revision'))
    )
    op.create_table('rule_revision',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_rule_revision_municipality_revision')),
    sa.PrimaryKeyConstraint('municipality', 'name', 'revision', name=op.f('pk_rule_revision'))
    )
    op.create_table('comparison_revision',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('other_municipality', sa.String(length=32), nullable=False),
    sa.Column('other_series_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_comparison_revision_municipality_revision')),
    sa.ForeignKeyConstraint(['municipality', 'series_id'], ['series.municipality', 'series.series_id'], name=op.f('fk_comparison_revision_municipality_series_id')),
    sa.PrimaryKeyConstraint('municipality', 'series_id', 'other_municipality', 'other_series_id', 'revision', name=op.f('pk_comparison_revision'))
    )
    op.create_table('frozen_rating',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('target_year', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('comparator', sa.String(length=2), nullable=False),
    sa.Column('target', sa.Double(), nullable=True),
    sa.Column('target_high', sa.Double(), nullable=True),
    sa.Column('target_text', sa.Text(), nullable=False),
    sa.Column('baseline_year', sa.Integer(), nullable=True),
    sa.Column('baseline', sa.Double(), nullable=True),
    sa.Column('actual_year', sa.Integer(), nullable=True),
    sa.Column('actual', sa.Double(), nullable=True),
    sa.Column('actual_status', sa.String(length=2), nullable=False),
    sa.Column('is_reference', sa.Boolean(), nullable=False),
    sa.Column('met', sa.Boolean(), nullable=True),
    sa.Column('attainment', sa.Double(), nullable=True),
    sa.Column('progress', sa.Double(), nullable=True),
    sa.Column('elapsed', sa.Double(), nullable=True),
    sa.Column('pace', sa.Double(), nullable=True),
    sa.Column('projected', sa.Double(), nullable=True),
    sa.Column('projected_low', sa.Double(), nullable=True),
    sa.Column('projected_high', sa.Double(), nullable=True),
    sa.Column('required_per_year', sa.Double(), nullable=True),
    sa.Column('rating', sa.String(length=8), nullable=False),
    sa.Column('rating_label', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_frozen_rating_municipality_revision')),
    sa.ForeignKeyConstraint(['municipality', 'series_id'], ['series.municipality', 'series.series_id'], name=op.f('fk_frozen_rating_municipality_series_id')),
    sa.PrimaryKeyConstraint('municipality', 'revision', 'series_id', 'period', 'label', 'target_year', name=op.f('pk_frozen_rating'))
    )
    op.create_table('hand_rating_revision',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('target_year', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('letter', sa.String(length=8), nullable=False),
    sa.Column('actual_year', sa.Integer(), nullable=True),
    sa.Column('actual', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_hand_rating_revision_municipality_revision')),
    sa.ForeignKeyConstraint(['municipality', 'series_id'], ['series.municipality', 'series.series_id'], name=op.f('fk_hand_rating_revision_municipality_series_id')),
    sa.PrimaryKeyConstraint('municipality', 'series_id', 'period', 'label', 'target_year', 'revision', name=op.f('pk_hand_rating_revision'))
    )
    op.create_table('series_setting_revision',
    sa.Column('municipality', sa.String(length=32), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('tolerance', sa.Double(), nullable=True),
    sa.Column('limit', sa.Double(), nullable=True),
    sa.Column('is_cumulative', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['municipality', 'revision'], ['batch.municipality', 'batch.revision'], name=op.f('fk_series_setting_revision_municipality_revision')),
    sa.ForeignKeyConstraint(['municipality', 'series_id'], ['series.municipality', 'series.series_id'], name=op.f('fk_series_setting_revision_municipality_series_id')),
    sa.PrimaryKeyConstraint('municipality', 'series_id', 'revision', name=op.f('pk_series_setting_revision'))
    )
    op.add_column('batch', sa.Column('act', sa.String(length=20), server_default='import', nullable=False))

