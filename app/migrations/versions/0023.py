"""Volunteers, the teams they belong to and the places they serve; names of volunteers for those who work with them."""

import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('party', schema=None) as batch_op:
        batch_op.add_column(sa.Column('serves', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('party', schema=None) as batch_op:
        batch_op.alter_column('serves', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)

    op.create_table('volunteer',
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('registered_on', sa.Date(), nullable=False),
    sa.Column('skills', sa.JSON(), nullable=True),
    sa.Column('skill_text', sa.String(length=200), nullable=True),
    sa.Column('availability', sa.JSON(), nullable=True),
    sa.Column('intentions', sa.String(length=200), nullable=True),
    sa.Column('insurance_until', sa.Date(), nullable=True),
    sa.Column('training', sa.JSON(), nullable=True),
    sa.Column('guardian', sa.String(length=40), nullable=True),
    sa.Column('guardian_agreed_on', sa.Date(), nullable=True),
    sa.Column('reminded_for', sa.Date(), nullable=True),
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
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_volunteer_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_volunteer_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_volunteer_created_by_id_account')),
    sa.ForeignKeyConstraint(['person_id'], ['party.id'], name=op.f('fk_volunteer_person_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer')),
    sa.UniqueConstraint('community_id', 'number', name=op.f('uq_volunteer_community_id_number')),
    sa.UniqueConstraint('uid', name=op.f('uq_volunteer_uid'))
    )
    with op.batch_alter_table('volunteer', schema=None) as batch_op:
        batch_op.create_index('ix_volunteer_insurance', ['community_id', 'state', 'insurance_until'], unique=False)
        batch_op.create_index('ix_volunteer_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index(
            'ix_volunteer_person', ['community_id', 'person_id'], unique=True,
            sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'),
        )
        batch_op.create_index('ix_volunteer_registered', ['community_id', 'registered_on', 'id'], unique=False)
        batch_op.create_index('ix_volunteer_state', ['community_id', 'state', 'id'], unique=False)

    op.create_table('team_member',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_member_team_id_team')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_team_member_volunteer_id_volunteer')),
    sa.PrimaryKeyConstraint('team_id', 'volunteer_id', name=op.f('pk_team_member'))
    )
    with op.batch_alter_table('team_member', schema=None) as batch_op:
        batch_op.create_index('ix_team_member_volunteer', ['volunteer_id', 'team_id'], unique=False)

    op.create_table('volunteer_place',
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_volunteer_place_place_id_place')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_volunteer_place_volunteer_id_volunteer')),
    sa.PrimaryKeyConstraint('volunteer_id', 'place_id', name=op.f('pk_volunteer_place'))
    )
    with op.batch_alter_table('volunteer_place', schema=None) as batch_op:
        batch_op.create_index('ix_volunteer_place_place', ['place_id', 'volunteer_id'], unique=False)
