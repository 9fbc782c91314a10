"""Codes of posters and of needs, and how often an address has knocked."""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('knock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('since', sa.DateTime(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knock')),
    sa.UniqueConstraint('key', name=op.f('uq_knock_key'))
    )
    with op.batch_alter_table('knock', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_knock_since'), ['since'], unique=False)

    op.create_table('point_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('replaced_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_point_code_community_id_community')),
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_point_code_made_by_id_account')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_point_code_place_id_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_point_code')),
    sa.UniqueConstraint('code', name=op.f('uq_point_code_code'))
    )
    with op.batch_alter_table('point_code', schema=None) as batch_op:
        batch_op.create_index('ix_point_code_place', ['community_id', 'place_id', 'replaced_at'], unique=False)

    op.create_table('ticket_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('issued_at', sa.DateTime(), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_ticket_code_community_id_community')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['account.id'], name=op.f('fk_ticket_code_issued_by_id_account')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_ticket_code_need_id_need')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_code')),
    sa.UniqueConstraint('hash', name=op.f('uq_ticket_code_hash'))
    )
    with op.batch_alter_table('ticket_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_code_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index('ix_ticket_code_need', ['community_id', 'need_id', 'revoked_at'], unique=False)

