"""When the system asked whether the registration of a unit or a member lapses, and when it was said that it stays."""

import sqlalchemy as sa
from alembic import op


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    for table in ('organization', 'member'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('lapse_asked_on', sa.Date(), nullable=True))
            batch_op.add_column(sa.Column('kept_on', sa.Date(), nullable=True))
