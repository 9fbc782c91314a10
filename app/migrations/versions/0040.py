"""Indexes for what somebody had a hand in, and for who somebody is who signs in."""

from alembic import op


revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('fulfilment', schema=None) as batch_op:
        batch_op.create_index('ix_fulfilment_delivered_by', ['community_id', 'delivered_by_id'], unique=False)
        batch_op.create_index('ix_fulfilment_taker', ['community_id', 'taker_id'], unique=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index('ix_person_account', ['account_id'], unique=False)
