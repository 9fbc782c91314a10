"""call-backs and the resident's word."""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('callback',
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=32), nullable=False),
    sa.Column('wish', sa.String(length=500), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=32), nullable=True),
    sa.Column('satisfaction', sa.Integer(), nullable=True),
    sa.Column('said', sa.String(length=500), nullable=True),
    sa.Column('called_at', sa.DateTime(), nullable=True),
    sa.Column('called_by_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archive_reason', sa.String(length=200), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['called_by_id'], ['account.id'], name=op.f('fk_callback_called_by_id_account')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_callback_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_callback_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_callback_created_by_id_account')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_callback_need_id_need')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_callback')),
    sa.UniqueConstraint('uid', name=op.f('uq_callback_uid'))
    )
    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.create_index('ix_callback_called', ['community_id', 'called_at'], unique=False)
        batch_op.create_index('ix_callback_due', ['community_id', 'state', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_callback_need', ['community_id', 'need_id'], unique=False)

    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.add_column(sa.Column('phone', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('silence_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('callback_share', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('callback_quota', sa.Integer(), nullable=True))

    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.add_column(sa.Column('consent', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('code_issued_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('delivered_at', sa.DateTime(), nullable=True))
    # What waits for an answer today has waited since it was last changed, as far as anybody knows.
    op.execute("UPDATE need SET delivered_at = changed_at WHERE state = 'delivered'")
