"""Co-building agreements of units, and the quarterly feedback about members."""

import sqlalchemy as sa
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('agreement',
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('organisations_linked', sa.String(length=500), nullable=True),
    sa.Column('members_managed', sa.String(length=500), nullable=True),
    sa.Column('activities_run', sa.String(length=500), nullable=True),
    sa.Column('talents_raised', sa.String(length=500), nullable=True),
    sa.Column('resources_shared', sa.String(length=500), nullable=True),
    sa.Column('services_done', sa.String(length=500), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('begins_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
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
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_agreement_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_agreement_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_agreement_created_by_id_account')),
    sa.ForeignKeyConstraint(['unit_id'], ['party.id'], name=op.f('fk_agreement_unit_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('uid', name=op.f('uq_agreement_uid'))
    )
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.create_index('ix_agreement_ends', ['community_id', 'ends_on', 'id'], unique=False)
        batch_op.create_index('ix_agreement_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_agreement_state', ['community_id', 'state', 'ends_on', 'id'], unique=False)
        batch_op.create_index('ix_agreement_unit', ['community_id', 'unit_id', 'id'], unique=False)

    op.create_table('quarter_feedback',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('orders', sa.Integer(), nullable=False),
    sa.Column('person_times', sa.Integer(), nullable=False),
    sa.Column('unit_orders', sa.Integer(), nullable=False),
    sa.Column('summary', sa.String(length=500), nullable=True),
    sa.Column('acknowledged_on', sa.Date(), nullable=True),
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
    sa.CheckConstraint('quarter BETWEEN 1 AND 4', name=op.f('ck_quarter_feedback_quarter')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_quarter_feedback_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_quarter_feedback_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_quarter_feedback_created_by_id_account')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_quarter_feedback_member_id_member')),
    sa.ForeignKeyConstraint(['unit_id'], ['party.id'], name=op.f('fk_quarter_feedback_unit_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarter_feedback')),
    sa.UniqueConstraint('community_id', 'member_id', 'year', 'quarter', name=op.f('uq_quarter_feedback_community_id_member_id_year_quarter')),
    sa.UniqueConstraint('uid', name=op.f('uq_quarter_feedback_uid'))
    )
    with op.batch_alter_table('quarter_feedback', schema=None) as batch_op:
        batch_op.create_index('ix_quarter_feedback_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_quarter_feedback_state', ['community_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_quarter_feedback_unit', ['community_id', 'unit_id', 'id'], unique=False)
        batch_op.create_index('ix_quarter_feedback_year', ['community_id', 'year', 'id'], unique=False)

