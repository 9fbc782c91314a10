"""Orders."""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.add_column(sa.Column('live_orders', sa.Integer(), server_default='0', nullable=False))
    op.create_table('fulfilment',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('quantity_asked', sa.Integer(), nullable=True),
    sa.Column('quantity_committed', sa.Integer(), nullable=True),
    sa.Column('quantity_delivered', sa.Integer(), nullable=True),
    sa.Column('expires_at', sa.DateTime(), nullable=True),
    sa.Column('said_by', sa.String(length=80), nullable=True),
    sa.Column('taker_id', sa.Integer(), nullable=True),
    sa.Column('scheduled_at', sa.DateTime(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('delivered_on', sa.Date(), nullable=True),
    sa.Column('measures', sa.String(length=1000), nullable=True),
    sa.Column('person_times', sa.Integer(), nullable=True),
    sa.Column('persons', sa.Integer(), nullable=True),
    sa.Column('households', sa.Integer(), nullable=True),
    sa.Column('cost', sa.Numeric(precision=12, scale=2, asdecimal=False), nullable=True),
    sa.Column('fund', sa.String(length=80), nullable=True),
    sa.Column('satisfaction', sa.Integer(), nullable=True),
    sa.Column('delivered_by_id', sa.Integer(), nullable=True),
    sa.Column('reversed_on', sa.Date(), nullable=True),
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
    sa.CheckConstraint('cost >= 0', name=op.f('ck_fulfilment_cost')),
    sa.CheckConstraint('person_times >= 0 AND persons >= 0 AND households >= 0', name=op.f('ck_fulfilment_people')),
    sa.CheckConstraint('quantity_asked >= 0', name=op.f('ck_fulfilment_asked')),
    sa.CheckConstraint('quantity_committed >= 0 AND quantity_committed <= quantity_asked', name=op.f('ck_fulfilment_committed')),
    sa.CheckConstraint('quantity_delivered >= 0 AND quantity_delivered <= quantity_committed', name=op.f('ck_fulfilment_delivered')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_fulfilment_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_fulfilment_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_fulfilment_created_by_id_account')),
    sa.ForeignKeyConstraint(['delivered_by_id'], ['account.id'], name=op.f('fk_fulfilment_delivered_by_id_account')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_fulfilment_need_id_need')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_fulfilment_place_id_place')),
    sa.ForeignKeyConstraint(['provider_id'], ['party.id'], name=op.f('fk_fulfilment_provider_id_party')),
    sa.ForeignKeyConstraint(['taker_id'], ['person.id'], name=op.f('fk_fulfilment_taker_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment')),
    sa.UniqueConstraint('community_id', 'code', name=op.f('uq_fulfilment_community_id_code')),
    sa.UniqueConstraint('uid', name=op.f('uq_fulfilment_uid'))
    )
    with op.batch_alter_table('fulfilment', schema=None) as batch_op:
        batch_op.create_index('ix_fulfilment_need', ['community_id', 'need_id', 'state'], unique=False)
        batch_op.create_index('ix_fulfilment_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_fulfilment_place', ['community_id', 'place_id', 'id'], unique=False)
        batch_op.create_index('ix_fulfilment_provider', ['community_id', 'provider_id', 'state', 'scheduled_at'], unique=False)
        batch_op.create_index('ix_fulfilment_state', ['community_id', 'state', 'expires_at'], unique=False)
