"""Shared resources and the categories they answer to."""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('resource',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('quantity_mode', sa.String(length=32), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=True),
    sa.Column('unit_of_measure', sa.String(length=10), nullable=True),
    sa.Column('committed', sa.Integer(), nullable=False),
    sa.Column('windows', sa.JSON(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=True),
    sa.Column('eligibility', sa.String(length=120), nullable=True),
    sa.Column('conditions', sa.String(length=500), nullable=True),
    sa.Column('fee', sa.String(length=60), nullable=True),
    sa.Column('contact_name', sa.String(length=40), nullable=True),
    sa.Column('contact_phone', sa.Text(), nullable=True),
    sa.Column('checked_on', sa.Date(), nullable=True),
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
    sa.CheckConstraint("quantity_mode <> 'countable' OR (quantity IS NOT NULL AND committed <= quantity)", name=op.f('ck_resource_quantity')),
    sa.CheckConstraint('committed >= 0', name=op.f('ck_resource_committed')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_resource_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_resource_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_resource_created_by_id_account')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_resource_place_id_place')),
    sa.ForeignKeyConstraint(['provider_id'], ['party.id'], name=op.f('fk_resource_provider_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource')),
    sa.UniqueConstraint('uid', name=op.f('uq_resource_uid'))
    )
    with op.batch_alter_table('resource', schema=None) as batch_op:
        batch_op.create_index('ix_resource_checked', ['community_id', 'state', 'checked_on', 'id'], unique=False)
        batch_op.create_index('ix_resource_name', ['community_id', 'name', 'id'], unique=False)
        batch_op.create_index('ix_resource_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_resource_provider', ['community_id', 'provider_id', 'id'], unique=False)
        batch_op.create_index('ix_resource_state', ['community_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_resource_term', ['community_id', 'state', 'valid_to', 'id'], unique=False)

    op.create_table('resource_category',
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_resource_category_category_id_category')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_resource_category_resource_id_resource')),
    sa.PrimaryKeyConstraint('resource_id', 'category_id', name=op.f('pk_resource_category'))
    )
    with op.batch_alter_table('resource_category', schema=None) as batch_op:
        batch_op.create_index('ix_resource_category_category', ['category_id', 'resource_id'], unique=False)

