"""How often somebody has looked at masked values."""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('reveal_tally',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_reveal_tally_account_id_account')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_reveal_tally'))
    )
