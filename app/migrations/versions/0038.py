"""Poster codes of a whole community, by which party members report in: such a code names no place."""

import sqlalchemy as sa
from alembic import op


revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('point_code', schema=None) as batch_op:
        batch_op.alter_column('place_id', existing_type=sa.Integer(), nullable=True)
