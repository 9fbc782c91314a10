"""Units and members report in: how a unit stands, the members, and the service posts they claim."""

import sqlalchemy as sa
from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('service_post',
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('duties', sa.String(length=500), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=True),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('begins_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
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
    sa.CheckConstraint('taken >= 0 AND taken <= wanted', name=op.f('ck_service_post_taken')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_service_post_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_service_post_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_service_post_created_by_id_account')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_service_post_place_id_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_post')),
    sa.UniqueConstraint('uid', name=op.f('uq_service_post_uid'))
    )
    with op.batch_alter_table('service_post', schema=None) as batch_op:
        batch_op.create_index('ix_service_post_kind', ['community_id', 'kind', 'id'], unique=False)
        batch_op.create_index('ix_service_post_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_service_post_state', ['community_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_service_post_title', ['community_id', 'title', 'id'], unique=False)

    op.create_table('member',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('party_joined_on', sa.Date(), nullable=True),
    sa.Column('reported_on', sa.Date(), nullable=True),
    sa.Column('service_posts', sa.JSON(), nullable=True),
    sa.Column('skills', sa.String(length=120), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=True),
    sa.Column('receipt', sa.String(length=20), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('grade', sa.String(length=32), nullable=True),
    sa.Column('evaluated_on', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('second', sa.String(length=32), nullable=True),
    sa.Column('other_community', sa.String(length=60), nullable=True),
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
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_member_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_member_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_member_created_by_id_account')),
    sa.ForeignKeyConstraint(['person_id'], ['party.id'], name=op.f('fk_member_person_id_party')),
    sa.ForeignKeyConstraint(['post_id'], ['service_post.id'], name=op.f('fk_member_post_id_service_post')),
    sa.ForeignKeyConstraint(['unit_id'], ['party.id'], name=op.f('fk_member_unit_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member')),
    sa.UniqueConstraint('community_id', 'person_id', name=op.f('uq_member_community_id_person_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_member_uid'))
    )
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.create_index('ix_member_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_member_post', ['community_id', 'post_id', 'id'], unique=False)
        batch_op.create_index('ix_member_reported', ['community_id', 'reported_on', 'id'], unique=False)
        batch_op.create_index('ix_member_second', ['community_id', 'second', 'id'], unique=False)
        batch_op.create_index('ix_member_state', ['community_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_member_unit', ['community_id', 'unit_id', 'id'], unique=False)

    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.add_column(sa.Column('party_org', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('state', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('reported_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('receipt', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('received_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('grade', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('votes_excellent', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('votes_qualified', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('votes_fair', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('evaluated_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('ended_on', sa.Date(), nullable=True))
        batch_op.create_index('ix_organization_state', ['community_id', 'state', 'id'], unique=False)
