"""Parties: organisations, teams and people."""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('party',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('known', sa.Boolean(), nullable=False),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('sought', sa.String(length=600), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_party_community_id_community')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party')),
    sa.UniqueConstraint('uid', name=op.f('uq_party_uid'))
    )
    with op.batch_alter_table('party', schema=None) as batch_op:
        batch_op.create_index('ix_party_kind', ['community_id', 'kind', 'id'], unique=False)

    op.create_table('organization',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('credit_code', sa.String(length=18), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=True),
    sa.Column('member_count', sa.Integer(), nullable=True),
    sa.Column('head_name', sa.String(length=40), nullable=True),
    sa.Column('contact_name', sa.String(length=40), nullable=True),
    sa.Column('contact_phone', sa.Text(), nullable=True),
    sa.Column('contact_phone_index', sa.String(length=330), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archive_reason', sa.String(length=200), nullable=True),
    sa.Column('sought', sa.String(length=600), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_organization_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_organization_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_organization_created_by_id_account')),
    sa.ForeignKeyConstraint(['id'], ['party.id'], name=op.f('fk_organization_id_party')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_organization_place_id_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization')),
    sa.UniqueConstraint('community_id', 'credit_code', name=op.f('uq_organization_community_id_credit_code')),
    sa.UniqueConstraint('uid', name=op.f('uq_organization_uid'))
    )
    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.create_index('ix_organization_contact_phone', ['community_id', 'contact_phone_index'], unique=False)
        batch_op.create_index('ix_organization_kind', ['community_id', 'kind', 'id'], unique=False)
        batch_op.create_index('ix_organization_name', ['community_id', 'name', 'id'], unique=False)
        batch_op.create_index('ix_organization_newest', ['community_id', 'archived_at', 'id'], unique=False)

    op.create_table('person',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('phones', sa.Text(), nullable=False),
    sa.Column('phones_index', sa.String(length=330), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
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
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_person_account_id_account')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_person_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_person_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_person_created_by_id_account')),
    sa.ForeignKeyConstraint(['id'], ['party.id'], name=op.f('fk_person_id_party')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_person_place_id_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('community_id', 'account_id', name=op.f('uq_person_community_id_account_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_person_uid'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index('ix_person_phones', ['community_id', 'phones_index'], unique=False)
        batch_op.create_index('ix_person_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_person_place', ['community_id', 'place_id', 'id'], unique=False)

    op.create_table('team',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('leader_id', sa.Integer(), nullable=True),
    sa.Column('speciality', sa.String(length=120), nullable=True),
    sa.Column('organization_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archive_reason', sa.String(length=200), nullable=True),
    sa.Column('sought', sa.String(length=600), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_team_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_team_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_team_created_by_id_account')),
    sa.ForeignKeyConstraint(['id'], ['party.id'], name=op.f('fk_team_id_party')),
    sa.ForeignKeyConstraint(['leader_id'], ['party.id'], name=op.f('fk_team_leader_id_party')),
    sa.ForeignKeyConstraint(['organization_id'], ['party.id'], name=op.f('fk_team_organization_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('uid', name=op.f('uq_team_uid'))
    )
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.create_index('ix_team_name', ['community_id', 'name', 'id'], unique=False)
        batch_op.create_index('ix_team_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_team_organization', ['community_id', 'organization_id'], unique=False)

