"""The resource an order uses, and how long offers wait."""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.add_column(sa.Column('offer_hours', sa.Integer(), nullable=True))
    with op.batch_alter_table('fulfilment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('resource_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_fulfilment_resource', ['community_id', 'resource_id', 'scheduled_at'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_fulfilment_resource_id_resource'), 'resource', ['resource_id'], ['id'])
