"""Party organisations, and who belongs to them."""

import sqlalchemy as sa
from alembic import op


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('party_org',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('secretary_id', sa.Integer(), nullable=True),
    sa.Column('founded_on', sa.Date(), nullable=True),
    sa.Column('phone', sa.String(length=32), nullable=True),
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
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_party_org_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_party_org_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_party_org_created_by_id_account')),
    sa.ForeignKeyConstraint(['parent_id'], ['party_org.id'], name=op.f('fk_party_org_parent_id_party_org')),
    sa.ForeignKeyConstraint(['secretary_id'], ['party.id'], name=op.f('fk_party_org_secretary_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_org')),
    sa.UniqueConstraint('uid', name=op.f('uq_party_org_uid'))
    )
    with op.batch_alter_table('party_org', schema=None) as batch_op:
        batch_op.create_index('ix_party_org_name', ['community_id', 'name', 'id'], unique=False)
        batch_op.create_index('ix_party_org_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_party_org_parent', ['community_id', 'parent_id'], unique=False)

    op.create_table('party_org_place',
    sa.Column('party_org_id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['party_org_id'], ['party_org.id'], name=op.f('fk_party_org_place_party_org_id_party_org')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_party_org_place_place_id_place')),
    sa.PrimaryKeyConstraint('party_org_id', 'place_id', name=op.f('pk_party_org_place'))
    )
    with op.batch_alter_table('party_org_place', schema=None) as batch_op:
        batch_op.create_index('ix_party_org_place_place', ['place_id', 'party_org_id'], unique=False)

    op.create_table('party_member',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
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
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_party_member_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_party_member_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_party_member_created_by_id_account')),
    sa.ForeignKeyConstraint(['org_id'], ['party_org.id'], name=op.f('fk_party_member_org_id_party_org')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_party_member_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_member')),
    sa.UniqueConstraint('uid', name=op.f('uq_party_member_uid'))
    )
    with op.batch_alter_table('party_member', schema=None) as batch_op:
        batch_op.create_index('ix_party_member_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_party_member_org', ['community_id', 'org_id', 'until'], unique=False)
        batch_op.create_index('ix_party_member_person', ['community_id', 'person_id'], unique=False)
