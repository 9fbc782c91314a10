"""Community partners: what they pledge, and for which term."""

import sqlalchemy as sa
from alembic import op


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('partner',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('certificate', sa.String(length=20), nullable=True),
    sa.Column('pledge', sa.String(length=500), nullable=True),
    sa.Column('receives', sa.String(length=300), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('begins_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('grade', sa.String(length=32), nullable=True),
    sa.Column('evaluated_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archive_reason', sa.String(length=200), nullable=True),
    sa.Column('sought', sa.String(length=600), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_partner_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_partner_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_partner_created_by_id_account')),
    sa.ForeignKeyConstraint(['unit_id'], ['party.id'], name=op.f('fk_partner_unit_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner')),
    sa.UniqueConstraint('uid', name=op.f('uq_partner_uid'))
    )
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.create_index('ix_partner_ends', ['community_id', 'ends_on', 'id'], unique=False)
        batch_op.create_index('ix_partner_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_partner_state', ['community_id', 'state', 'ends_on', 'id'], unique=False)
        batch_op.create_index('ix_partner_unit', ['community_id', 'unit_id', 'id'], unique=False)
