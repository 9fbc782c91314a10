"""Posts of the community's staff, and whose names everybody of it may read because of them."""

import sqlalchemy as sa
from alembic import op


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('appointed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('post',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('duty', sa.String(length=32), nullable=False),
    sa.Column('company', sa.String(length=80), nullable=True),
    sa.Column('scope', sa.String(length=120), nullable=True),
    sa.Column('households', sa.Integer(), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('gives_role', sa.Boolean(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
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
    sa.ForeignKeyConstraint(['changed_by_id'], ['account.id'], name=op.f('fk_post_changed_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_post_community_id_community')),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_post_created_by_id_account')),
    sa.ForeignKeyConstraint(['person_id'], ['party.id'], name=op.f('fk_post_person_id_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('uid', name=op.f('uq_post_uid'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index('ix_post_duty', ['community_id', 'duty', 'until'], unique=False)
        batch_op.create_index('ix_post_newest', ['community_id', 'archived_at', 'id'], unique=False)
        batch_op.create_index('ix_post_person', ['community_id', 'person_id', 'duty'], unique=False)

    for name, column, table in (('place', 'place_id', 'place'), ('grant', 'grant_id', 'account_grant')):
        op.create_table(f'post_{name}',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([column], [f'{table}.id'], name=op.f(f'fk_post_{name}_{column}_{table}')),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f(f'fk_post_{name}_post_id_post')),
        sa.PrimaryKeyConstraint('post_id', column, name=op.f(f'pk_post_{name}'))
        )
    with op.batch_alter_table('post_place', schema=None) as batch_op:
        batch_op.create_index('ix_post_place_place', ['place_id', 'post_id'], unique=False)
