"""Clocks of needs: limits per category and urgency, with whom a need lies and how long, on hold, escalated, explained."""

import sqlalchemy as sa
from alembic import op


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

LIES_WITH = {
    'submitted': 'office',
    'accepted': 'office',
    'planned': 'in_charge',
    'in_progress': 'in_charge',
    'delivered': 'resident',
}
"""With whom the needs of before lie, by their state."""


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.add_column(sa.Column('working_hours', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('hold_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('reopen_days', sa.Integer(), nullable=True))
    op.create_table('time_limit',
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('urgency', sa.String(length=32), nullable=False),
    sa.Column('response', sa.String(length=16), nullable=True),
    sa.Column('resolution', sa.String(length=16), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=True),
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
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_time_limit_category_id_category')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_time_limit_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_time_limit_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_time_limit_created_by_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_time_limit')),
    sa.UniqueConstraint('community_id', 'category_id', 'urgency', name=op.f('uq_time_limit_community_id_category_id_urgency')),
    sa.UniqueConstraint('uid', name=op.f('uq_time_limit_uid'))
    )
    op.create_table('need_segment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=True),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_need_segment_community_id_community')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_need_segment_need_id_need')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_segment'))
    )
    with op.batch_alter_table('need_segment', schema=None) as batch_op:
        batch_op.create_index('ix_need_segment_need', ['community_id', 'need_id', 'id'], unique=False)
    _columns_of_needs()
    _where_needs_stand()


def _columns_of_needs() -> None:
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('holder', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('holder_name', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('holder_since', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('held_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('held_from', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('escalation', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('street_answered_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('explanation', sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column('merged_here', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('is_guessed', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('ix_need_due_at', ['community_id', 'due_at', 'id'], unique=False)
        batch_op.create_index('ix_need_escalated', ['community_id', 'escalated_at', 'id'], unique=False)


def _where_needs_stand() -> None:
    """Let the needs there are lie where their state says, and be due when the clock that runs is due."""
    need = sa.table('need', *(sa.column(name) for name in (
        'state', 'holder', 'holder_name', 'holder_since', 'due_at', 'response_due', 'resolution_due',
        'received_at', 'accepted_at', 'delivered_at', 'in_charge_id', 'live_orders',
    )))
    account = sa.table('account', sa.column('id'), sa.column('name'))
    lies = sa.case(LIES_WITH, value=need.c.state, else_=None)
    ordered = sa.and_(need.c.state.in_(('planned', 'in_progress')), need.c.live_orders > 0)
    due = sa.case(
        (need.c.state == 'submitted', need.c.response_due),
        (need.c.state.in_(('accepted', 'planned', 'in_progress')), need.c.resolution_due),
        else_=None,
    )
    since = sa.case(
        (need.c.state == 'submitted', need.c.received_at),
        (need.c.state == 'delivered', sa.func.coalesce(need.c.delivered_at, need.c.received_at)),
        else_=sa.func.coalesce(need.c.accepted_at, need.c.received_at),
    )
    op.execute(need.update().values(
        holder=sa.case((ordered, 'provider'), else_=lies), holder_since=since, due_at=due,
    ))
    name = sa.select(account.c.name).where(account.c.id == need.c.in_charge_id).scalar_subquery()
    op.execute(need.update().where(need.c.holder == 'in_charge').values(holder_name=name))
