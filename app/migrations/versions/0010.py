"""Notices, and which kinds a person does not want."""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('list', sa.String(length=32), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=True),
    sa.Column('move', sa.String(length=32), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('for_at', sa.DateTime(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('read_at', sa.DateTime(), nullable=True),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_account_id_account')),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_notice_by_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('account_id', 'kind', 'list', 'row_id', 'for_at', name=op.f('uq_notice_account_id_kind_list_row_id_for_at'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_account', ['account_id', 'id'], unique=False)
        batch_op.create_index('ix_notice_made', ['made_at'], unique=False)
        batch_op.create_index('ix_notice_row', ['list', 'row_id', 'kind'], unique=False)
        batch_op.create_index('ix_notice_unread', ['account_id', 'read_at', 'done_at', 'id'], unique=False)
    op.create_table('notice_mute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_mute_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_mute')),
    sa.UniqueConstraint('account_id', 'kind', name=op.f('uq_notice_mute_account_id_kind'))
    )
