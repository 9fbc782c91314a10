"""People of two communities: what each secretary says, and the token by which totals count them once."""

import sqlalchemy as sa
from alembic import op


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('same_as', sa.String(length=32), nullable=True))
        batch_op.create_index('ix_person_same_as', ['same_as'], unique=False)

    op.create_table('person_tie',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('pair', sa.String(length=32), nullable=False),
    sa.Column('other_community', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by_id'], ['account.id'], name=op.f('fk_person_tie_answered_by_id_account')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_person_tie_community_id_community')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_tie_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_tie'))
    )
    with op.batch_alter_table('person_tie', schema=None) as batch_op:
        batch_op.create_index('ix_person_tie_pair', ['pair'], unique=False)
        batch_op.create_index('ix_person_tie_person', ['community_id', 'person_id', 'pair'], unique=True)
        batch_op.create_index('ix_person_tie_state', ['community_id', 'state', 'person_id'], unique=False)
