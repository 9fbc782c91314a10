"""Records of one person that were merged, and pairs that are two people."""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_person_merged', ['community_id', 'merged_into_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_person_merged_into_id_person'), 'person', ['merged_into_id'], ['id'])

    op.create_table('person_merger',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('gone_id', sa.Integer(), nullable=False),
    sa.Column('changes', sa.Text(), nullable=True),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_person_merger_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_person_merger_community_id_community')),
    sa.ForeignKeyConstraint(['gone_id'], ['person.id'], name=op.f('fk_person_merger_gone_id_person')),
    sa.ForeignKeyConstraint(['kept_id'], ['person.id'], name=op.f('fk_person_merger_kept_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_merger')),
    sa.UniqueConstraint('uid', name=op.f('uq_person_merger_uid'))
    )
    with op.batch_alter_table('person_merger', schema=None) as batch_op:
        batch_op.create_index('ix_person_merger_gone', ['community_id', 'gone_id', 'id'], unique=False)
        batch_op.create_index('ix_person_merger_kept', ['community_id', 'kept_id', 'id'], unique=False)

    op.create_table('person_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_person_pair_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_person_pair_community_id_community')),
    sa.ForeignKeyConstraint(['first_id'], ['person.id'], name=op.f('fk_person_pair_first_id_person')),
    sa.ForeignKeyConstraint(['second_id'], ['person.id'], name=op.f('fk_person_pair_second_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_pair'))
    )
    with op.batch_alter_table('person_pair', schema=None) as batch_op:
        batch_op.create_index('ix_person_pair', ['community_id', 'first_id', 'second_id'], unique=True)
